#include "tests/unit/planner/office.h"

#include <errno.h>

#include <sodium.h>

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
    assert_string_equal(a->change.field, "lecturer");
    row = office_row(1, EIGHT);
    row.classes = nowhere;
    row.n_classes = 1;
    a = office_put("a", row, "");
    assert_int_equal(a->err, -EINVAL);
    assert_string_equal(a->change.field, "classes");
    row = office_row(8, EIGHT);
    a = office_put("a", row, "");
    assert_string_equal(a->change.field, "weekday");
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

static void a_list_is_judged_beside_the_rows_that_are_there(void **state)
{
    (void)state;
    struct timetable_entry row = office_row(1, EIGHT + 20);
    struct asked a = {
        .change = {.school = "s1", .rows = &row, .n_rows = 1}
    };
    assert_int_equal(office_put("math", office_row(1, EIGHT), "")->err, 0);
    row.id = "late";
    row.classes = office_c1;
    row.n_classes = 1;
    assert_int_equal(office_ask(&a, planner_put_rows), -EACCES);
    assert_true(strstr(a.text, "!teacher s1/math 2024-02-26;"));
    row = office_row(1, EIGHT + 20);
    row.id = "late";
    row.lecturer = office.teacher[1];
    assert_int_equal(office_ask(&a, planner_put_rows), -EACCES);
    assert_true(strstr(a.text, "!class s1/math 2024-02-26;"));
    row.id = "math"; /* in its own place it may be moved */
    assert_int_equal(office_ask(&a, planner_put_rows), 0);
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
    struct asked a = office_closing("2024-03-04", "2024-03-05");
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
    struct asked a = office_closing("2024-03-04", "2024-03-04");
    assert_int_equal(office_ask(&a, planner_close_school), 0);
    assert_string_equal(a.text, "minutes_over s1/c1 2024-03-04;");
}

static void who_closes_a_school_is_told_what_nobody_can_start(void **state)
{
    (void)state;
    struct timetable_entry row = office_row(1, EIGHT);
    row.place = TIMETABLE_AT_SCHOOL;
    row.lecturer = office.teacher[0];
    assert_int_equal(office_put("with-account", row, "")->err, 0);
    row.start_min += 60;
    row.lecturer = office.teacher[1];
    assert_int_equal(office_put("without", row, "")->err, 0);
    row.start_min += 60;
    row.lecturer = "";
    assert_int_equal(office_put("nobodys", row, "")->err, 0);
    row.place = TIMETABLE_ELSEWHERE;
    row.link = "https://tv.example/";
    row.start_min += 60;
    assert_int_equal(office_put("tv", row, "")->err, 0);
    office_publish("a channel that is late");
    struct asked a = office_closing("2024-03-04", "2024-03-11");
    assert_int_equal(office_ask(&a, planner_close_school), 0);
    assert_string_equal(a.text, "nobody s1/without 2024-03-04;nobody s1/nobodys 2024-03-04;");
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
    assert_string_equal(a.change.field, "first_monday");
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
    assert_string_equal(a.change.fault.code, "misspelt_key");
    assert_int_equal(a.change.fault.line, 2);
    a.change.text = "";
    assert_int_equal(office_ask(&a, planner_put_rules), 0);
    assert_int_equal(office_put("early", office_row(1, EIGHT), "")->err, 0);
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
        TEST(a_list_is_judged_beside_the_rows_that_are_there),
        TEST(a_list_is_read_and_put),
        TEST(a_snow_day_brings_the_classroom_online),
        TEST(who_closes_a_school_is_told_what_is_too_much),
        TEST(who_closes_a_school_is_told_what_nobody_can_start),
        TEST(a_year_tells_what_it_makes_clash),
        TEST(rules_are_changed_when_they_can_be_read),
        TEST(a_change_of_one_school_leaves_the_others_as_they_are),
        TEST(rows_lose_the_class_that_goes),
        TEST(too_many_changes_wait_for_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
