#include "server/api/handlers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/change.h"
#include "server/api/input.h"
#include "server/api/listing.h"
#include "server/api/place.h"
#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/base/clock.h"
#include "server/store/door.h"

/* -- people ------------------------------------------------------------------------------------ */

static json_t *person_json(const struct store_answer *answer, size_t i)
{
    const struct store_person *p = &answer->people[i];
    return json_pack("{s:s, s:s}", "code", p->code, "name", p->name);
}

void api_list_people(struct http_request *req, void *arg)
{
    const char *staff = http_query(req, "staff");
    struct store_question q = {.school = place_school(req)};
    q.is_staff = staff && strcmp(staff, "1") == 0;
    if (!place_has_home(arg, req))
        return;
    q.find = find_query(req);
    if (q.find)
        listing_reply(req, arg, store_list_people, q, person_json);
}

void api_put_person(struct http_request *req, void *arg)
{
    struct input in;
    const char *school = place_school(req), *code = http_param(req, "person");
    if (!place_has_home(arg, req) || !input_code(req, code) || !input_read(req, false, &in))
        return;
    struct change *c = change_new(req, arg);
    if (!c)
        return;
    const struct store_person person = {.school = school, .code = code, .name = in.name};
    if (change_only_makes(req))
        batch_expect_no_person(change_batch(c), school, code);
    batch_put_person(change_batch(c), &person);
    change_audit_person(c, "person.put", school, code, "");
    change_commit(c, 200, json_pack("{s:s, s:s}", "code", code, "name", in.name));
}

void api_drop_person(struct http_request *req, void *arg)
{
    const struct directory_person *who = place_person(arg, req);
    struct change *c = who ? change_new(req, arg) : NULL;
    if (!c)
        return;
    change_audit_person(c, "person.drop", who->school, who->code, "");
    batch_drop_person(change_batch(c), who->school, who->code);
    change_commit(c, 204, NULL);
}

/* -- all about one ----------------------------------------------------------------------------- */

/* One question leads to the next. */
struct portrait {
    struct http_request *req;
    const struct api_app *app;
    size_t step;
    json_t *json;
    char id[STORE_ID_MAX];
};

static json_t *role_json(const struct store_answer *answer, size_t i)
{
    const struct store_calling *c = &answer->callings[i];
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "role", store_role_name(c->role), "school",
                     c->school, "school_name", c->school_name, "class", c->klass, "class_name",
                     c->klass_name);
}

static json_t *ward_json(const struct store_answer *answer, size_t i)
{
    const struct store_person *p = &answer->people[i];
    return json_pack("{s:s, s:s, s:s}", "school", p->school, "code", p->code, "name", p->name);
}

static json_t *account_json(const struct store_answer *answer, size_t i)
{
    const struct store_account *a = &answer->accounts[i];
    return json_pack("{s:s, s:b, s:o}", "login", a->login, "has_totp", *a->totp != '\0',
                     "last_seen", time_json(a->seen_ms));
}

static json_t *invitation_json(const struct store_answer *answer, size_t i)
{
    int64_t until_ms = answer->invitations[i].until_ms;
    return until_ms < clock_wall_ms() ? json_null() : time_json(until_ms);
}

/* Each adds a field: a list, or one thing or null. */
static const struct portrait_step {
    listing_ask_fn *ask;
    const char *field;
    listing_row_fn *row;
    bool is_list;
} steps[] = {
    {store_list_callings,      "roles",         role_json,       true },
    {store_list_wards,         "wards",         ward_json,       true },
    {store_find_account_of,    "account",       account_json,    false},
    {store_find_invitation_of, "invited_until", invitation_json, false},
};
enum { STEPS = sizeof(steps) / sizeof(*steps) };

static void portrait_end(struct portrait *p, int err)
{
    if (err) {
        fail_store(p->req, err);
        json_decref(p->json);
    } else {
        reply_json(p->req, 200, p->json);
    }
    free(p);
}

