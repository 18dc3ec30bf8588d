#include "server/api/handlers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/callers.h"
#include "server/api/listing.h"
#include "server/api/reply.h"
#include "server/api/task.h"
#include "server/planner/planner.h"

/* -- who somebody is, question by question ----------------------------------------------------- */

struct me {
    struct http_request *req;
    const struct api_app *app;
    int status;
    struct caller caller;
    json_t *json; /* NULL once there was no memory */
};

static void me_set(struct me *me, const char *name, json_t *value)
{
    if (!me->json) {
        json_decref(value);
    } else if (json_object_set_new(me->json, name, value)) { /* takes the value in any case */
        json_decref(me->json);
        me->json = NULL;
    }
}

static void me_end(struct me *me, int err)
{
    if (err == -ENOENT) {
        http_fail(me->req, 401, "unauthorized", "They are not known here any more.");
        json_decref(me->json);
    } else if (err) {
        http_fail(me->req, 503, "busy", "Too much is waiting. Come again in some seconds.");
        json_decref(me->json);
    } else {
        const struct plan *plan = planner_plan(me->app->planner);
        me_set(me, "utc_offset_min", json_integer(plan->all.utc_offset_min));
        reply_json(me->req, me->status, me->json);
    }
    free(me);
}

/* Goes on with a question about the person. */
static void me_ask(struct me *me,
                   int (*ask)(struct store *store, const struct store_question *q,
                              store_answer_fn *answer, void *arg),
                   store_answer_fn *answer)
{
    int err = ask(me->app->store, &(struct store_question){.code = me->caller.person}, answer, me);
    if (err)
        me_end(me, err);
}

static json_t *ward_json(const struct store_calling *c)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "school", c->person.school, "code",
                     c->person.code, "name", c->person.name, "class", c->klass, "class_name",
                     c->klass_name);
}

static json_t *role_json(const struct store_calling *c)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "role", store_role_name(c->role), "school",
                     c->school, "school_name", c->school_name, "class", c->klass, "class_name",
                     c->klass_name);
}

static json_t *callings_json(const struct store_answer *answer,
                             json_t *(*row)(const struct store_calling *c))
{
    json_t *list = json_array();
    for (size_t i = 0; i < answer->n; i++)
        json_array_append_new(list, row(&answer->callings[i]));
    return list;
}

static void on_wards(void *arg, const struct store_answer *answer)
{
    struct me *me = arg;
    if (!answer->err)
        me_set(me, "wards", callings_json(answer, ward_json));
    me_end(me, answer->err);
}

static void on_callings(void *arg, const struct store_answer *answer)
{
    struct me *me = arg;
    if (answer->err) {
        me_end(me, answer->err);
        return;
    }
    me_set(me, "roles", callings_json(answer, role_json));
    if (me->caller.kind == CALLER_STAFF)
        me_ask(me, store_list_ward_classes, on_wards);
    else
        me_end(me, 0);
}

static void on_card(void *arg, const struct store_answer *answer)
{
    struct me *me = arg;
    if (answer->err) {
        me_end(me, answer->err);
        return;
    }
    const struct store_card *c = answer->cards;
    bool is_staff = me->caller.kind == CALLER_STAFF;
    me->json = json_pack("{s:s, s:s, s:s, s:{s:s, s:s}}", "kind", is_staff ? "staff" : "pupil",
                         "name", c->person.name, "code", c->person.code, "school", "code",
                         c->person.school, "name", c->school_name);
    if (is_staff) {
        me_set(me, "login", json_string(c->login));
        me_set(me, "has_totp", json_boolean(c->has_totp));
    } else {
        me_set(me, "device", json_string(me->caller.device_kind == PASS_TV ? "tv" : "phone"));
    }
    me_ask(me, store_list_callings, on_callings);
}

static void on_day_pass(void *arg, const struct store_answer *answer)
{
    struct me *me = arg;
    if (answer->err) {
        me_end(me, answer->err);
        return;
    }
    const struct store_calling *c = answer->callings;
    me->json = json_pack("{s:s, s:s, s:{s:s, s:s}, s:[], s:{s:s, s:s}}", "kind", "guest", "name",
                         c->person.name, "school", "code", c->school, "name", c->school_name,
                         "roles", "class", "code", c->klass, "name", c->klass_name);
    me_end(me, 0);
}

void me_reply(struct http_request *req, const struct api_app *app, int status,
              const struct caller *caller)
{
    struct me *me = calloc(1, sizeof(*me));
    if (!me) {
        http_fail(req, 500, "no_memory", "The server is short of memory.");
        return;
    }
    *me = (struct me){.req = req, .app = app, .status = status, .caller = *caller};
    if (caller->kind == CALLER_GUEST)
        me_ask(me, store_find_day_pass, on_day_pass);
    else
        me_ask(me, store_find_card, on_card);
}

