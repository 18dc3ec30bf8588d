#include "server/policy/reader.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/config/value.h"

/* ---- values ---- */

/* The next word of `*text`, words being parted by blanks; its length, 0 at the end. */
static size_t next_word(const char **text)
{
    *text += strspn(*text, " \t");
    return strcspn(*text, " \t");
}

/* Up to `digits` digits at `*p`, which it passes; -1: there is none. */
static int take_digits(const char **p, size_t digits)
{
    int n = -1;
    for (; digits > 0 && isdigit((unsigned char)**p); digits--, (*p)++)
        n = (n < 0 ? 0 : n * 10) + (**p - '0');
    return n;
}

/* "08:00"; -1: not one. 24:00 is the end of the day. */
static int take_time(const char **p)
{
    int hour = take_digits(p, 2);
    if (hour < 0 || **p != ':')
        return -1;
    (*p)++;
    int minute = take_digits(p, 2);
    if (minute < 0 || minute > 59 || hour * 60 + minute > POLICY_DAY_MIN)
        return -1;
    return hour * 60 + minute;
}

static int read_span(struct policy_span *out, const char *word, size_t len)
{
    const char *p = word;
    int from = take_time(&p);
    if (from < 0 || *p != '-')
        return -EINVAL;
    p++;
    int to = take_time(&p);
    if (to <= from || p != word + len)
        return -EINVAL;
    *out = (struct policy_span){(uint16_t)from, (uint16_t)to};
    return 0;
}

static int read_hours(struct policy_limits *out, const char *value, const struct complaint *c)
{
    out->n_hours = 0;
    if (strcmp(value, "none") == 0)
        return 0;
    for (size_t len; (len = next_word(&value)) > 0; value += len) {
        if (out->n_hours == POLICY_SPANS_MAX)
            return complain(c, "hours: more than %d spans", POLICY_SPANS_MAX);
        struct policy_span *span = &out->hours[out->n_hours];
        if (read_span(span, value, len))
            return complain(c, "hours: '%.*s' is no span such as 08:00-11:30", (int)len, value);
        if (out->n_hours > 0 && span->from_min < span[-1].to_min)
            return complain(c, "hours: '%.*s' begins before the span in front of it ends", (int)len,
                            value);
        out->n_hours++;
    }
    return out->n_hours > 0 ? 0 : complain(c, "hours: spans, or none");
}

/* "1-2 7" */
static int read_grades(uint16_t *out, const char *value, const struct complaint *c)
{
    *out = 0;
    for (size_t len; (len = next_word(&value)) > 0; value += len) {
        const char *p = value;
        int from = take_digits(&p, 2);
        int to = from;
        if (*p == '-') {
            p++;
            to = take_digits(&p, 2);
        }
        if (p != value + len || from < 1 || to < from || to > POLICY_GRADES)
            return complain(c, "grades: '%.*s' is none of 1 to 12, nor a span such as 1-2",
                            (int)len, value);
        for (int grade = from; grade <= to; grade++)
            *out |= (uint16_t)(1u << grade);
    }
    return *out ? 0 : complain(c, "grades: names none");
}

static int read_kinds(uint16_t *out, const char *value, const struct complaint *c)
{
    static const char *const names[POLICY_KINDS] = {"lecture", "seminar", "qa", "meeting",
                                                    "rehearsal"};
    *out = 0;
    for (size_t len; (len = next_word(&value)) > 0; value += len) {
        int kind = 0;
        while (kind < POLICY_KINDS &&
               (strlen(names[kind]) != len || memcmp(value, names[kind], len) != 0))
            kind++;
        if (kind == POLICY_KINDS)
            return complain(c, "kinds: '%.*s' is none of lecture, seminar, qa, meeting, rehearsal",
                            (int)len, value);
        *out |= (uint16_t)(1u << kind);
    }
    return *out ? 0 : complain(c, "kinds: names none");
}

static int read_chat(struct policy_limits *out, const char *value, const struct complaint *c)
{
    static const char *const names[] = {"off", "tutor", "class"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(value, names[i]) == 0) {
            out->chat = (enum policy_chat)i;
            return 0;
        }
    }
    return complain(c, "chat: '%s' is none of off, tutor, class", value);
}

