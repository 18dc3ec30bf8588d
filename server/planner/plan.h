#ifndef AIRCLASS_SERVER_PLANNER_PLAN_H
#define AIRCLASS_SERVER_PLANNER_PLAN_H

#include "server/planner/index.h"
#include "server/planner/part.h"
#include "server/policy/policy.h"
#include "server/store/plan.h"
#include "server/timetable/timetable.h"

/*
 * The timetable of a district as it stands in the store, made ready to be asked: rows, the year,
 * closures and rules. It never changes: after a change there is another one. Everything here is
 * pure, and points into the plan.
 */
struct plan {
    struct store_plan *stored; /* but for the rows: */
    struct part **part;        /* by school */
    size_t n_parts;
    struct timetable all;              /* rows without a class or with nonsense are left out */
    struct timetable published;        /* its rows are the first of those */
    const struct store_grid_row **row; /* of each of `all`: what the store says of it */
    struct policy policy;
    /* What the timetables point to. */
    struct timetable_entry *entry;
    struct timetable_days *holiday;
    struct timetable_swap *swap;
    struct timetable_closure *closure;
    const struct store_person **by_code; /* staff by school and code */
    struct row_index by_class, by_lecturer;
};

/* What a new plan shares with the one before. */
struct plan_base {
    const struct plan *plan; /* NULL: nothing */
    const char *school;      /* all rows but this school's; NULL: all */
};

/* Takes `stored`, in any case. -ENOMEM. Rules that can't be read (by a newer program's grace) are
 * the built-in ones, and `has_bad_rules` says so. */
int plan_new(struct plan **out, struct store_plan *stored, const struct plan_base *base,
             bool *has_bad_rules);
void plan_free(struct plan **plan);

/* The id of a row in the timetable: "SCHOOL/CODE". */
enum { PLAN_ID_MAX = STORE_CODE_MAX + STORE_NAME_MAX };
void plan_id(char out[PLAN_ID_MAX], const char *school, const char *code);

/* NULL: there is none. */
const struct store_place *plan_school(const struct plan *plan, const char *school);
const struct store_place *plan_class(const struct plan *plan, const char *school,
                                     const char *klass);
/* By its name, as code_read() leaves it: 三(1)班 is 三（1）班. NULL: none, or several are called
 * so. */
const struct store_place *plan_class_named(const struct plan *plan, const char *school,
                                           const char *name);
const struct store_person *plan_person(const struct plan *plan, const char *id);
/* Whether there is somebody who could start a lesson of this row: its lecturer, with an account. */
bool plan_can_start(const struct plan *plan, const struct timetable_entry *entry);
const struct store_person *plan_staff(const struct plan *plan, const char *school,
                                      const char *code);
const struct store_grid_row *plan_row(const struct plan *plan, const char *school,
                                      const char *code);
/* All of a school, by code. */
const struct store_grid_row *plan_rows(const struct plan *plan, const char *school, size_t *n);
const struct store_grid_row *plan_row_of(const struct plan *plan,
                                         const struct timetable_entry *entry);

/* Nobody has said when week 1 begins: the store's own beginning of time is in its place. */
enum { PLAN_NO_FIRST_MONDAY = 4 };
/* And there are rows of odd or even weeks, which are then at the wrong time as often as not. */
bool plan_wants_first_monday(const struct plan *plan);

/* The district's day and the second of that day at a time (milliseconds since 1970). */
int32_t plan_date(const struct plan *plan, int64_t now_ms);
uint32_t plan_second(const struct plan *plan, int64_t now_ms);

/* The lessons from one day to another, at most PLAN_DAYS_MAX, in the order of time, freed by the
 * caller; `is_office`: also what is not published. -ENOMEM; -E2BIG. */
enum { PLAN_DAYS_MAX = 400, PLAN_LESSONS_MAX = 50000 };
int plan_lessons(const struct plan *plan, const struct timetable_days *days,
                 const struct timetable_filter *filter, bool is_office,
                 struct timetable_lesson **out, size_t *n);

/* Whose lessons: those of some classes, and those that somebody teaches. */
struct plan_whose {
    const char *lecturer; /* NULL: nobody */
    const struct timetable_class *klass;
    size_t n;
};

bool plan_is_of(const struct timetable_entry *entry, const struct plan_whose *whose);

/* Theirs, of what is published; otherwise as plan_lessons(). */
int plan_lessons_of(const struct plan *plan, const struct timetable_days *days,
                    const struct plan_whose *whose, struct timetable_lesson **out, size_t *n);

/* ---- may it be so? ---- */

/* What speaks against a row: a clash with another, a rule, or that nobody can start it. */
struct plan_finding {
    enum timetable_clash clash;
    enum policy_reason reason;           /* without a clash; POLICY_FINE: nobody can start it */
    enum policy_verdict verdict;         /* a clash is always POLICY_REFUSE */
    const struct timetable_entry *row;   /* that was judged */
    const struct timetable_entry *other; /* of a clash */
    const struct timetable_class *klass; /* whose rule it is; of a clash of classes the first */
    int32_t date;                        /* the first on which it is so */
};

enum { PLAN_FINDINGS_MAX = 32 };

struct plan_verdict {
    enum policy_verdict worst;
    struct plan_finding
        finding[PLAN_FINDINGS_MAX]; /* each kind for each class, or other row, once */
    size_t n;
};

/*
 * Judges a row that is to be put in place of the one with its id, if there is one: all of it from
 * `now_ms` on, and its being announced no earlier (`is_published`). What happens in classrooms is
 * no affair of the rules. Adds to `out`, which begins zeroed. -ENOMEM.
 */
int plan_judge(const struct plan *plan, const struct timetable_entry *row, bool is_published,
               int64_t now_ms, struct plan_verdict *out);

/* The same for publishing now what a school has not published: only whether that is too late. */
void plan_judge_publishing(const struct plan *plan, const char *school, int64_t now_ms,
                           struct plan_verdict *out);

/* Lessons that nobody can start, and classes that get more of a day than the rules allow, when a
 * school teaches over the network: to be told, not refused; who closes a school has no choice.
 * -ENOMEM. */
int plan_judge_closure(const struct plan *plan, const struct timetable_closure *closure,
                       struct plan_verdict *out);

/* The same for many rows of one school, which are put at once. They and the plan are what `out`
 * points to. */
int plan_judge_rows(const struct plan *plan, const char *school, const struct timetable_entry *row,
                    size_t n, int64_t now_ms, struct plan_verdict *out);

#endif
