#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"
#include "server/policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Limits are sound, and no answer allows what lies outside the hours. */
static void check_limits(const struct policy_limits *l)
{
    if (l->n_hours > POLICY_SPANS_MAX)
        abort();
    for (uint32_t i = 0; i < l->n_hours; i++) {
        if (l->hours[i].from_min >= l->hours[i].to_min || l->hours[i].to_min > POLICY_DAY_MIN)
            abort();
    }
    for (uint32_t start = 0; start < POLICY_DAY_MIN; start += 97) {
        struct policy_lesson lesson = {.start_min = start, .length_min = 40};
        struct policy_answer a = policy_decide(l, &lesson);
        bool is_inside = false;
        for (uint32_t i = 0; i < l->n_hours; i++)
            is_inside |= start >= l->hours[i].from_min && start + 40 <= l->hours[i].to_min;
        if (!is_inside && a.verdict < POLICY_NEEDS_OVERRIDE)
            abort();
        if (!!a.reasons != (a.verdict != POLICY_ALLOW))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size ? size : 1);
    memcpy(text, data, size);
    struct policy policy;
    struct policy_fault fault;
    if (policy_parse(&policy, text, size, &fault) == 0) {
        for (unsigned grade = 0; grade <= POLICY_GRADES; grade++) {
            struct policy_limits limits;
            policy_limits_of(&policy, "s1", grade, (enum policy_kind)(grade % POLICY_KINDS),
                             &limits);
            check_limits(&limits);
        }
    } else if (!utf8_is_valid(fault.zh, strlen(fault.zh)) ||
               !utf8_is_valid(fault.en, strlen(fault.en))) {
        abort();
    }
    free(text);
    return 0;
}
