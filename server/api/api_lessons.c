#include "server/api/handlers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/links.h"
#include "server/api/listing.h"
#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/lesson/lesson.h"
#include "server/session/session.h"

/* A lesson as its administrator sees it. NULL: no memory. */
static json_t *lesson_json(const struct api_app *app, const struct lesson *l)
{
    const char *host = app->host && *app->host ? app->host : "localhost";
    char teach[LINK_MAX];
    char page[LINK_MAX];
    char watch[LINK_MAX];
    link_teach(teach, host, app->rtmp_port, l);
    link_teach_page(page, host, app->port, app->tls_port, l);
    link_watch(watch, host, app->port, l);
    return json_pack("{s:s, s:s, s:b, s:b, s:s, s:s, s:{s:s, s:s, s:s}}", "id", l->id, "title",
                     l->title, "open", l->is_open, "from_config", l->from_config, "stream_key",
                     l->stream_key, "watch_key", l->watch_key, "links", "teach", teach,
                     "teach_page", page, "watch", watch);
}

static void reply_lesson(struct http_request *req, int status, const struct api_app *app,
                         const struct lesson *l)
{
    reply_json(req, status, lesson_json(app, l));
}

/* For everybody: no keys, and not who or how many are watching. */
void api_get_lesson(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    struct session_facts facts = {.state = SESSION_WAITING};
    const struct lesson *l = lessons_find(app->lessons, http_param(req, "id"));
    if (!l) {
        fail_no_lesson(req);
        return;
    }
    sessions_facts(app->sessions, l->id, &facts);
    reply_json(req, 200,
               json_pack("{s:s, s:s, s:b, s:s}", "id", l->id, "title", l->title, "open", l->is_open,
                         "state", session_state_name(facts.state)));
}

static json_t *page_json(const struct api_app *app, size_t from, size_t limit)
{
    size_t count = lessons_count(app->lessons);
    size_t end = count - from > limit ? from + limit : count;
    json_t *rows = json_array();
    for (size_t i = from; i < end; i++) {
        if (json_array_append_new(rows, lesson_json(app, lessons_at(app->lessons, i)))) {
            json_decref(rows);
            return NULL;
        }
    }
    const char *next = end < count ? lessons_at(app->lessons, end - 1)->id : NULL;
    return json_pack("{s:o, s:s?}", "lessons", rows, "next", next);
}

void api_list_lessons(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const char *after;
    size_t limit;
    if (!listing_read(req, &after, &limit))
        return;
    reply_json(req, 200, page_json(app, lessons_after(app->lessons, after), limit));
}

/* The texts of a new lesson. */
static const struct {
    const char *name;
    size_t offset;
    size_t size;
    const char *wrong;
} texts[] = {
    {"id",         offsetof(struct lesson, id),         LESSON_ID_MAX,
     "id: expected 1 to 39 letters, digits, '-' or '_'"                     },
    {"title",      offsetof(struct lesson, title),      LESSON_TITLE_MAX,
     "title: expected at most 255 bytes of UTF-8 without control characters"},
    {"stream_key", offsetof(struct lesson, stream_key), LESSON_KEY_MAX,
     "stream_key: expected 8 to 39 letters, digits, '-' or '_'"             },
    {"watch_key",  offsetof(struct lesson, watch_key),  LESSON_KEY_MAX,
     "watch_key: expected 8 to 39 letters, digits, '-' or '_'"              },
};

/* NULL, or what is wrong with the field. */
static const char *read_field(struct lesson *l, const char *name, const json_t *value)
{
    if (strcmp(name, "open") == 0) {
        l->is_open = json_is_true(value);
        return json_is_boolean(value) ? NULL : "open: expected true or false";
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (strcmp(name, texts[i].name) != 0)
            continue;
        const char *text = json_string_value(value);
        if (!text || strlen(text) >= texts[i].size)
            return texts[i].wrong;
        memcpy((char *)l + texts[i].offset, text, strlen(text) + 1);
        return NULL;
    }
    return "Unknown field; a lesson has id, title, open, stream_key and watch_key.";
}

static const char *read_lesson(struct lesson *l, json_t *body)
{
    const char *name;
    json_t *value;
    json_object_foreach(body, name, value)
    {
        const char *wrong = read_field(l, name, value);
        if (wrong)
            return wrong;
    }
    return NULL;
}

/* A request that waits for the disk. */
struct waiting {
    struct http_request *req;
    const struct api_app *app;
    int status;
    char id[LESSON_ID_MAX];
};

static void on_written(void *arg, int err)
{
    struct waiting *w = arg;
    const struct lesson *l = lessons_find(w->app->lessons, w->id);
    if (err)
        http_fail(w->req, 500, "not_saved", "The change could not be written; nothing changed.");
    else if (w->status == 204)
        http_reply(w->req, 204, "", "", 0);
    else
        reply_lesson(w->req, w->status, w->app, l);
    free(w);
}

static struct waiting *waiting_new(struct http_request *req, const struct api_app *app, int status,
                                   const char *id)
{
    struct waiting *w = calloc(1, sizeof(*w));
    if (!w)
        return NULL;
    w->req = req;
    w->app = app;
    w->status = status;
    snprintf(w->id, sizeof(w->id), "%.*s", LESSON_ID_MAX - 1, id);
    return w;
}

/* What the beginning of a change came to; on failure the request is answered. */
static void change_began(struct waiting *w, int err)
{
    if (!err)
        return;
    fail_lesson(w->req, err);
    free(w);
}

static void create(struct http_request *req, const struct api_app *app, const struct lesson *l)
{
    struct waiting *w = waiting_new(req, app, 201, l->id);
    if (w)
        change_began(w, lessons_create(app->lessons, l, on_written, w));
    else
        fail_lesson(req, -ENOMEM);
}

void api_create_lesson(struct http_request *req, void *arg)
{
    struct lesson l = {.is_open = false};
    json_t *body = body_object(req);
    if (!body)
        return;
    const char *wrong = read_lesson(&l, body);
    json_decref(body);
    int err = wrong ? 0 : lesson_complete(&l);
    if (!wrong && !err)
        wrong = lesson_check(&l);
    if (wrong)
        http_fail(req, 400, "bad_lesson", wrong);
    else if (err)
        fail_lesson(req, err);
    else
        create(req, arg, &l);
}

void api_remove_lesson(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    struct waiting *w = waiting_new(req, app, 204, http_param(req, "id"));
    if (w)
        change_began(w, lessons_remove(app->lessons, http_param(req, "id"), on_written, w));
    else
        fail_lesson(req, -ENOMEM);
}

void api_change_key(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    struct waiting *w = waiting_new(req, app, 200, http_param(req, "id"));
    if (w)
        change_began(w,
                     lessons_rotate_key(app->lessons, http_param(req, "id"), NULL, on_written, w));
    else
        fail_lesson(req, -ENOMEM);
}

void api_get_keys(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct lesson *l = lessons_find(app->lessons, http_param(req, "id"));
    if (l)
        reply_lesson(req, 200, app, l);
    else
        fail_no_lesson(req);
}
