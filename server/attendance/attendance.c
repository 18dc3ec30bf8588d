#include "server/attendance/attendance.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <uv.h>

#include "server/attendance/ledger.h"
#include "server/attendance/rules.h"
#include "server/base/clock.h"
#include "server/base/date.h"
#include "server/base/log.h"
#include "server/planner/planner.h"

enum {
    TICK_MS = 1000,
    BEAT_MS = 1000,       /* each connection counts this often */
    GAP_S = 5,            /* a longer step is the clock's, or this machine stood still */
    RULES_MS = 60 * 1000, /* rules that have changed hold after so long */
    FORGET_A_TICK = 1000, /* pupils of a day that is over */
};

/* A day, on its way from and to the disk. */
struct shelf {
    struct attendance *attendance;
    struct shelf *next;
    struct ledger *ledger;
    size_t seats;
    bool is_read, is_reading, is_writing;
};

struct attendance {
    struct attendance_params params;
    uv_timer_t tick;
    struct shelf *shelves; /* the newest day first: one, but around midnight */
    size_t seats;
    void (*closed)(void *arg);
    void *closed_arg;
    bool has_failed; /* to read or write, since it is being closed */
};

struct attendance_seat {
    struct attendance *attendance;
    char person[STORE_ID_MAX];
    char lesson[STORE_ID_MAX];
    char title[STORE_NAME_MAX];
    struct shelf *shelf;        /* the day of ... */
    struct ledger_visit *visit; /* NULL: there was no memory */
    struct policy_limits limits;
    uint64_t limits_ms, beat_ms;
    bool is_on;   /* something came at the last beat, which was ... */
    int64_t at_s; /* ... then, in seconds since 1970 on the district's clock */
};

/* -- days -------------------------------------------------------------------------------------- */

static int64_t district_s(const struct attendance *a)
{
    const struct plan *plan = planner_plan(a->params.planner);
    int64_t now_ms = planner_now_ms(a->params.planner);
    return (int64_t)plan_date(plan, now_ms) * DATE_DAY_S + plan_second(plan, now_ms);
}

/* NULL: no memory. */
static struct shelf *need_shelf(struct attendance *a, int32_t date)
{
    struct shelf *s = a->shelves;
    while (s && ledger_date(s->ledger) != date)
        s = s->next;
    if (s)
        return s;
    s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    if (ledger_new(&s->ledger, date)) {
        free(s);
        return NULL;
    }
    s->attendance = a;
    s->next = a->shelves;
    a->shelves = s;
    return s;
}

static struct shelf *today(struct attendance *a)
{
    return need_shelf(a, (int32_t)(district_s(a) / DATE_DAY_S));
}

static void step(struct shelf *s);

/* -- from the disk ----------------------------------------------------------------------------- */

static void read_on(struct shelf *s, const char *after);

static void fail_reading(struct shelf *s, int err)
{
    s->attendance->has_failed = true;
    log_warn(NULL, "attendance.not-read", LOG_ERR(err));
}

static void on_minutes(void *arg, const struct store_answer *answer)
{
    struct shelf *s = arg;
    int err = answer->err;
    s->is_reading = false;
    for (size_t i = 0; i < answer->n && !err; i++)
        err = ledger_add(s->ledger, &answer->minutes[i]);
    if (err)
        fail_reading(s, err);
    else if (answer->next)
        read_on(s, answer->next);
    else
        s->is_read = true;
    step(s);
}

static void read_on(struct shelf *s, const char *after)
{
    char day[16];
    snprintf(day, sizeof(day), "%" PRId32, ledger_date(s->ledger));
    const struct store_question q = {.code = day, .after = after};
    int err = store_list_minutes(s->attendance->params.store, &q, on_minutes, s);
    s->is_reading = !err;
    if (err)
        fail_reading(s, err);
}

/* -- to the disk ------------------------------------------------------------------------------- */

static void fail_writing(struct attendance *a, int err)
{
    a->has_failed = true;
    log_warn(NULL, "attendance.not-written", LOG_ERR(err));
}

static void end_writing(struct shelf *s, int err)
{
    s->is_writing = false;
    ledger_written(s->ledger, err, clock_ms());
    if (err)
        fail_writing(s->attendance, err);
}

static void on_written(void *arg, int err, size_t at)
{
    struct shelf *s = arg;
    (void)at;
    end_writing(s, err);
    step(s);
}

