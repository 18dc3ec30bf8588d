#ifndef AIRCLASS_SERVER_POLICY_POLICY_H
#define AIRCLASS_SERVER_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * When, how long and how much may be taught: rules that differ by district, school, grade and kind
 * of session, and so are data. A text of rules (config/policy.conf is built in, and names where its
 * figures come from) is read from top to bottom; whatever a rule says holds for whom it
 * is about, until a later rule says otherwise:
 *
 *     [rule lower-primary]
 *     grades = 1-2
 *     group-minutes = 60
 *
 *     [rule evening-questions]
 *     school = s17
 *     kinds = qa
 *     hours = 15:40-17:00 20:00-21:30
 *
 * The questions are pure: limits and numbers in, an answer with its reason out. What is said to
 * people about a reason is the pages' affair.
 */
enum policy_kind {
    POLICY_LECTURE,
    POLICY_SEMINAR,
    POLICY_QA,
    POLICY_MEETING,
    POLICY_REHEARSAL,
    POLICY_KINDS
};

/* Who sees what a pupil writes. */
enum policy_chat { POLICY_CHAT_OFF, POLICY_CHAT_TUTOR, POLICY_CHAT_CLASS };

enum {
    POLICY_SPANS_MAX = 6,
    POLICY_RULES_MAX = 128,
    POLICY_SCHOOL_SIZE = 64, /* a school's code, with the NUL */
    POLICY_GRADES = 12,      /* 1 to 12; 0: none, which only rules without grades are about */
    POLICY_DAY_MIN = 24 * 60,
    POLICY_FAULT_SIZE = 512,
    POLICY_WARN_PERCENT = 90,
};

#define POLICY_NO_LIMIT UINT32_MAX

/* Minutes of the day, local time; `to_min` is the first that is not in it. */
struct policy_span {
    uint16_t from_min;
    uint16_t to_min;
};

struct policy_limits {
    struct policy_span hours[POLICY_SPANS_MAX]; /* a lesson lies within one of them */
    uint32_t n_hours;                           /* 0: never */
    uint32_t group_minutes;                     /* of group teaching that a pupil sees in a day */
    uint32_t voice_minutes;  /* of voice alone, with the screen off, apart from those */
    uint32_t lesson_minutes; /* the longest lesson */
    uint32_t break_minutes;  /* between two lessons, at least */
    uint32_t lead_hours;     /* from publication to the beginning, at least */
    uint32_t retention_days; /* for how long recordings and rolls are kept */
    enum policy_chat chat;
    bool keeps_picture; /* also beyond group_minutes; else the voice goes on without */
    bool is_counted;    /* as group teaching: a lecture is, office hours are not */
    bool may_override;  /* a named officer may allow what these limits refuse */
};

/* A rule of the text. */
struct policy_rule {
    char school[POLICY_SCHOOL_SIZE]; /* "": every one */
    uint16_t grades;                 /* bit n: grade n; 0: all, and none */
    uint16_t kinds;                  /* bit per kind; 0: all */
    uint32_t says;                   /* bit per key */
    struct policy_limits limits;
};

struct policy {
    struct policy_rule rule[POLICY_RULES_MAX];
    size_t n;
};

/* Why a text is no rules, for who wrote it: well-formed UTF-8, with what is wrong in it, cut. */
struct policy_fault {
    uint32_t line;    /* the first is 1 */
    const char *code; /* static: "unknown_key" */
    char zh[POLICY_FAULT_SIZE];
    char en[POLICY_FAULT_SIZE];
};

/* 0; -EINVAL: `fault` says why, and `out` is as it was. */
int policy_parse(struct policy *out, const char *text, size_t len, struct policy_fault *fault);

/* The built-in rules, and how they are written. */
void policy_built_in(struct policy *out);
const char *policy_text(void);

/* What holds for lessons of that kind for a class of that grade. Of a lesson for several classes
 * ask for each. */
void policy_limits_of(const struct policy *policy, const char *school, unsigned grade,
                      enum policy_kind kind, struct policy_limits *out);

/* ---- how much a pupil has had ---- */

/*
 * One pupil's day: lessons live, as replays and on TV count alike, and what runs on two devices at
 * once counts once. Begins zeroed.
 */
struct policy_day {
    int32_t date;     /* days since 1970, in the district */
    uint32_t until_s; /* of the day; up to here it is counted */
    uint32_t group_s;
    uint32_t voice_s;
};

/* From `from_s` to `to_s` of `date` they were there. In the order of time: what lies before the
 * end of what was counted is not counted again. Another date begins at nothing. */
void policy_count(struct policy_day *day, int32_t date, uint32_t from_s, uint32_t to_s,
                  bool is_voice_only);

/* ---- may it be? ---- */

enum policy_verdict { POLICY_ALLOW, POLICY_WARN, POLICY_NEEDS_OVERRIDE, POLICY_REFUSE };

enum policy_reason {
    POLICY_FINE,
    POLICY_OUTSIDE_HOURS,
    POLICY_LESSON_TOO_LONG,
    POLICY_BREAK_TOO_SHORT,
    POLICY_PUBLISHED_LATE,
    POLICY_MINUTES_OVER,
    POLICY_VOICE_OVER,
    POLICY_MINUTES_NEAR, /* from here on they only warn */
    POLICY_VOICE_NEAR,
    POLICY_REASONS
};

/* "outside_hours" */
const char *policy_reason_name(enum policy_reason reason);

struct policy_answer {
    enum policy_verdict verdict;
    enum policy_reason reason; /* the first of `reasons` */
    uint32_t reasons;          /* bit per reason */
};

/* What is asked for. */
struct policy_lesson {
    uint32_t start_min; /* of the day */
    uint32_t length_min;
    uint32_t
        break_before_min; /* since the lesson before; POLICY_NO_LIMIT: there is none that day */
    uint32_t lead_min;    /* from now to the beginning */
    bool is_voice_only;
    uint32_t planned_group_min; /* what the class has that day already, without this one */
    uint32_t planned_voice_min;
};

/* May this lesson be planned so? */
struct policy_answer policy_decide(const struct policy_limits *limits,
                                   const struct policy_lesson *lesson);

/* May this pupil go on today? Never POLICY_NEEDS_OVERRIDE: nobody is there to ask. */
struct policy_answer policy_watch(const struct policy_limits *limits, const struct policy_day *day);

#endif
