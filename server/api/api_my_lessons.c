#include "server/api/handlers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/place.h"
#include "server/api/plan_json.h"
#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/attendance/attendance.h"
#include "server/base/token.h"
#include "server/lesson/lesson.h"

/* ---- whose lessons ---- */

/* What somebody has: as a teacher, and in classes. */
struct own {
    const char *lecturer; /* NULL: teaches nothing */
    const char *pupil;    /* whose minutes are counted; NULL: nobody's */
    struct timetable_class klass[STORE_ENTRY_CLASSES_MAX];
    size_t n;
};

static void add_class(struct own *own, const char *school, const char *klass)
{
    if (*klass && own->n < STORE_ENTRY_CLASSES_MAX)
        own->klass[own->n++] = (struct timetable_class){school, klass};
}

static void add_roles(struct own *own, const struct directory_person *who)
{
    for (size_t i = 0; who && i < who->n_roles; i++) {
        const struct directory_role *r = &who->roles[i];
        bool is_in_class =
            r->role == STORE_STUDENT || r->role == STORE_TUTOR || r->role == STORE_HOMEROOM;
        if (is_in_class)
            add_class(own, r->school, r->klass);
    }
}

static struct own own_of_person(const struct directory_person *who)
{
    struct own own = {.lecturer = who ? who->id : NULL};
    add_roles(&own, who);
    return own;
}

static struct own own_of_caller(const struct api_app *app, struct http_request *req)
{
    const struct caller *caller = http_caller(req);
    struct own own = {.n = 0};
    if (caller->kind == CALLER_GUEST)
        add_class(&own, caller->school, caller->klass);
    else
        own = own_of_person(directory_find(app->directory, caller->person));
    if (caller->kind != CALLER_STAFF)
        own.lecturer = NULL;
    if (caller->kind == CALLER_PUPIL)
        own.pupil = caller->person;
    return own;
}

static struct plan_whose whose(const struct own *own)
{
    return (struct plan_whose){own->lecturer, own->klass, own->n};
}

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
                        const struct timetable_lesson *lessons, size_t n, const char *pupil)
{
    char date[DATE_TEXT_SIZE];
    date_print(date, days->from);
    json_t *o = items_json(app, lessons, n);
    if (!o)
        return NULL;
    for (size_t i = 0; i < n; i++)
        json_object_set_new(json_array_get(json_object_get(o, "items"), i), "mb_estimate",
                            mb_json(&lessons[i]));
    json_object_set_new(o, "date", json_string(date));
    json_object_set_new(o, "minutes", minutes_json(app, pupil, days->from));
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
    const struct plan_whose mine = whose(&own);
    int err = plan_lessons_of(planner_plan(app->planner), &days, &mine, &lessons, &n);
    reply_json(req, 200, err ? NULL : day_json(app, &days, lessons, n, own.pupil));
    free(lessons);
}

/* ---- going there ---- */

/* The live lesson of the path and its keys, if who asks has to do with it; else answered. */
static const struct lesson *find_own(struct http_request *req, const struct api_app *app,
                                     const struct timetable_lesson **what)
{
    const char *id = http_param(req, "id");
    const struct own own = own_of_caller(app, req);
    const struct plan_whose mine = whose(&own);
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
    const struct timetable_lesson *what;
    const struct caller *caller = http_caller(req);
    const struct lesson *l = find_own(req, arg, &what);
    if (!l)
        return;
    if (caller->kind != CALLER_STAFF)
        http_fail(req, 403, "forbidden", "Only who teaches starts a lesson.");
    else if (strcmp(what->entry->lecturer, caller->person) == 0)
        reply_teach(req, l);
    else
        reply_watch(req, l);
}

/* ---- calendars ---- */

struct feed_change {
    struct http_request *req;
    char url[512]; /* "": withdrawn */
};

static void on_feed_changed(void *arg, int err, size_t at)
{
    struct feed_change *f = arg;
    (void)at;
    if (err && !(err == -ENOENT && !f->url[0])) /* there was none to be withdrawn */
        http_fail(f->req, 500, "not_saved", "The change could not be written.");
    else if (f->url[0])
        reply_json(f->req, 200, json_pack("{s:s}", "url", f->url));
    else
        http_reply(f->req, 204, "", "", 0);
    free(f);
}

static int put_feed(struct batch *b, struct feed_change *f, const char *person)
{
    char token[TOKEN_LEN + 1], hash[PLANNER_HASH_SIZE];
    int err = token_make(token);
    if (err)
        return err;
    planner_hash_feed(hash, token);
    batch_put_feed(b, person, hash);
    snprintf(f->url, sizeof(f->url), "http%s://%.200s/feeds/%s.ics",
             http_is_secure(f->req) ? "s" : "", http_header(f->req, "host"), token);
    return 0;
}

