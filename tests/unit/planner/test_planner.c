#include "tests/unit/planner/office.h"

#include <errno.h>

#include <sodium.h>

#include "server/planner/planned.h"

enum { EIGHT = 8 * 60 };

static void audit_is(const char *expected)
{
    const struct answered *a = scene_ask(&office.scene, store_list_audit,
                                         &(struct store_question){.limit = 1000}, scene_on_audit);
    assert_string_equal(a->text, expected);
}

/* ---- rows and who may see them ---- */

static void a_row_is_kept_and_shown_when_it_is_published(void **state)
{
    (void)state;
    static const char monday[] = "s1/math 2024-03-11 08:00 online;";
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    assert_string_equal(office_lessons("2024-03-11", "2024-03-17", true), monday);
    assert_string_equal(office_lessons("2024-03-11", "2024-03-17", false), "");
    office_publish("今天就开课");
    assert_string_equal(office_lessons("2024-03-11", "2024-03-17", false), monday);
    office_restart();
    assert_string_equal(office_lessons("2024-03-11", "2024-03-17", false), monday);
    struct asked a = {
        .change = {.school = "s1", .code = "math"}
    };
    assert_int_equal(office_ask(&a, planner_drop_row), 0);
    assert_string_equal(office_lessons("2024-03-11", "2024-03-17", true), "");
    assert_int_equal(office_ask(&a, planner_drop_row), -ENOENT);
}

static void a_row_that_clashes_is_refused_whatever_is_said(void **state)
{
    (void)state;
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    struct timetable_entry other = office_row(1, EIGHT + 20);
    other.classes = office_c1;
    other.n_classes = 1;
    const struct asked *a = office_put("late", other, "trust me");
    assert_int_equal(a->err, -EACCES);
    assert_true(strstr(a->text, "!teacher s1/math 2024-02-26;"));
    other = office_row(1, EIGHT + 20);
    other.lecturer = office.teacher[1];
    a = office_put("late", other, "trust me");
    assert_int_equal(a->err, -EACCES);
    assert_true(strstr(a->text, "!class s1/math 2024-02-26;"));
    /* In its own place it may be moved. */
    assert_int_equal(office_put("math", office_row(1, EIGHT + 20), "")->err, 0);
    audit_is("1 p-1 timetable.put s1/math \n2 p-1 timetable.put s1/math \n");
}

/* What anybody may do who has been shown salt and text. */
static void hash_reason(const struct store_reason *r, char out[65])
{
    char text[STORE_REASON_MAX + STORE_ID_MAX];
    uint8_t digest[crypto_hash_sha256_BYTES];
    int n = snprintf(text, sizeof(text), "%s%s", r->salt, r->text);
    crypto_hash_sha256(digest, (const uint8_t *)text, (size_t)n);
    sodium_bin2hex(out, 65, digest, sizeof(digest));
}

static struct store_reason reason_of(const char *code)
{
    return plan_row(planner_plan(office.planner), "s1", code)->reason;
}

static void a_reason_stays_with_its_row_and_the_log_has_its_hash(void **state)
{
    (void)state;
    const struct asked *a = office_put("late", office_row(1, 19 * 60), "");
    assert_int_equal(a->err, -EACCES);
    assert_string_equal(a->text, "outside_hours s1/c7 2024-03-04;outside_hours s2/c7 2024-03-04;");
    audit_is("");
    assert_int_equal(office_put("late", office_row(1, 19 * 60), "家长要求")->err, 0);
    office_restart();
    const struct store_reason reason = reason_of("late");
    char hash[65], log[1024];
    assert_string_equal(reason.text, "家长要求");
    assert_int_equal(strlen(reason.salt), TOKEN_LEN);
    hash_reason(&reason, hash);
    snprintf(log, sizeof(log),
             "1 p-1 timetable.put s1/late \n2 p-1 timetable.override s1/late sha256:%s"
             " (outside_hours 2024-03-04 s1/c7; outside_hours 2024-03-04 s2/c7)\n",
             hash);
    audit_is(log);
    /* Where it is needed no more, it goes. */
    assert_int_equal(office_put("late", office_row(1, EIGHT), "家长要求")->err, 0);
    assert_string_equal(reason_of("late").text, "");
    assert_string_equal(reason_of("late").salt, "");
}

