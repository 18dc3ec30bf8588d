#ifndef AIRCLASS_TESTS_UNIT_PLANNER_OFFICE_H
#define AIRCLASS_TESTS_UNIT_PLANNER_OFFICE_H

#include "server/lesson/lesson.h"
#include "server/planner/planner.h"
#include "server/store/door.h"
#include "tests/unit/store/scene.h"

/*
 * A district in a store, and its planner. School s1 has classes c1 (grade 1) and c7 (grade 7),
 * school s2 has c7, too; t1 and t2 of s1 teach, t1 with an account. It is Monday 2024-03-04, 07:00
 * in China, and the term is from 2024-02-26 to 2024-06-28.
 */
struct office {
    struct scene scene;
    struct lessons *lessons;
    struct planner *planner;
    bool is_closed;
    char gone[256];    /* ids of lessons that went */
    char rekeyed[256]; /* ... and of those that got another stream key */
    char changed[256]; /* and of those whose people were told of a change */
    char teacher[2][STORE_ID_MAX];
};

static struct office office;
static int64_t office_now_ms;

static int64_t office_clock(void)
{
    return office_now_ms;
}

static inline int32_t day_of(const char *text)
{
    int32_t date;
    assert_int_equal(date_read(&date, text), 0);
    return date;
}

static inline void office_set_clock(const char *date, int hour, int minute)
{
    office_now_ms =
        ((int64_t)day_of(date) * DATE_DAY_S + (int64_t)(hour - 8) * 3600 + minute * 60) * 1000;
}

static inline void office_on_gone(void *arg, const struct lesson *lesson)
{
    (void)arg;
    strncat(office.gone, lesson->id, sizeof(office.gone) - strlen(office.gone) - 1);
}

static inline void office_on_key_changed(void *arg, const struct lesson *lesson)
{
    (void)arg;
    strncat(office.rekeyed, lesson->id, sizeof(office.rekeyed) - strlen(office.rekeyed) - 1);
}

static inline void office_on_changed(void *arg, const char *lesson)
{
    (void)arg;
    strncat(office.changed, lesson, sizeof(office.changed) - strlen(office.changed) - 1);
}

static inline void office_open(void)
{
    char error[PLANNER_ERROR_MAX];
    const struct lesson_events events = {.on_gone = office_on_gone,
                                         .on_key_changed = office_on_key_changed};
    assert_int_equal(
        lessons_open(&office.lessons, office.scene.store, office.scene.dir, &events, error), 0);
    const struct planner_params params = {.loop = &office.scene.loop,
                                          .store = office.scene.store,
                                          .lessons = office.lessons,
                                          .secret = "a secret of this school",
                                          .now_ms = office_clock,
                                          .on_changed = office_on_changed};
    assert_int_equal(planner_new(&office.planner, &params, error), 0);
}

static inline void office_on_closed(void *arg)
{
    (void)arg;
    office.is_closed = true;
}

static inline void office_close(void)
{
    office.is_closed = false;
    planner_close(office.planner, office_on_closed, NULL);
    assert_false(office.is_closed);
    while (!office.is_closed)
        uv_run(&office.scene.loop, UV_RUN_DEFAULT);
    lessons_free(&office.lessons);
}

static inline void office_keep_id(void *arg, const struct store_answer *answer)
{
    assert_int_equal(answer->n, 1);
    snprintf(arg, STORE_ID_MAX, "%s", answer->people[0].id);
}

static inline void office_make_district(void)
{
    static const struct store_place places[] = {
        {"s1", "",   "一小",        0},
        {"s2", "",   "二小",        0},
        {"s1", "c1", "一年级1班", 1},
        {"s1", "c7", "七年级1班", 7},
        {"s2", "c7", "七年级2班", 7}
    };
    static const char *const codes[] = {"t1", "t2"};
    struct batch *b = scene_batch();
    for (size_t i = 0; i < 5; i++)
        batch_put_place(b, &places[i]);
    for (int i = 0; i < 2; i++) {
        struct store_member m = {.role = STORE_LECTURER, .school = "s1"};
        m.person = (struct store_person){.school = "s1", .code = codes[i], .name = "老师"};
        batch_put_person(b, &m.person);
        batch_put_role(b, &m);
    }
    batch_put_account(b, &(struct store_person){.school = "s1", .code = "t1"}, "t1", "$1");
    batch_put_year(
        b, &(struct store_year){.first_monday = day_of("2024-02-26"), .utc_offset_min = 480});
    assert_int_equal(scene_apply(&office.scene, b, NULL), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            store_find_person(office.scene.store,
                              &(struct store_question){.school = "s1", .code = codes[i]},
                              office_keep_id, office.teacher[i]),
            0);
        uv_run(&office.scene.loop, UV_RUN_DEFAULT);
    }
}

static inline int office_setup(void **state)
{
    (void)state;
    memset(&office, 0, sizeof(office));
    office_set_clock("2024-03-04", 7, 0);
    scene_start(&office.scene);
    office_make_district();
    office_open();
    return 0;
}