static void change_feed(struct http_request *req, const struct api_app *app, bool is_put)
{
    struct batch *b = NULL;
    const struct caller *caller = http_caller(req);
    bool is_person = caller->kind == CALLER_STAFF || caller->kind == CALLER_PUPIL;
    struct feed_change *f = calloc(1, sizeof(*f));
    int err = !f ? -ENOMEM : !is_person ? -EPERM : batch_new(&b);
    if (!err) {
        f->req = req;
        if (is_put)
            err = put_feed(b, f, caller->person);
        else
            batch_drop_feed(b, caller->person);
    }
    if (!err)
        err = store_apply(app->store, &b, on_feed_changed, f);
    if (!err)
        return;
    batch_free(&b);
    free(f);
    if (err == -EPERM)
        http_fail(req, 403, "forbidden", "Only people of the district have a calendar.");
    else
        http_fail(req, 503, "busy", "Too much is being written: try again.");
}

void api_make_feed(struct http_request *req, void *arg)
{
    change_feed(req, arg, true);
}

void api_drop_feed(struct http_request *req, void *arg)
{
    change_feed(req, arg, false);
}

struct feed_question {
    struct http_request *req;
    const struct api_app *app;
};

/* From a week ago, as long as most calendars look ahead. */
static struct timetable_days feed_days(const struct api_app *app)
{
    enum { BACK_DAYS = 7, AHEAD_DAYS = 120 };
    int32_t today = plan_date(planner_plan(app->planner), planner_now_ms(app->planner));
    return (struct timetable_days){today > BACK_DAYS ? today - BACK_DAYS : 0, today + AHEAD_DAYS};
}

static int write_feed(const struct api_app *app, const struct store_person *owner, char **text,
                      size_t *len)
{
    struct own own = own_of_person(directory_find(app->directory, owner->id));
    const struct plan_whose theirs = whose(&own);
    struct timetable_days days = feed_days(app);
    struct timetable_lesson *lessons = NULL;
    size_t n;
    int err = plan_lessons_of(planner_plan(app->planner), &days, &theirs, &lessons, &n);
    FILE *out = err ? NULL : open_memstream(text, len);
    const struct timetable_feed feed = {.name = "空中课堂 Airclass",
                                        .host = app->host && *app->host ? app->host : "airclass",
                                        .stamp_s = planner_now_ms(app->planner) / 1000};
    if (!err && !out)
        err = -ENOMEM;
    if (!err)
        err = timetable_write_ical(out, &feed, lessons, n);
    if (out && fclose(out) && !err)
        err = -ENOMEM;
    free(lessons);
    return err;
}

static void on_feed_found(void *arg, const struct store_answer *answer)
{
    struct feed_question *q = arg;
    char *text = NULL;
    size_t len = 0;
    int err = answer->err ? answer->err : write_feed(q->app, &answer->people[0], &text, &len);
    if (err == -ENOENT)
        http_fail(q->req, 404, "not_found", "There is no such calendar, or not any more.");
    else if (err)
        http_fail(q->req, 500, "failed", "The calendar could not be read.");
    else
        http_reply(q->req, 200, "text/calendar; charset=utf-8", text, len);
    free(text);
    free(q);
}

/* "/feeds/TOKEN.ics": the secret is the address. */
void api_get_feed(struct http_request *req, void *arg)
{
    static const char ending[] = ".ics";
    const char *name = http_param(req, "token");
    char token[TOKEN_LEN + 1], hash[PLANNER_HASH_SIZE];
    struct feed_question *q = calloc(1, sizeof(*q));
    bool is_token =
        strlen(name) == TOKEN_LEN + strlen(ending) && strcmp(name + TOKEN_LEN, ending) == 0;
    int err = !q ? -ENOMEM : is_token ? 0 : -ENOENT;
    if (!err) {
        *q = (struct feed_question){req, arg};
        memcpy(token, name, TOKEN_LEN);
        token[TOKEN_LEN] = '\0';
        planner_hash_feed(hash, token);
        err = store_find_feed(q->app->store, &(struct store_question){.after = hash}, on_feed_found,
                              q);
    }
    if (!err)
        return;
    free(q);
    if (err == -ENOENT)
        http_fail(req, 404, "not_found", "There is no such calendar, or not any more.");
    else
        http_fail(req, 503, "busy", "Too many ask at once: try again.");
}