/* When nobody is there any more nothing is waited for. */
static void write_due(struct shelf *s)
{
    struct attendance *a = s->attendance;
    struct batch *batch;
    int err = batch_new(&batch);
    if (err) {
        fail_writing(a, err);
        return;
    }
    if (ledger_take(s->ledger, batch, clock_ms(), a->seats == 0) == 0) {
        batch_free(&batch);
        return;
    }
    s->is_writing = true;
    err = store_apply(a->params.store, &batch, on_written, s);
    if (err)
        end_writing(s, err);
}

/* -- step by step ------------------------------------------------------------------------------ */

/* What was counted before the disk was read is only a part: it is not written before. */
static void mind_shelf(struct shelf *s)
{
    if (s->is_reading || s->is_writing)
        return;
    if (!s->is_read)
        read_on(s, "");
    else if (!ledger_is_written(s->ledger))
        write_due(s);
}

static bool is_busy(const struct shelf *s)
{
    return s->is_reading || s->is_writing;
}

static bool is_settled(const struct shelf *s)
{
    return !is_busy(s) && ledger_is_written(s->ledger);
}

static void free_shelf(struct attendance *a, struct shelf *shelf)
{
    struct shelf **at = &a->shelves;
    while (*at != shelf)
        at = &(*at)->next;
    *at = shelf->next;
    ledger_free(&shelf->ledger);
    free(shelf);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct attendance *a = handle->data;
    void (*closed)(void *arg) = a->closed;
    void *arg = a->closed_arg;
    while (a->shelves)
        free_shelf(a, a->shelves);
    free(a);
    closed(arg);
}

/* Everything is written, or can't be. */
static void maybe_close(struct attendance *a)
{
    if (!a->closed || uv_is_closing((uv_handle_t *)&a->tick))
        return;
    for (const struct shelf *s = a->shelves; s; s = s->next) {
        if (is_busy(s) || (!a->has_failed && !is_settled(s)))
            return;
    }
    uv_close((uv_handle_t *)&a->tick, on_timer_closed);
}

/* While it is being closed, one thing follows upon the other. */
static void step(struct shelf *s)
{
    struct attendance *a = s->attendance;
    if (!a->closed)
        return;
    if (!a->has_failed)
        mind_shelf(s);
    maybe_close(a);
}

/* A day that is over and on the disk is forgotten. */
static void forget(struct attendance *a, struct shelf *s, const struct shelf *now)
{
    if (s != now && s->seats == 0 && is_settled(s) && s->is_read &&
        ledger_shrink(s->ledger, FORGET_A_TICK))
        free_shelf(a, s);
}

static void on_tick(uv_timer_t *timer)
{
    struct attendance *a = timer->data;
    const struct shelf *now = today(a);
    struct shelf *next;
    for (struct shelf *s = a->shelves; s; s = next) {
        next = s->next;
        mind_shelf(s);
        forget(a, s, now);
    }
}

int attendance_new(struct attendance **out, const struct attendance_params *params)
{
    struct attendance *a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    a->params = *params;
    uv_timer_init(params->loop, &a->tick);
    a->tick.data = a;
    uv_timer_start(&a->tick, on_tick, 0, TICK_MS);
    uv_unref((uv_handle_t *)&a->tick); /* nothing to stay for */
    *out = a;
    return 0;
}

void attendance_close(struct attendance *attendance, void (*closed)(void *arg), void *arg)
{
    attendance->closed = closed;
    attendance->closed_arg = arg;
    attendance->has_failed = false;
    uv_timer_stop(&attendance->tick);
    for (struct shelf *s = attendance->shelves; s; s = s->next) {
        if (!is_settled(s))
            mind_shelf(s);
    }
    maybe_close(attendance);
}

/* -- connections ------------------------------------------------------------------------------- */

static void learn_rules(struct attendance_seat *s, uint64_t now_ms)
{
    const struct attendance_params *p = &s->attendance->params;
    const struct timetable_lesson *l = planner_lesson(p->planner, s->lesson);
    if (!l) /* it is over, or was taken out: the rules are those that it began with */
        return;
    rules_of_pupil(planner_plan(p->planner), directory_find(p->directory, s->person), l->entry,
                   &s->limits);
    s->limits_ms = now_ms;
}

static void leave_day(struct attendance_seat *s)
{
    if (s->visit)
        ledger_leave(s->visit);
    if (s->shelf)
        s->shelf->seats--;
    s->visit = NULL;
    s->shelf = NULL;
}

/* -ENOMEM: it is tried again at the next beat. */
static int enter_day(struct attendance_seat *s, int32_t date)
{
    if (s->visit && ledger_date(s->shelf->ledger) == date)
        return 0;
    leave_day(s);
    struct shelf *shelf = need_shelf(s->attendance, date);
    if (!shelf || ledger_enter(shelf->ledger, s->person, s->lesson, s->title, &s->visit))
        return -ENOMEM;
    s->shelf = shelf;
    shelf->seats++;
    return 0;
}