static json_t *field_json(const struct portrait_step *step, const struct store_answer *answer)
{
    if (!step->is_list)
        return answer->n ? step->row(answer, 0) : json_null();
    return rows_json(answer, step->row);
}

static void on_step(void *arg, const struct store_answer *answer);

static void portrait_go_on(struct portrait *p)
{
    /* Of a person named by school and code; callings and accounts want our id as the code. */
    bool is_by_id = steps[p->step].ask != store_list_wards;
    const struct store_question q = {
        .school = place_school(p->req),
        .code = is_by_id ? p->id : http_param(p->req, "person"),
    };
    int err = steps[p->step].ask(p->app->store, &q, on_step, p);
    if (err)
        portrait_end(p, err);
}

static void on_step(void *arg, const struct store_answer *answer)
{
    struct portrait *p = arg;
    const struct portrait_step *step = &steps[p->step];
    bool is_none = answer->err == -ENOENT && !step->is_list;
    int err = is_none ? 0 : answer->err;
    if (!err && json_object_set_new(p->json, step->field, field_json(step, answer)))
        err = -ENOMEM;
    if (err || ++p->step == STEPS)
        portrait_end(p, err);
    else
        portrait_go_on(p);
}

static void on_found(void *arg, const struct store_answer *answer)
{
    struct portrait *p = arg;
    int err = answer->err;
    if (!err) {
        p->json = person_json(answer, 0);
        snprintf(p->id, sizeof(p->id), "%s", answer->people[0].id);
        err = p->json ? 0 : -ENOMEM;
    }
    if (err)
        portrait_end(p, err);
    else
        portrait_go_on(p);
}

void api_get_person(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    if (!place_person(app, req))
        return;
    struct portrait *p = calloc(1, sizeof(*p));
    if (!p) {
        fail_store(req, -ENOMEM);
        return;
    }
    p->req = req;
    p->app = app;
    const struct store_question q = {.school = place_school(req),
                                     .code = http_param(req, "person")};
    int err = store_find_person(app->store, &q, on_found, p);
    if (err)
        portrait_end(p, err);
}

/* -- what they are ----------------------------------------------------------------------------- */

/* Where the role `:role` is held, by the query. False: it has been answered. */
static bool read_role(struct http_request *req, const struct api_app *app, struct store_member *out)
{
    const char *school = http_query(req, "school"), *klass = http_query(req, "class");
    if (!school || !klass || store_role_parse(http_param(req, "role"), &out->role) ||
        out->role == STORE_GUARDIAN) {
        http_fail(req, 400, "bad_role", "There is no such role, or it is not given in this way.");
        return false;
    }
    enum store_place_kind kind = store_role_place(out->role);
    out->school = kind == STORE_DISTRICT ? "" : *school ? school : place_school(req);
    out->klass = kind == STORE_CLASS ? klass : "";
    if (kind != STORE_DISTRICT && !directory_has_place(app->directory, out->school, out->klass)) {
        fail_none(req, kind == STORE_CLASS ? "class" : "school");
        return false;
    }
    if ((kind != STORE_DISTRICT && !*out->school) || (kind == STORE_CLASS && !*out->klass)) {
        http_fail(req, 400, "bad_role",
                  "This role is held in a class: say ?class=, or in a school.");
        return false;
    }
    if (place_may(app, req, PERMIT_CHANGE_PEOPLE, out->school, "", NULL))
        return true;
    http_fail(req, 403, "forbidden", "This role is not yours to give, or to take.");
    return false;
}

/* A pupil is no teacher, and in one class: the way to the next one leads out of the one before. */
static bool settle(struct http_request *req, struct batch *batch,
                   const struct directory_person *who, const struct store_member *wanted)
{
    for (size_t i = 0; i < who->n_roles; i++) {
        const struct directory_role *held = &who->roles[i];
        if ((held->role == STORE_STUDENT) != (wanted->role == STORE_STUDENT)) {
            http_fail(req, 409, "pupil_and_staff", "Nobody is a pupil and of the staff both.");
            return false;
        }
        bool is_same =
            strcmp(held->school, wanted->school) == 0 && strcmp(held->klass, wanted->klass) == 0;
        if (held->role == STORE_STUDENT && !is_same)
            batch_drop_role(batch, &(struct store_member){.person = wanted->person,
                                                          .role = STORE_STUDENT,
                                                          .school = held->school,
                                                          .klass = held->klass});
    }
    return true;
}

