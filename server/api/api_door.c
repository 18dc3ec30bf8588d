#include "server/api/handlers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/callers.h"
#include "server/api/reply.h"
#include "server/api/task.h"
#include "server/base/clock.h"
#include "server/directory/directory.h"
#include "server/planner/planner.h"
#include "server/roster/name.h"

/* A text of the body; "" when it is not there, NULL when it is no text. */
static const char *text_of(const json_t *body, const char *name)
{
    const json_t *value = json_object_get(body, name);
    return value ? json_string_value(value) : "";
}

/* The texts of the body by name, in the order of `names`. False: it has been answered. */
static bool read_texts(struct http_request *req, json_t **body, const char *const *names,
                       const char **texts, size_t n)
{
    *body = body_object(req);
    for (size_t i = 0; i < n && *body; i++) {
        texts[i] = text_of(*body, names[i]);
        if (texts[i])
            continue;
        http_fail(req, 400, "bad_field", "Expected a text in each field.");
        json_decref(*body);
        *body = NULL;
    }
    return *body != NULL;
}

/* What is typed here must not be read on the way. */
static bool is_private(struct http_request *req)
{
    if (http_is_private(req))
        return true;
    http_fail(req, 403, "needs_https", "Sign in over https, or on the server itself.");
    return false;
}

static struct door_visit visit_of(struct http_request *req)
{
    return (struct door_visit){.from = *http_peer(req), .known = caller_known(req)};
}

/* -- staff ------------------------------------------------------------------------------------- */

/* The first admin is not in the directory before that has been read again. */
struct arrival {
    struct directory_wait wait; /* first: its callback gets this */
    struct task *task;
    struct caller caller;
};

static void let_in(struct task *task, int status, const struct caller *caller)
{
    me_reply(task->req, task->app, status, caller);
    free(task);
}

static void on_known(struct directory_wait *wait, int err)
{
    struct arrival *a = (struct arrival *)wait;
    (void)err;
    let_in(a->task, 201, &a->caller);
    free(a);
}

static struct caller staff_of(const struct door_told *told)
{
    struct caller caller = {.kind = CALLER_STAFF};
    memccpy(caller.person, told->person, 0, sizeof(caller.person) - 1);
    return caller;
}

static void come_in(struct http_request *req, const struct door_told *told)
{
    caller_set_session(req, told->secret);
    caller_set_known(req, told->known);
}

static void on_set_up(void *arg, const struct door_told *told)
{
    struct task *task = arg;
    struct arrival *a = told->err ? NULL : calloc(1, sizeof(*a));
    if (!a) {
        task_fail(task, told->err ? told->err : -ENOMEM, told->wait_s);
        return;
    }
    come_in(task->req, told);
    *a = (struct arrival){
        .wait = {.done = on_known, .is_all = true},
          .task = task, .caller = staff_of(told)
    };
    directory_refresh(task->app->directory, &a->wait);
}

static void on_signed_in(void *arg, const struct door_told *told)
{
    struct task *task = arg;
    if (told->err) {
        task_fail(task, told->err, told->wait_s);
        return;
    }
    struct caller caller = staff_of(told);
    come_in(task->req, told);
    let_in(task, 200, &caller);
}

/* From now on they can start their lessons. */
static void on_accepted(void *arg, const struct door_told *told)
{
    const struct task *task = arg;
    struct planner *planner = task->app->planner;
    if (!told->err && plan_person(planner_plan(planner), told->person))
        planner_refresh(planner, false);
    on_signed_in(arg, told);
}

/* Whether somebody who chooses login and password chose well; else it has been answered. */
static bool chose_well(struct http_request *req, const char *login, const char *password)
{
    const char *wrong = door_check_login(login);
    if (wrong) {
        http_fail(req, 400, "bad_login", wrong);
        return false;
    }
    wrong = door_check_password(password, login);
    if (wrong)
        http_fail(req, 400, "weak_password", wrong);
    return !wrong;
}

static bool is_name(struct http_request *req, struct name *out, const char *text)
{
    if (*text && name_read(out, text) == 0)
        return true;
    http_fail(req, 400, "bad_name", "name: expected a person's name");
    return false;
}

