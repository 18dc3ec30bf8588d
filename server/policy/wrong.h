#ifndef AIRCLASS_SERVER_POLICY_WRONG_H
#define AIRCLASS_SERVER_POLICY_WRONG_H

#include "server/base/message.h"
#include "server/policy/policy.h"

/* What is wrong with rules, beside their syntax (server/config/ini.h). Private to this folder. */
enum policy_wrong {
    /* the value of a key */
    POLICY_MANY_SPANS,
    POLICY_BAD_SPAN,
    POLICY_SPANS_MEET,
    POLICY_NO_SPANS,
    POLICY_BAD_GRADE,
    POLICY_NO_GRADES,
    POLICY_BAD_KIND,
    POLICY_NO_KINDS,
    POLICY_BAD_CHAT,
    POLICY_BAD_AT_LIMIT,
    POLICY_BAD_FLAG,
    POLICY_BAD_NUMBER,
    POLICY_BAD_LIMIT, /* a number, or none */
    POLICY_BAD_SCHOOL,
    /* a line */
    POLICY_NO_RULE,
    POLICY_TWICE,
    POLICY_UNKNOWN_KEY,
    POLICY_MISSPELT_KEY,
    POLICY_UNKNOWN_SECTION,
    POLICY_BAD_NAME,
    POLICY_MANY_RULES,
    POLICY_WRONGS
};

/* For each '*' in the texts there is something to be put in. */
const struct message *policy_message(enum policy_wrong wrong);

/* Tells `fault` of it; `part` stands for each '*', in the order of both languages. Always
 * -EINVAL. */
int policy_refuse(struct policy_fault *fault, const struct message *what, const char *const *part);

#endif
