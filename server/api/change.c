#include "server/api/change.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/directory/directory.h"

struct change {
    struct directory_wait wait; /* first: its callback gets this */
    struct http_request *req;
    const struct api_app *app;
    struct batch *batch;
    int status;
    json_t *answer;
};

void change_free(struct change **change)
{
    batch_free(&(*change)->batch);
    json_decref((*change)->answer);
    free(*change);
    *change = NULL;
}

struct change *change_new(struct http_request *req, const struct api_app *app)
{
    struct change *c = calloc(1, sizeof(*c));
    if (!c || batch_new(&c->batch)) {
        free(c);
        fail_store(req, -ENOMEM);
        return NULL;
    }
    c->req = req;
    c->app = app;
    return c;
}

bool change_only_makes(const struct http_request *req)
{
    return strcmp(http_header(req, "if-none-match"), "*") == 0;
}

struct batch *change_batch(struct change *c)
{
    return c->batch;
}

const char *change_actor(struct http_request *req)
{
    const struct caller *caller = http_caller(req);
    return caller->kind == CALLER_CONSOLE ? "console" : caller->person;
}

void change_audit(struct change *c, const char *act, const char *subject, const char *detail)
{
    batch_audit(c->batch, change_actor(c->req), act, subject, detail);
}

void change_audit_place(struct change *c, const char *act, const char *school, const char *klass)
{
    char subject[2 * STORE_CODE_MAX + 16];
    snprintf(subject, sizeof(subject), "%s:%s%s%s", *klass ? "class" : "school", school,
             *klass ? "/" : "", klass);
    change_audit(c, act, subject, "");
}

void change_audit_person(struct change *c, const char *act, const char *school, const char *code,
                         const char *detail)
{
    const struct store_person whom = {.school = school, .code = code};
    batch_audit_person(c->batch, change_actor(c->req), act, &whom, detail);
}

/* It is on the disk. What the directory did not learn it does with the next change. */
static void on_known(struct directory_wait *wait, int err)
{
    struct change *c = (struct change *)wait;
    (void)err;
    if (c->answer) {
        reply_json(c->req, c->status, c->answer);
        c->answer = NULL;
    } else {
        http_reply(c->req, c->status, "", "", 0);
    }
    change_free(&c);
}

static void fail(struct http_request *req, int err)
{
    if (err == -EEXIST && change_only_makes(req))
        http_fail(req, 412, "exists", "There is one with this code already; nothing was changed.");
    else
        fail_store(req, err);
}

static void on_applied(void *arg, int err, size_t at)
{
    struct change *c = arg;
    (void)at;
    if (err == -EINPROGRESS) { /* an erasure that has left traces, and goes on some time */
        c->status = 202;
        err = 0;
    }
    if (err) {
        fail(c->req, err);
        change_free(&c);
    } else {
        directory_refresh(c->app->directory, &c->wait);
    }
}

void change_commit(struct change *c, int status, json_t *answer)
{
    c->status = status;
    c->answer = answer;
    c->wait.done = on_known;
    c->wait.is_all = !batch_about(c->batch, &c->wait.about);
    int err =
        !answer && status != 204 ? -ENOMEM : store_apply(c->app->store, &c->batch, on_applied, c);
    if (err) {
        fail_store(c->req, err);
        change_free(&c);
    }
}