void api_door_setup(struct http_request *req, void *arg)
{
    static const char *const names[] = {"code", "name", "login", "password"};
    const struct api_app *app = arg;
    const char *texts[4];
    struct name name;
    json_t *body;
    if (!is_private(req) || !read_texts(req, &body, names, texts, 4))
        return;
    struct task *task = is_name(req, &name, texts[1]) && chose_well(req, texts[2], texts[3])
                            ? task_new(req, app)
                            : NULL;
    if (task) {
        struct door_visit visit = visit_of(req);
        const struct door_newcomer who = {
            .secret = texts[0], .name = name.text, .login = texts[2], .password = texts[3]};
        int err = door_set_up(app->door, &visit, &who, on_set_up, task);
        if (err == -EPERM)
            http_fail(req, 403, "set_up_already", "This server has its first administrator.");
        else
            task_began(task, err, visit.wait_s);
        if (err == -EPERM)
            free(task);
    }
    json_decref(body);
}

void api_door_invited(struct http_request *req, void *arg)
{
    static const char *const names[] = {"invite", "login", "password"};
    const struct api_app *app = arg;
    const char *texts[3];
    json_t *body;
    if (!is_private(req) || !read_texts(req, &body, names, texts, 3))
        return;
    struct task *task = chose_well(req, texts[1], texts[2]) ? task_new(req, app) : NULL;
    if (task) {
        struct door_visit visit = visit_of(req);
        const struct door_newcomer who = {
            .secret = texts[0], .login = texts[1], .password = texts[2]};
        int err = door_accept(app->door, &visit, &who, on_accepted, task);
        task_began(task, err, visit.wait_s);
    }
    json_decref(body);
}

void api_door_sign_in(struct http_request *req, void *arg)
{
    static const char *const names[] = {"login", "password", "totp"};
    const struct api_app *app = arg;
    const char *texts[3];
    json_t *body;
    if (!is_private(req) || !read_texts(req, &body, names, texts, 3))
        return;
    struct task *task = task_new(req, app);
    if (task) {
        struct door_visit visit = visit_of(req);
        int err = door_sign_in(app->door, &visit, texts[0], texts[1], texts[2], on_signed_in, task);
        /* What can't be a login is nobody's. */
        task_began(task, err == -EINVAL ? -EACCES : err, visit.wait_s);
    }
    json_decref(body);
}

static int leave(const struct api_app *app, const struct caller *caller, struct task *task)
{
    return caller->kind == CALLER_PUPIL
               ? door_leave(app->door, caller->person, caller->device, task_told, task)
               : door_end_session(app->door, caller->person, caller->session, task_told, task);
}

/* A guest's pass is only forgotten: the day pass says how many it lets in. */
void api_door_sign_out(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct caller *caller = http_caller(req);
    caller_forget(req);
    if (caller->kind != CALLER_STAFF && caller->kind != CALLER_PUPIL) {
        http_reply(req, 204, "", "", 0);
        return;
    }
    struct task *task = task_new(req, app);
    if (task)
        task_began(task, leave(app, caller, task), 0);
}

/* -- pupils and guests ------------------------------------------------------------------------- */

static void on_entered(void *arg, const struct door_told *told)
{
    struct task *task = arg;
    struct caller caller = {.kind = CALLER_NOBODY};
    if (told->err) {
        task_fail(task, told->err, told->wait_s);
        return;
    }
    caller_of_pass(task->app->door, told->secret, &caller);
    caller_set_pass(task->req, told->secret, (told->until_ms - clock_wall_ms()) / 1000);
    let_in(task, 200, &caller);
}

void api_door_enter(struct http_request *req, void *arg)
{
    static const char *const names[] = {"code", "device"};
    const struct api_app *app = arg;
    const char *texts[2];
    json_t *body;
    if (!read_texts(req, &body, names, texts, 2))
        return;
    bool is_tv = strcmp(texts[1], "tv") == 0;
    struct task *task = NULL;
    if (!is_tv && strcmp(texts[1], "phone") != 0)
        http_fail(req, 400, "bad_field", "device: expected \"phone\" or \"tv\"");
    else
        task = task_new(req, app);
    if (task) {
        struct door_visit visit = visit_of(req);
        int err =
            door_enter(app->door, &visit, texts[0], is_tv ? PASS_TV : PASS_PHONE, on_entered, task);
        task_began(task, err, visit.wait_s);
    }
    json_decref(body);
}

void api_door_guest(struct http_request *req, void *arg)
{
    static const char *const names[] = {"code"};
    const struct api_app *app = arg;
    const char *text;
    json_t *body;
    if (!read_texts(req, &body, names, &text, 1))
        return;
    struct task *task = task_new(req, app);
    if (task) {
        struct door_visit visit = visit_of(req);
        int err = door_enter_guest(app->door, &visit, text, on_entered, task);
        task_began(task, err, visit.wait_s);
    }
    json_decref(body);
}
