#include "server/api/handlers.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/change.h"
#include "server/api/listing.h"
#include "server/api/place.h"
#include "server/api/reply.h"
#include "server/api/task.h"
#include "server/base/date.h"
#include "server/directory/directory.h"
#include "server/roster/name.h"

/* -- the codes of a class ---------------------------------------------------------------------- */

static json_t *devices_json(const struct store_entry *e)
{
    static const char *const kinds[] = {"phone", "tv"};
    json_t *list = json_array();
    for (int i = 0; i < STORE_DEVICES_MAX; i++) {
        const struct store_device *d = &e->devices[i];
        if (d->device)
            json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "kind", kinds[i], "since",
                                                  time_json(d->made_ms), "last_seen",
                                                  time_json(d->seen_ms)));
    }
    return list;
}

static json_t *holder_json(const struct store_answer *answer, size_t i)
{
    const struct store_entry *e = &answer->entries[i];
    return json_pack("{s:s, s:s, s:b, s:o}", "code", e->code, "name", e->name, "has_code",
                     e->hash[0] != '\0', "devices", devices_json(e));
}

void api_list_codes(struct http_request *req, void *arg)
{
    if (place_has_class(arg, req, http_param(req, "class")))
        listing_reply(req, arg, store_list_entries, place_class(req), holder_json);
}

/* Codes that are being made, and whom for. */
struct codes {
    struct task *task;
    bool is_reset; /* for those, too, who have one */
    bool is_one;   /* of a single pupil: the answer is not a list */
    json_t *items; /* code and name of each, in the order of the persons */
    size_t n;
    char persons[DOOR_CODES_MAX][STORE_ID_MAX];
};

static void codes_free(struct codes *c)
{
    json_decref(c->items);
    free(c);
}

static void codes_fail(struct codes *c, int err)
{
    task_fail(c->task, err, 0);
    codes_free(c);
}

static void reply_one(struct codes *c, const struct door_codes *told)
{
    reply_json(c->task->req, 201, json_pack("{s:s}", "entry_code", told->codes[0].code));
}

static void reply_list(struct codes *c, const struct door_codes *told)
{
    for (size_t i = 0; i < told->n; i++)
        json_object_set_new(json_array_get(c->items, i), "entry_code",
                            json_string(told->codes[i].code));
    reply_json(c->task->req, 201, listing_json(json_incref(c->items), NULL));
}

static void on_made(void *arg, const struct door_codes *told)
{
    struct codes *c = arg;
    if (told->err) {
        codes_fail(c, told->err);
        return;
    }
    if (c->is_one)
        reply_one(c, told);
    else
        reply_list(c, told);
    free(c->task);
    codes_free(c);
}

static void make(struct codes *c, const char *school, const char *subject)
{
    const char *persons[DOOR_CODES_MAX];
    const struct task *task = c->task;
    for (size_t i = 0; i < c->n; i++)
        persons[i] = c->persons[i];
    const struct door_order order = {.actor = change_actor(task->req),
                                     .subject = subject,
                                     .school = school,
                                     .persons = persons,
                                     .n = c->n};
    int err = door_make_codes(task->app->door, &order, on_made, c);
    if (err)
        codes_fail(c, err);
}

/* As one by one: nobody is let in with a class's codes as who is more than the asker could make. */
static bool may_have_code(const struct task *task, const char *person)
{
    const struct directory_person *who = directory_find(task->app->directory, person);
    return who && place_may(task->app, task->req, PERMIT_GIVE_CODES,
                            http_param(task->req, "school"), "", who);
}

static void on_pupils(void *arg, const struct store_answer *answer)
{
    struct codes *c = arg;
    char subject[STORE_NAME_MAX];
    if (answer->err || answer->next) { /* no class has a thousand pupils */
        codes_fail(c, answer->err ? answer->err : -ENOSPC);
        return;
    }
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_entry *e = &answer->entries[i];
        if ((e->hash[0] && !c->is_reset) || !may_have_code(c->task, e->person))
            continue;
        snprintf(c->persons[c->n++], STORE_ID_MAX, "%s", e->person);
        json_array_append_new(c->items, json_pack("{s:s, s:s}", "code", e->code, "name", e->name));
    }
    snprintf(subject, sizeof(subject), "%s/%s", http_param(c->task->req, "school"),
             http_param(c->task->req, "class"));
    make(c, http_param(c->task->req, "school"), subject);
}

static struct codes *codes_new(struct http_request *req, const struct api_app *app)
{
    struct codes *c = calloc(1, sizeof(*c));
    struct task *task = c ? task_new(req, app) : NULL;
    if (!c)
        fail_store(req, -ENOMEM);
    if (task) {
        c->task = task;
        c->items = json_array();
        return c;
    }
    free(c);
    return NULL;
}

void api_make_codes(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    json_t *body = place_has_class(app, req, http_param(req, "class")) ? body_object(req) : NULL;
    if (!body)
        return;
    const json_t *reset = json_object_get(body, "reset");
    struct codes *c = NULL;
    if (reset && !json_is_boolean(reset))
        http_fail(req, 400, "bad_field", "reset: expected true or false");
    else
        c = codes_new(req, app);
    if (c) {
        const struct store_question q = place_class(req);
        c->is_reset = json_is_true(reset);
        int err = store_list_entries(app->store, &q, on_pupils, c);
        if (err)
            codes_fail(c, err);
    }
    json_decref(body);
}