static void a_class_has_its_minutes_and_its_breaks(void **state)
{
    (void)state;
    struct timetable_entry row = office_row(1, EIGHT);
    row.classes = office_c1; /* grade 1: an hour a day */
    row.n_classes = 1;
    assert_int_equal(office_put("a", row, "")->err, 0);
    row.start_min = EIGHT + 45;
    const struct asked *a = office_put("b", row, "");
    assert_int_equal(a->err, -EACCES);
    assert_string_equal(a->text, "break_too_short s1/c1 2024-03-04;minutes_over s1/c1 2024-03-04;");
    row.start_min = EIGHT - 25;
    row.length_min = 20; /* the one behind it has no break any more */
    a = office_put("b", row, "");
    assert_true(strstr(a->text, "break_too_short s1/c1 2024-03-04;"));
    row.place = TIMETABLE_AT_SCHOOL; /* which is no affair of the rules */
    assert_int_equal(office_put("b", row, "")->err, 0);
}

static void a_lesson_is_announced_in_time(void **state)
{
    (void)state;
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    struct asked a = {.change = {.school = "s1"}};
    assert_int_equal(office_ask(&a, planner_publish), -EACCES); /* it begins in an hour */
    assert_string_equal(a.text, "published_late s1/c7 2024-03-04;published_late s2/c7 2024-03-04;");
    office_set_clock("2024-03-04", 12, 0);
    assert_int_equal(office_ask(&a, planner_publish), 0);
    /* Moving what is published is announcing, too. */
    const struct asked *moved = office_put("math", office_row(2, EIGHT), "");
    assert_int_equal(moved->err, -EACCES);
    assert_string_equal(moved->text,
                        "published_late s1/c7 2024-03-05;published_late s2/c7 2024-03-05;");
    assert_int_equal(office_put("math", office_row(3, EIGHT), "")->err, 0);
    assert_string_equal(office_lessons("2024-03-04", "2024-03-10", false),
                        "s1/math 2024-03-06 08:00 online;");
}

static void what_is_not_there_can_not_be_planned(void **state)
{
    (void)state;
    static const struct timetable_class nowhere[] = {
        {"s1", "c9"}
    };
    struct timetable_entry row = office_row(1, EIGHT);
    row.lecturer = "nobody";
    const struct asked *a = office_put("a", row, "");
    assert_int_equal(a->err, -EINVAL);
    assert_string_equal(a->change.error, "lecturer");
    row = office_row(1, EIGHT);
    row.classes = nowhere;
    row.n_classes = 1;
    a = office_put("a", row, "");
    assert_int_equal(a->err, -EINVAL);
    assert_string_equal(a->change.error, "classes");
    row = office_row(8, EIGHT);
    a = office_put("a", row, "");
    assert_string_equal(a->change.error, "weekday");
}

/* ---- lists ---- */

