#include "server/policy/policy.h"

const char *policy_reason_name(enum policy_reason reason)
{
    static const char *const names[POLICY_REASONS] = {
        [POLICY_FINE] = "fine",
        [POLICY_OUTSIDE_HOURS] = "outside_hours",
        [POLICY_LESSON_TOO_LONG] = "lesson_too_long",
        [POLICY_BREAK_TOO_SHORT] = "break_too_short",
        [POLICY_PUBLISHED_LATE] = "published_late",
        [POLICY_MINUTES_OVER] = "minutes_over",
        [POLICY_VOICE_OVER] = "voice_over",
        [POLICY_MINUTES_NEAR] = "minutes_near",
        [POLICY_VOICE_NEAR] = "voice_near",
    };
    return reason < POLICY_REASONS ? names[reason] : "";
}

void policy_count(struct policy_day *day, int32_t date, uint32_t from_s, uint32_t to_s,
                  bool is_voice_only)
{
    enum { DAY_S = POLICY_DAY_MIN * 60 };
    if (day->date != date)
        *day = (struct policy_day){.date = date};
    if (to_s > DAY_S)
        to_s = DAY_S;
    if (from_s < day->until_s)
        from_s = day->until_s;
    if (to_s <= from_s)
        return;
    day->until_s = to_s;
    if (is_voice_only)
        day->voice_s += to_s - from_s;
    else
        day->group_s += to_s - from_s;
}

/* ---- reasons ---- */

static void add(uint32_t *reasons, enum policy_reason reason, bool is_so)
{
    *reasons |= (uint32_t)is_so << reason;
}

static bool is_within_hours(const struct policy_limits *limits, const struct policy_lesson *lesson)
{
    uint64_t end_min = (uint64_t)lesson->start_min + lesson->length_min;
    for (uint32_t i = 0; i < limits->n_hours; i++) {
        if (lesson->start_min >= limits->hours[i].from_min && end_min <= limits->hours[i].to_min)
            return true;
    }
    return false;
}

/* More than the limit is over; from nine tenths of it on it is near, unless it was never to be. */
static void add_amount(uint32_t *reasons, uint64_t amount_s, uint32_t limit_min,
                       enum policy_reason over, enum policy_reason near)
{
    uint64_t limit_s = (uint64_t)limit_min * 60;
    if (limit_min == POLICY_NO_LIMIT)
        return;
    add(reasons, over, amount_s > limit_s);
    add(reasons, near,
        amount_s <= limit_s && amount_s > 0 && amount_s * 100 >= limit_s * POLICY_WARN_PERCENT);
}

static struct policy_answer answer_of(uint32_t reasons, enum policy_verdict refusal)
{
    struct policy_answer a = {.verdict = POLICY_ALLOW, .reasons = reasons};
    if (!reasons)
        return a;
    while (!(reasons >> a.reason & 1u))
        a.reason++;
    a.verdict = a.reason < POLICY_MINUTES_NEAR ? refusal : POLICY_WARN;
    return a;
}

struct policy_answer policy_decide(const struct policy_limits *limits,
                                   const struct policy_lesson *lesson)
{
    uint32_t reasons = 0;
    uint64_t group_min = (uint64_t)lesson->planned_group_min + lesson->length_min;
    uint64_t voice_min = (uint64_t)lesson->planned_voice_min + lesson->length_min;
    add(&reasons, POLICY_OUTSIDE_HOURS, !is_within_hours(limits, lesson));
    add(&reasons, POLICY_LESSON_TOO_LONG, lesson->length_min > limits->lesson_minutes);
    add(&reasons, POLICY_BREAK_TOO_SHORT, lesson->break_before_min < limits->break_minutes);
    add(&reasons, POLICY_PUBLISHED_LATE, lesson->lead_min < (uint64_t)limits->lead_hours * 60);
    if (limits->is_counted && lesson->is_voice_only)
        add_amount(&reasons, voice_min * 60, limits->voice_minutes, POLICY_VOICE_OVER,
                   POLICY_VOICE_NEAR);
    else if (limits->is_counted)
        add_amount(&reasons, group_min * 60, limits->group_minutes, POLICY_MINUTES_OVER,
                   POLICY_MINUTES_NEAR);
    return answer_of(reasons, limits->may_override ? POLICY_NEEDS_OVERRIDE : POLICY_REFUSE);
}

struct policy_answer policy_watch(const struct policy_limits *limits, const struct policy_day *day)
{
    uint32_t reasons = 0;
    if (limits->is_counted) {
        add_amount(&reasons, day->group_s, limits->group_minutes, POLICY_MINUTES_OVER,
                   POLICY_MINUTES_NEAR);
        add_amount(&reasons, day->voice_s, limits->voice_minutes, POLICY_VOICE_OVER,
                   POLICY_VOICE_NEAR);
    }
    return answer_of(reasons, POLICY_REFUSE);
}
