#include "server/api/handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/own.h"
#include "server/api/place.h"
#include "server/api/plan_json.h"
#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/attendance/attendance.h"
#include "server/lesson/lesson.h"

/* ---- the list ---- */

/* Whose day it is: their own, or a ward's (?school=&ward=). False: answered. */
static bool read_whose(struct http_request *req, const struct api_app *app, struct own *out)
{
    const char *school = http_query(req, "school"), *ward = http_query(req, "ward");
    if (!ward || !*ward) {
        *out = own_of_caller(app, req);
        return true;
    }
    const struct directory_person *about =
        directory_find_code(app->directory, school ? school : "", ward);
    if (!about || !place_may(app, req, PERMIT_READ_PERSON, about->school, "", about)) {
        http_fail(req, 403, "forbidden", "This is nobody of yours.");
        return false;
    }
    *out = own_of_person(about);
    out->lecturer = NULL;
    out->pupil = about->id;
    return true;
}

/* Of today, if that is the day: the others are in the roll. */
static json_t *minutes_json(const struct api_app *app, const char *pupil, int32_t date)
{
    struct attendance_day d;
    int32_t today = plan_date(planner_plan(app->planner), planner_now_ms(app->planner));
    if (!app->attendance || !pupil || date != today)
        return json_null();
    attendance_day_of(app->attendance, pupil, &d);
    bool has_limit = d.limit_min != POLICY_NO_LIMIT;
    uint32_t percent = has_limit && d.limit_min > 0 ? d.group_min * 100 / d.limit_min : 100;
    return json_pack("{s:i, s:i, s:o, s:o}", "group", (int)d.group_min, "voice", (int)d.voice_min,
                     "limit", has_limit ? json_integer(d.limit_min) : json_null(), "percent",
                     has_limit ? json_integer(percent) : json_null());
}

/* What a lesson costs a pupil who saves data, in MB: 4.78 for 40 minutes with pages, voice and pen
 * (docs/measurements.md). */
static json_t *mb_json(const struct timetable_lesson *l)
{
    double mb = (double)l->entry->length_min * 4.78 / 40;
    return l->is_online ? json_integer(mb < 1 ? 1 : (json_int_t)(mb + 0.5)) : json_null();
}

/* The day of which it is asked, what is on, and what the pupil has had. */
static json_t *day_json(const struct api_app *app, const struct timetable_days *days,
                        const struct timetable_lesson *lessons, size_t n, const struct own *own)
{
    const struct plan_whose whose = own_whose(own);
    char date[DATE_TEXT_SIZE];
    date_print(date, days->from);
    json_t *o = items_json(app, lessons, n, &whose);
    if (!o)
        return NULL;
    for (size_t i = 0; i < n; i++)
        json_object_set_new(json_array_get(json_object_get(o, "items"), i), "mb_estimate",
                            mb_json(&lessons[i]));
    json_object_set_new(o, "date", json_string(date));
    json_object_set_new(o, "minutes", minutes_json(app, own->pupil, days->from));
    return o;
}

void api_list_my_lessons(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    struct timetable_days days;
    struct timetable_lesson *lessons = NULL;
    struct own own;
    size_t n;
    if (!timetable_days_query(req, app, &days) || !read_whose(req, app, &own))
        return;
    const struct plan_whose mine = own_whose(&own);
    int err = plan_lessons_of(planner_plan(app->planner), &days, &mine, &lessons, &n);
    reply_json(req, 200, err ? NULL : day_json(app, &days, lessons, n, &own));
    free(lessons);
}

/* ---- going there ---- */

/* The live lesson of the path and its keys, if who asks has to do with it; else answered. */
static const struct lesson *find_own(struct http_request *req, const struct api_app *app,
                                     const struct timetable_lesson **what)
{
    const char *id = http_param(req, "id");
    const struct own own = own_of_caller(app, req);
    const struct plan_whose mine = own_whose(&own);
    const struct lesson *l = lessons_find(app->lessons, id);
    *what = planner_lesson(app->planner, id);
    if (l && *what && plan_is_of((*what)->entry, &mine))
        return l;
    http_fail(req, 404, "no_lesson", "There is no such lesson today, or it is not yours.");
    return NULL;
}

/* Without a key: what lets them in is their cookie, and the link leads nobody else. */
static void reply_watch(struct http_request *req, const struct lesson *l)
{
    char link[LESSON_ID_MAX + 16];
    snprintf(link, sizeof(link), "/watch/%s", l->id);
    reply_json(req, 200, json_pack("{s:s}", "link", link));
}

/* The same; behind the '#', since the page is one for all lessons. */
static void reply_teach(struct http_request *req, const struct lesson *l)
{
    char link[LESSON_ID_MAX + 16];
    snprintf(link, sizeof(link), "/teach#l=%s", l->id);
    reply_json(req, 200, json_pack("{s:s}", "link", link));
}

void api_get_my_lesson(struct http_request *req, void *arg)
{
    const struct timetable_lesson *what;
    const struct lesson *l = find_own(req, arg, &what);
    if (l)
        reply_watch(req, l);
}

/* The lecturer teaches; who else of the staff has to do with it looks on. */
void api_start_my_lesson(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct timetable_lesson *what;
    const struct caller *caller = http_caller(req);
    const struct lesson *l = find_own(req, app, &what);
    if (!l)
        return;
    if (caller->kind != CALLER_STAFF)
        http_fail(req, 403, "forbidden", "Only who teaches starts a lesson.");
    else if (planner_is_lecturer(app->planner, l->id, caller->person))
        reply_teach(req, l);
    else
        reply_watch(req, l);
}
