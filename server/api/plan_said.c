#include "server/api/plan_said.h"

#include <stdbool.h>
#include <string.h>

/* clang-format off */
static const struct message clashes[] = {
    [TIMETABLE_TEACHER_CLASH] = {"teacher", "教师在同一时间另有课", "the teacher has another lesson at that time"},
    [TIMETABLE_CLASS_CLASH] = {"class", "班级在同一时间另有课", "the class has another lesson at that time"},
};

static const struct message reasons[POLICY_REASONS] = {
    [POLICY_FINE] = {"nobody_starts", "没有人能开始这节课：没有主讲教师，或者主讲教师还没有账号", "nobody can start this lesson: it has no lecturer, or one without an account"},
    [POLICY_OUTSIDE_HOURS] = {"outside_hours", "不在允许的上课时间内", "outside the allowed hours"},
    [POLICY_LESSON_TOO_LONG] = {"lesson_too_long", "课时过长", "the lesson is too long"},
    [POLICY_BREAK_TOO_SHORT] = {"break_too_short", "课间休息不足", "the break is too short"},
    [POLICY_PUBLISHED_LATE] = {"published_late", "公布得太晚", "it is announced too late"},
    [POLICY_MINUTES_OVER] = {"minutes_over", "超过每天的教学时长", "more minutes than a day may have"},
    [POLICY_VOICE_OVER] = {"voice_over", "超过每天的收听时长", "more minutes of voice than a day may have"},
    [POLICY_MINUTES_NEAR] = {"minutes_near", "接近每天的教学时长", "near the minutes of a day"},
    [POLICY_VOICE_NEAR] = {"voice_near", "接近每天的收听时长", "near the voice minutes of a day"},
};

/* The first is of all others. */
static const struct message fields[] = {
    {"bad_body", "有一项填得不对。", "One of the fields is not right."},
    {"bad_entry", "这个课程编号不能用：只写字母、数字、横线、下划线，最多 63 个字节。", "This lesson’s code can’t be used: letters, digits, dash and underscore only, at most 63 bytes."},
    {"bad_title", "这个课名不能用：最多 30 个汉字（60 个字母）。", "This title can’t be used: at most 60 letters or 30 Chinese characters."},
    {"bad_lecturer", "这位老师已经不在名单里了，请另选一位。", "This teacher is not there any more. Choose another one."},
    {"bad_classes", "请选 1 到 512 个班，而且都是学校里有的班。", "Choose 1 to 512 classes, all of which the school has."},
    {"bad_kind", "没有这种课：大班课、小班课、答疑、会议或试讲。", "There is no such kind: lecture, seminar, Q&A, meeting or rehearsal."},
    {"bad_place", "上课地点应为线上、线下或外部。", "A lesson is online, at school or elsewhere."},
    {"bad_link", "这个网址不能用：要以 http:// 或 https:// 开头。外部课程必须有网址。", "This address can’t be used: it has to begin with http:// or https://. A lesson elsewhere must have one."},
    {"bad_weeks", "应为每周、单周或双周。", "It is every week, odd weeks or even weeks."},
    {"bad_weekday", "请选星期一到星期日中的一天。", "Choose a day of the week."},
    {"bad_date", "没有这一天。日期写成 2024-02-29 的样子。", "There is no such day. Write a date like 2024-02-29."},
    {"bad_start", "开始时间不对。写成 08:00 的样子，从 00:00 到 23:59。", "This is no time to begin. Write it like 08:00, from 00:00 to 23:59."},
    {"bad_length_min", "时长不对：写整分钟数，而且要在当天 24 点以前下课。", "This length can’t be: whole minutes, and the lesson ends by midnight."},
    {"bad_from", "开始日期不对：没有这一天。", "The first day can’t be so: there is no such day."},
    {"bad_to", "结束日期不对：没有这一天，早于开始，或者离得太远。", "The last day can’t be so: there is no such day, it is before the first, or too far away."},
    {"bad_dates", "日期不对：结束早于开始，或者离得太远。", "The days can’t be so: the last is before the first, or too far away."},
    {"bad_time", "上课时间不对：至少一分钟，而且要在当天 24 点以前下课。", "The time can’t be so: at least a minute, and the lesson ends by midnight."},
    {"bad_override", "特批理由太长：最多 160 个字。", "The reason is too long: at most 500 letters."},
    {"bad_first_monday", "第一周要从星期一算起：请选一个星期一。", "Week 1 begins on a Monday: choose a Monday."},
    {"bad_utc_offset_min", "时区不对：与世界时最多差 14 小时。中国是 +8 小时（480 分钟）。", "This time zone can’t be: at most 14 hours from UTC. China’s is +8 hours (480 minutes)."},
    {"bad_holidays", "放假的日子不对：每段都要有开始和结束，开始不能重复，最多 400 段。", "The holidays can’t be so: each has a first and a last day, no two begin on the same day, at most 400."},
    {"bad_swaps", "调休的日子不对：每行都要有两个日期，同一天只能调一次，最多 400 行。", "The swapped days can’t be so: two days each, no day twice, at most 400."},
    {"bad_text", "规则太长：最多 64 KB。", "The rules are too long: at most 64 KiB."},
};
/* clang-format on */

const struct message *clash_message(enum timetable_clash clash)
{
    return &clashes[clash];
}

const struct message *reason_message(enum policy_reason reason)
{
    return &reasons[reason];
}

const struct message *field_messages(size_t *n)
{
    *n = sizeof(fields) / sizeof(fields[0]);
    return fields;
}

const struct message *field_message(const char *field)
{
    static const char before[] = "bad_";
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (strcmp(fields[i].code + sizeof(before) - 1, field) == 0)
            return &fields[i];
    }
    return &fields[0];
}
