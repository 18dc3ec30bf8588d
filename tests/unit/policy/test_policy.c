#include "tests/unit/unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "server/base/utf8.h"
#include "server/config/ini.h"
#include "server/policy/policy.h"
#include "server/policy/wrong.h"

static struct policy built_in(void)
{
    struct policy p;
    struct policy_fault fault;
    assert_int_equal(policy_parse(&p, policy_text(), strlen(policy_text()), &fault), 0);
    policy_built_in(&p);
    return p;
}

static struct policy policy_of(const char *text)
{
    struct policy p;
    struct policy_fault fault;
    assert_int_equal(policy_parse(&p, text, strlen(text), &fault), 0);
    return p;
}

static struct policy_limits limits_of(const struct policy *p, unsigned grade, enum policy_kind kind)
{
    struct policy_limits l;
    policy_limits_of(p, "s1", grade, kind, &l);
    return l;
}

/* A lesson of 40 minutes at 9:00, a day ahead, the first of the day. */
static struct policy_lesson a_lesson(void)
{
    return (struct policy_lesson){.start_min = 9 * 60,
                                  .length_min = 40,
                                  .break_before_min = POLICY_NO_LIMIT,
                                  .lead_min = 24 * 60};
}

static void assert_answer(const struct policy_limits *l, const struct policy_lesson *lesson,
                          enum policy_verdict verdict, const char *reason)
{
    struct policy_answer a = policy_decide(l, lesson);
    assert_string_equal(policy_reason_name(a.reason), reason);
    assert_int_equal(a.verdict, verdict);
}

/* ---- the built-in rules ---- */

static void an_ordinary_lesson_is_allowed(void **state)
{
    (void)state;
    struct policy p = built_in();
    struct policy_lesson lesson = a_lesson();
    for (unsigned grade = 1; grade <= POLICY_GRADES; grade++) {
        struct policy_limits l = limits_of(&p, grade, POLICY_LECTURE);
        assert_answer(&l, &lesson, POLICY_ALLOW, "fine");
    }
}

static void group_teaching_has_its_hours_a_day_by_grade(void **state)
{
    (void)state;
    static const uint32_t minutes[] = {60, 60, 120, 120, 120, 120, 240, 240, 240, 240, 240, 240};
    struct policy p = built_in();
    for (unsigned grade = 1; grade <= POLICY_GRADES; grade++)
        assert_int_equal(limits_of(&p, grade, POLICY_LECTURE).group_minutes, minutes[grade - 1]);
    assert_true(limits_of(&p, 0, POLICY_LECTURE).group_minutes == POLICY_NO_LIMIT);
}

static void the_evening_is_free_unless_a_district_says_otherwise(void **state)
{
    (void)state;
    struct policy strict = built_in();
    struct policy_limits l = limits_of(&strict, 8, POLICY_QA);
    struct policy_lesson evening = a_lesson();
    evening.start_min = 20 * 60;
    assert_answer(&l, &evening, POLICY_NEEDS_OVERRIDE, "outside_hours");

    struct policy lenient =
        policy_of("[rule day]\nhours = 08:00-11:30\n"
                  "[rule questions]\nkinds = qa\nhours = 15:40-17:00 20:00-21:30\n");
    l = limits_of(&lenient, 8, POLICY_QA);
    assert_answer(&l, &evening, POLICY_ALLOW, "fine");
    l = limits_of(&lenient, 8, POLICY_LECTURE);
    assert_answer(&l, &evening, POLICY_REFUSE, "outside_hours");
}

/* ---- one limit each ---- */