/* NULL: they are none. */
static const char *school_of_pupil(const struct directory_person *person)
{
    for (size_t i = 0; i < person->n_roles; i++) {
        if (person->roles[i].role == STORE_STUDENT)
            return person->roles[i].school;
    }
    return NULL;
}

void api_make_code(struct http_request *req, void *arg)
{
    const struct directory_person *person = place_person(arg, req);
    const char *school = person ? school_of_pupil(person) : NULL;
    if (!person)
        return;
    if (!school) {
        http_fail(req, 409, "no_pupil", "Entry codes are for pupils of a class.");
        return;
    }
    struct codes *c = codes_new(req, arg);
    if (!c)
        return;
    c->is_one = true;
    c->n = 1;
    snprintf(c->persons[0], STORE_ID_MAX, "%s", person->id);
    make(c, school, person->id);
}

/* -- day passes -------------------------------------------------------------------------------- */

static json_t *guest_json(const struct store_answer *answer, size_t i)
{
    const struct store_guest *g = &answer->guests[i];
    return json_pack("{s:s, s:s, s:o, s:I}", "id", g->id, "name", g->name, "until",
                     time_json(g->until_ms), "used", (json_int_t)g->used);
}

void api_list_guests(struct http_request *req, void *arg)
{
    if (place_has_class(arg, req, http_param(req, "class")))
        listing_reply(req, arg, store_list_guests, place_class(req), guest_json);
}

/* Two digits, up to `most`; -1 when there are others. */
static int take_two(const char **at, char before, int most)
{
    const char *p = *at;
    if (*p != before || !isdigit((unsigned char)p[1]) || !isdigit((unsigned char)p[2]))
        return -1;
    int n = (p[1] - '0') * 10 + p[2] - '0';
    *at += 3;
    return n <= most ? n : -1;
}

/* "Z", or how far east of it: minutes. False: neither. */
static bool take_zone(const char *at, int *east_min)
{
    char sign = *at;
    *east_min = 0;
    if (strcmp(at, "Z") == 0)
        return true;
    int hours = take_two(&at, sign, 14), minutes = take_two(&at, ':', 59);
    *east_min = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
    return (sign == '+' || sign == '-') && hours >= 0 && minutes >= 0 && !*at;
}

/* "2026-11-22T23:59:00.000+08:00", with seconds or without. -EINVAL. */
static int read_time(const char *text, int64_t *out_ms)
{
    char day[DATE_TEXT_SIZE];
    int32_t date;
    int east_min;
    if (strlen(text) < sizeof("2026-11-22T23:59Z") - 1)
        return -EINVAL;
    snprintf(day, sizeof(day), "%.10s", text);
    const char *at = text + 10;
    int hour = take_two(&at, 'T', 23), minute = take_two(&at, ':', 59);
    int second = *at == ':' ? take_two(&at, ':', 59) : 0;
    if (*at == '.')
        at += 1 + strspn(at + 1, "0123456789");
    if (date_read(&date, day) || hour < 0 || minute < 0 || second < 0 || !take_zone(at, &east_min))
        return -EINVAL;
    int64_t minutes = hour * 60 + minute - east_min;
    *out_ms = ((int64_t)date * DATE_DAY_S + minutes * 60 + second) * 1000;
    return 0;
}

static void on_guest_made(void *arg, const struct door_told *told)
{
    struct task *task = arg;
    if (told->err) {
        task_fail(task, told->err, told->wait_s);
        return;
    }
    reply_json(task->req, 201,
               json_pack("{s:s, s:s, s:o, s:i}", "id", told->person, "code", told->secret, "until",
                         time_json(told->until_ms), "used", 0));
    free(task);
}

void api_make_guest(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    struct store_guest guest = {.school = http_param(req, "school"),
                                .klass = http_param(req, "class")};
    json_t *body = place_has_class(app, req, guest.klass) ? body_object(req) : NULL;
    struct name name;
    if (!body)
        return;
    const char *text = json_string_value(json_object_get(body, "name"));
    const char *until = json_string_value(json_object_get(body, "until"));
    struct task *task = NULL;
    if (!text || !*text || name_read(&name, text) != 0)
        http_fail(req, 400, "bad_name", "name: expected a person's name");
    else if (!until || read_time(until, &guest.until_ms) != 0)
        http_fail(req, 400, "bad_until", "until: expected a time such as 2026-11-22T18:00:00Z");
    else
        task = task_new(req, app);
    if (task) {
        guest.name = name.text;
        int err = door_make_guest(app->door, change_actor(req), &guest, on_guest_made, task);
        if (err == -EINVAL) {
            http_fail(req, 400, "bad_until", "until: expected a time within the next seven days");
            free(task);
        } else {
            task_began(task, err, 0);
        }
    }
    json_decref(body);
}

void api_drop_guest(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct store_guest guest = {.id = http_param(req, "guest"),
                                      .school = http_param(req, "school"),
                                      .klass = http_param(req, "class")};
    struct task *task = place_has_class(app, req, guest.klass) ? task_new(req, app) : NULL;
    if (task)
        task_began(task, door_drop_guest(app->door, change_actor(req), &guest, task_told, task), 0);
}
