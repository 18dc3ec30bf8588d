#include "tests/unit/planner/office.h"

#include "server/attendance/attendance.h"
#include "server/base/clock.h"
#include "server/directory/directory.h"
#include "server/store/trace.h"
#include "server/store/visit.h"

/*
 * Two pupils in the district of the office: "first" of s1/c1, whose lectures of 2 minutes a day
 * count, and "seventh" of s1/c7, who has no limit. It is Monday 2024-03-04, 8:00.
 */
static const char rules[] = "[rule all]\nhours = 00:00-24:00\n"
                            "[rule small]\ngrades = 1\ngroup-minutes = 2\n"
                            "[rule questions]\nkinds = qa\ncounted = no\n";

static struct directory *directory;
static struct attendance *attendance;
static char first[STORE_ID_MAX], seventh[STORE_ID_MAX];
static struct attendance_seat *seat;

static void keep_id(const char *code, char out[STORE_ID_MAX])
{
    const struct store_question q = {.school = "s1", .code = code};
    assert_int_equal(store_find_person(office.scene.store, &q, office_keep_id, out), 0);
    uv_run(&office.scene.loop, UV_RUN_DEFAULT);
}

static void put_pupils(void)
{
    static const char *const codes[][2] = {
        {"first",   "c1"},
        {"seventh", "c7"}
    };
    struct batch *b = scene_batch();
    for (int i = 0; i < 2; i++) {
        struct store_member m = {.role = STORE_STUDENT, .school = "s1", .klass = codes[i][1]};
        m.person = (struct store_person){.school = "s1", .code = codes[i][0], .name = "学生"};
        batch_put_person(b, &m.person);
        batch_put_role(b, &m);
    }
    assert_int_equal(scene_apply(&office.scene, b, NULL), 0);
    keep_id("first", first);
    keep_id("seventh", seventh);
}

static void put_rules(const char *text)
{
    struct asked a = {.change.text = text};
    assert_int_equal(office_ask(&a, planner_put_rules), 0);
}

static const struct timetable_class small[] = {
    {"s1", "c1"},
    {"s1", "c7"}
};

static void put_lesson(const char *code, int start_min, enum policy_kind kind)
{
    struct timetable_entry row = office_row(1, start_min);
    row.classes = small;
    row.kind = kind;
    const struct asked *a = office_put(code, row, "they are ill");
    if (a->err)
        fail_msg("%d %s", a->err, a->text);
}

static void open_attendance(void)
{
    const struct attendance_params p = {.loop = &office.scene.loop,
                                        .store = office.scene.store,
                                        .planner = office.planner,
                                        .directory = directory};
    assert_int_equal(attendance_new(&attendance, &p), 0);
}

static void on_closed(void *arg)
{
    *(bool *)arg = true;
}

static void close_attendance(void)
{
    bool is_closed = false;
    attendance_leave(&seat);
    attendance_close(attendance, on_closed, &is_closed);
    assert_false(is_closed);
    while (!is_closed)
        uv_run(&office.scene.loop, UV_RUN_DEFAULT);
}

static int setup(void **state)
{
    fake_clock_start();
    office_setup(state);
    put_pupils();
    put_lesson("m", 8 * 60, POLICY_LECTURE);
    put_lesson("q", 9 * 60, POLICY_QA);
    office_publish("they are ill");
    put_rules(rules);
    office_set_clock("2024-03-04", 8, 0);
    assert_int_equal(directory_open(&directory, office.scene.store), 0);
    open_attendance();
    return 0;
}

static int teardown(void **state)
{
    close_attendance();
    office_close();
    scene_close(&office.scene);
    directory_free(&directory);
    scene_end(&office.scene);
    fake_clock_stop();
    (void)state;
    return 0;
}

static void on_turn(uv_timer_t *timer)
{
    uv_close((uv_handle_t *)timer, NULL);
}

/* The loop goes round: its other timers alone would not keep it going. */
static void turns(void)
{
    uv_timer_t timer;
    uv_timer_init(&office.scene.loop, &timer);
    uv_timer_start(&timer, on_turn, 5, 0);
    uv_run(&office.scene.loop, UV_RUN_DEFAULT);
}