void api_get_me(struct http_request *req, void *arg)
{
    me_reply(req, arg, 200, http_caller(req));
}

/* -- one's account ----------------------------------------------------------------------------- */

/* Pupils and guests have no account. */
static bool is_staff(struct http_request *req)
{
    if (http_caller(req)->kind == CALLER_STAFF)
        return true;
    http_fail(req, 403, "forbidden", "Only who signed in with a password may.");
    return false;
}

static struct door_session session_of(struct http_request *req)
{
    const struct caller *caller = http_caller(req);
    struct door_session session = {.made_ms = 0};
    memcpy(session.id, caller->session, sizeof(session.id));
    memcpy(session.person, caller->person, sizeof(session.person));
    return session;
}

void api_put_password(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    json_t *body = is_staff(req) ? body_object(req) : NULL;
    if (!body)
        return;
    const char *old = json_string_value(json_object_get(body, "old"));
    const char *fresh = json_string_value(json_object_get(body, "new"));
    const char *wrong =
        old && fresh ? door_check_password(fresh, "") : "Expected the texts old and new.";
    struct task *task = NULL;
    if (wrong)
        http_fail(req, 400, "weak_password", wrong);
    else
        task = task_new(req, app);
    if (task) {
        struct door_visit visit = {.from = *http_peer(req)};
        struct door_session session = session_of(req);
        int err = door_put_password(app->door, &visit, &session, old, fresh, task_told, task);
        task_began(task, err == -EINVAL ? -EACCES : err, visit.wait_s);
    }
    json_decref(body);
}

static void fail_not_begun(struct task *task)
{
    http_fail(task->req, 409, "not_begun", "Begin again: sign in, and ask for a secret.");
    free(task);
}

static void on_login(void *arg, const struct store_answer *answer)
{
    struct task *task = arg;
    uint8_t secret[TOTP_SECRET_SIZE];
    char text[TOTP_SECRET_TEXT_SIZE], uri[TOTP_URI_MAX];
    int err = answer->err ? answer->err
                          : door_begin_totp(task->app->door, caller_session(task->req), secret);
    if (err == -EACCES) { /* it has just ended */
        fail_not_begun(task);
        return;
    }
    if (err) {
        task_fail(task, err, 0);
        return;
    }
    totp_secret_text(text, secret);
    totp_uri(uri, answer->cards->login, secret);
    reply_json(task->req, 200, json_pack("{s:s, s:s}", "secret", text, "uri", uri));
    free(task);
}

void api_begin_totp(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct store_question q = {.code = http_caller(req)->person};
    struct task *task = is_staff(req) ? task_new(req, app) : NULL;
    if (task)
        task_began(task, store_find_card(app->store, &q, on_login, task), 0);
}

void api_put_totp(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    json_t *body = is_staff(req) ? body_object(req) : NULL;
    if (!body)
        return;
    const char *code = json_string_value(json_object_get(body, "totp"));
    struct task *task = task_new(req, app);
    int err = !task  ? 0
              : code ? door_confirm_totp(app->door, caller_session(req), code, task_told, task)
                     : -EACCES;
    if (task && err == -EACCES) {
        http_fail(req, 400, "wrong_totp", "That is not the code of this moment.");
        free(task);
    } else if (task && err == -EPERM) {
        fail_not_begun(task);
    } else if (task) {
        task_began(task, err, 0);
    }
    json_decref(body);
}

void api_drop_totp(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    struct door_session session = session_of(req);
    struct task *task = is_staff(req) ? task_new(req, app) : NULL;
    if (task)
        task_began(task, door_drop_totp(app->door, &session, task_told, task), 0);
}

void api_list_my_sessions(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    struct door_session list[DOOR_SESSIONS_MAX];
    if (!is_staff(req))
        return;
    const struct caller *caller = http_caller(req);
    size_t n = door_list_sessions(app->door, caller->person, list, DOOR_SESSIONS_MAX);
    json_t *items = json_array();
    for (size_t i = 0; i < n && i < DOOR_SESSIONS_MAX; i++)
        json_array_append_new(items, json_pack("{s:s, s:o, s:o, s:b}", "id", list[i].id, "since",
                                               time_json(list[i].made_ms), "last_seen",
                                               time_json(list[i].seen_ms), "is_this",
                                               strcmp(list[i].id, caller->session) == 0));
    reply_json(req, 200, listing_json(items, NULL));
}

void api_end_my_session(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    struct task *task = is_staff(req) ? task_new(req, app) : NULL;
    if (task)
        task_began(task,
                   door_end_session(app->door, http_caller(req)->person, http_param(req, "id"),
                                    task_told, task),
                   0);
}
