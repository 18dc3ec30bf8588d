#include "server/policy/reader.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "server/config/ini.h"
#include "server/config/value.h"
#include "server/policy/wrong.h"

#define REFUSE(fault, wrong, ...)                                                                  \
    policy_refuse(fault, policy_message(wrong), (const char *const[]){__VA_ARGS__})

/* ---- values ---- */

/* The next word of `*text`, words being parted by blanks; false at the end. */
static bool next_word(const char **text, char word[INI_LINE_MAX])
{
    *text += strspn(*text, " \t");
    size_t len = strcspn(*text, " \t");
    memcpy(word, *text, len);
    word[len] = '\0';
    *text += len;
    return len > 0;
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

static int read_span(struct policy_span *out, const char *word)
{
    const char *p = word;
    int from = take_time(&p);
    if (from < 0 || *p != '-')
        return -EINVAL;
    p++;
    int to = take_time(&p);
    if (to <= from || *p)
        return -EINVAL;
    *out = (struct policy_span){(uint16_t)from, (uint16_t)to};
    return 0;
}

static int read_hours(struct policy_limits *out, const char *value, struct policy_fault *f)
{
    char word[INI_LINE_MAX];
    out->n_hours = 0;
    if (strcmp(value, "none") == 0)
        return 0;
    while (next_word(&value, word)) {
        if (out->n_hours == POLICY_SPANS_MAX)
            return REFUSE(f, POLICY_MANY_SPANS, NULL);
        struct policy_span *span = &out->hours[out->n_hours];
        if (read_span(span, word))
            return REFUSE(f, POLICY_BAD_SPAN, word);
        if (out->n_hours > 0 && span->from_min < span[-1].to_min)
            return REFUSE(f, POLICY_SPANS_MEET, word);
        out->n_hours++;
    }
    return out->n_hours > 0 ? 0 : REFUSE(f, POLICY_NO_SPANS, NULL);
}

/* "1-2 7" */
static int read_grades(uint16_t *out, const char *value, struct policy_fault *f)
{
    char word[INI_LINE_MAX];
    *out = 0;
    while (next_word(&value, word)) {
        const char *p = word;
        int from = take_digits(&p, 2);
        int to = from;
        if (*p == '-') {
            p++;
            to = take_digits(&p, 2);
        }
        if (*p || from < 1 || to < from || to > POLICY_GRADES)
            return REFUSE(f, POLICY_BAD_GRADE, word);
        for (int grade = from; grade <= to; grade++)
            *out |= (uint16_t)(1u << grade);
    }
    return *out ? 0 : REFUSE(f, POLICY_NO_GRADES, NULL);
}

static int read_kinds(uint16_t *out, const char *value, struct policy_fault *f)
{
    static const char *const names[POLICY_KINDS] = {"lecture", "seminar", "qa", "meeting",
                                                    "rehearsal"};
    char word[INI_LINE_MAX];
    *out = 0;
    while (next_word(&value, word)) {
        int kind = 0;
        while (kind < POLICY_KINDS && strcmp(word, names[kind]) != 0)
            kind++;
        if (kind == POLICY_KINDS)
            return REFUSE(f, POLICY_BAD_KIND, word);
        *out |= (uint16_t)(1u << kind);
    }
    return *out ? 0 : REFUSE(f, POLICY_NO_KINDS, NULL);
}

static int read_chat(struct policy_limits *out, const char *value, struct policy_fault *f)
{
    static const char *const names[] = {"off", "tutor", "class"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(value, names[i]) == 0) {
            out->chat = (enum policy_chat)i;
            return 0;
        }
    }
    return REFUSE(f, POLICY_BAD_CHAT, value);
}

static int read_at_limit(struct policy_limits *out, const char *value, struct policy_fault *f)
{
    out->keeps_picture = strcmp(value, "picture") == 0;
    if (out->keeps_picture || strcmp(value, "voice") == 0)
        return 0;
    return REFUSE(f, POLICY_BAD_AT_LIMIT, value);
}

static int read_flag(bool *out, const char *name, const char *value, struct policy_fault *f)
{
    return bool_parse(value, out) ? REFUSE(f, POLICY_BAD_FLAG, name, value) : 0;
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
                       struct policy_fault *f)
{
    const struct number_key *k = &keys[key];
    uint32_t n = POLICY_NO_LIMIT;
    bool is_none = k->may_be_none && strcmp(value, "none") == 0;
    if (!is_none && (number_parse(value, UNIT_COUNT, &n) || n > k->most)) {
        char most[NUMBER_TEXT_MAX];
        number_print(most, k->most, UNIT_COUNT);
        return REFUSE(f, k->may_be_none ? POLICY_BAD_LIMIT : POLICY_BAD_NUMBER, k->name, value,
                      most);
    }
    *number_at(out, key) = n;
    return 0;
}