/* The live lesson that the row makes today. */
static const char *lesson_of(const char *code)
{
    static char id[STORE_ID_MAX];
    struct timetable_lesson *l;
    size_t n;
    const struct timetable_days days = {day_of("2024-03-04"), day_of("2024-03-04")};
    const struct timetable_filter all = {.school = NULL};
    id[0] = '\0';
    assert_int_equal(plan_lessons(planner_plan(office.planner), &days, &all, false, &l, &n), 0);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(plan_row_of(planner_plan(office.planner), l[i].entry)->code, code) == 0)
            assert_true(planner_lesson_id(office.planner, &l[i], id));
    }
    free(l);
    assert_string_not_equal(id, "");
    return id;
}

static void joins(const char *person, const char *code)
{
    attendance_leave(&seat);
    assert_int_equal(attendance_join(attendance, person, lesson_of(code), &seat), 0);
    attendance_see(seat, clock_ms(), ATTENDANCE_NOTHING);
}

/* So much time passes for this machine, and so much by the wall clock. */
static void passes(uint32_t ms, int64_t wall_ms, enum attendance_sight sight)
{
    fake_clock_advance(ms);
    office_now_ms += wall_ms;
    attendance_see(seat, clock_ms(), sight);
}

static void watches(uint32_t s, enum attendance_sight sight)
{
    for (uint32_t i = 0; i < 4 * s; i++)
        passes(250, 250, sight);
}

static struct attendance_day day_of_seat(void)
{
    struct attendance_day d;
    attendance_seat_day(seat, &d);
    return d;
}

static void has_had(const char *person, uint32_t group_min, uint32_t voice_min)
{
    struct attendance_day d;
    attendance_day_of(attendance, person, &d);
    assert_int_equal(d.group_min, group_min);
    assert_int_equal(d.voice_min, voice_min);
}

static void on_roll(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_roll *r = &answer->roll[i];
        for (size_t k = 0; k < r->n_visits; k++) {
            const struct store_visit *v = &r->visits[k];
            answered_say(arg, "%s %s %u-%u %u+%u;", r->person.code, v->title, v->first_s, v->last_s,
                         v->group_s, v->voice_s);
        }
    }
}

static const char *roll(const char *date, const char *klass)
{
    char day[16];
    snprintf(day, sizeof(day), "%d", day_of(date));
    const struct store_question q = {.school = "s1", .klass = klass, .code = day};
    return scene_ask(&office.scene, store_list_roll, &q, on_roll)->text;
}

/* -- what counts ------------------------------------------------------------------------------- */

static void what_was_shown_counts(void **state)
{
    (void)state;
    joins(seventh, "m");
    watches(61, ATTENDANCE_PICTURE);
    watches(122, ATTENDANCE_VOICE);
    has_had(seventh, 1, 2);
    watches(600, ATTENDANCE_NOTHING);
    has_had(seventh, 1, 2);
    has_had(first, 0, 0);
    close_attendance();
    assert_string_equal(roll("2024-03-04", "c7"), "seventh 数学 28801-28983 62+120;");
    open_attendance();
}

static void lessons_that_do_not_count_are_in_the_roll_alone(void **state)
{
    (void)state;
    joins(first, "q");
    watches(301, ATTENDANCE_PICTURE);
    has_had(first, 0, 0);
    assert_int_equal(day_of_seat().level, ATTENDANCE_FREE);
    close_attendance();
    assert_string_equal(roll("2024-03-04", "c1"), "first 数学 28801-29101 300+0;");
    open_attendance();
}

static void a_clock_that_is_set_counts_for_nothing(void **state)
{
    (void)state;
    joins(seventh, "m");
    watches(31, ATTENDANCE_PICTURE);
    passes(1000, 3600 * 1000, ATTENDANCE_PICTURE);
    watches(30, ATTENDANCE_PICTURE);
    has_had(seventh, 1, 0);
    passes(1000, -1800 * 1000, ATTENDANCE_PICTURE);
    watches(600, ATTENDANCE_PICTURE); /* of half an hour that is said to be over already */
    has_had(seventh, 1, 0);
}

static void a_lesson_over_midnight_is_of_two_days(void **state)
{
    (void)state;
    joins(seventh, "m");
    office_set_clock("2024-03-04", 23, 59);
    watches(121, ATTENDANCE_PICTURE);
    has_had(seventh, 1, 0);
    close_attendance();
    assert_string_equal(roll("2024-03-04", "c7"), "seventh 数学 86341-86400 59+0;");
    assert_string_equal(roll("2024-03-05", "c7"), "seventh 数学 0-61 61+0;");
    open_attendance();
}

