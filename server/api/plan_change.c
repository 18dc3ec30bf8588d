#include "server/api/plan_change.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/change.h"
#include "server/api/place.h"
#include "server/api/plan_json.h"
#include "server/api/plan_said.h"
#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/api/sheets.h"

void plan_change_free(struct plan_change **change)
{
    json_decref((*change)->body);
    free((*change)->room);
    free((*change)->schools);
    free(*change);
    *change = NULL;
}

/* "bad_start": what is wrong with a field of the body. */
static void fail_field(struct http_request *req, const char *field)
{
    const struct message *m = field_message(field);
    reply_json(req, 400,
               json_pack("{s:{s:s, s:s, s:s, s:s}}", "error", "code", m->code, "message", m->en,
                         "zh", m->zh, "field", field));
}

/* Copied, one behind the other: the directory may be another one when the change is made. -ENOMEM.
 */
static int take_reach(struct plan_change *c)
{
    const struct directory_person *who =
        directory_find(c->app->directory, http_caller(c->req)->person);
    size_t n_roles = who ? who->n_roles : 0;
    c->schools = malloc((n_roles + 1) * (sizeof(*c->schools) + STORE_CODE_MAX));
    if (!c->schools)
        return -ENOMEM;
    char *to = (char *)(c->schools + n_roles);
    size_t n = 0;
    for (size_t i = 0; i < n_roles; i++) {
        const char *school = who->roles[i].school;
        if (!place_may(c->app, c->req, PERMIT_CHANGE_TIMETABLE, school, "", NULL))
            continue;
        snprintf(to, STORE_CODE_MAX, "%s", school);
        c->schools[n++] = to;
        to += STORE_CODE_MAX;
    }
    bool is_all = place_may(c->app, c->req, PERMIT_CHANGE_TIMETABLE, "", "", NULL);
    c->reach = (struct planner_reach){.is_all = is_all, .school = c->schools, .n = n};
    c->change.reach = &c->reach;
    return 0;
}

struct plan_change *plan_change_new(struct http_request *req, const struct api_app *app)
{
    struct plan_change *c = calloc(1, sizeof(*c));
    if (c) {
        c->req = req;
        c->app = app;
    }
    if (!c || take_reach(c)) {
        free(c);
        fail_store(req, -ENOMEM);
        return NULL;
    }
    c->status = 200;
    snprintf(c->school, sizeof(c->school), "%s", place_school(req));
    snprintf(c->actor, sizeof(c->actor), "%s", change_actor(req));
    c->change.actor = c->actor;
    c->change.override = "";
    c->change.school = c->school;
    return c;
}

void plan_change_refuse(struct plan_change **change, const char *field)
{
    fail_field((*change)->req, field);
    plan_change_free(change);
}

bool plan_change_body(struct plan_change **change)
{
    struct plan_change *c = *change;
    c->body = body_object(c->req);
    if (!c->body) {
        plan_change_free(change);
        return false;
    }
    const json_t *override = json_object_get(c->body, "override");
    if (override && (!json_is_string(override) || json_string_length(override) > 500)) {
        plan_change_refuse(change, "override");
        return false;
    }
    if (override)
        c->change.override = json_string_value(override);
    return true;
}

/* ---- the end ---- */

/* 409, with all that speaks against it. */
static void fail_verdict(const struct plan_change *c)
{
    const struct plan_verdict *v = &c->change.verdict;
    bool may_override = v->worst == POLICY_NEEDS_OVERRIDE;
    json_t *error = verdict_json(planner_plan(c->app->planner), v);
    json_t *said =
        json_pack("{s:s, s:s}", "code", may_override ? "needs_override" : "refused", "message",
                  may_override ? "The rules are against it; say why it is to be done all the same."
                               : "It clashes with another lesson, or the rules forbid it.");
    if (!error || !said || json_object_update(error, said)) {
        json_decref(error);
        error = NULL;
    }
    json_decref(said);
    reply_json(c->req, 409, error ? json_pack("{s:o}", "error", error) : NULL);
}

static void fail_rules(const struct plan_change *c)
{
    const struct policy_fault *f = &c->change.fault;
    reply_json(c->req, 400,
               json_pack("{s:{s:s, s:s, s:s, s:s, s:I}}", "error", "code", "bad_policy", "message",
                         f->en, "reason", f->code, "zh", f->zh, "line", (json_int_t)f->line));
}

static void fail_change(const struct plan_change *c, int err)
{
    switch (err) {
    case -EACCES: fail_verdict(c); return;
    case -EPERM:
        http_fail(c->req, 403, "other_school",
                  "It has classes or a lecturer of a school whose timetable is not yours.");
        return;
    case -ENOENT: http_fail(c->req, 404, "not_found", "There is no such thing."); return;
    case -EAGAIN: http_fail(c->req, 503, "busy", "Too much is being written: try again."); return;
    case -EINVAL:
        if (c->change.fault.code)
            fail_rules(c);
        else
            fail_field(c->req, c->change.field ? c->change.field : "body");
        return;
    default: http_fail(c->req, 500, "not_saved", "The change could not be written."); return;
    }
}

/* The report of a list that was refused; as an error when it was to be put. */
static json_t *list_answer(const struct plan_change *c)
{
    json_t *report = c->answer(c);
    if (c->change.is_dry || !report)
        return report;
    json_t *error = json_pack("{s:s, s:s}", "code", "refused", "message",
                              "Rows of the list can't be so; nothing was changed.");
    if (error)
        json_object_update(error, report);
    json_decref(report);
    return error ? json_pack("{s:o}", "error", error) : NULL;
}

static void on_done(struct planner_change *change, int err)
{
    struct plan_change *c = (struct plan_change *)change;
    bool is_judged = err == -EPERM || err == -EACCES;
    const struct xlsx_sheet *sheet = NULL;
    size_t n = c->change.list ? timetable_list_sheets(c->change.list, &sheet) : 0;
    if (err == -ENOENT && n > 0)
        fail_sheet(c->req, sheet, n);
    else if (is_judged && c->change.list) /* a list has an answer that says all of it */
        reply_json(c->req, c->change.is_dry ? 200 : 409, list_answer(c));
    else if (err)
        fail_change(c, err);
    else if (c->answer)
        reply_json(c->req, c->status, c->answer(c));
    else
        http_reply(c->req, 204, "", "", 0);
    plan_change_free(&c);
}

void plan_change_begin(struct plan_change **change,
                       int (*ask)(struct planner *, struct planner_change *))
{
    struct plan_change *c = *change;
    *change = NULL;
    c->change.done = on_done;
    int err = ask(c->app->planner, &c->change);
    if (!err)
        return;
    fail_change(c, err);
    plan_change_free(&c);
}
