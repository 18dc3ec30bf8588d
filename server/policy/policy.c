#include "server/policy/policy.h"

#include <assert.h>
#include <string.h>

#include "server/policy/builtin.h"
#include "server/policy/reader.h"

int policy_parse(struct policy *out, const char *text, size_t len, struct policy_fault *fault)
{
    /* Apart, so that a broken text leaves the caller's rules as they were. */
    struct policy policy = {.n = 0};
    int err = policy_read(&policy, text, len, fault);
    if (!err)
        *out = policy;
    return err;
}

void policy_built_in(struct policy *out)
{
    struct policy_fault fault;
    int err =
        policy_parse(out, policy_builtin, (size_t)(policy_builtin_end - policy_builtin), &fault);
    assert(!err);
}

const char *policy_text(void)
{
    return policy_builtin;
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
