/*
 * What a change costs in a big district; scripts/bench-district runs it. `district DIR [SCHOOLS]`
 * makes one of 500 pupils, 20 teachers, 20 classes and 700 rows of the timetable a school, changes
 * it, and tells how long each kind of change took until it was in force, and how long the loop was
 * kept meanwhile. Figures as NAME=VALUE, milliseconds.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "server/base/log.h"
#include "server/directory/directory.h"
#include "server/lesson/lesson.h"
#include "server/planner/planner.h"
#include "server/store/store.h"

enum { PUPILS = 500, CLASSES = 20, LESSONS_A_DAY = 7, DAYS = 5, ROUNDS = 15 };

static uv_loop_t loop;
static struct store *store;
static struct directory *directory;
static struct lessons *lessons;
static struct planner *planner;
static int schools = 100;
static int64_t now_ms;
static bool is_done;

static uv_timer_t tick;
static uint64_t tick_due_ns, worst_ns;

static void die(const char *what, int err)
{
    fprintf(stderr, "district: %s: %s\n", what, err_text(err));
    exit(1);
}

static void must(const char *what, int err)
{
    if (err)
        die(what, err);
}

static int64_t bench_clock(void)
{
    return now_ms;
}

static int32_t day_of(const char *text)
{
    int32_t date = 0;
    must(text, date_read(&date, text));
    return date;
}

/* -- a district -------------------------------------------------------------------------------- */

static void put_person(struct batch *b, const struct store_place *at, const char *code,
                       enum store_role role)
{
    struct store_member m = {
        .person = {.school = at->school, .code = code, .name = "王小明"},
        .role = role,
        .school = at->school,
        .klass = role == STORE_STUDENT ? at->klass : ""
    };
    batch_put_person(b, &m.person);
    batch_put_role(b, &m);
}

static void put_class(struct batch *b, const char *school, int k)
{
    char klass[16], code[32];
    snprintf(klass, sizeof(klass), "c%d", k);
    const struct store_place place = {school, klass, "七年级班", 7};
    batch_put_place(b, &place);
    for (int i = 0; i < PUPILS / CLASSES; i++) {
        snprintf(code, sizeof(code), "p%d-%d", k, i);
        put_person(b, &place, code, STORE_STUDENT);
    }
    snprintf(code, sizeof(code), "t%d", k);
    put_person(b, &place, code, STORE_LECTURER);
}

static struct store_grid_row row_of(const struct store_place *klass, const char *code, int i)
{
    return (struct store_grid_row){.school = klass->school,
                                   .code = code,
                                   .title = "数学",
                                   .lecturer = "",
                                   .link = "",
                                   .weekday = i / LESSONS_A_DAY + 1,
                                   .start_min = 8 * 60 + i % LESSONS_A_DAY * 60,
                                   .length_min = 40,
                                   .from = day_of("2024-02-26"),
                                   .to = day_of("2024-06-28"),
                                   .published_ms = 1,
                                   .classes = klass,
                                   .n_classes = 1};
}

static void put_rows(struct batch *b, const char *school, int k)
{
    char klass[16], code[32];
    snprintf(klass, sizeof(klass), "c%d", k);
    const struct store_place place = {.school = school, .klass = klass};
    for (int i = 0; i < LESSONS_A_DAY * DAYS; i++) {
        snprintf(code, sizeof(code), "r%d-%d", k, i);
        const struct store_grid_row row = row_of(&place, code, i);
        batch_put_grid_row(b, &row);
    }
}

static void fill(void)
{
    struct batch *b;
    must("batch", batch_new(&b));
    for (int s = 0; s < schools; s++) {
        char school[16];
        snprintf(school, sizeof(school), "S%03d", s);
        batch_put_place(b, &(struct store_place){.school = school, .klass = "", .name = "小学"});
        for (int k = 0; k < CLASSES; k++)
            put_class(b, school, k);
        for (int k = 0; k < CLASSES; k++)
            put_rows(b, school, k);
    }
    batch_put_year(
        b, &(struct store_year){.first_monday = day_of("2024-02-26"), .utc_offset_min = 480});
    must("fill", store_apply_now(store, &b, NULL));
}

/* -- measuring --------------------------------------------------------------------------------- */