static int read_key(struct policy_limits *out, enum policy_key key, const char *value,
                    struct policy_fault *f)
{
    switch (key) {
    case KEY_HOURS: return read_hours(out, value, f);
    case KEY_CHAT: return read_chat(out, value, f);
    case KEY_AT_LIMIT: return read_at_limit(out, value, f);
    case KEY_COUNTED: return read_flag(&out->is_counted, "counted", value, f);
    case KEY_OVERRIDE: return read_flag(&out->may_override, "override", value, f);
    case KEY_GROUP_MINUTES:
    case KEY_VOICE_MINUTES:
    case KEY_LESSON_MINUTES:
    case KEY_BREAK_MINUTES:
    case KEY_LEAD_HOURS:
    case KEY_RETENTION_DAYS: return read_number(out, key, value, f);
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

static int unknown_key(const char *name, struct policy_fault *f)
{
    struct nearest n;
    nearest_start(&n, name);
    for (int i = 0; i < ALL_KEYS; i++)
        nearest_offer(&n, key_name(i));
    const char *meant = nearest_get(&n);
    return REFUSE(f, meant ? POLICY_MISSPELT_KEY : POLICY_UNKNOWN_KEY, name, meant);
}

static int read_school(char out[POLICY_SCHOOL_SIZE], const char *value, struct policy_fault *f)
{
    size_t len = strlen(value);
    if (len == 0 || len >= POLICY_SCHOOL_SIZE)
        return REFUSE(f, POLICY_BAD_SCHOOL, NULL);
    memcpy(out, value, len + 1);
    return 0;
}

struct reading {
    struct policy *policy;
    struct policy_fault *fault;
    uint32_t set_at[ALL_KEYS]; /* line of each key of the rule; 0: not yet */
};

static int read_entry(struct reading *r, const struct ini_item *item)
{
    int key = 0;
    if (r->policy->n == 0)
        return REFUSE(r->fault, POLICY_NO_RULE, item->name);
    while (key < ALL_KEYS && strcmp(item->name, key_name(key)) != 0)
        key++;
    if (key == ALL_KEYS)
        return unknown_key(item->name, r->fault);
    if (r->set_at[key]) {
        char line[NUMBER_TEXT_MAX];
        number_print(line, r->set_at[key], UNIT_COUNT);
        return REFUSE(r->fault, POLICY_TWICE, item->name, line);
    }
    r->set_at[key] = r->fault->line;
    struct policy_rule *rule = &r->policy->rule[r->policy->n - 1];
    if (key == KEY_SCHOOL)
        return read_school(rule->school, item->value, r->fault);
    if (key == KEY_GRADES)
        return read_grades(&rule->grades, item->value, r->fault);
    if (key == KEY_KINDS)
        return read_kinds(&rule->kinds, item->value, r->fault);
    rule->says |= 1u << key;
    return read_key(&rule->limits, (enum policy_key)key, item->value, r->fault);
}

static int begin_rule(struct reading *r, const struct ini_item *item)
{
    if (strcmp(item->name, "rule") != 0)
        return REFUSE(r->fault, POLICY_UNKNOWN_SECTION, item->name);
    if (!word_is_plain(item->id))
        return REFUSE(r->fault, POLICY_BAD_NAME, item->id);
    if (r->policy->n == POLICY_RULES_MAX)
        return REFUSE(r->fault, POLICY_MANY_RULES, NULL);
    r->policy->n++;
    memset(r->set_at, 0, sizeof(r->set_at));
    return 0;
}

int policy_read(struct policy *policy, const char *text, size_t len, struct policy_fault *fault)
{
    struct reading r = {.policy = policy, .fault = fault};
    struct ini ini;
    struct ini_item item;
    ini_start(&ini, text, len);
    for (;;) {
        const struct message *wrong;
        int err = ini_next(&ini, &item, &wrong);
        fault->line = ini.line;
        if (err)
            return policy_refuse(fault, wrong, NULL);
        if (item.kind == INI_END)
            return 0;
        err = item.kind == INI_SECTION ? begin_rule(&r, &item) : read_entry(&r, &item);
        if (err)
            return err;
    }
}