static void a_lesson_lies_within_the_hours_with_all_of_it(void **state)
{
    (void)state;
    struct policy p = policy_of("[rule a]\nhours = 08:00-11:30 14:00-24:00\n");
    struct policy_limits l = limits_of(&p, 3, POLICY_LECTURE);
    struct policy_lesson lesson = a_lesson();
    lesson.start_min = 8 * 60;
    lesson.length_min = 210;
    assert_answer(&l, &lesson, POLICY_ALLOW, "fine");
    lesson.length_min = 211;
    assert_answer(&l, &lesson, POLICY_REFUSE, "outside_hours");
    lesson = a_lesson();
    lesson.start_min = 8 * 60 - 1;
    assert_answer(&l, &lesson, POLICY_REFUSE, "outside_hours");
    lesson.start_min = 24 * 60 - 40;
    assert_answer(&l, &lesson, POLICY_ALLOW, "fine");
    lesson.start_min = 24 * 60 - 39;
    assert_answer(&l, &lesson, POLICY_REFUSE, "outside_hours");
    lesson.start_min = UINT32_MAX;
    assert_answer(&l, &lesson, POLICY_REFUSE, "outside_hours");
    p = policy_of("[rule a]\nhours = none\n");
    l = limits_of(&p, 3, POLICY_LECTURE);
    lesson = a_lesson();
    assert_answer(&l, &lesson, POLICY_REFUSE, "outside_hours");
}

static void length_break_and_lead_have_their_limits(void **state)
{
    (void)state;
    struct policy p =
        policy_of("[rule a]\nlesson-minutes = 40\nbreak-minutes = 10\nlead-hours = 24\n");
    struct policy_limits l = limits_of(&p, 3, POLICY_LECTURE);
    struct policy_lesson lesson = a_lesson();
    assert_answer(&l, &lesson, POLICY_ALLOW, "fine");
    lesson.length_min = 41;
    assert_answer(&l, &lesson, POLICY_REFUSE, "lesson_too_long");
    lesson = a_lesson();
    lesson.break_before_min = 10;
    assert_answer(&l, &lesson, POLICY_ALLOW, "fine");
    lesson.break_before_min = 9;
    assert_answer(&l, &lesson, POLICY_REFUSE, "break_too_short");
    lesson = a_lesson();
    lesson.lead_min = 24 * 60 - 1;
    assert_answer(&l, &lesson, POLICY_REFUSE, "published_late");
}

static void minutes_warn_at_nine_tenths_and_refuse_beyond_all(void **state)
{
    (void)state;
    struct policy p = policy_of("[rule a]\ngroup-minutes = 100\nvoice-minutes = 50\n");
    struct policy_limits l = limits_of(&p, 3, POLICY_LECTURE);
    struct policy_lesson lesson = a_lesson();
    lesson.planned_group_min = 49;
    assert_answer(&l, &lesson, POLICY_ALLOW, "fine");
    lesson.planned_group_min = 50;
    assert_answer(&l, &lesson, POLICY_WARN, "minutes_near");
    lesson.planned_group_min = 60;
    assert_answer(&l, &lesson, POLICY_WARN, "minutes_near");
    lesson.planned_group_min = 61;
    assert_answer(&l, &lesson, POLICY_REFUSE, "minutes_over");
    lesson.planned_group_min = UINT32_MAX;
    assert_answer(&l, &lesson, POLICY_REFUSE, "minutes_over");
}

static void voice_alone_is_counted_apart(void **state)
{
    (void)state;
    struct policy p = policy_of("[rule a]\ngroup-minutes = 100\nvoice-minutes = 50\n");
    struct policy_limits l = limits_of(&p, 3, POLICY_LECTURE);
    struct policy_lesson lesson = a_lesson();
    lesson.is_voice_only = true;
    lesson.planned_group_min = 100;
    assert_answer(&l, &lesson, POLICY_ALLOW, "fine");
    lesson.planned_voice_min = 5;
    assert_answer(&l, &lesson, POLICY_WARN, "voice_near");
    lesson.planned_voice_min = 11;
    assert_answer(&l, &lesson, POLICY_REFUSE, "voice_over");
}