static void audit_role(struct change *c, const char *act, const struct store_member *m)
{
    char detail[STORE_TEXT_MAX];
    snprintf(detail, sizeof(detail), "%s at %s%s%s", store_role_name(m->role),
             *m->school ? m->school : "district", *m->klass ? "/" : "", m->klass);
    change_audit_person(c, act, m->person.school, m->person.code, detail);
}

void api_put_role(struct http_request *req, void *arg)
{
    struct store_member m = {.klass = ""};
    const struct directory_person *who = place_person(arg, req);
    if (!who || !read_role(req, arg, &m))
        return;
    m.person = (struct store_person){.school = who->school, .code = who->code};
    struct change *c = change_new(req, arg);
    if (!c)
        return;
    if (!settle(req, change_batch(c), who, &m)) {
        change_free(&c);
        return;
    }
    batch_put_role(change_batch(c), &m);
    audit_role(c, "role.put", &m);
    change_commit(c, 204, NULL);
}

void api_drop_role(struct http_request *req, void *arg)
{
    struct store_member m = {.klass = ""};
    const struct directory_person *who = place_person(arg, req);
    struct change *c = who && read_role(req, arg, &m) ? change_new(req, arg) : NULL;
    if (!c)
        return;
    m.person = (struct store_person){.school = who->school, .code = who->code};
    batch_drop_role(change_batch(c), &m);
    audit_role(c, "role.drop", &m);
    change_commit(c, 204, NULL);
}

/* -- whom they look after ---------------------------------------------------------------------- */

static bool is_staff(const struct directory_person *who)
{
    for (size_t i = 0; i < who->n_roles; i++) {
        if (who->roles[i].role != STORE_STUDENT)
            return true;
    }
    return false;
}

/* NULL: it has been answered. */
static const struct directory_person *read_ward(struct http_request *req, const struct api_app *app)
{
    const char *school = http_query(req, "school");
    if (!school || !*school)
        school = place_school(req);
    const struct directory_person *ward =
        directory_find_code(app->directory, school, http_param(req, "ward"));
    if (!ward) {
        fail_none(req, "person");
        return NULL;
    }
    if (place_may(app, req, PERMIT_CHANGE_PEOPLE, school, "", ward))
        return ward;
    http_fail(req, 403, "forbidden", "This pupil is at home elsewhere.");
    return NULL;
}

static void change_ward(struct http_request *req, const struct api_app *app,
                        const struct directory_person *ward, const char *act,
                        void (*add)(struct batch *batch, const struct store_person *guardian,
                                    const struct store_person *pupil))
{
    const struct directory_person *guardian = place_person(app, req);
    struct change *c = guardian ? change_new(req, app) : NULL;
    if (!c)
        return;
    const struct store_person g = {.school = guardian->school, .code = guardian->code};
    const struct store_person w = {.school = ward->school, .code = ward->code};
    add(change_batch(c), &g, &w);
    change_audit_person(c, act, ward->school, ward->code, "");
    change_commit(c, 204, NULL);
}

void api_put_ward(struct http_request *req, void *arg)
{
    const struct directory_person *ward = read_ward(req, arg);
    if (ward && is_staff(ward))
        http_fail(req, 409, "not_a_pupil", "They are of the staff, and no pupil.");
    else if (ward)
        change_ward(req, arg, ward, "ward.put", batch_put_guardian);
}

void api_drop_ward(struct http_request *req, void *arg)
{
    const struct directory_person *ward = read_ward(req, arg);
    if (ward)
        change_ward(req, arg, ward, "ward.drop", batch_drop_guardian);
}
