#include <string.h>

#include "server/config/config.h"
#include "server/config/keys.h"

static const char head[] =
    "# Airclass: every setting, with its default.\n"
    "#\n"
    "# One 'key = value' a line, in [sections]; comments stand on lines of their own. Times are\n"
    "# written 250ms, 4s, 10min or 1h, sizes 512B, 64KiB, 1MiB or 2GiB. What is left out keeps its\n"
    "# default. 'airclass --check --config FILE' tries a file without starting the server;\n"
    "# 'airclass --print-config' prints all that holds.\n";

static const char lesson_head[] =
    "\n"
    "# One section for each lesson: [lesson ID], the ID of 1 to 39 letters, digits, '-' and '_'.\n"
    "# Lessons can also be made through the admin API while the server runs.\n";

/* Behind '#' on every line, so that a lesson may be made by taking the '#' away. */
static const char lesson_example[] = "#[lesson math-7b]\n"
                                     "#title = Maths, class 7b\n"
                                     "#stream-key = write-a-long-secret-here\n"
                                     "#watch-key = and-another-one-here\n"
                                     "#open = no\n";

static void print_help(const struct config_key *key, FILE *out)
{
    for (const char *line = key->help; *line;) {
        size_t len = strcspn(line, "\n");
        fprintf(out, "# %.*s\n", (int)len, line);
        line += len + (line[len] == '\n');
    }
    if (key->type != KEY_NUMBER)
        return;
    char low[NUMBER_TEXT_MAX];
    char high[NUMBER_TEXT_MAX];
    number_print(low, key->min, key->unit);
    number_print(high, key->max, key->unit);
    fprintf(out, "# From %s to %s.\n", low, high);
}

static void print_value(const struct config_key *key, const void *base, FILE *out)
{
    char value[CONFIG_TEXT_MAX];
    key_read(key, base, value, sizeof(value));
    fprintf(out, *value ? "%s = %s\n" : "%s =\n", key->name, value);
}

static void print_sections(const struct config *c, FILE *out)
{
    const char *section = "";
    for (const struct config_key *k = config_keys; k->name; k++) {
        bool is_new = strcmp(section, k->section) != 0;
        if (is_new)
            fprintf(out, "\n[%s]\n", k->section);
        else
            fputc('\n', out);
        section = k->section;
        print_help(k, out);
        print_value(k, c, out);
    }
}

static void print_lessons(const struct config *c, FILE *out)
{
    fputs(lesson_head, out);
    for (const struct config_key *k = lesson_keys; k->name; k++)
        fprintf(out, "# %s: %s\n", k->name, k->help);
    if (c->n_lessons == 0)
        fputs(lesson_example, out);
    for (size_t i = 0; i < c->n_lessons; i++) {
        fprintf(out, "\n[lesson %s]\n", c->lessons[i].id);
        for (const struct config_key *k = lesson_keys; k->name; k++)
            print_value(k, &c->lessons[i], out);
    }
}

void config_print(const struct config *c, FILE *out)
{
    fputs(head, out);
    print_sections(c, out);
    print_lessons(c, out);
}
