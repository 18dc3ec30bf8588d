#include "server/api/handlers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/change.h"
#include "server/api/listing.h"
#include "server/api/place.h"
#include "server/api/reply.h"
#include "server/api/task.h"
#include "server/directory/directory.h"

/* The guardians of a class, and their invitations. */

static json_t *guardian_json(const struct store_guardian *g)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "school", g->person.school, "code",
                     g->person.code, "name", g->person.name, "ward", g->ward, "ward_name",
                     g->ward_name);
}

static json_t *row_json(const struct store_answer *answer, size_t i)
{
    json_t *row = guardian_json(&answer->guardians[i]);
    if (row)
        json_object_set_new(row, "has_account", json_boolean(answer->guardians[i].has_account));
    return row;
}

void api_list_guardians(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct store_question q = place_class(req);
    if (place_has_class(app, req, q.klass))
        listing_reply(req, app, store_list_guardians, q, row_json);
}

/* Invitations that are being made: one for each person, shown beside each of their wards. */
struct inviting {
    struct task *task;
    json_t *items;
    size_t n;
    char persons[DOOR_CODES_MAX][STORE_ID_MAX];
    size_t n_items;
    uint16_t person_of[DOOR_CODES_MAX]; /* of each item */
};

static void inviting_free(struct inviting *v)
{
    json_decref(v->items);
    free(v);
}

static void inviting_fail(struct inviting *v, int err)
{
    task_fail(v->task, err, 0);
    inviting_free(v);
}

static void on_invited(void *arg, const struct door_codes *told)
{
    struct inviting *v = arg;
    char link[128];
    if (told->err) {
        inviting_fail(v, told->err);
        return;
    }
    for (size_t i = 0; i < v->n_items; i++) {
        json_t *item = json_array_get(v->items, i);
        snprintf(link, sizeof(link), "/sign-in#invite=%s", told->codes[v->person_of[i]].code);
        json_object_set_new(item, "link", json_string(link));
        json_object_set_new(item, "expires", time_json(told->until_ms));
    }
    reply_json(v->task->req, 201, listing_json(json_incref(v->items), NULL));
    free(v->task);
    inviting_free(v);
}

/* A pupil of this school, or of another where the asker may give codes, too. */
static bool is_near(const struct task *task, const struct directory_person *pupil)
{
    for (size_t i = 0; i < pupil->n_roles; i++) {
        const struct directory_role *r = &pupil->roles[i];
        if (strcmp(r->school, http_param(task->req, "school")) != 0 &&
            !place_may(task->app, task->req, PERMIT_GIVE_CODES, r->school, r->klass, pupil))
            return false;
    }
    return true;
}

/* Who has an account has no need of it, and who is more than a guardian is invited by who may make
 * them that. Who has the paper could use it, and sees all that is kept about each ward: those of
 * other schools are no business of this one's. */
static bool is_wanted(const struct inviting *v, const struct store_guardian *g)
{
    const struct directory *directory = v->task->app->directory;
    const struct directory_person *who =
        directory_find_code(directory, g->person.school, g->person.code);
    bool is_guardian_alone = who && who->n_roles == 0;
    for (size_t i = 0; is_guardian_alone && i < who->n_wards; i++) {
        const struct directory_person *ward = directory_find(directory, who->wards[i]);
        if (ward && !is_near(v->task, ward))
            return false;
    }
    return is_guardian_alone && !g->has_account;
}

static size_t person_index(struct inviting *v, const char *id)
{
    size_t i = 0;
    while (i < v->n && strcmp(v->persons[i], id) != 0)
        i++;
    if (i == v->n)
        snprintf(v->persons[v->n++], STORE_ID_MAX, "%s", id);
    return i;
}

static void on_guardians(void *arg, const struct store_answer *answer)
{
    struct inviting *v = arg;
    const struct task *task = v->task;
    const char *persons[DOOR_CODES_MAX];
    char subject[STORE_NAME_MAX];
    int err = answer->err ? answer->err : answer->next ? -ENOSPC : 0;
    for (size_t i = 0; i < answer->n && !err; i++) {
        const struct store_guardian *g = &answer->guardians[i];
        if (!is_wanted(v, g))
            continue;
        v->person_of[v->n_items++] = (uint16_t)person_index(v, g->person.id);
        /* A row that was left out would give the next one another's link. */
        if (json_array_append_new(v->items, guardian_json(g)))
            err = -ENOMEM;
    }
    for (size_t i = 0; i < v->n; i++)
        persons[i] = v->persons[i];
    snprintf(subject, sizeof(subject), "%s/%s", http_param(task->req, "school"),
             http_param(task->req, "class"));
    if (!err)
        err = door_invite_many(task->app->door, change_actor(task->req), subject, persons, v->n,
                               on_invited, v);
    if (err)
        inviting_fail(v, err);
}

void api_invite_guardians(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct store_question q = place_class(req);
    if (!place_has_class(app, req, q.klass))
        return;
    struct inviting *v = calloc(1, sizeof(*v));
    struct task *task = v ? task_new(req, app) : NULL;
    if (!task) {
        if (!v)
            fail_store(req, -ENOMEM);
        free(v);
        return;
    }
    v->task = task;
    v->items = json_array();
    int err = store_list_guardians(app->store, &q, on_guardians, v);
    if (err)
        inviting_fail(v, err);
}
