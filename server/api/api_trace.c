#include "server/api/handlers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/api/change.h"
#include "server/api/place.h"
#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/store/trace.h"

/* -- all that is kept about a person ----------------------------------------------------------- */

/* "seen_ms", a time, is shown as "seen". */
static int add_value(json_t *row, const struct store_fact *f)
{
    static const char ending[] = "_ms";
    char name[64];
    size_t len = strlen(f->name), n = sizeof(ending) - 1;
    bool is_time = !f->text && len > n && strcmp(f->name + len - n, ending) == 0;
    snprintf(name, sizeof(name), "%.*s", (int)(is_time ? len - n : len), f->name);
    return json_object_set_new(row, name,
                               is_time   ? time_json(f->number)
                               : f->text ? json_string(f->text)
                                         : json_integer(f->number));
}

/* The row of its kind that the fact belongs to, new if need be; borrowed. NULL: no memory. */
static json_t *row_of(json_t *all, const struct store_fact *f)
{
    json_t *rows = json_object_get(all, f->kind);
    if (!rows) {
        rows = json_array();
        if (json_object_set_new(all, f->kind, rows))
            return NULL;
    }
    if (json_array_size(rows) == f->row && json_array_append_new(rows, json_object()))
        return NULL;
    return json_array_get(rows, f->row);
}

static json_t *facts_json(const struct store_answer *answer)
{
    json_t *all = json_object();
    for (size_t i = 0; i < answer->n; i++) {
        json_t *row = row_of(all, &answer->facts[i]);
        if (!row || add_value(row, &answer->facts[i])) {
            json_decref(all);
            return NULL;
        }
    }
    return all;
}

static void on_facts(void *arg, const struct store_answer *answer)
{
    struct http_request *req = arg;
    if (answer->err)
        fail_store(req, answer->err);
    else
        reply_json(req, 200, facts_json(answer));
}

void api_get_data(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct store_question q = {.school = place_school(req),
                                     .code = http_param(req, "person")};
    if (!place_person(app, req))
        return;
    int err = store_list_facts(app->store, &q, on_facts, req);
    if (err)
        fail_store(req, err);
}

/* -- erasing it -------------------------------------------------------------------------------- */

void api_erase_person(struct http_request *req, void *arg)
{
    const struct directory_person *who = place_person(arg, req);
    struct change *c = who ? change_new(req, arg) : NULL;
    if (!c)
        return;
    batch_erase_person(change_batch(c), change_actor(req), who->school, who->code);
    change_commit(c, 204, NULL);
}
