#include "server/policy/wrong.h"

#include <errno.h>
#include <string.h>

#include "server/base/utf8.h"

/* clang-format off */
static const struct message messages[POLICY_WRONGS] = {
    [POLICY_MANY_SPANS] = {"many_spans", "hours：时间段太多，最多 6 个", "hours: more than 6 spans"},
    [POLICY_BAD_SPAN] = {"bad_span", "hours：“*”不是时间段，应如 08:00-11:30", "hours: '*' is no span such as 08:00-11:30"},
    [POLICY_SPANS_MEET] = {"spans_meet", "hours：“*”在前一个时间段结束之前开始", "hours: '*' begins before the span in front of it ends"},
    [POLICY_NO_SPANS] = {"no_spans", "hours：应写时间段，或写 none", "hours: spans, or none"},
    [POLICY_BAD_GRADE] = {"bad_grade", "grades：“*”应为 1 到 12，或如 1-2", "grades: '*' is none of 1 to 12, nor a span such as 1-2"},
    [POLICY_NO_GRADES] = {"no_grades", "grades：没有写年级", "grades: names none"},
    [POLICY_BAD_KIND] = {"bad_kind", "kinds：“*”应为 lecture、seminar、qa、meeting 或 rehearsal", "kinds: '*' is none of lecture, seminar, qa, meeting, rehearsal"},
    [POLICY_NO_KINDS] = {"no_kinds", "kinds：没有写类型", "kinds: names none"},
    [POLICY_BAD_CHAT] = {"bad_chat", "chat：“*”应为 off、tutor 或 class", "chat: '*' is none of off, tutor, class"},
    [POLICY_BAD_AT_LIMIT] = {"bad_at_limit", "at-limit：“*”应为 voice 或 picture", "at-limit: '*' is neither voice nor picture"},
    [POLICY_BAD_FLAG] = {"bad_flag", "*：“*”应为 yes 或 no", "*: '*' is neither yes nor no"},
    [POLICY_BAD_NUMBER] = {"bad_number", "*：“*”应为 0 到 * 的数", "*: '*' is not a number from 0 to *"},
    [POLICY_BAD_LIMIT] = {"bad_limit", "*：“*”应为 0 到 * 的数，或写 none", "*: '*' is not a number from 0 to *, nor none"},
    [POLICY_BAD_SCHOOL] = {"bad_school", "school：应为 1 到 63 个字节的编号", "school: a code of 1 to 63 bytes"},
    [POLICY_NO_RULE] = {"no_rule", "“*”的前面没有 [rule 名称]", "'*' stands before the first [rule NAME]"},
    [POLICY_TWICE] = {"twice", "“*”在第 * 行已经写过", "'*' was already set in line *"},
    [POLICY_UNKNOWN_KEY] = {"unknown_key", "没有“*”这一项", "unknown key '*'"},
    [POLICY_MISSPELT_KEY] = {"misspelt_key", "没有“*”这一项，是不是“*”？", "unknown key '*'; did you mean '*'?"},
    [POLICY_UNKNOWN_SECTION] = {"unknown_section", "没有 [*] 这样的段，只有 [rule 名称]", "unknown section [*]; there are [rule NAME]"},
    [POLICY_BAD_NAME] = {"bad_name", "[rule *]：名称只能含字母、数字、“-”和“_”", "[rule *]: a name of letters, digits, '-' and '_' is needed"},
    [POLICY_MANY_RULES] = {"many_rules", "规则太多，最多 128 条", "more than 128 rules"},
};
/* clang-format on */

const struct message *policy_message(enum policy_wrong wrong)
{
    return &messages[wrong];
}

/* No text has more than 120 bytes and three parts. */
enum { PART_SIZE = 100 };

static void fill(char out[POLICY_FAULT_SIZE], const char *text, const char *const *part)
{
    size_t n = 0;
    for (; *text && n < POLICY_FAULT_SIZE - PART_SIZE; text++) {
        if (*text != '*') {
            out[n++] = *text;
            continue;
        }
        utf8_copy(&out[n], PART_SIZE, *part++);
        n += strlen(&out[n]);
    }
    out[n] = '\0';
}

int policy_refuse(struct policy_fault *fault, const struct message *what, const char *const *part)
{
    fault->code = what->code;
    fill(fault->zh, what->zh, part);
    fill(fault->en, what->en, part);
    return -EINVAL;
}