static void a_list_is_taken_as_a_whole_or_not_at_all(void **state)
{
    (void)state;
    struct timetable_entry rows[3];
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    for (int i = 0; i < 3; i++)
        rows[i] = office_row(i + 1, EIGHT + 10);
    rows[0].id = "a";
    rows[1].id = "b";
    rows[2].id = "c";
    struct asked a = {
        .change = {.school = "s1", .rows = rows, .n_rows = 3}
    };
    assert_int_equal(office_ask(&a, planner_put_rows), -EACCES);
    assert_true(strstr(a.text, "!teacher s1/math 2024-02-26;"));
    assert_string_equal(office_lessons("2024-03-04", "2024-03-10", true),
                        "s1/math 2024-03-04 08:00 online;");
    rows[0].id = "math"; /* it takes that row's place */
    rows[1].id = "b";
    rows[2].id = "c";
    a.change.is_dry = true;
    assert_int_equal(office_ask(&a, planner_put_rows), 0);
    assert_string_equal(office_lessons("2024-03-04", "2024-03-10", true),
                        "s1/math 2024-03-04 08:00 online;");
    a.change.is_dry = false;
    rows[0].id = "math";
    rows[1].id = "b";
    rows[2].id = "c";
    assert_int_equal(office_ask(&a, planner_put_rows), 0);
    assert_string_equal(office_lessons("2024-03-04", "2024-03-10", true),
                        "s1/math 2024-03-04 08:10 online;s1/b 2024-03-05 08:10 online;"
                        "s1/c 2024-03-06 08:10 online;");
}

static void rows_of_a_list_are_judged_together(void **state)
{
    (void)state;
    struct timetable_entry rows[2] = {office_row(1, EIGHT), office_row(1, EIGHT + 50)};
    rows[0].classes = rows[1].classes = office_c1;
    rows[0].n_classes = rows[1].n_classes = 1;
    rows[0].id = "a";
    rows[1].id = "b";
    struct asked a = {
        .change = {.school = "s1", .rows = rows, .n_rows = 2}
    };
    assert_int_equal(office_ask(&a, planner_put_rows), -EACCES);
    assert_string_equal(a.text, "minutes_over s1/c1 2024-03-04;minutes_over s1/c1 2024-03-04;");
}

static void a_list_is_read_and_put(void **state)
{
    (void)state;
    static const char text[] = "班级,课程,星期,开始,结束,主讲教师\n"
                               "c7,语文,一,8:00,8:40,t1\nc1,数学,二,8:00,8:30,t2\n";
    struct asked a = {.change = {.school = "s1"}};
    a.change.file = (struct table_file){.bytes = text, .len = strlen(text)};
    a.change.term.from = day_of("2024-02-26");
    a.change.term.to = day_of("2024-06-28");
    assert_int_equal(office_ask(&a, planner_put_list), 0);
    assert_string_equal(office_lessons("2024-03-04", "2024-03-10", true),
                        "s1/s1-c7-w1-480 2024-03-04 08:00 online;"
                        "s1/s1-c1-w2-480 2024-03-05 08:00 online;");
    static const char wrong[] = "班级,课程,星期,开始,结束,主讲教师\nc9,语文,一,8:00,8:40,t1\n";
    a.change.file = (struct table_file){.bytes = wrong, .len = strlen(wrong)};
    assert_int_equal(office_ask(&a, planner_put_list), -EPERM);
}

/* ---- days ---- */

static struct asked closing(const char *from, const char *to)
{
    struct asked a = {.change = {.school = "s1"}};
    a.change.days.from = day_of(from);
    a.change.days.to = day_of(to);
    return a;
}

static void a_snow_day_brings_the_classroom_online(void **state)
{
    (void)state;
    struct timetable_entry row = office_row(1, EIGHT);
    row.place = TIMETABLE_AT_SCHOOL;
    assert_int_equal(office_put("math", row, "")->err, 0);
    office_publish("");
    assert_string_equal(office_lessons("2024-03-04", "2024-03-04", false),
                        "s1/math 2024-03-04 08:00;");
    assert_int_equal(lessons_count(office.lessons), 0);
    struct asked a = closing("2024-03-04", "2024-03-05");
    assert_int_equal(office_ask(&a, planner_close_school), 0);
    assert_string_equal(office_lessons("2024-03-04", "2024-03-04", false),
                        "s1/math 2024-03-04 08:00 online;");
    assert_int_equal(lessons_count(office.lessons), 1);
    assert_int_equal(office_ask(&a, planner_open_school), 0);
    assert_int_equal(lessons_count(office.lessons), 0);
    assert_int_equal(office_ask(&a, planner_open_school), -ENOENT);
    a.change.days.to = day_of("2024-08-05");
    assert_int_equal(office_ask(&a, planner_close_school), -EINVAL);
}