static int read_at_limit(struct policy_limits *out, const char *value, const struct complaint *c)
{
    out->keeps_picture = strcmp(value, "picture") == 0;
    if (out->keeps_picture || strcmp(value, "voice") == 0)
        return 0;
    return complain(c, "at-limit: '%s' is neither voice nor picture", value);
}

static int read_flag(bool *out, const char *name, const char *value, const struct complaint *c)
{
    return bool_parse(value, out) ? complain(c, "%s: '%s' is neither yes nor no", name, value) : 0;
}

/* ---- keys ---- */

struct number_key {
    const char *name;
    size_t offset; /* of a uint32_t in policy_limits */
    uint32_t most;
    bool may_be_none; /* "none": there is no limit */
};

#define NUMBER(field) offsetof(struct policy_limits, field)

/* The keys in the order of enum policy_key; those that are no numbers have no `most`. */
static const struct number_key keys[] = {
    {"hours",          0,                      0,              false},
    {"group-minutes",  NUMBER(group_minutes),  POLICY_DAY_MIN, true },
    {"voice-minutes",  NUMBER(voice_minutes),  POLICY_DAY_MIN, true },
    {"lesson-minutes", NUMBER(lesson_minutes), POLICY_DAY_MIN, true },
    {"break-minutes",  NUMBER(break_minutes),  POLICY_DAY_MIN, false},
    {"lead-hours",     NUMBER(lead_hours),     24 * 366,       false},
    {"retention-days", NUMBER(retention_days), 366 * 100,      true },
    {"chat",           0,                      0,              false},
    {"at-limit",       0,                      0,              false},
    {"counted",        0,                      0,              false},
    {"override",       0,                      0,              false},
};

static uint32_t *number_at(struct policy_limits *limits, enum policy_key key)
{
    return (uint32_t *)((char *)limits + keys[key].offset);
}

static int read_number(struct policy_limits *out, enum policy_key key, const char *value,
                       const struct complaint *c)
{
    const struct number_key *k = &keys[key];
    uint32_t n = POLICY_NO_LIMIT;
    bool is_none = k->may_be_none && strcmp(value, "none") == 0;
    if (!is_none && (number_parse(value, UNIT_COUNT, &n) || n > k->most))
        return complain(c, "%s: '%s' is not a number from 0 to %u%s", k->name, value, k->most,
                        k->may_be_none ? ", nor none" : "");
    *number_at(out, key) = n;
    return 0;
}

static int read_key(struct policy_limits *out, enum policy_key key, const char *value,
                    const struct complaint *c)
{
    switch (key) {
    case KEY_HOURS: return read_hours(out, value, c);
    case KEY_CHAT: return read_chat(out, value, c);
    case KEY_AT_LIMIT: return read_at_limit(out, value, c);
    case KEY_COUNTED: return read_flag(&out->is_counted, "counted", value, c);
    case KEY_OVERRIDE: return read_flag(&out->may_override, "override", value, c);
    case KEY_GROUP_MINUTES:
    case KEY_VOICE_MINUTES:
    case KEY_LESSON_MINUTES:
    case KEY_BREAK_MINUTES:
    case KEY_LEAD_HOURS:
    case KEY_RETENTION_DAYS: return read_number(out, key, value, c);
    case POLICY_KEYS: break;
    }
    return -EINVAL;
}

void limits_take(struct policy_limits *to, const struct policy_limits *from, enum policy_key key)
{
    switch (key) {
    case KEY_HOURS:
        memcpy(to->hours, from->hours, sizeof(to->hours));
        to->n_hours = from->n_hours;
        break;
    case KEY_CHAT: to->chat = from->chat; break;
    case KEY_AT_LIMIT: to->keeps_picture = from->keeps_picture; break;
    case KEY_COUNTED: to->is_counted = from->is_counted; break;
    case KEY_OVERRIDE: to->may_override = from->may_override; break;
    case KEY_GROUP_MINUTES:
    case KEY_VOICE_MINUTES:
    case KEY_LESSON_MINUTES:
    case KEY_BREAK_MINUTES:
    case KEY_LEAD_HOURS:
    case KEY_RETENTION_DAYS:
        memcpy(number_at(to, key), (const char *)from + keys[key].offset, sizeof(uint32_t));
        break;
    case POLICY_KEYS: break;
    }
}

