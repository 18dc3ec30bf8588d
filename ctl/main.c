#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/version.h"
#include "server/config/config.h"
#include "server/store/care.h"

enum { EXIT_BAD_USE = 2 };

static const char help_text[] =
    "airclassctl - care for what airclass keeps\n"
    "\n"
    "  airclassctl [--config FILE | --data DIR] COMMAND\n"
    "\n"
    "  backup FILE             copy the database into a new file, while the server goes on\n"
    "  restore FILE [ERASED]   put a backup in the database's place, but for who was erased since, by\n"
    "                          the lists airclass.erased; the server must be stopped\n"
    "  check                   look at every page, index and reference, and at the audit log\n"
    "  audit verify [SEQ:HASH] look for entries that were changed or taken out; prints the last one,\n"
    "                          to be kept elsewhere and given again next time\n"
    "  audit prune --before DATE\n"
    "                          cut off what is older than that day (2025-09-01, UTC); what is left\n"
    "                          can still be verified; the server must be stopped\n"
    "  person show SCHOOL CODE print all that is kept about a person; SCHOOL is '-' for the district's\n"
    "                          office\n"
    "  person erase SCHOOL CODE\n"
    "                          drop them without leaving a byte; the server must be stopped (while it\n"
    "                          runs, its API does the same)\n"
    "\n"
    "  --config FILE           whose server.data-dir is meant (default: /etc/airclass/airclass.conf\n"
    "                          if it is there; else the folder is 'data')\n"
    "  --data DIR              the data folder itself (of the systemd unit: /var/lib/airclass)\n"
    "  --version, --help\n"
    "\n"
    "Exit status: 0 fine, 1 failed, damaged or tampered with, 2 wrong use or wrong settings.\n";

static int backup(const char *data_dir, char **words, char said[CARE_TEXT_MAX])
{
    return care_backup(data_dir, words[0], said);
}

static int restore(const char *data_dir, char **words, char said[CARE_TEXT_MAX])
{
    return care_restore(data_dir, words[0], words[1], said);
}

static int check(const char *data_dir, char **words, char said[CARE_TEXT_MAX])
{
    (void)words;
    return care_check(data_dir, said);
}

static int verify(const char *data_dir, char **words, char said[CARE_TEXT_MAX])
{
    return care_verify(data_dir, words[0], said);
}

static int prune(const char *data_dir, char **words, char said[CARE_TEXT_MAX])
{
    return care_prune(data_dir, words[0], said);
}

static const char *school_of(char **words)
{
    return strcmp(words[0], "-") == 0 ? "" : words[0];
}

static int show(const char *data_dir, char **words, char said[CARE_TEXT_MAX])
{
    return care_show(data_dir, school_of(words), words[1], stdout, said);
}

static int erase(const char *data_dir, char **words, char said[CARE_TEXT_MAX])
{
    return care_erase(data_dir, school_of(words), words[1], said);
}

static const struct command {
    const char *words[2];
    int least, most; /* arguments behind the words */
    int (*run)(const char *data_dir, char **words, char said[CARE_TEXT_MAX]);
} commands[] = {
    {{"backup", NULL},    1, 1, backup },
    {{"restore", NULL},   1, 2, restore},
    {{"check", NULL},     0, 0, check  },
    {{"audit", "verify"}, 0, 1, verify },
    {{"audit", "prune"},  0, 0, prune  },
    {{"person", "show"},  2, 2, show   },
    {{"person", "erase"}, 2, 2, erase  },
};

static int bad_use(const char *what)
{
    fprintf(stderr, "airclassctl: %s; see airclassctl --help\n", what);
    return EXIT_BAD_USE;
}

struct arguments {
    const char *config, *data;
    const struct command *command;
    char **words;    /* behind the command's; ends with NULL, as argv does */
    char *before[2]; /* --before, which stands for the words of "audit prune" */
};

/* How many of the words the command line begins with; 0: it is another command. */
static int match(const struct command *c, int n, char **words)
{
    int len = c->words[1] ? 2 : 1;
    if (n < len)
        return 0;
    for (int i = 0; i < len; i++) {
        if (strcmp(words[i], c->words[i]) != 0)
            return 0;
    }
    return len;
}

/* -1: go on; else the exit status. */
static int parse_command(struct arguments *a, int n, char **words)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
        int len = match(&commands[i], n, words);
        if (len == 0)
            continue;
        if (n - len < commands[i].least || n - len > commands[i].most)
            return bad_use("too few or too many arguments");
        if ((commands[i].run == prune) != (a->before[0] != NULL))
            return bad_use("--before DATE belongs to 'audit prune', and to nothing else");
        a->command = &commands[i];
        a->words = a->before[0] ? a->before : words + len;
        return -1;
    }
    return bad_use(n ? "no such command" : "no command");
}

static int parse_arguments(struct arguments *a, int argc, char **argv)
{
    static const struct option options[] = {
        {"config",  required_argument, NULL, 'c'},
        {"data",    required_argument, NULL, 'd'},
        {"before",  required_argument, NULL, 'b'},
        {"version", no_argument,       NULL, 'v'},
        {"help",    no_argument,       NULL, 'h'},
        {NULL,      0,                 NULL, 0  },
    };
    int opt;
    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (opt) {
        case 'c': a->config = optarg; break;
        case 'd': a->data = optarg; break;
        case 'b': a->before[0] = optarg; break;
        case 'v': puts("airclassctl " AIRCLASS_VERSION); return EXIT_SUCCESS;
        case 'h': fputs(help_text, stdout); return EXIT_SUCCESS;
        default: return EXIT_BAD_USE;
        }
    }
    return parse_command(a, argc - optind, argv + optind);
}

static int find_data(struct config *config, const struct arguments *a)
{
    char error[CONFIG_ERROR_MAX] = "";
    int err = a->data ? 0 : config_load_named(config, a->config, error);
    if (err)
        fprintf(stderr, "airclassctl: %s\n", error);
    return err;
}

int main(int argc, char **argv)
{
    struct arguments a = {0};
    int status = parse_arguments(&a, argc, argv);
    if (status >= 0)
        return status;
    struct config config;
    config_init(&config);
    status = EXIT_BAD_USE;
    if (find_data(&config, &a) == 0) {
        char said[CARE_TEXT_MAX];
        int err = a.command->run(a.data ? a.data : config.server.data_dir, a.words, said);
        if (said[0])
            fprintf(err ? stderr : stdout, "%s%s\n", err ? "airclassctl: " : "", said);
        status = err ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    config_release(&config);
    return status;
}