static void who_closes_a_school_is_told_what_is_too_much(void **state)
{
    (void)state;
    struct timetable_entry row = office_row(1, EIGHT);
    row.place = TIMETABLE_AT_SCHOOL;
    row.classes = office_c1;
    row.n_classes = 1;
    assert_int_equal(office_put("a", row, "")->err, 0);
    row.start_min = EIGHT + 60;
    assert_int_equal(office_put("b", row, "")->err, 0);
    office_publish("");
    struct asked a = closing("2024-03-04", "2024-03-04");
    assert_int_equal(office_ask(&a, planner_close_school), 0);
    assert_string_equal(a.text, "minutes_over s1/c1 2024-03-04;");
}

static void a_year_tells_what_it_makes_clash(void **state)
{
    (void)state;
    struct timetable_entry single = office_row(6, EIGHT);
    single.from = single.to = day_of("2024-03-09");
    assert_int_equal(office_put("single", single, "")->err, 0);
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    struct store_days swap = {.from = day_of("2024-03-09")};
    swap.to = day_of("2024-03-04");
    struct asked a = {.times = 0};
    a.change.year = (struct store_year){
        .first_monday = day_of("2024-02-26"), .utc_offset_min = 480, .swaps = &swap, .n_swaps = 1};
    assert_int_equal(office_ask(&a, planner_put_year), 0);
    assert_string_equal(a.text, "!teacher s1/single 2024-03-09;");
    a.change.year.first_monday++;
    assert_int_equal(office_ask(&a, planner_put_year), -EINVAL);
    assert_string_equal(a.change.error, "first_monday");
}

static void rules_are_changed_when_they_can_be_read(void **state)
{
    (void)state;
    struct asked a = {.change = {.text = "[rule all]\nhours = 19:00-20:00\noverride = no\n"}};
    assert_int_equal(office_ask(&a, planner_put_rules), 0);
    assert_int_equal(office_put("late", office_row(1, 19 * 60), "")->err, 0);
    assert_int_equal(office_put("early", office_row(1, EIGHT), "please")->err, -EACCES);
    a.change.text = "[rule all]\nhuors = 19:00-20:00\n";
    assert_int_equal(office_ask(&a, planner_put_rules), -EINVAL);
    assert_string_equal(a.change.error, "policy:2: unknown key 'huors'; did you mean 'hours'?");
    a.change.text = "";
    assert_int_equal(office_ask(&a, planner_put_rules), 0);
    assert_int_equal(office_put("early", office_row(1, EIGHT), "")->err, 0);
}

/* ---- live lessons ---- */

static const char *only_lesson(void)
{
    assert_int_equal(lessons_count(office.lessons), 1);
    return lessons_at(office.lessons, 0)->id;
}

static void today_has_a_live_lesson_with_keys_that_last(void **state)
{
    (void)state;
    struct lesson before;
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    assert_int_equal(lessons_count(office.lessons), 0);
    office_publish("sorry");
    before = *lessons_find(office.lessons, only_lesson());
    assert_string_equal(before.title, "数学");
    assert_true(strstr(before.id, "-20240304"));
    assert_null(lesson_check(&before));
    office_restart();
    assert_memory_equal(&before, lessons_find(office.lessons, only_lesson()), sizeof(before));
    assert_true(planner_addresses(office.planner, before.id, "s2", "c7"));
    assert_false(planner_addresses(office.planner, before.id, "s1", "c1"));
    assert_true(planner_is_lecturer(office.planner, before.id, office.teacher[0]));
    assert_false(planner_is_lecturer(office.planner, before.id, office.teacher[1]));
    assert_null(planner_lesson(office.planner, "nonsense"));
    assert_int_equal(lessons_remove(office.lessons, before.id, NULL, NULL), -EPERM);
}

