#include "server/api/handlers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/change.h"
#include "server/api/links.h"
#include "server/api/own.h"
#include "server/api/place.h"
#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/base/token.h"
#include "server/planner/planner.h"
#include "server/store/feed.h"

/* Calendars of people and of classes: made and withdrawn by who they are of, or who looks after the
 * class; read by whoever has the address. */

/* ---- addresses ---- */

struct feed_change {
    struct http_request *req;
    const struct api_app *app;
    struct batch *batch;
    char hash[PLANNER_HASH_SIZE];
    char url[LINK_MAX]; /* "": withdrawn */
};

static void change_end(struct feed_change *f)
{
    batch_free(&f->batch);
    free(f);
}

static void on_feed_changed(void *arg, int err, size_t at)
{
    struct feed_change *f = arg;
    (void)at;
    if (err && !(err == -ENOENT && !f->url[0])) /* there was none to be withdrawn */
        fail_store(f->req, err);
    else if (f->url[0])
        reply_json(f->req, 200, json_pack("{s:s}", "url", f->url));
    else
        http_reply(f->req, 204, "", "", 0);
    change_end(f);
}

/* As who asks calls this server; but the console's port is none that has calendars. */
static void print_url(struct feed_change *f, const char *token)
{
    const struct api_app *app = f->app;
    const char *host = app->host && *app->host ? app->host : "localhost";
    if (http_caller(f->req)->kind == CALLER_CONSOLE)
        link_feed(f->url, host, app->port, app->tls_port, token);
    else
        snprintf(f->url, sizeof(f->url), "http%s://%.*s/feeds/%s.ics",
                 http_is_secure(f->req) ? "s" : "", LINK_HOST_MAX, http_header(f->req, "host"),
                 token);
}

static int make_address(struct feed_change *f)
{
    char token[TOKEN_LEN + 1];
    int err = token_make(token);
    if (err)
        return err;
    planner_hash_feed(f->hash, token);
    print_url(f, token);
    return 0;
}

/* With an address, if it is to have one. NULL: the request has been answered. */
static struct feed_change *change_begin(struct http_request *req, const struct api_app *app,
                                        bool is_put)
{
    struct feed_change *f = calloc(1, sizeof(*f));
    int err = f ? batch_new(&f->batch) : -ENOMEM;
    if (!err) {
        f->req = req;
        f->app = app;
        err = is_put ? make_address(f) : 0;
    }
    if (!err)
        return f;
    fail_store(req, err);
    if (f)
        change_end(f);
    return NULL;
}

static void change_write(struct feed_change *f)
{
    int err = store_apply(f->app->store, &f->batch, on_feed_changed, f);
    if (!err)
        return;
    fail_store(f->req, err);
    change_end(f);
}

/* ---- one's own ---- */

static void change_own(struct http_request *req, const struct api_app *app, bool is_put)
{
    const struct caller *caller = http_caller(req);
    if (caller->kind != CALLER_STAFF && caller->kind != CALLER_PUPIL) {
        http_fail(req, 403, "forbidden", "Only people of the district have a calendar.");
        return;
    }
    struct feed_change *f = change_begin(req, app, is_put);
    if (!f)
        return;
    if (is_put)
        batch_put_feed(f->batch, caller->person, f->hash);
    else
        batch_drop_feed(f->batch, caller->person);
    change_write(f);
}

void api_make_feed(struct http_request *req, void *arg)
{
    change_own(req, arg, true);
}

void api_drop_feed(struct http_request *req, void *arg)
{
    change_own(req, arg, false);
}

/* ---- a class's ---- */

static void change_of_class(struct http_request *req, const struct api_app *app, bool is_put)
{
    const char *school = http_param(req, "school"), *klass = http_param(req, "class");
    char subject[2 * STORE_CODE_MAX + 16];
    struct feed_change *f =
        place_has_class(app, req, klass) ? change_begin(req, app, is_put) : NULL;
    if (!f)
        return;
    if (is_put)
        batch_put_class_feed(f->batch, school, klass, f->hash);
    else
        batch_drop_class_feed(f->batch, school, klass);
    snprintf(subject, sizeof(subject), "class:%s/%s", school, klass);
    batch_audit(f->batch, change_actor(req), is_put ? "feed.make" : "feed.drop", subject, "");
    change_write(f);
}