static void what_is_not_counted_has_no_minutes(void **state)
{
    (void)state;
    struct policy p =
        policy_of("[rule a]\ngroup-minutes = 10\n[rule q]\nkinds = qa\ncounted = no\n");
    struct policy_limits l = limits_of(&p, 3, POLICY_QA);
    struct policy_lesson lesson = a_lesson();
    struct policy_day day = {.group_s = 10000};
    assert_answer(&l, &lesson, POLICY_ALLOW, "fine");
    assert_int_equal(policy_watch(&l, &day).verdict, POLICY_ALLOW);
}

static void an_officer_may_override_where_the_rules_say_so(void **state)
{
    (void)state;
    struct policy p =
        policy_of("[rule a]\nlesson-minutes = 30\ngroup-minutes = 20\noverride = yes\n");
    struct policy_limits l = limits_of(&p, 3, POLICY_LECTURE);
    struct policy_lesson lesson = a_lesson();
    struct policy_answer a = policy_decide(&l, &lesson);
    assert_int_equal(a.verdict, POLICY_NEEDS_OVERRIDE);
    assert_int_equal(a.reasons, 1u << POLICY_LESSON_TOO_LONG | 1u << POLICY_MINUTES_OVER);
}

/* ---- whom a rule is about ---- */

static void later_rules_change_what_they_speak_of_alone(void **state)
{
    (void)state;
    struct policy p = policy_of("[rule all]\ngroup-minutes = 100\nlesson-minutes = 45\n"
                                "[rule s1]\nschool = s1\nlesson-minutes = 30\n"
                                "[rule small]\ngrades = 1-2 4\ngroup-minutes = 50\n");
    struct policy_limits l;
    policy_limits_of(&p, "s1", 4, POLICY_LECTURE, &l);
    assert_int_equal(l.lesson_minutes, 30);
    assert_int_equal(l.group_minutes, 50);
    policy_limits_of(&p, "s2", 3, POLICY_LECTURE, &l);
    assert_int_equal(l.lesson_minutes, 45);
    assert_int_equal(l.group_minutes, 100);
    policy_limits_of(&p, "s2", 200, POLICY_LECTURE, &l);
    assert_int_equal(l.group_minutes, 100);
}

static void without_rules_all_is_free(void **state)
{
    (void)state;
    struct policy p = policy_of("# nothing\n");
    struct policy_limits l = limits_of(&p, 1, POLICY_LECTURE);
    struct policy_lesson lesson = a_lesson();
    lesson.start_min = 0;
    lesson.length_min = 24 * 60;
    lesson.lead_min = 0;
    assert_answer(&l, &lesson, POLICY_ALLOW, "fine");
    assert_true(l.retention_days == POLICY_NO_LIMIT);
    assert_int_equal(l.chat, POLICY_CHAT_TUTOR);
}

/* ---- a pupil's day ---- */

static void a_minute_counts_once_however_it_was_seen(void **state)
{
    (void)state;
    struct policy_day day = {0};
    policy_count(&day, 20000, 100, 200, false); /* live */
    policy_count(&day, 20000, 150, 250, false); /* on TV beside it */
    policy_count(&day, 20000, 120, 180, false); /* within */
    policy_count(&day, 20000, 300, 400, true);  /* voice alone */
    policy_count(&day, 20000, 500, 450, false); /* nonsense */
    assert_int_equal(day.group_s, 150);
    assert_int_equal(day.voice_s, 100);
}

static void a_new_day_begins_at_nothing_and_ends_at_midnight(void **state)
{
    (void)state;
    struct policy_day day = {0};
    policy_count(&day, 20000, 86000, 90000, false);
    assert_int_equal(day.group_s, 400);
    policy_count(&day, 20001, 0, 60, false);
    assert_int_equal(day.group_s, 60);
}

static void a_pupil_is_warned_at_nine_tenths(void **state)
{
    (void)state;
    struct policy p =
        policy_of("[rule a]\ngroup-minutes = 100\nvoice-minutes = none\noverride = yes\n");
    struct policy_limits l = limits_of(&p, 3, POLICY_LECTURE);
    struct policy_day day = {.group_s = 90 * 60 - 1, .voice_s = 80000};
    assert_int_equal(policy_watch(&l, &day).verdict, POLICY_ALLOW);
    day.group_s++;
    assert_int_equal(policy_watch(&l, &day).verdict, POLICY_WARN);
    day.group_s = 100 * 60;
    assert_int_equal(policy_watch(&l, &day).verdict, POLICY_WARN);
    day.group_s++;
    assert_int_equal(policy_watch(&l, &day).verdict, POLICY_REFUSE);
}

