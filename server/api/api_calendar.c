#include "server/api/handlers.h"

#include <stdlib.h>
#include <string.h>

#include "server/api/place.h"
#include "server/api/plan_change.h"
#include "server/api/plan_json.h"
#include "server/api/reply.h"
#include "server/api/routes.h"

static json_t *days_json(int32_t from, int32_t to, const char *one, const char *other)
{
    char a[DATE_TEXT_SIZE], b[DATE_TEXT_SIZE];
    date_print(a, from);
    date_print(b, to);
    return json_pack("{s:s, s:s}", one, a, other, b);
}

/* ---- the school year ---- */

static json_t *year_json(const struct plan *plan)
{
    const struct store_year *y = &plan->stored->year;
    char monday[DATE_TEXT_SIZE];
    bool is_said = y->first_monday != PLAN_NO_FIRST_MONDAY;
    json_t *holidays = json_array(), *swaps = json_array();
    for (size_t i = 0; i < y->n_holidays; i++)
        json_array_append_new(holidays,
                              days_json(y->holidays[i].from, y->holidays[i].to, "from", "to"));
    for (size_t i = 0; i < y->n_swaps; i++)
        json_array_append_new(swaps, days_json(y->swaps[i].from, y->swaps[i].to, "date", "as"));
    date_print(monday, y->first_monday);
    return json_pack("{s:s?, s:b, s:i, s:o, s:o}", "first_monday", is_said ? monday : NULL,
                     "wants_first_monday", plan_wants_first_monday(plan), "utc_offset_min",
                     y->utc_offset_min, "holidays", holidays, "swaps", swaps);
}

void api_get_calendar(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    reply_json(req, 200, year_json(planner_plan(app->planner)));
}

static json_t *changed_year(const struct plan_change *c)
{
    json_t *o = year_json(planner_plan(c->app->planner));
    json_t *notes = plan_notes(c);
    if (o && notes)
        json_object_update(o, notes);
    json_decref(notes);
    return o;
}

/* An array of {one, other}; what the change does not speak of is none. */
static bool read_days(const json_t *body, const char *name, const char *one, const char *other,
                      struct store_days *out, size_t *n)
{
    const json_t *all = json_object_get(body, name);
    *n = json_array_size(all);
    if ((all && !json_is_array(all)) || *n > STORE_YEAR_DAYS_MAX)
        return false;
    for (size_t i = 0; i < *n; i++) {
        const json_t *days = json_array_get(all, i);
        if (date_field(days, one, &out[i].from) || date_field(days, other, &out[i].to))
            return false;
    }
    return true;
}

/* null: it is still to be said. */
static bool read_first_monday(const json_t *body, int32_t *out)
{
    *out = PLAN_NO_FIRST_MONDAY;
    return json_is_null(json_object_get(body, "first_monday")) ||
           date_field(body, "first_monday", out) == 0;
}

/* NULL, or the field that is wrong. */
static const char *read_year(struct plan_change *c)
{
    struct store_year *y = &c->change.year;
    struct store_days *room = c->room = calloc((size_t)2 * STORE_YEAR_DAYS_MAX, sizeof(*room));
    const json_t *offset = json_object_get(c->body, "utc_offset_min");
    if (!room)
        return "body";
    y->holidays = room;
    y->swaps = room + STORE_YEAR_DAYS_MAX;
    if (!read_first_monday(c->body, &y->first_monday))
        return "first_monday";
    if (!json_is_integer(offset) || llabs(json_integer_value(offset)) > POLICY_DAY_MIN)
        return "utc_offset_min";
    y->utc_offset_min = (int)json_integer_value(offset);
    if (!read_days(c->body, "holidays", "from", "to", room, &y->n_holidays))
        return "holidays";
    if (!read_days(c->body, "swaps", "date", "as", room + STORE_YEAR_DAYS_MAX, &y->n_swaps))
        return "swaps";
    return NULL;
}

void api_put_calendar(struct http_request *req, void *arg)
{
    struct plan_change *c = plan_change_new(req, arg);
    if (!c || !plan_change_body(&c))
        return;
    const char *wrong = read_year(c);
    c->answer = changed_year;
    if (wrong)
        plan_change_refuse(&c, wrong);
    else
        plan_change_begin(&c, planner_put_year);
}

/* ---- snow days ---- */

void api_list_closures(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct store_plan *stored = planner_plan(app->planner)->stored;
    const char *school = place_school(req);
    json_t *items = json_array();
    for (size_t i = 0; i < stored->n_closures; i++) {
        const struct store_closure *c = &stored->closures[i];
        if (strcmp(c->school, school) == 0)
            json_array_append_new(items, days_json(c->days.from, c->days.to, "from", "to"));
    }
    reply_json(req, 200, json_pack("{s:o, s:n}", "items", items, "next"));
}

static json_t *closed_days(const struct plan_change *c)
{
    json_t *o = plan_notes(c);
    json_t *days = days_json(c->change.days.from, c->change.days.to, "from", "to");
    if (o && days)
        json_object_update(o, days);
    json_decref(days);
    return o;
}

void api_close_school(struct http_request *req, void *arg)
{
    struct plan_change *c = plan_change_new(req, arg);
    if (!c || !plan_change_body(&c))
        return;
    c->status = 201;
    c->answer = closed_days;
    if (date_field(c->body, "from", &c->change.days.from))
        plan_change_refuse(&c, "from");
    else if (date_field(c->body, "to", &c->change.days.to))
        plan_change_refuse(&c, "to");
    else
        plan_change_begin(&c, planner_close_school);
}

/* ?from=&to= as the list has them. */
void api_open_school(struct http_request *req, void *arg)
{
    struct plan_change *c = plan_change_new(req, arg);
    const char *from = http_query(req, "from"), *to = http_query(req, "to");
    if (!c)
        return;
    if (!from || date_read(&c->change.days.from, from))
        plan_change_refuse(&c, "from");
    else if (!to || date_read(&c->change.days.to, to))
        plan_change_refuse(&c, "to");
    else
        plan_change_begin(&c, planner_open_school);
}

/* ---- the rules ---- */

static json_t *rules_json(const struct plan *plan)
{
    const char *text = plan->stored->policy;
    return json_pack("{s:s, s:b}", "text", *text ? text : policy_text(), "is_builtin", !*text);
}

void api_get_policy(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    reply_json(req, 200, rules_json(planner_plan(app->planner)));
}

static json_t *changed_rules(const struct plan_change *c)
{
    return rules_json(planner_plan(c->app->planner));
}

void api_put_policy(struct http_request *req, void *arg)
{
    struct plan_change *c = plan_change_new(req, arg);
    if (!c || !plan_change_body(&c))
        return;
    const json_t *text = json_object_get(c->body, "text");
    c->answer = changed_rules;
    c->change.text = json_string_value(text);
    if (!c->change.text || json_string_length(text) >= STORE_POLICY_MAX)
        plan_change_refuse(&c, "text");
    else
        plan_change_begin(&c, planner_put_rules);
}
