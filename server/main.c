#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/app/app.h"
#include "server/app/certify.h"
#include "server/base/version.h"
#include "server/config/config.h"

enum { EXIT_BAD_USE = 2, SETS_MAX = 256 };

static const char help_text[] =
    "airclass - live lessons for weak links\n"
    "\n"
    "  airclass [--config FILE] [--set section.key=value]... [--log-level LEVEL]\n"
    "\n"
    "  --config FILE     settings (default: /etc/airclass/airclass.conf if it is there)\n"
    "  --set KEY=VALUE   one setting, over what the file says; may be given again\n"
    "  --log-level L     error, warn, info, debug or trace\n"
    "  --check           say whether the settings are right, and stop\n"
    "  --print-config    print all settings with their meaning, and stop\n"
    "  --make-certificate [NAME...]\n"
    "                    make a self-signed certificate for these host names and addresses (default:\n"
    "                    this machine's own) in the data folder, to try https with, and stop\n"
    "  --version, --help\n"
    "\n"
    "Exit status: 0 fine, 1 failed, 2 wrong use or wrong settings.\n";

struct arguments {
    const char *config;
    const char *sets[SETS_MAX];
    int n_sets;
    const char *log_level;
    bool is_check, is_print, is_certify;
    char *const *names;
    int n_names;
};

static int bad_use(const char *what)
{
    fprintf(stderr, "airclass: %s\n", what);
    return EXIT_BAD_USE;
}

/* -1: go on; else the exit status. */
static int parse_arguments(struct arguments *a, int argc, char **argv)
{
    static const struct option options[] = {
        {"config",           required_argument, NULL, 'c'},
        {"set",              required_argument, NULL, 's'},
        {"log-level",        required_argument, NULL, 'l'},
        {"check",            no_argument,       NULL, 'k'},
        {"print-config",     no_argument,       NULL, 'p'},
        {"make-certificate", no_argument,       NULL, 'm'},
        {"version",          no_argument,       NULL, 'v'},
        {"help",             no_argument,       NULL, 'h'},
        {NULL,               0,                 NULL, 0  },
    };
    int opt;
    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (opt) {
        case 'c': a->config = optarg; break;
        case 's':
            if (a->n_sets == SETS_MAX)
                return bad_use("too many --set");
            a->sets[a->n_sets++] = optarg;
            break;
        case 'l': a->log_level = optarg; break;
        case 'k': a->is_check = true; break;
        case 'p': a->is_print = true; break;
        case 'm': a->is_certify = true; break;
        case 'v': puts("airclass " AIRCLASS_VERSION); return EXIT_SUCCESS;
        case 'h': fputs(help_text, stdout); return EXIT_SUCCESS;
        default: return bad_use("see airclass --help");
        }
    }
    a->names = argv + optind;
    a->n_names = argc - optind;
    return a->n_names && !a->is_certify ? bad_use("unexpected argument; see airclass --help") : -1;
}

static int read_settings(struct config *config, const struct arguments *a)
{
    char error[CONFIG_ERROR_MAX] = "";
    int err = config_load_named(config, a->config, error);
    for (int i = 0; i < a->n_sets && !err; i++)
        err = config_set(config, a->sets[i], error);
    if (!err && a->log_level && log_level_parse(a->log_level, &config->server.log_level) != 0)
        err = bad_use("--log-level is error, warn, info, debug or trace");
    if (!err)
        err = config_check(config, error);
    if (!err && !a->is_print && !a->is_certify)
        err = app_check(config, error);
    if (err && error[0])
        fprintf(stderr, "airclass: %s\n", error);
    return err ? EXIT_BAD_USE : 0;
}

/*
 * The heap grows and shrinks in large steps. By itself it grows by 128 KiB, once for each ten
 * pupils who come, and each time the kernel waits until no other thread is busy with the program's
 * memory: one that makes room for a hash of a password, and has stepped back from the processor,
 * kept the loop for 45 to 90 ms.
 */
static void tune_heap(void)
{
    enum { STEP = 32 << 20, ALONE = 4 << 20 };
    mallopt(M_TOP_PAD, STEP);
    mallopt(M_TRIM_THRESHOLD, 2 * STEP);
    mallopt(M_MMAP_THRESHOLD, ALONE);
}

static int serve(const struct config *config)
{
    char error[APP_ERROR_MAX];
    struct app *app;
    tune_heap();
    if (app_start(&app, config, error) != 0) {
        fprintf(stderr, "airclass: %s\n", error);
        return EXIT_FAILURE;
    }
    int status = app_run(app) ? EXIT_FAILURE : EXIT_SUCCESS;
    app_free(&app);
    return status;
}

static int make_certificate(const struct config *config, const struct arguments *a)
{
    char error[APP_ERROR_MAX];
    int err = certify(config, a->names, a->n_names, error);
    if (!err)
        return EXIT_SUCCESS;
    fprintf(stderr, "airclass: %s\n", error);
    return err == -EINVAL || err == -ENOSPC ? EXIT_BAD_USE : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {0};
    int status = parse_arguments(&arguments, argc, argv);
    if (status >= 0)
        return status;
    struct config config;
    config_init(&config);
    status = read_settings(&config, &arguments);
    if (status == 0 && arguments.is_print)
        config_print(&config, stdout);
    else if (status == 0 && arguments.is_certify)
        status = make_certificate(&config, &arguments);
    else if (status == 0 && !arguments.is_check)
        status = serve(&config);
    config_release(&config);
    return status;
}
