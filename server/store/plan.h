#ifndef AIRCLASS_SERVER_STORE_PLAN_H
#define AIRCLASS_SERVER_STORE_PLAN_H

#include "server/store/store.h"

/*
 * The timetable in the store: rows of the grid, the school year, closed days, the rules, and what
 * pupils have had of a day. As store.h in everything that is not said here. Days count from
 * 1970-01-01; what the numbers of a row mean is the askers' affair.
 */
enum {
    STORE_LINK_MAX = 1024,         /* a link, with the NUL */
    STORE_REASON_MAX = 512,        /* a reason, with the NUL */
    STORE_POLICY_MAX = 64 << 10,   /* a text of rules, with the NUL */
    STORE_ENTRY_CLASSES_MAX = 512, /* of a row: a class or two of each of a city's 300 schools */
    STORE_YEAR_DAYS_MAX = 400,     /* holidays, and swapped days, of the calendar */
};

/* Why something is to be so against the rules. The audit log, of which nothing is ever taken out,
 * holds a hash of both texts; who drops the row drops them. */
struct store_reason {
    const char *text; /* "": there was no need of one */
    const char *salt; /* a token (base/token.h), without which the hash tells nothing */
};

/* A row of the grid. */
struct store_grid_row {
    const char *school; /* whose row it is; "": the district's */
    const char *code;   /* its id there */
    const char *title;
    const char *lecturer; /* a person's id; "": nobody of ours */
    const char *link;
    int kind, place, weeks;
    int weekday; /* 1 to 7 */
    int start_min, length_min;
    int32_t from, to;
    int64_t published_ms;              /* since 1970; 0: not yet */
    struct store_reason reason;        /* NULLs count as "" */
    const struct store_place *classes; /* `school` and `klass` of each */
    size_t n_classes;
};

/* From one day to another, or a day that is worked as another. */
struct store_days {
    int32_t from, to;
};

struct store_year {
    int32_t first_monday;
    int utc_offset_min;
    const struct store_days *holidays;
    size_t n_holidays;
    const struct store_days *swaps; /* `from` is worked as `to` */
    size_t n_swaps;
};

struct store_closure {
    const char *school;
    struct store_days days;
};

/* A pupil's day, in seconds. */
struct store_minutes {
    const char *person; /* an id */
    int32_t day;
    uint32_t until_s; /* of the day: counted up to here */
    uint32_t group_s, voice_s;
};

/* -- changes ----------------------------------------------------------------------------------- */

/* Makes it, or changes all of it. -ENOENT: no such school, class or person. */
void batch_put_grid_row(struct batch *batch, const struct store_grid_row *entry);
void batch_drop_grid_row(struct batch *batch, const char *school, const char *code);
/* The rows of `school` that were not published until now, and the reason for those that have none
 * of their own. None is no mistake. */
void batch_publish_grid(struct batch *batch, const char *school, int64_t at_ms,
                        const struct store_reason *reason);

/* In place of what was there. -EINVAL: too many days. */
void batch_put_year(struct batch *batch, const struct store_year *year);

void batch_put_closure(struct batch *batch, const struct store_closure *closure);
void batch_drop_closure(struct batch *batch, const struct store_closure *closure);

/* "": the built-in rules from now on. */
void batch_put_policy(struct batch *batch, const char *text);

/* Of somebody who is gone meanwhile nothing is kept, which is no mistake. */
void batch_put_minutes(struct batch *batch, const struct store_minutes *minutes);
/* Rows and closures whose last day is before `day`. */
void batch_end_grid(struct batch *batch, int32_t day);

/* Of all days before `day`; visits (visit.h), too. */
void batch_drop_minutes(struct batch *batch, int32_t day);
/* The same, of the pupils of a class; of one that is gone meanwhile, nobody's. */
void batch_drop_class_minutes(struct batch *batch, const char *school, const char *klass,
                              int32_t day);

/* -- questions --------------------------------------------------------------------------------- */

/* The rows of one school, with memory of their own. */
struct store_grid {
    const char *school;
    const struct store_grid_row *rows; /* by code */
    size_t n_rows;
};

void store_grid_free(struct store_grid **grid);

/* One who is more than pupil or guardian. */
struct store_staff {
    struct store_person person;
    bool has_account;
};

/* The timetable at one time, and what is needed to read it. */
struct store_plan {
    struct store_grid **grids; /* by school, of those that have rows; to be kept, as the plan */
    size_t n_grids;
    struct store_year year;
    const struct store_closure *closures;
    size_t n_closures;
    const char *policy;                /* "": the built-in rules */
    const struct store_place *schools; /* by code */
    size_t n_schools;
    const struct store_place *classes; /* of all schools, by school and class */
    size_t n_classes;
    const struct store_staff *staff; /* by id */
    size_t n_staff;
};

void store_plan_free(struct store_plan **plan);

/* Of which schools the rows are wanted. */
enum store_grids { STORE_GRID_ALL, STORE_GRID_SCHOOL, STORE_GRID_NONE };

/* `plan`, but for the grids of other schools than those that are wanted (`school`, where it is
 * one): who wants to keep it takes it out of the answer (sets it NULL), and frees it some day. */
int store_read_plan(struct store *store, enum store_grids grids, const char *school,
                    store_answer_fn *answer, void *arg);
/* The same, waited for. Before the loop runs. */
int store_read_plan_now(struct store *store, struct store_plan **out);

/* What all pupils have had of the day `q->code`, a number, by person: `minutes`. */
int store_list_minutes(struct store *store, const struct store_question *q, store_answer_fn *answer,
                       void *arg);

#endif
