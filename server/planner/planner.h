#ifndef AIRCLASS_SERVER_PLANNER_PLANNER_H
#define AIRCLASS_SERVER_PLANNER_PLANNER_H

#include "server/base/token.h"
#include "server/planner/plan.h"
#include "server/timetable/list.h"

/*
 * The timetable of the running server: what is on when, for whom; who changes it is told what
 * speaks against that; and for each lesson of today that is online there is a live lesson
 * (server/lesson), from a minute after midnight at the latest until the day is over.
 *
 * Everything is asked in memory, on the loop. Changes are made one after the other: judged in a
 * thread, written by the store, read back, of the rows those of the school. What is to be seen is
 * always what is on the disk.
 */
struct planner;
struct lessons;
struct store;
struct uv_loop_s;

struct planner_params {
    struct uv_loop_s *loop;
    struct store *store;
    struct lessons *lessons;
    const char *secret;      /* what the keys of lessons are made of; copied */
    int64_t (*now_ms)(void); /* since 1970; NULL: the system's clock */
    /* The timetable of those who are in this live lesson has changed. May be NULL. */
    void (*on_changed)(void *arg, const char *lesson);
    void *arg;
};

enum { PLANNER_ERROR_MAX = 512 };

/* Reads the timetable (blocking: before the loop runs) and makes today's lessons. */
int planner_new(struct planner **out, const struct planner_params *params,
                char error[PLANNER_ERROR_MAX]);
/* What was asked for is still done, and told. Before the store and the lessons go. */
typedef void planner_closed_fn(void *arg);
void planner_close(struct planner *planner, planner_closed_fn *closed, void *arg);

/* Until the loop turns. */
const struct plan *planner_plan(const struct planner *planner);
int64_t planner_now_ms(const struct planner *planner);

/* Places or people have changed: reads them again, in its own time; and with `may_be_less` all of
 * the timetable, since rows go with a place, and lose a class or a lecturer who goes. */
void planner_refresh(struct planner *planner, bool may_be_less);

/* ---- today's live lessons ---- */

/* What the live lesson `id` is of; NULL: it is none of the timetable's. Until the loop turns. */
const struct timetable_lesson *planner_lesson(const struct planner *planner, const char *id);

/* The lesson's id, as it is or will be on its day; whether there is a live lesson now. */
bool planner_lesson_id(const struct planner *planner, const struct timetable_lesson *lesson,
                       char out[STORE_ID_MAX]);

/* Whether that person teaches the live lesson. */
bool planner_is_lecturer(const struct planner *planner, const char *id, const char *person);
/* Grows whenever the answers may be others. */
uint32_t planner_changes(const struct planner *planner);

/* What is kept of the secret in the address of a calendar, in hex. */
enum { PLANNER_HASH_SIZE = 65 };
void planner_hash_feed(char out[PLANNER_HASH_SIZE], const char *secret);

/* ---- changes ---- */

struct planner_act;

/* The schools whose timetable somebody may change. */
struct planner_reach {
    bool is_all; /* the district's own, too */
    const char *const *school;
    size_t n;
};

/*
 * A change: the asker fills in what it needs, and it is the planner's from planner_x() until
 * `done`, as are the texts it points to.
 */
struct planner_change {
    const char *actor;    /* a person's id, or "console": for the audit log */
    const char *override; /* why it is to be done all the same, less than STORE_REASON_MAX; "": it
                             is not */
    bool is_dry;          /* only judged */
    /*
     * 0: it is on the disk, and to be seen; -EACCES: `verdict` says why not; -EPERM: `reach` does
     * not; -EINVAL: `field` or `fault` says what is wrong; -ENOENT: what it names is not there;
     * -EBUSY and others as store_apply(). `verdict` points into the plan, until the callback
     * returns. The change is the asker's again.
     */
    void (*done)(struct planner_change *change, int err);

    /* A row has, and had before, classes within it alone, and a lecturer who is at home there, or
     * who was theirs before. NULL: all. */
    const struct planner_reach *reach;
    const char *school; /* whose rows, whose days; "": the district's own, of rows alone */
    const char *code;   /* of a row */
    union {
        struct timetable_entry entry; /* its id counts for nothing */
        struct {
            struct timetable_entry *rows; /* their ids are codes; made whole in place */
            size_t n_rows;
        };
        struct {
            struct table_file file;     /* a list (server/timetable/list.h) */
            struct timetable_days term; /* where a row does not say */
        };
        struct store_year year;
        struct timetable_days days;
        const char *text;
    };

    struct plan_verdict verdict;
    const char *field;         /* that is wrong; static. NULL: none that has a name */
    struct policy_fault fault; /* of rules; its code is NULL where there is none */
    /* Of a list: what was read, until the callback returns; NULL: it could not be. Its rows are
     * those of the verdict. */
    struct timetable_list *list;
    const struct timetable_rows *list_rows;

    /* The planner's own. */
    const struct planner_act *act;
    struct batch *batch;
    char *ids;
    char salt[TOKEN_LEN + 1]; /* of `override`, where it was needed */
    int err;
    struct planner_change *next;
};

/* 0: `done` will be called, later; -EAGAIN: too many are waiting; -ESHUTDOWN. */

/* Makes or changes a row: `school`, `code`, `entry`. What is published stays so: the change is. */
int planner_put_row(struct planner *planner, struct planner_change *change);
int planner_drop_row(struct planner *planner, struct planner_change *change);
/* Many rows of one school at once, from a list: `school`, `rows`. */
int planner_put_rows(struct planner *planner, struct planner_change *change);
/* The same from the list itself: `school`, `file`, `term`. -EPERM: what it says is refused. */
int planner_put_list(struct planner *planner, struct planner_change *change);
/* Shows everybody the rows of `school` that were not published. */
int planner_publish(struct planner *planner, struct planner_change *change);
/* The school year: `year`. Clashes that it makes are told, not refused. */
int planner_put_year(struct planner *planner, struct planner_change *change);
/* A snow day: what `school` would teach in its classrooms it teaches online, on `days`. What the
 * rules would say to that is told, not refused. And back. */
int planner_close_school(struct planner *planner, struct planner_change *change);
int planner_open_school(struct planner *planner, struct planner_change *change);
/* The district's rules: `text`; "": the built-in ones. */
int planner_put_rules(struct planner *planner, struct planner_change *change);

#endif
