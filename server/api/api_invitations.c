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

/* Invitations: of one person, and of the guardians of a class. */

/* -- the guardians of a class ------------------------------------------------------------------ */

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

/* -- who may be invited ------------------------------------------------------------------------ */

/* Of this school, or of another where the asker may give codes, too. */
static bool is_near(const struct api_app *app, struct http_request *req, const char *school,
                    const char *klass, const struct directory_person *pupil)
{
    return strcmp(school, http_param(req, "school")) == 0 ||
           place_may(app, req, PERMIT_GIVE_CODES, school, klass, pupil);
}

static bool is_near_pupil(const struct api_app *app, struct http_request *req,
                          const struct directory_person *pupil)
{
    bool is = pupil->n_roles > 0 || is_near(app, req, pupil->school, "", pupil);
    for (size_t i = 0; is && i < pupil->n_roles; i++)
        is = is_near(app, req, pupil->roles[i].school, pupil->roles[i].klass, pupil);
    return is;
}

/* Who has the invitation could use it: may do all that they may, and sees all that is kept about
 * each ward. The asker must be able to make as much of them; pupils of other schools are no
 * business of this one's. */
static bool may_invite(const struct api_app *app, struct http_request *req,
                       const struct directory_person *who)
{
    bool may = who->n_roles == 0 || place_may(app, req, PERMIT_CHANGE_PEOPLE, who->school, "", who);
    for (size_t i = 0; may && i < who->n_wards; i++) {
        const struct directory_person *ward = directory_find(app->directory, who->wards[i]);
        may = !ward || is_near_pupil(app, req, ward);
    }
    return may;
}

/* -- invitations on their way ------------------------------------------------------------------ */

/* One for each person, shown beside each of their wards. */
struct inviting {
    struct directory_wait wait; /* first: its callback gets this; about one of the persons */
    struct task *task;
    bool is_one; /* the answer is not a list */
    json_t *items;
    size_t n;
    char persons[DOOR_CODES_MAX][STORE_ID_MAX];
    size_t n_items;
    uint16_t person_of[DOOR_CODES_MAX]; /* of each item */
};

/* NULL: it has been answered. */
static struct inviting *inviting_new(struct http_request *req, const struct api_app *app)
{
    struct inviting *v = calloc(1, sizeof(*v));
    struct task *task = v ? task_new(req, app) : NULL;
    if (!v)
        fail_store(req, -ENOMEM);
    if (task) {
        v->task = task;
        v->items = json_array();
        return v;
    }
    free(v);
    return NULL;
}

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

static void refuse(struct http_request *req)
{
    http_fail(req, 403, "more_elsewhere",
              "They are more than you could make of them, or look after a pupil of another school: "
              "the district's office invites them.");
}

/* Their index. */
static size_t inviting_add(struct inviting *v, const struct store_person *who)
{
    size_t i = 0;
    while (i < v->n && strcmp(v->persons[i], who->id) != 0)
        i++;
    if (i < v->n)
        return i;
    snprintf(v->persons[v->n++], STORE_ID_MAX, "%s", who->id);
    snprintf(v->wait.about.school, STORE_CODE_MAX, "%s", who->school);
    snprintf(v->wait.about.code, STORE_CODE_MAX, "%s", who->code);
    return i;
}

static void inviting_reply(struct inviting *v)
{
    struct http_request *req = v->task->req;
    json_t *first = json_array_get(v->items, 0);
    if (!v->is_one)
        reply_json(req, 201, listing_json(json_incref(v->items), NULL));
    else if (first)
        reply_json(req, 201, json_incref(first));
    else
        refuse(req);
    free(v->task);
    inviting_free(v);
}

/* Meanwhile they may have become more, and the directory not have known it. From here on whatever
 * makes them more takes the invitation away; of one that is told to nobody it need not be. */
static void on_up_to_date(struct directory_wait *wait, int err)
{
    struct inviting *v = (struct inviting *)wait;
    const struct task *task = v->task;
    for (size_t i = v->n_items; i-- > 0 && !err;) {
        const struct directory_person *who =
            directory_find(task->app->directory, v->persons[v->person_of[i]]);
        if (!who || !may_invite(task->app, task->req, who))
            json_array_remove(v->items, i);
    }
    if (err)
        inviting_fail(v, err);
    else
        inviting_reply(v);
}