static inline int office_teardown(void **state)
{
    (void)state;
    office_close();
    scene_end(&office.scene);
    return 0;
}

/* Closed and opened again, the store as well. */
static inline void office_restart(void)
{
    office_close();
    scene_reopen(&office.scene);
    office_open();
}

/* ---- changes, waited for ---- */

struct asked {
    struct planner_change change;
    int times;
    int err;
    char text[1024]; /* "!teacher OTHER 2024-03-04", "outside_hours s1/c1 2024-03-04" of each */
};

static inline void office_print(struct asked *a)
{
    size_t n = 0;
    for (size_t i = 0; i < a->change.verdict.n; i++) {
        const struct plan_finding *f = &a->change.verdict.finding[i];
        char date[DATE_TEXT_SIZE];
        date_print(date, f->date);
        if (f->clash)
            n += (size_t)snprintf(a->text + n, sizeof(a->text) - n, "!%s %s %s;",
                                  f->clash == TIMETABLE_TEACHER_CLASH ? "teacher" : "class",
                                  f->other->id, date);
        else if (f->reason == POLICY_FINE)
            n += (size_t)snprintf(a->text + n, sizeof(a->text) - n, "nobody %s %s;", f->row->id,
                                  date);
        else
            n += (size_t)snprintf(a->text + n, sizeof(a->text) - n, "%s %s/%s %s;",
                                  policy_reason_name(f->reason), f->klass->school, f->klass->klass,
                                  date);
    }
}

static inline void office_on_done(struct planner_change *change, int err)
{
    struct asked *a = (struct asked *)change;
    a->times++;
    a->err = err;
    office_print(a);
    uv_stop(&office.scene.loop);
}

static inline int office_ask(struct asked *a, int (*ask)(struct planner *, struct planner_change *))
{
    a->times = 0;
    a->text[0] = '\0';
    if (!a->change.actor)
        a->change.actor = "p-1";
    if (!a->change.override)
        a->change.override = "";
    a->change.done = office_on_done;
    assert_int_equal(ask(office.planner, &a->change), 0);
    assert_int_equal(a->times, 0);
    uv_run(&office.scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(a->times, 1);
    return a->err;
}

static const struct timetable_class office_c1[] = {
    {"s1", "c1"}
};
static const struct timetable_class office_both7[] = {
    {"s1", "c7"},
    {"s2", "c7"}
};

enum { EIGHT = 8 * 60 }; /* o'clock, in minutes of a day */

/* A lecture of 40 minutes for both classes of grade 7, by the first teacher, online. */
static inline struct timetable_entry office_row(int weekday, int start_min)
{
    return (struct timetable_entry){.title = "数学",
                                    .lecturer = office.teacher[0],
                                    .link = "",
                                    .classes = office_both7,
                                    .n_classes = 2,
                                    .weekday = (uint8_t)weekday,
                                    .start_min = (uint16_t)start_min,
                                    .length_min = 40,
                                    .from = day_of("2024-02-26"),
                                    .to = day_of("2024-06-28")};
}

/* What was said against it is in the answer until the next. */
static inline const struct asked *office_put(const char *code, struct timetable_entry row,
                                             const char *override)
{
    static struct asked a;
    memset(&a, 0, sizeof(a));
    a.change.school = "s1";
    a.change.code = code;
    a.change.entry = row;
    a.change.override = override;
    office_ask(&a, planner_put_row);
    return &a;
}

static inline void office_publish(const char *override)
{
    struct asked a = {
        .change = {.school = "s1", .override = override}
    };
    if (office_ask(&a, planner_publish))
        fail_msg("%d %s", a.err, a.text);
}

/* What closes school s1 on these days, or opens it again. */
static inline struct asked office_closing(const char *from, const char *to)
{
    struct asked a = {.change = {.school = "s1"}};
    a.change.days.from = day_of(from);
    a.change.days.to = day_of(to);
    return a;
}

/* "id 2024-03-04 08:00 online;" of each lesson of some days. */
static inline const char *office_lessons(const char *from, const char *to, bool is_office)
{
    static char text[2048];
    struct timetable_lesson *l;
    size_t n, len = 0;
    const struct timetable_days days = {day_of(from), day_of(to)};
    const struct timetable_filter all = {.school = NULL};
    text[0] = '\0';
    assert_int_equal(plan_lessons(planner_plan(office.planner), &days, &all, is_office, &l, &n), 0);
    for (size_t i = 0; i < n; i++) {
        char date[DATE_TEXT_SIZE];
        date_print(date, l[i].date);
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s %s %02d:%02d%s;",
                                l[i].entry->id, date, l[i].entry->start_min / 60,
                                l[i].entry->start_min % 60, l[i].is_online ? " online" : "");
    }
    free(l);
    return text;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, office_setup, office_teardown)

#endif