static void on_tick(uv_timer_t *timer)
{
    uint64_t now = uv_hrtime();
    if (now > tick_due_ns && now - tick_due_ns > worst_ns)
        worst_ns = now - tick_due_ns;
    tick_due_ns = now + 1000000;
    uv_update_time(&loop);
    uv_timer_start(timer, on_tick, 1, 0);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Each begins something, which says is_done. */
static void measure(const char *name, int rounds, void (*begin)(int round))
{
    double took_ms[ROUNDS];
    worst_ns = 0;
    for (int i = 0; i < rounds; i++) {
        uint64_t since = uv_hrtime();
        is_done = false;
        tick_due_ns = uv_hrtime() + 1000000;
        begin(i);
        while (!is_done)
            uv_run(&loop, UV_RUN_ONCE);
        took_ms[i] = (double)(uv_hrtime() - since) / 1e6;
    }
    qsort(took_ms, (size_t)rounds, sizeof(*took_ms), compare);
    printf("%s_ms=%.1f\n%s_worst_ms=%.1f\n%s_turn_ms=%.1f\n", name, took_ms[rounds / 2], name,
           took_ms[rounds - 1], name, (double)worst_ns / 1e6);
    fflush(stdout);
}

/* -- people ------------------------------------------------------------------------------------ */

static struct directory_wait wait;

static void on_known(struct directory_wait *w, int err)
{
    (void)w;
    must("directory", err);
    is_done = true;
}

static void on_applied(void *arg, int err, size_t at)
{
    (void)arg;
    (void)at;
    must("change", err);
    directory_refresh(directory, &wait);
}

static void change_person(int round, bool is_all)
{
    struct batch *b;
    char code[32];
    must("batch", batch_new(&b));
    snprintf(code, sizeof(code), "new%d-%d", is_all, round);
    put_person(b, &(struct store_place){.school = "S001", .klass = "c1"}, code, STORE_STUDENT);
    wait = (struct directory_wait){.done = on_known};
    wait.is_all = !batch_about(b, &wait.about) || is_all;
    must("change", store_apply(store, &b, on_applied, NULL));
}

static void change_one(int round)
{
    change_person(round, false);
}

static void change_and_read_all(int round)
{
    change_person(round, true);
}

/* -- the timetable ----------------------------------------------------------------------------- */

static void on_planned(struct planner_change *change, int err)
{
    (void)change;
    must("plan", err);
    is_done = true;
}

static struct planner_change change;

static void begin_change(void)
{
    change.actor = "bench";
    change.override = "bench";
    change.done = on_planned;
}

static void put_row(int round)
{
    static const struct timetable_class klass = {"S001", "c1"};
    change = (struct planner_change){.school = "S001", .code = "extra"};
    change.entry = (struct timetable_entry){.title = "美术",
                                            .lecturer = "",
                                            .link = "",
                                            .classes = &klass,
                                            .n_classes = 1,
                                            .weekday = 6,
                                            .start_min = (uint16_t)(9 * 60 + round),
                                            .length_min = 40,
                                            .from = day_of("2024-02-26"),
                                            .to = day_of("2024-06-28")};
    begin_change();
    must("row", planner_put_row(planner, &change));
}

static void put_rules(int round)
{
    (void)round;
    change = (struct planner_change){.text = ""};
    begin_change();
    must("rules", planner_put_rules(planner, &change));
}

/* All rows are read, as after a class has gone; the rules behind it say when. */
static void read_all_rows(int round)
{
    planner_refresh(planner, true);
    put_rules(round);
}

static void snow_day(int round)
{
    (void)round;
    change = (struct planner_change){.school = "S001"};
    change.days = (struct timetable_days){day_of("2024-03-04"), day_of("2024-03-04")};
    begin_change();
    must("snow", planner_close_school(planner, &change));
}

/* To a day on which no lesson is the same. */
static void next_day(int round)
{
    now_ms += (int64_t)DATE_DAY_S * 1000;
    planner_refresh(planner, false);
    put_rules(round);
}

static void open_all(const char *dir)
{
    char error[PLANNER_ERROR_MAX];
    must("directory", directory_open(&directory, store));
    must("lessons", lessons_open(&lessons, store, dir, NULL, error));
    now_ms = ((int64_t)day_of("2024-03-04") * DATE_DAY_S - 8 * 3600 + 60) * 1000;
    const struct planner_params params = {.loop = &loop,
                                          .store = store,
                                          .lessons = lessons,
                                          .secret = "a secret of the bench",
                                          .now_ms = bench_clock};
    must("planner", planner_new(&planner, &params, error));
    printf("lessons=%zu\n", lessons_count(lessons));
}

static void on_closed(void *arg)
{
    (void)arg;
    is_done = true;
}

static void close_all(void)
{
    uv_close((uv_handle_t *)&tick, NULL);
    is_done = false;
    planner_close(planner, on_closed, NULL);
    while (!is_done)
        uv_run(&loop, UV_RUN_ONCE);
    is_done = false;
    store_close(store, on_closed, NULL);
    while (!is_done)
        uv_run(&loop, UV_RUN_ONCE);
    lessons_free(&lessons);
    directory_free(&directory);
}

int main(int argc, char **argv)
{
    char error[STORE_ERROR_MAX];
    if (argc < 2)
        return 2;
    if (argc > 2)
        schools = atoi(argv[2]);
    must("loop", uv_loop_init(&loop));
    if (store_open(&store, &loop, argv[1], error)) {
        fprintf(stderr, "district: %s\n", error);
        return 1;
    }
    fill();
    open_all(argv[1]);
    uv_timer_init(&loop, &tick);
    uv_timer_start(&tick, on_tick, 1, 0);
    measure("person", ROUNDS, change_one);
    measure("people", ROUNDS, change_and_read_all);
    measure("row", ROUNDS, put_row);
    measure("rules", ROUNDS, put_rules);
    measure("rows", ROUNDS, read_all_rows);
    measure("snow", 1, snow_day);
    measure("day", 1, next_day);
    close_all();
    return 0;
}