/* A class whose Monday is a row of lessons of ten minutes, from six o'clock on. */
static void plan_many(size_t n)
{
    static struct timetable_entry rows[144];
    static char codes[144][8];
    for (size_t i = 0; i < n; i++) {
        rows[i] = office_row(1, 6 * 60 + (int)i * 10);
        rows[i].length_min = 10;
        rows[i].place = TIMETABLE_AT_SCHOOL;
        rows[i].classes = office_c1;
        rows[i].n_classes = 1;
        snprintf(codes[i], sizeof(codes[i]), "m%zu", i);
        rows[i].id = codes[i];
    }
    struct asked a = {
        .change = {.school = "s1", .rows = rows, .n_rows = n}
    };
    assert_int_equal(office_ask(&a, planner_put_rows), 0);
    office_publish("");
}

/* When the earliest and the latest lesson that is there begins, in minutes of that day. */
static void made_between(const struct planned *p, const struct lessons *lessons, int *first,
                         int *last)
{
    *first = INT32_MAX;
    *last = 0;
    for (size_t i = 0; i < lessons_count(lessons); i++) {
        const struct planned_lesson *l = planned_find(p, lessons_at(lessons, i)->id);
        int start = l->what.entry->start_min;
        *first = start < *first ? start : *first;
        *last = start > *last ? start : *last;
    }
}

static void a_days_lessons_come_some_at_a_time_and_the_next_ones_first(void **state)
{
    (void)state;
    enum { N = 100, SOME = 10 };
    static const struct planned_events nobody = {.on_changed = NULL};
    char error[LESSON_ERROR_MAX];
    int first, last;
    struct lessons *lessons;
    struct planned planned;
    struct planned_step step;
    plan_many(N);
    struct asked a = closing("2024-03-04", "2024-03-04");
    assert_int_equal(office_ask(&a, planner_close_school), 0);
    assert_int_equal(lessons_count(office.lessons), N);
    assert_int_equal(lessons_open(&lessons, NULL, "", NULL, error), 0);
    assert_int_equal(planned_init(&planned, "another secret"), 0);
    office_set_clock("2024-03-04", 9, 5);
    const struct plan *plan = planner_plan(office.planner);
    assert_int_equal(planned_prepare(&step, &planned, plan, office_now_ms, NULL, NULL), 0);
    planned_begin(&planned, &step);
    assert_true(planned_go_on(&planned, &step, SOME, lessons, &nobody));
    assert_int_equal(lessons_count(lessons), SOME);
    made_between(&planned, lessons, &first, &last);
    assert_int_equal(first, 9 * 60); /* it is on */
    assert_int_equal(last, 9 * 60 + (SOME - 1) * 10);
    while (planned_go_on(&planned, &step, SOME, lessons, &nobody))
        assert_int_equal(lessons_count(lessons) % SOME, 0);
    assert_int_equal(lessons_count(lessons), N);
    planned_step_release(&step);
    office_set_clock("2024-03-05", 0, 0);
    assert_int_equal(planned_prepare(&step, &planned, plan, office_now_ms, NULL, NULL), 0);
    planned_begin(&planned, &step);
    assert_true(planned_go_on(&planned, &step, SOME, lessons, &nobody));
    assert_int_equal(lessons_count(lessons), N - SOME);
    assert_false(planned_go_on(&planned, &step, N, lessons, &nobody));
    assert_int_equal(lessons_count(lessons), 0);
    planned_step_release(&step);
    planned_release(&planned);
    lessons_free(&lessons);
}

static size_t fewest; /* that were there while others were still to come */

static void on_prepare(uv_prepare_t *prepare)
{
    (void)prepare;
    size_t n = lessons_count(office.lessons);
    fewest = n > 0 && n < fewest ? n : fewest;
}

