#include "server/policy/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/log.h"
#include "server/policy/builtin.h"
#include "server/policy/reader.h"

int policy_parse(struct policy *out, const char *text, size_t len, const char *name,
                 char error[POLICY_ERROR_MAX])
{
    struct complaint c = {.text = error, .size = POLICY_ERROR_MAX, .file = name};
    /* Apart, so that a broken file leaves the caller's rules as they were. */
    struct policy policy = {.n = 0};
    int err = policy_read(&policy, text, len, &c);
    if (!err)
        *out = policy;
    return err;
}

const char *policy_text(void)
{
    return policy_builtin;
}

int policy_load(struct policy *out, const char *path, char error[POLICY_ERROR_MAX])
{
    if (!path)
        return policy_parse(out, policy_builtin, (size_t)(policy_builtin_end - policy_builtin),
                            "built-in policy", error);
    char *text;
    size_t len;
    int err = ini_read_file(&text, &len, path);
    if (err) {
        snprintf(error, POLICY_ERROR_MAX, "%s: %s", path, err_text(err));
        return err;
    }
    err = policy_parse(out, text, len, path, error);
    free(text);
    return err;
}

/* ---- which rules hold ---- */

static bool is_about(const struct policy_rule *rule, const char *school, unsigned grade,
                     enum policy_kind kind)
{
    if (rule->school[0] && strcmp(rule->school, school) != 0)
        return false;
    if (rule->grades && (grade == 0 || grade > POLICY_GRADES || !(rule->grades >> grade & 1u)))
        return false;
    return !rule->kinds || rule->kinds >> kind & 1u;
}

void policy_limits_of(const struct policy *policy, const char *school, unsigned grade,
                      enum policy_kind kind, struct policy_limits *out)
{
    /* What no rule speaks of is free. */
    *out = (struct policy_limits){.group_minutes = POLICY_NO_LIMIT,
                                  .voice_minutes = POLICY_NO_LIMIT,
                                  .lesson_minutes = POLICY_NO_LIMIT,
                                  .retention_days = POLICY_NO_LIMIT,
                                  .n_hours = 1,
                                  .chat = POLICY_CHAT_TUTOR,
                                  .is_counted = true};
    out->hours[0] = (struct policy_span){0, POLICY_DAY_MIN};
    for (size_t i = 0; i < policy->n; i++) {
        const struct policy_rule *rule = &policy->rule[i];
        if (!is_about(rule, school, grade, kind))
            continue;
        for (int key = 0; key < POLICY_KEYS; key++) {
            if (rule->says >> key & 1u)
                limits_take(out, &rule->limits, (enum policy_key)key);
        }
    }
}
