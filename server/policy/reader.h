#ifndef AIRCLASS_SERVER_POLICY_READER_H
#define AIRCLASS_SERVER_POLICY_READER_H

#include "server/policy/policy.h"

/* What a rule may say: bits of policy_rule.says. Private to this folder. */
enum policy_key {
    KEY_HOURS,
    KEY_GROUP_MINUTES,
    KEY_VOICE_MINUTES,
    KEY_LESSON_MINUTES,
    KEY_BREAK_MINUTES,
    KEY_LEAD_HOURS,
    KEY_RETENTION_DAYS,
    KEY_CHAT,
    KEY_AT_LIMIT,
    KEY_COUNTED,
    KEY_OVERRIDE,
    POLICY_KEYS
};

/* Reads rules into `policy`, which begins zeroed. 0, or -EINVAL, told to `fault`. */
int policy_read(struct policy *policy, const char *text, size_t len, struct policy_fault *fault);

/* Copies field `key` of one set of limits into another. */
void limits_take(struct policy_limits *to, const struct policy_limits *from, enum policy_key key);

#endif