static void the_loop_turns_while_they_come(void **state)
{
    (void)state;
    enum { N = 100 };
    static uv_prepare_t prepare;
    struct asked a = closing("2024-03-04", "2024-03-04");
    plan_many(N);
    uv_prepare_init(&office.scene.loop, &prepare);
    fewest = SIZE_MAX;
    uv_prepare_start(&prepare, on_prepare);
    uv_unref((uv_handle_t *)&prepare); /* it looks on */
    int err = office_ask(&a, planner_close_school);
    uv_close((uv_handle_t *)&prepare, NULL); /* first: what fails leaves nothing in the loop */
    uv_run(&office.scene.loop, UV_RUN_NOWAIT);
    assert_int_equal(err, 0);
    assert_int_equal(lessons_count(office.lessons), N);
    assert_in_range(fewest, 1, N - 1);
}

static void tomorrow_has_others(void **state)
{
    (void)state;
    char id[LESSON_ID_MAX];
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    assert_int_equal(office_put("art", office_row(2, EIGHT), "")->err, 0);
    office_publish("sorry");
    snprintf(id, sizeof(id), "%s", only_lesson());
    office_set_clock("2024-03-05", 0, 1);
    planner_refresh(office.planner, false);
    struct asked a = {.change = {.text = ""}};
    assert_int_equal(office_ask(&a, planner_put_rules), 0); /* behind the refresh or with it */
    assert_string_equal(office.gone, id);
    assert_true(strstr(only_lesson(), "-20240305"));
}

/* The planner looks at the clock every 20 seconds: now. */
static void look_now(uv_handle_t *handle, void *arg)
{
    uv_timer_t *timer = (uv_timer_t *)handle;
    (void)arg;
    if (handle->type == UV_TIMER && uv_timer_get_repeat(timer) > 0)
        uv_timer_start(timer, timer->timer_cb, 0, uv_timer_get_repeat(timer));
}

static void on_turn(uv_timer_t *timer)
{
    uv_close((uv_handle_t *)timer, NULL);
}

/* A day begins when nothing was asked since a row was changed. */
static void midnight_comes_by_itself(void **state)
{
    (void)state;
    static uv_timer_t timer;
    char id[LESSON_ID_MAX];
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    assert_int_equal(office_put("art", office_row(2, EIGHT), "")->err, 0);
    office_publish("sorry");
    snprintf(id, sizeof(id), "%s", only_lesson());
    office_set_clock("2024-03-05", 0, 1);
    uv_walk(&office.scene.loop, look_now, NULL);
    uv_timer_init(&office.scene.loop, &timer); /* the clock alone would not keep the loop going */
    uv_timer_start(&timer, on_turn, 5, 0);
    uv_run(&office.scene.loop, UV_RUN_DEFAULT);
    assert_string_equal(office.gone, id);
    assert_true(strstr(only_lesson(), "-20240305"));
}

static void who_is_in_a_lesson_is_told_of_changes(void **state)
{
    (void)state;
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    office_publish("sorry");
    const char *id = only_lesson();
    office.changed[0] = '\0';
    struct timetable_entry row = office_row(3, EIGHT);
    row.classes = office_c1;
    row.n_classes = 1;
    assert_int_equal(office_put("other", row, "")->err, 0); /* none of theirs */
    assert_string_equal(office.changed, "");
    assert_int_equal(office_put("more", office_row(3, EIGHT + 60), "")->err, 0);
    assert_string_equal(office.changed, id);
}

/* ---- what changes alone ---- */

static void drop_place(const char *school, const char *klass)
{
    struct batch *b = scene_batch();
    batch_drop_place(b, school, klass);
    assert_int_equal(scene_apply(&office.scene, b, NULL), 0);
}

/* What is to be seen is what would be read anew. */
static void same_as_fresh(void)
{
    static char before[2048];
    snprintf(before, sizeof(before), "%s", office_lessons("2024-03-04", "2024-03-10", true));
    size_t n = lessons_count(office.lessons);
    office_restart();
    assert_string_equal(office_lessons("2024-03-04", "2024-03-10", true), before);
    assert_int_equal(lessons_count(office.lessons), n);
}