/* ---- broken rules ---- */

static int refuse(const char *text, struct policy_fault *fault)
{
    struct policy p = {.n = 77};
    memset(fault, 'x', sizeof(*fault));
    int err = policy_parse(&p, text, strlen(text), fault);
    assert_int_equal(p.n, 77);
    assert_true(utf8_is_valid(fault->zh, strlen(fault->zh)));
    assert_true(utf8_is_valid(fault->en, strlen(fault->en)));
    return err;
}

/* clang-format off */
static const struct {
    const char *text;
    const char *said;
} broken[] = {
    {"hours = 08:00-09:00\n", "1: 'hours' stands before the first [rule NAME]"},
    {"[rule a]\nhour = none\n", "2: unknown key 'hour'; did you mean 'hours'?"},
    {"[policy a]\n", "1: unknown section [policy]; there are [rule NAME]"},
    {"[rule a b]\n", "1: [rule a b]: a name of letters, digits, '-' and '_' is needed"},
    {"[rule a]\nhours = 8-9\n", "2: hours: '8-9' is no span such as 08:00-11:30"},
    {"[rule a]\nhours = 09:00-08:00\n", "2: hours: '09:00-08:00' is no span such as 08:00-11:30"},
    {"[rule a]\nhours = 08:00-24:01\n", "2: hours: '08:00-24:01' is no span such as 08:00-11:30"},
    {"[rule a]\nhours = 08:00-10:00 09:00-11:00\n", "2: hours: '09:00-11:00' begins before the span in front of it ends"},
    {"[rule a]\nhours =\n", "2: hours: spans, or none"},
    {"[rule a]\ngrades = 0\n", "2: grades: '0' is none of 1 to 12, nor a span such as 1-2"},
    {"[rule a]\ngrades = 5-3\n", "2: grades: '5-3' is none of 1 to 12, nor a span such as 1-2"},
    {"[rule a]\ngrades =\n", "2: grades: names none"},
    {"[rule a]\nkinds = party\n", "2: kinds: 'party' is none of lecture, seminar, qa, meeting, rehearsal"},
    {"[rule a]\ngroup-minutes = 1441\n", "2: group-minutes: '1441' is not a number from 0 to 1440, nor none"},
    {"[rule a]\nbreak-minutes = none\n", "2: break-minutes: 'none' is not a number from 0 to 1440"},
    {"[rule a]\nlead-hours = -1\n", "2: lead-hours: '-1' is not a number from 0 to 8784"},
    {"[rule a]\nat-limit = stop\n", "2: at-limit: 'stop' is neither voice nor picture"},
    {"[rule a]\nchat = loud\n", "2: chat: 'loud' is none of off, tutor, class"},
    {"[rule a]\noverride = perhaps\n", "2: override: 'perhaps' is neither yes nor no"},
    {"[rule a]\nchat = off\nchat = off\n", "3: 'chat' was already set in line 2"},
    {"[rule a]\nschool =\n", "2: school: a code of 1 to 63 bytes"},
    {"[rule a]\nhours = 1:00-1:01 2:00-2:01 3:00-3:01 4:00-4:01 5:00-5:01 6:00-6:01 7:00-7:01\n", "2: hours: more than 6 spans"},
    {"[rule a]\nkinds =\n", "2: kinds: names none"},
    {"[rule a]\nweather = fine\n", "2: unknown key 'weather'"},
    {"\n[rule a", "2: expected ']' at the end of the line"},
};
/* clang-format on */