static void look_again(struct inviting *v)
{
    if (v->n == 0) {
        inviting_reply(v);
        return;
    }
    v->wait.done = on_up_to_date;
    directory_refresh(v->task->app->directory, &v->wait);
}

static void tell(json_t *item, const char *secret, int64_t until_ms)
{
    char link[128];
    snprintf(link, sizeof(link), "/sign-in#invite=%s", secret);
    json_object_set_new(item, "link", json_string(link));
    json_object_set_new(item, "expires", time_json(until_ms));
}

/* -- of one person ----------------------------------------------------------------------------- */

static void on_invited(void *arg, const struct door_told *told)
{
    struct inviting *v = arg;
    json_t *item = told->err ? NULL : json_pack("{s:s}", "invite", told->secret);
    if (!item || json_array_append_new(v->items, item)) {
        inviting_fail(v, told->err ? told->err : -ENOMEM);
        return;
    }
    tell(item, told->secret, told->until_ms);
    look_again(v);
}

void api_invite(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct directory_person *who = place_person(app, req);
    if (who && !may_invite(app, req, who)) {
        refuse(req);
        return;
    }
    struct inviting *v = who ? inviting_new(req, app) : NULL;
    if (!v)
        return;
    v->is_one = true;
    v->n_items = 1;
    inviting_add(v,
                 &(struct store_person){.id = who->id, .school = who->school, .code = who->code});
    int err = door_invite(app->door, change_actor(req), who->id, on_invited, v);
    if (err)
        inviting_fail(v, err);
}

/* -- of the guardians of a class --------------------------------------------------------------- */

static void on_all_invited(void *arg, const struct door_codes *told)
{
    struct inviting *v = arg;
    if (told->err) {
        inviting_fail(v, told->err);
        return;
    }
    for (size_t i = 0; i < v->n_items; i++)
        tell(json_array_get(v->items, i), told->codes[v->person_of[i]].code, told->until_ms);
    look_again(v);
}

/* Who has an account has no need of it, and who is more than a guardian is invited as such. */
static bool is_wanted(const struct task *task, const struct store_guardian *g)
{
    const struct directory_person *who = directory_find(task->app->directory, g->person.id);
    return who && who->n_roles == 0 && !g->has_account && may_invite(task->app, task->req, who);
}

static int want_all(struct inviting *v, const struct store_answer *answer)
{
    int err = answer->err ? answer->err : answer->next ? -ENOSPC : 0;
    for (size_t i = 0; i < answer->n && !err; i++) {
        const struct store_guardian *g = &answer->guardians[i];
        if (!is_wanted(v->task, g))
            continue;
        v->person_of[v->n_items++] = (uint16_t)inviting_add(v, &g->person);
        /* A row that was left out would give the next one another's link. */
        if (json_array_append_new(v->items, guardian_json(g)))
            err = -ENOMEM;
    }
    return err;
}

static void on_guardians(void *arg, const struct store_answer *answer)
{
    struct inviting *v = arg;
    const struct task *task = v->task;
    const char *persons[DOOR_CODES_MAX];
    char subject[STORE_NAME_MAX];
    int err = want_all(v, answer);
    for (size_t i = 0; i < v->n; i++)
        persons[i] = v->persons[i];
    snprintf(subject, sizeof(subject), "%s/%s", http_param(task->req, "school"),
             http_param(task->req, "class"));
    if (!err)
        err = door_invite_many(task->app->door,
                               &(struct door_order){.actor = change_actor(task->req),
                                                    .subject = subject,
                                                    .persons = persons,
                                                    .n = v->n},
                               on_all_invited, v);
    if (err)
        inviting_fail(v, err);
}

void api_invite_guardians(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct store_question q = place_class(req);
    struct inviting *v = place_has_class(app, req, q.klass) ? inviting_new(req, app) : NULL;
    int err = v ? store_list_guardians(app->store, &q, on_guardians, v) : 0;
    if (err)
        inviting_fail(v, err);
}