static void a_change_of_one_school_leaves_the_others_as_they_are(void **state)
{
    (void)state;
    struct asked other = {
        .change = {.school = "s2", .code = "art", .entry = office_row(3, EIGHT)}
    };
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    assert_int_equal(office_ask(&other, planner_put_row), 0);
    office_publish("sorry");
    assert_string_equal(office_lessons("2024-03-04", "2024-03-10", true),
                        "s1/math 2024-03-04 08:00 online;s2/art 2024-03-06 08:00 online;");
    assert_string_equal(office_lessons("2024-03-04", "2024-03-10", false),
                        "s1/math 2024-03-04 08:00 online;");
    same_as_fresh();
    assert_int_equal(office_put("more", office_row(2, EIGHT), "")->err, 0);
    struct asked gone = {
        .change = {.school = "s1", .code = "math"}
    };
    assert_int_equal(office_ask(&gone, planner_drop_row), 0);
    size_t n;
    assert_string_equal(plan_rows(planner_plan(office.planner), "s1", &n)->code, "more");
    assert_int_equal(n, 1);
    same_as_fresh();
    gone.change.code = "more";
    assert_int_equal(office_ask(&gone, planner_drop_row), 0);
    assert_null(plan_rows(planner_plan(office.planner), "s1", &n));
    assert_non_null(plan_row(planner_plan(office.planner), "s2", "art"));
    same_as_fresh();
}

static void rows_lose_the_class_that_goes(void **state)
{
    (void)state;
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    drop_place("s2", "c7");
    planner_refresh(office.planner, true);
    struct asked a = {.change = {.text = ""}};
    assert_int_equal(office_ask(&a, planner_put_rules), 0);
    assert_int_equal(plan_row(planner_plan(office.planner), "s1", "math")->n_classes, 1);
    same_as_fresh();
}

/* ---- trouble ---- */

static void too_many_changes_wait_for_nobody(void **state)
{
    (void)state;
    enum { MANY = 65 };
    static struct asked all[MANY];
    memset(all, 0, sizeof(all));
    for (int i = 0; i < MANY; i++) {
        all[i].change = (struct planner_change){.actor = "p-1", .override = "", .text = ""};
        all[i].change.done = office_on_done;
        assert_int_equal(planner_put_rules(office.planner, &all[i].change),
                         i < MANY - 1 ? 0 : -EAGAIN);
    }
    office_restart(); /* what was begun is told */
    for (int i = 0; i < MANY - 1; i++)
        assert_true(all[i].times == 1 && all[i].err == 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, office_setup, office_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_row_is_kept_and_shown_when_it_is_published),
        TEST(a_row_that_clashes_is_refused_whatever_is_said),
        TEST(a_reason_stays_with_its_row_and_the_log_has_its_hash),
        TEST(a_class_has_its_minutes_and_its_breaks),
        TEST(a_lesson_is_announced_in_time),
        TEST(what_is_not_there_can_not_be_planned),
        TEST(a_list_is_taken_as_a_whole_or_not_at_all),
        TEST(rows_of_a_list_are_judged_together),
        TEST(a_list_is_read_and_put),
        TEST(a_snow_day_brings_the_classroom_online),
        TEST(who_closes_a_school_is_told_what_is_too_much),
        TEST(a_year_tells_what_it_makes_clash),
        TEST(rules_are_changed_when_they_can_be_read),
        TEST(today_has_a_live_lesson_with_keys_that_last),
        TEST(a_days_lessons_come_some_at_a_time_and_the_next_ones_first),
        TEST(the_loop_turns_while_they_come),
        TEST(tomorrow_has_others),
        TEST(midnight_comes_by_itself),
        TEST(who_is_in_a_lesson_is_told_of_changes),
        TEST(a_change_of_one_school_leaves_the_others_as_they_are),
        TEST(rows_lose_the_class_that_goes),
        TEST(too_many_changes_wait_for_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
