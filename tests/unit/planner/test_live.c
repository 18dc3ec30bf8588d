#include "tests/unit/planner/office.h"

#include <errno.h>

#include "server/planner/planned.h"

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
    assert_true(planner_is_lecturer(office.planner, before.id, office.teacher[0]));
    assert_false(planner_is_lecturer(office.planner, before.id, office.teacher[1]));
    assert_null(planner_lesson(office.planner, "nonsense"));
    assert_int_equal(lessons_remove(office.lessons, before.id, NULL, NULL), -EPERM);
}

static struct lesson math_by(const char *lecturer, const char *title)
{
    struct timetable_entry row = office_row(1, EIGHT);
    row.lecturer = lecturer;
    row.title = title;
    office.rekeyed[0] = '\0';
    assert_int_equal(office_put("math", row, "sorry")->err, 0);
    return *lessons_find(office.lessons, only_lesson());
}

/* For an encoder, which nobody can ask who it is. */
static void the_stream_key_is_the_lecturers_and_goes_with_them(void **state)
{
    (void)state;
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    office_publish("sorry");
    struct lesson first = *lessons_find(office.lessons, only_lesson());
    struct lesson same = math_by(office.teacher[0], "几何");
    assert_string_equal(same.stream_key, first.stream_key);
    assert_string_equal(same.title, "几何");
    assert_string_equal(office.rekeyed, "");
    struct lesson other = math_by(office.teacher[1], "几何");
    assert_string_not_equal(other.stream_key, first.stream_key);
    assert_string_equal(other.watch_key, first.watch_key);
    assert_string_equal(office.rekeyed, first.id);
    assert_null(lessons_find_by_stream_key(office.lessons, first.stream_key));
    assert_non_null(lessons_find_by_stream_key(office.lessons, other.stream_key));
    struct lesson nobody = math_by("", "几何");
    assert_string_not_equal(nobody.stream_key, other.stream_key);
    assert_int_equal(strlen(nobody.stream_key), strlen(other.stream_key));
    struct lesson again = math_by(office.teacher[0], "几何");
    assert_string_equal(again.stream_key, first.stream_key);
    assert_string_equal(office.gone, "");
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
    struct asked a = office_closing("2024-03-04", "2024-03-04");
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
    struct asked a = office_closing("2024-03-04", "2024-03-04");
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

/* Monday has one lesson and Tuesday another; `wait` is what brings midnight to the planner. */
static void at_midnight(void (*wait)(void))
{
    char id[LESSON_ID_MAX];
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    assert_int_equal(office_put("art", office_row(2, EIGHT), "")->err, 0);
    office_publish("sorry");
    snprintf(id, sizeof(id), "%s", only_lesson());
    office_set_clock("2024-03-05", 0, 1);
    wait();
    assert_string_equal(office.gone, id);
    assert_true(strstr(only_lesson(), "-20240305"));
}

static void refresh(void)
{
    planner_refresh(office.planner, false);
    struct asked a = {.change = {.text = ""}};
    assert_int_equal(office_ask(&a, planner_put_rules), 0); /* behind the refresh or with it */
}

static void tomorrow_has_others(void **state)
{
    (void)state;
    at_midnight(refresh);
}

/* What somebody is who no longer teaches. */
static void who_is_no_teacher_any_more_teaches_nothing(void **state)
{
    (void)state;
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    office_publish("sorry");
    struct lesson before = *lessons_find(office.lessons, only_lesson());
    struct store_member m = {.role = STORE_LECTURER, .school = "s1"};
    m.person = (struct store_person){.school = "s1", .code = "t1"};
    struct batch *b = scene_batch();
    batch_drop_role(b, &m);
    assert_int_equal(scene_apply(&office.scene, b, NULL), 0);
    refresh();
    assert_false(planner_is_lecturer(office.planner, before.id, office.teacher[0]));
    assert_string_equal(office.rekeyed, before.id);
    assert_null(lessons_find_by_stream_key(office.lessons, before.stream_key));
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

static void let_it_look(void)
{
    static uv_timer_t timer;
    uv_walk(&office.scene.loop, look_now, NULL);
    uv_timer_init(&office.scene.loop, &timer); /* the clock alone would not keep the loop going */
    uv_timer_start(&timer, on_turn, 5, 0);
    uv_run(&office.scene.loop, UV_RUN_DEFAULT);
}

/* A day begins when nothing was asked since a row was changed. */
static void midnight_comes_by_itself(void **state)
{
    (void)state;
    at_midnight(let_it_look);
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
    struct asked city = {
        .change = {.school = "", .code = "city", .entry = office_row(4, EIGHT)}
    };
    assert_int_equal(office_ask(&city, planner_put_row), 0);
    office.changed[0] = '\0';
    city.change = (struct planner_change){.school = "", .override = "sorry"};
    assert_int_equal(office_ask(&city, planner_publish), 0);
    assert_string_equal(office.changed, id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(today_has_a_live_lesson_with_keys_that_last),
        TEST(the_stream_key_is_the_lecturers_and_goes_with_them),
        TEST(who_is_no_teacher_any_more_teaches_nothing),
        TEST(a_days_lessons_come_some_at_a_time_and_the_next_ones_first),
        TEST(the_loop_turns_while_they_come),
        TEST(tomorrow_has_others),
        TEST(midnight_comes_by_itself),
        TEST(who_is_in_a_lesson_is_told_of_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