int attendance_join(struct attendance *a, const char *person, const char *lesson,
                    struct attendance_seat **out)
{
    const struct timetable_lesson *l = planner_lesson(a->params.planner, lesson);
    struct attendance_seat *s = l ? calloc(1, sizeof(*s)) : NULL;
    if (!s)
        return l ? -ENOMEM : -ENOENT;
    s->attendance = a;
    snprintf(s->person, sizeof(s->person), "%s", person);
    snprintf(s->lesson, sizeof(s->lesson), "%s", lesson);
    snprintf(s->title, sizeof(s->title), "%s", l->entry->title);
    int err = enter_day(s, (int32_t)(district_s(a) / DATE_DAY_S));
    if (err) {
        free(s);
        return err;
    }
    learn_rules(s, clock_ms());
    a->seats++;
    *out = s;
    return 0;
}

void attendance_leave(struct attendance_seat **seat)
{
    struct attendance_seat *s = *seat;
    *seat = NULL;
    if (!s)
        return;
    leave_day(s);
    s->attendance->seats--;
    free(s);
}

/* A lesson may go on over midnight. */
static void count(struct attendance_seat *s, int64_t from_s, int64_t to_s, bool has_picture)
{
    while (from_s < to_s) {
        int64_t day = from_s / DATE_DAY_S, end_s = (day + 1) * DATE_DAY_S;
        int64_t until_s = to_s < end_s ? to_s : end_s;
        const struct ledger_span span = {.from_s = (uint32_t)(from_s - day * DATE_DAY_S),
                                         .to_s = (uint32_t)(until_s - day * DATE_DAY_S),
                                         .has_picture = has_picture,
                                         .is_counted = s->limits.is_counted};
        if (enter_day(s, (int32_t)day) == 0)
            ledger_count(s->shelf->ledger, s->visit, &span, clock_ms());
        from_s = until_s;
    }
}

void attendance_see(struct attendance_seat *s, uint64_t now_ms, enum attendance_sight sight)
{
    if (now_ms - s->beat_ms < BEAT_MS)
        return;
    int64_t from_s = s->at_s, to_s = district_s(s->attendance);
    bool goes_on = s->is_on && sight != ATTENDANCE_NOTHING && to_s - from_s <= GAP_S;
    s->beat_ms = now_ms;
    s->at_s = to_s;
    s->is_on = sight != ATTENDANCE_NOTHING;
    if (now_ms - s->limits_ms >= RULES_MS)
        learn_rules(s, now_ms);
    if (goes_on)
        count(s, from_s, to_s, sight == ATTENDANCE_PICTURE);
}

/* -- what became of it ------------------------------------------------------------------------- */

static enum attendance_level level_of(const struct policy_limits *limits,
                                      const struct policy_day *day)
{
    uint32_t reasons = policy_watch(limits, day).reasons;
    if (reasons >> POLICY_MINUTES_OVER & 1U)
        return ATTENDANCE_USED;
    return reasons >> POLICY_MINUTES_NEAR & 1U ? ATTENDANCE_NEAR : ATTENDANCE_FREE;
}

static void tell(const struct policy_limits *limits, const struct policy_day *day,
                 struct attendance_day *out)
{
    enum { MINUTE_S = 60 };
    *out = (struct attendance_day){.group_min = day->group_s / MINUTE_S,
                                   .voice_min = day->voice_s / MINUTE_S,
                                   .limit_min = limits->group_minutes,
                                   .level = level_of(limits, day)};
    out->is_voice_only = out->level == ATTENDANCE_USED && !limits->keeps_picture;
}

void attendance_seat_day(const struct attendance_seat *s, struct attendance_day *out)
{
    const struct policy_day nothing = {.date = 0};
    tell(&s->limits, s->visit ? ledger_visit_day(s->visit) : &nothing, out);
}

void attendance_day_of(const struct attendance *a, const char *person, struct attendance_day *out)
{
    struct policy_limits limits;
    int32_t date = (int32_t)(district_s(a) / DATE_DAY_S);
    struct policy_day day = {.date = date};
    const struct shelf *s = a->shelves;
    while (s && ledger_date(s->ledger) != date)
        s = s->next;
    if (s)
        day = ledger_day(s->ledger, person);
    rules_of_pupil(planner_plan(a->params.planner), directory_find(a->params.directory, person),
                   NULL, &limits);
    tell(&limits, &day, out);
}