static void who_is_in_no_lesson_of_the_timetable_is_not_counted(void **state)
{
    (void)state;
    assert_int_equal(attendance_join(attendance, first, "demo", &seat), -ENOENT);
    assert_null(seat);
}

/* -- limits ------------------------------------------------------------------------------------ */

static void near_the_limit_is_told_and_at_the_limit_the_picture_ends(void **state)
{
    (void)state;
    joins(first, "m");
    watches(108, ATTENDANCE_PICTURE);
    assert_int_equal(day_of_seat().level, ATTENDANCE_FREE);
    watches(1, ATTENDANCE_PICTURE);
    assert_int_equal(day_of_seat().level, ATTENDANCE_NEAR);
    assert_int_equal(day_of_seat().limit_min, 2);
    watches(12, ATTENDANCE_PICTURE);
    assert_false(day_of_seat().is_voice_only);
    watches(1, ATTENDANCE_PICTURE);
    assert_int_equal(day_of_seat().level, ATTENDANCE_USED);
    assert_true(day_of_seat().is_voice_only);
    watches(600, ATTENDANCE_VOICE);
    assert_int_equal(day_of_seat().group_min, 2);
    assert_int_equal(day_of_seat().voice_min, 9); /* but for two seconds after the picture */
    joins(first, "q");
    assert_false(day_of_seat().is_voice_only);
}

static void rules_that_have_changed_hold_a_minute_later(void **state)
{
    (void)state;
    joins(first, "m");
    watches(130, ATTENDANCE_PICTURE);
    assert_true(day_of_seat().is_voice_only);
    put_rules("[rule small]\ngrades = 1\ngroup-minutes = 2\nat-limit = picture\n");
    watches(61, ATTENDANCE_VOICE);
    assert_int_equal(day_of_seat().level, ATTENDANCE_USED);
    assert_false(day_of_seat().is_voice_only);
    put_rules("[rule small]\ngrades = 7\ngroup-minutes = 2\n");
    watches(61, ATTENDANCE_VOICE);
    assert_int_equal(day_of_seat().level, ATTENDANCE_FREE);
    assert_true(day_of_seat().limit_min == POLICY_NO_LIMIT);
}

/* -- the disk ---------------------------------------------------------------------------------- */

static void a_restart_goes_on_with_the_day(void **state)
{
    (void)state;
    joins(first, "m");
    watches(121, ATTENDANCE_PICTURE);
    close_attendance();
    office_restart();
    open_attendance();
    joins(first, "m");
    watches(61, ATTENDANCE_VOICE);
    close_attendance(); /* which reads, and then writes */
    open_attendance();
    joins(first, "m");
    while (day_of_seat().group_min == 0)
        turns();
    has_had(first, 2, 1);
    assert_string_equal(roll("2024-03-04", "c1"), "first 数学 28801-28982 120+60;");
}

static void of_who_is_erased_meanwhile_nothing_is_kept(void **state)
{
    (void)state;
    joins(first, "m");
    watches(61, ATTENDANCE_PICTURE);
    struct batch *b = scene_batch();
    batch_erase_person(b, "console", "s1", "first");
    assert_int_equal(scene_apply(&office.scene, b, NULL), 0);
    watches(61, ATTENDANCE_PICTURE);
    close_attendance();
    assert_string_equal(roll("2024-03-04", "c1"), "");
    open_attendance();
}

#define COUNTED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COUNTED(what_was_shown_counts),
        COUNTED(lessons_that_do_not_count_are_in_the_roll_alone),
        COUNTED(a_clock_that_is_set_counts_for_nothing),
        COUNTED(a_lesson_over_midnight_is_of_two_days),
        COUNTED(who_is_in_no_lesson_of_the_timetable_is_not_counted),
        COUNTED(near_the_limit_is_told_and_at_the_limit_the_picture_ends),
        COUNTED(rules_that_have_changed_hold_a_minute_later),
        COUNTED(a_restart_goes_on_with_the_day),
        COUNTED(of_who_is_erased_meanwhile_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