/* ---- the file ---- */

/* For whom a rule is; behind the keys of what it says. */
enum { KEY_SCHOOL = POLICY_KEYS, KEY_GRADES, KEY_KINDS, ALL_KEYS };

static const char *key_name(int key)
{
    static const char *const selectors[] = {"school", "grades", "kinds"};
    return key < POLICY_KEYS ? keys[key].name : selectors[key - POLICY_KEYS];
}

static int unknown_key(const char *name, const struct complaint *c)
{
    struct nearest n;
    nearest_start(&n, name);
    for (int i = 0; i < ALL_KEYS; i++)
        nearest_offer(&n, key_name(i));
    const char *meant = nearest_get(&n);
    if (meant)
        return complain(c, "unknown key '%s'; did you mean '%s'?", name, meant);
    return complain(c, "unknown key '%s'", name);
}

static int read_school(char out[POLICY_SCHOOL_SIZE], const char *value, const struct complaint *c)
{
    size_t len = strlen(value);
    if (len == 0 || len >= POLICY_SCHOOL_SIZE)
        return complain(c, "school: a code of 1 to %d bytes", POLICY_SCHOOL_SIZE - 1);
    memcpy(out, value, len + 1);
    return 0;
}

struct reading {
    struct policy *policy;
    struct complaint *c;
    uint32_t set_at[ALL_KEYS]; /* line of each key of the rule; 0: not yet */
};

static int read_entry(struct reading *r, const struct ini_item *item)
{
    int key = 0;
    if (r->policy->n == 0)
        return complain(r->c, "'%s' stands before the first [rule NAME]", item->name);
    while (key < ALL_KEYS && strcmp(item->name, key_name(key)) != 0)
        key++;
    if (key == ALL_KEYS)
        return unknown_key(item->name, r->c);
    if (r->set_at[key])
        return complain(r->c, "'%s' was already set in line %u", item->name, r->set_at[key]);
    r->set_at[key] = r->c->line;
    struct policy_rule *rule = &r->policy->rule[r->policy->n - 1];
    if (key == KEY_SCHOOL)
        return read_school(rule->school, item->value, r->c);
    if (key == KEY_GRADES)
        return read_grades(&rule->grades, item->value, r->c);
    if (key == KEY_KINDS)
        return read_kinds(&rule->kinds, item->value, r->c);
    rule->says |= 1u << key;
    return read_key(&rule->limits, (enum policy_key)key, item->value, r->c);
}

static int begin_rule(struct reading *r, const struct ini_item *item)
{
    if (strcmp(item->name, "rule") != 0)
        return complain(r->c, "unknown section [%s]; there are [rule NAME]", item->name);
    if (!word_is_plain(item->id))
        return complain(r->c, "[rule %s]: a name of letters, digits, '-' and '_' is needed",
                        item->id);
    if (r->policy->n == POLICY_RULES_MAX)
        return complain(r->c, "more than %d rules", POLICY_RULES_MAX);
    r->policy->n++;
    memset(r->set_at, 0, sizeof(r->set_at));
    return 0;
}

int policy_read(struct policy *policy, const char *text, size_t len, struct complaint *c)
{
    struct reading r = {.policy = policy, .c = c};
    struct ini ini;
    struct ini_item item;
    ini_start(&ini, text, len);
    for (;;) {
        const char *wrong;
        int err = ini_next(&ini, &item, &wrong);
        c->line = ini.line;
        if (err)
            return complain(c, "%s", wrong);
        if (item.kind == INI_END)
            return 0;
        err = item.kind == INI_SECTION ? begin_rule(&r, &item) : read_entry(&r, &item);
        if (err)
            return err;
    }
}
