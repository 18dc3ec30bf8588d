#include "server/api/handlers.h"

#include <string.h>

#include "server/api/listing.h"
#include "server/api/plan_json.h"
#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/directory/directory.h"
#include "server/store/deeds.h"

static json_t *audit_json(const struct store_audit *e)
{
    return json_pack("{s:I, s:o, s:s, s:s, s:s, s:s}", "seq", (json_int_t)e->seq, "at",
                     time_json(e->at_ms), "actor", e->actor, "act", e->act, "subject", e->subject,
                     "detail", e->detail);
}

static json_t *entry_json(const struct store_answer *answer, size_t i)
{
    return audit_json(&answer->audit[i]);
}

static json_t *person_json(const struct store_person *p)
{
    if (!*p->id)
        return json_null();
    return json_pack("{s:s, s:s, s:s}", "school", p->school, "code", p->code, "name", p->name);
}

static json_t *deed_json(const struct store_answer *answer, size_t i)
{
    const struct store_deed *d = &answer->deeds[i];
    json_t *o = audit_json(&d->entry);
    json_object_set_new(o, "by", person_json(&d->actor));
    json_object_set_new(o, "about", person_json(&d->subject));
    return o;
}

/* -- what is looked for ------------------------------------------------------------------------ */

enum { ORDER, FROM, TO, ACT, SCHOOL, PERSON, ASKED };

/* False: answered. */
static bool read_query(struct http_request *req, const char *asked[ASKED])
{
    static const char *const names[ASKED] = {"order", "from", "to", "act", "school", "person"};
    bool is_fine = true, is_filtered = false;
    for (size_t i = 0; i < ASKED; i++) {
        asked[i] = http_query(req, names[i]);
        is_fine = is_fine && asked[i];
        is_filtered |= i != ORDER && asked[i] && *asked[i];
    }
    is_fine = is_fine &&
              (strcmp(asked[ORDER], "newest") == 0 || (!*asked[ORDER] && !is_filtered)) &&
              (*asked[PERSON] || !*asked[SCHOOL]); /* a school alone is no filter there is */
    if (!is_fine)
        http_fail(req, 400, "bad_query",
                  "Expected ?order=newest, with which go from, to, act, and school with person.");
    return is_fine;
}

/* When the district's day begins, in milliseconds since 1970. */
static int64_t day_ms(const struct plan *plan, int32_t date)
{
    return ((int64_t)date * DATE_DAY_S - (int64_t)plan->all.utc_offset_min * 60) * 1000;
}

static bool read_days(struct http_request *req, const struct api_app *app, struct store_question *q)
{
    const struct plan *plan = planner_plan(app->planner);
    int32_t from, to;
    if (!date_query(req, "from", DATE_MIN, &from) || !date_query(req, "to", DATE_MAX, &to))
        return false;
    q->from_ms = day_ms(plan, from);
    q->to_ms = day_ms(plan, to + 1);
    return true;
}

static void list_newest(struct http_request *req, const struct api_app *app,
                        const char *const asked[ASKED])
{
    struct store_question q = {.act = asked[ACT]};
    if (*asked[PERSON]) {
        const struct directory_person *who =
            directory_find_code(app->directory, asked[SCHOOL], asked[PERSON]);
        if (!who) {
            fail_none(req, "person");
            return;
        }
        q.person = who->id;
    }
    if (read_days(req, app, &q))
        listing_reply(req, app, store_list_deeds, q, deed_json);
}

void api_list_audit(struct http_request *req, void *arg)
{
    const char *asked[ASKED];
    if (!read_query(req, asked))
        return;
    if (*asked[ORDER])
        list_newest(req, arg, asked);
    else
        listing_reply(req, arg, store_list_audit, (struct store_question){.school = ""},
                      entry_json);
}