void api_make_class_feed(struct http_request *req, void *arg)
{
    change_of_class(req, arg, true);
}

void api_drop_class_feed(struct http_request *req, void *arg)
{
    change_of_class(req, arg, false);
}

static void on_class_feed(void *arg, const struct store_answer *answer)
{
    struct http_request *req = arg;
    if (answer->err && answer->err != -ENOENT)
        fail_store(req, answer->err);
    else
        reply_json(
            req, 200,
            json_pack("{s:o}", "since", time_json(answer->err ? 0 : answer->feeds[0].made_ms)));
}

void api_get_class_feed(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct store_question q = {
        .school = http_param(req, "school"), .klass = http_param(req, "class"), .limit = 1};
    if (!place_has_class(app, req, q.klass))
        return;
    int err = store_find_class_feed(app->store, &q, on_class_feed, req);
    if (err)
        fail_store(req, err);
}

/* ---- who has the address ---- */

struct feed_question {
    struct http_request *req;
    const struct api_app *app;
};

static void fail_feed(struct http_request *req, int err)
{
    if (err == -ENOENT)
        http_fail(req, 404, "not_found", "There is no such calendar, or not any more.");
    else if (err == -EAGAIN)
        http_fail(req, 503, "busy", "Too many ask at once: try again.");
    else
        http_fail(req, 500, "failed", "The calendar could not be read.");
}

/* From a week ago, as long as most calendars look ahead. */
static struct timetable_days feed_days(const struct api_app *app)
{
    enum { BACK_DAYS = 7, AHEAD_DAYS = 120 };
    int32_t today = plan_date(planner_plan(app->planner), planner_now_ms(app->planner));
    return (struct timetable_days){today > BACK_DAYS ? today - BACK_DAYS : 0, today + AHEAD_DAYS};
}

static int lessons_of(const struct api_app *app, const struct store_feed *f,
                      struct timetable_lesson **out, size_t *n)
{
    const struct timetable_days days = feed_days(app);
    const struct timetable_class klass = {f->school, f->klass};
    const struct own own = own_of_person(directory_find(app->directory, f->person));
    const struct plan_whose of_class = {NULL, &klass, 1};
    const struct plan_whose whose = *f->person ? own_whose(&own) : of_class;
    return plan_lessons_of(planner_plan(app->planner), &days, &whose, out, n);
}

static int write_feed(const struct api_app *app, const struct store_feed *f, char **text,
                      size_t *len)
{
    char name[STORE_NAME_MAX + 32];
    struct timetable_lesson *lessons = NULL;
    size_t n;
    int err = lessons_of(app, f, &lessons, &n);
    FILE *out = err ? NULL : open_memstream(text, len);
    const struct timetable_feed feed = {.name = name,
                                        .host = app->host && *app->host ? app->host : "airclass",
                                        .stamp_s = planner_now_ms(app->planner) / 1000};
    snprintf(name, sizeof(name), "%s%s空中课堂 Airclass", f->name, *f->name ? " · " : "");
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
    int err = answer->err ? answer->err : write_feed(q->app, &answer->feeds[0], &text, &len);
    if (err)
        fail_feed(q->req, err);
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
    int err = !q ? -EAGAIN : is_token ? 0 : -ENOENT;
    if (!err) {
        *q = (struct feed_question){req, arg};
        memcpy(token, name, TOKEN_LEN);
        token[TOKEN_LEN] = '\0';
        planner_hash_feed(hash, token);
        const struct store_question what = {.after = hash, .limit = 1};
        err = store_find_feed(q->app->store, &what, on_feed_found, q);
    }
    if (err) {
        free(q);
        fail_feed(req, err);
    }
}