static void broken_rules_are_told_with_their_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        struct policy_fault fault;
        char said[POLICY_FAULT_SIZE + 16];
        assert_int_equal(refuse(broken[i].text, &fault), -EINVAL);
        snprintf(said, sizeof(said), "%u: %s", fault.line, fault.en);
        assert_string_equal(said, broken[i].said);
    }
}

static bool is_broken_so(const char *code)
{
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        struct policy_fault fault;
        refuse(broken[i].text, &fault);
        if (strcmp(fault.code, code) == 0)
            return true;
    }
    return false;
}

static void whatever_is_wrong_is_told_and_in_both_languages(void **state)
{
    (void)state;
    for (int i = 0; i < POLICY_WRONGS; i++) {
        if (i != POLICY_MANY_RULES)
            assert_true(is_broken_so(policy_message((enum policy_wrong)i)->code));
    }
    struct policy_fault fault;
    assert_int_equal(refuse("[rule a]\nchat = off\nbreak-minutes = ten\n", &fault), -EINVAL);
    assert_string_equal(fault.code, "bad_number");
    assert_string_equal(fault.zh, "break-minutes：“ten”应为 0 到 1440 的数");
    assert_int_equal(refuse("[rule a]\nchat = off\nchat = off\n", &fault), -EINVAL);
    assert_string_equal(fault.zh, "“chat”在第 2 行已经写过");
    assert_int_equal(refuse("[rule a]\nchat\n", &fault), -EINVAL);
    assert_string_equal(fault.zh, "应写成“名称 = 值”");
}

static void a_long_word_is_cut_between_characters(void **state)
{
    (void)state;
    char text[INI_LINE_MAX + 16] = "[rule a]\nhours = ";
    struct policy_fault fault;
    for (int i = 0; i < 300; i++)
        strcat(text, "午");
    assert_int_equal(refuse(text, &fault), -EINVAL);
    assert_string_equal(fault.code, "bad_span");
    assert_true(strstr(fault.zh, "午”不是时间段"));
    assert_true(strstr(fault.en, "午' is no span such as 08:00-11:30"));
}

static void there_is_a_largest_number_of_rules(void **state)
{
    (void)state;
    char text[(POLICY_RULES_MAX + 1) * 9 + 1] = "";
    struct policy_fault fault;
    for (int i = 0; i < POLICY_RULES_MAX; i++)
        strcat(text, "[rule a]\n");
    assert_int_equal(policy_of(text).n, POLICY_RULES_MAX);
    strcat(text, "[rule a]\n");
    assert_int_equal(refuse(text, &fault), -EINVAL);
    assert_int_equal(fault.line, 129);
    assert_string_equal(fault.en, "more than 128 rules");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_lesson_is_allowed),
        cmocka_unit_test(group_teaching_has_its_hours_a_day_by_grade),
        cmocka_unit_test(the_evening_is_free_unless_a_district_says_otherwise),
        cmocka_unit_test(a_lesson_lies_within_the_hours_with_all_of_it),
        cmocka_unit_test(length_break_and_lead_have_their_limits),
        cmocka_unit_test(minutes_warn_at_nine_tenths_and_refuse_beyond_all),
        cmocka_unit_test(voice_alone_is_counted_apart),
        cmocka_unit_test(what_is_not_counted_has_no_minutes),
        cmocka_unit_test(an_officer_may_override_where_the_rules_say_so),
        cmocka_unit_test(later_rules_change_what_they_speak_of_alone),
        cmocka_unit_test(without_rules_all_is_free),
        cmocka_unit_test(a_minute_counts_once_however_it_was_seen),
        cmocka_unit_test(a_new_day_begins_at_nothing_and_ends_at_midnight),
        cmocka_unit_test(a_pupil_is_warned_at_nine_tenths),
        cmocka_unit_test(broken_rules_are_told_with_their_line),
        cmocka_unit_test(whatever_is_wrong_is_told_and_in_both_languages),
        cmocka_unit_test(a_long_word_is_cut_between_characters),
        cmocka_unit_test(there_is_a_largest_number_of_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
