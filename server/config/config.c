#include "server/config/config.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/config/keys.h"

enum { SHOWN_MAX = 192 }; /* three names of INI_NAME_MAX and the dots */

/* One reading of a file: where we are, and in which line each key of the lesson was set first. */
struct reader {
    struct config *config;
    struct complaint c;
    struct lesson_config *lesson; /* the [lesson ID] that we are in, or NULL */
    char section[INI_NAME_MAX];   /* "" before the first */
    uint32_t lesson_set_at[CONFIG_KEYS_MAX];
};

void config_init(struct config *c)
{
    *c = (struct config){0};
    keys_reset(config_keys, c);
}

void config_release(struct config *c)
{
    free(c->lessons);
    free(c->file);
    c->lessons = NULL;
    c->file = NULL;
    c->n_lessons = 0;
}

static int lesson_add(struct config *config, struct lesson_config **out, const char *id)
{
    struct lesson_config *grown =
        realloc(config->lessons, (config->n_lessons + 1) * sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    config->lessons = grown;
    struct lesson_config *l = &grown[config->n_lessons];
    *l = (struct lesson_config){0};
    keys_reset(lesson_keys, l);
    snprintf(l->id, sizeof(l->id), "%s", id);
    config->n_lessons++;
    *out = l;
    return 0;
}

/* Finds the lesson, or adds it. */
static int lesson_open(struct config *config, struct lesson_config **out, const char *id,
                       const struct complaint *c)
{
    if (!*id)
        return complain(c, "a lesson needs an ID: [lesson ID]");
    if (!word_is_plain(id) || strlen(id) >= CONFIG_ID_MAX)
        return complain(c, "'%s' is no lesson ID: 1 to %d letters, digits, '-' and '_'", id,
                        CONFIG_ID_MAX - 1);
    for (size_t i = 0; i < config->n_lessons; i++) {
        if (strcmp(config->lessons[i].id, id) == 0) {
            *out = &config->lessons[i];
            return 0;
        }
    }
    if (config->n_lessons >= CONFIG_LESSONS_MAX)
        return complain(c, "more than %d lessons", CONFIG_LESSONS_MAX);
    return lesson_add(config, out, id);
}

static void full_name(char out[SHOWN_MAX], const char *section, const char *id, const char *key)
{
    if (*id)
        snprintf(out, SHOWN_MAX, "%s.%s.%s", section, id, key);
    else
        snprintf(out, SHOWN_MAX, "%s.%s", section, key);
}

/* Right key, wrong section: writes the first full name that ends like `shown`. */
static bool same_key_elsewhere(char out[SHOWN_MAX], const char *shown)
{
    const char *dot = strrchr(shown, '.');
    for (const struct config_key *k = config_keys; dot && k->name; k++) {
        if (strcmp(k->name, dot + 1) == 0) {
            full_name(out, k->section, "", k->name);
            return true;
        }
    }
    return false;
}

static int unknown_key(const char *shown, const char *lesson_id, const struct complaint *c)
{
    struct nearest n;
    char candidate[SHOWN_MAX];
    nearest_start(&n, shown);
    for (const struct config_key *k = config_keys; k->name; k++) {
        full_name(candidate, k->section, "", k->name);
        nearest_offer(&n, candidate);
    }
    for (const struct config_key *k = lesson_keys; *lesson_id && k->name; k++) {
        full_name(candidate, k->section, lesson_id, k->name);
        nearest_offer(&n, candidate);
    }
    const char *meant = nearest_get(&n);
    if (!meant && same_key_elsewhere(candidate, shown))
        meant = candidate;
    if (meant)
        return complain(c, "unknown key '%s'; did you mean '%s'?", shown, meant);
    return complain(c, "unknown key '%s'", shown);
}

static bool section_exists(const char *name)
{
    for (const struct config_key *k = config_keys; k->name; k++) {
        if (strcmp(k->section, name) == 0)
            return true;
    }
    return false;
}

static int unknown_section(const char *name, const struct complaint *c)
{
    struct nearest n;
    nearest_start(&n, name);
    for (const struct config_key *k = config_keys; k->name; k++)
        nearest_offer(&n, k->section);
    nearest_offer(&n, "lesson");
    const char *meant = nearest_get(&n);
    if (meant)
        return complain(c, "unknown section [%s]; did you mean [%s]?", name, meant);
    return complain(c, "unknown section [%s]", name);
}

static int read_lesson_section(struct reader *r, const char *id)
{
    int err = lesson_open(r->config, &r->lesson, id, &r->c);
    if (err)
        return err;
    if (r->lesson->line)
        return complain(&r->c, "[lesson %s] was already in line %u", id, r->lesson->line);
    r->lesson->line = r->c.line;
    memset(r->lesson_set_at, 0, sizeof(r->lesson_set_at));
    return 0;
}

static int read_section(struct reader *r, const struct ini_item *item)
{
    r->lesson = NULL;
    memcpy(r->section, item->name, sizeof(r->section));
    if (strcmp(item->name, "lesson") == 0)
        return read_lesson_section(r, item->id);
    if (!section_exists(item->name))
        return unknown_section(item->name, &r->c);
    if (*item->id)
        return complain(&r->c, "section [%s] takes no second word", item->name);
    return 0;
}

static int read_entry(struct reader *r, const struct ini_item *item)
{
    if (!*r->section)
        return complain(&r->c, "'%s' stands before the first [section]", item->name);
    const char *id = r->lesson ? r->lesson->id : "";
    const struct config_key *table = r->lesson ? lesson_keys : config_keys;
    char shown[SHOWN_MAX];
    full_name(shown, r->section, id, item->name);

    const struct config_key *key = key_find(table, r->section, item->name);
    if (!key)
        return unknown_key(shown, id, &r->c);
    assert(key - table < CONFIG_KEYS_MAX);
    uint32_t *at = r->lesson ? &r->lesson_set_at[key - table] : &r->config->set_at[key - table];
    if (*at)
        return complain(&r->c, "'%s' was already set in line %u", shown, *at);
    *at = r->c.line;
    void *base = r->lesson ? (void *)r->lesson : (void *)r->config;
    return key_write(key, base, shown, item->value, &r->c);
}

static int read_items(struct reader *r, struct ini *ini)
{
    for (;;) {
        struct ini_item item;
        const struct message *wrong;
        int err = ini_next(ini, &item, &wrong);
        r->c.line = ini->line;
        if (err)
            return complain(&r->c, "%s", wrong->en);
        if (item.kind == INI_END)
            return 0;
        err = item.kind == INI_SECTION ? read_section(r, &item) : read_entry(r, &item);
        if (err)
            return err;
    }
}

/* Lines of an earlier file mean nothing any more. */
static int begin_file(struct config *c, const char *name)
{
    free(c->file);
    c->file = strdup(name);
    memset(c->set_at, 0, sizeof(c->set_at));
    for (size_t i = 0; i < c->n_lessons; i++)
        c->lessons[i].line = 0;
    return c->file ? 0 : -ENOMEM;
}

int config_parse(struct config *c, const char *text, size_t len, const char *name,
                 char error[CONFIG_ERROR_MAX])
{
    struct reader r = {
        .config = c, .c = {.text = error, .size = CONFIG_ERROR_MAX, .file = name}
    };
    int err = begin_file(c, name);
    if (!err) {
        struct ini ini;
        ini_start(&ini, text, len);
        err = read_items(&r, &ini);
    }
    if (err == -ENOMEM)
        snprintf(error, CONFIG_ERROR_MAX, "%s: out of memory", name);
    return err;
}

int config_load(struct config *c, const char *path, char error[CONFIG_ERROR_MAX])
{
    char *text;
    size_t len;
    int err = ini_read_file(&text, &len, path);
    if (err) {
        snprintf(error, CONFIG_ERROR_MAX, "%s: %s", path, err_text(err));
        return err;
    }
    err = config_parse(c, text, len, path, error);
    free(text);
    return err;
}

int config_load_named(struct config *c, const char *path, char error[CONFIG_ERROR_MAX])
{
    static const char usual[] = "/etc/airclass/airclass.conf";
    if (!path && access(usual, F_OK) != 0)
        return 0;
    return config_load(c, path ? path : usual, error);
}

/* Cuts "lesson.ID.key" or "section.key" at its dots, in place. False without enough of them. */
static bool split_name(char *name, const char **section, const char **id, const char **key)
{
    char *first = strchr(name, '.');
    char *last = strrchr(name, '.');
    if (!first)
        return false;
    bool has_id = last != first;
    *first = *last = '\0';
    *section = name;
    *id = has_id ? first + 1 : "";
    *key = last + 1;
    return true;
}

static int set_named(struct config *config, char *name, const char *value,
                     const struct complaint *c)
{
    const char *section;
    const char *id = "";
    const char *key_name;
    char shown[SHOWN_MAX];
    snprintf(shown, sizeof(shown), "%s", name);
    if (!split_name(name, &section, &id, &key_name))
        return unknown_key(shown, "", c);

    bool is_lesson = strcmp(section, "lesson") == 0;
    const struct config_key *key =
        key_find(is_lesson ? lesson_keys : config_keys, section, key_name);
    if (!key || (*id && !is_lesson))
        return unknown_key(shown, is_lesson ? id : "", c);
    if (!is_lesson) {
        config->set_at[key - config_keys] = 0;
        return key_write(key, config, shown, value, c);
    }
    struct lesson_config *lesson = NULL;
    int err = lesson_open(config, &lesson, id, c);
    return err ? err : key_write(key, lesson, shown, value, c);
}

/* A line of the file with the whole assignment: what its reader refuses is refused here too. */
int config_set(struct config *c, const char *assignment, char error[CONFIG_ERROR_MAX])
{
    struct complaint about = {.text = error, .size = CONFIG_ERROR_MAX, .file = "--set"};
    struct ini ini;
    struct ini_item item;
    const struct message *wrong;
    ini_start(&ini, assignment, strlen(assignment));
    int err = ini_next(&ini, &item, &wrong);
    if (err)
        return complain(&about, "%s", wrong->en);
    if (item.kind != INI_ENTRY || ini.next != ini.end)
        return complain(&about, "expected section.key=value");
    err = set_named(c, item.name, item.value, &about);
    if (err == -ENOMEM)
        snprintf(error, CONFIG_ERROR_MAX, "--set: out of memory");
    return err;
}
