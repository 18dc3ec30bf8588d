#include "server/api/handlers.h"

#include <stdio.h>

#include "server/api/listing.h"
#include "server/api/place.h"
#include "server/api/plan_json.h"
#include "server/api/routes.h"
#include "server/store/visit.h"

static unsigned minutes_of(uint32_t s)
{
    return (s + 30) / 60;
}

/* "08:05", of the day. */
static json_t *time_of_day(uint32_t s)
{
    return json_sprintf("%02u:%02u", s / 3600, s / 60 % 60);
}

static json_t *visit_json(const struct store_visit *v)
{
    return json_pack("{s:s, s:s, s:i, s:i, s:o, s:o}", "id", v->lesson, "title", v->title,
                     "minutes", (int)minutes_of(v->group_s + v->voice_s), "voice_minutes",
                     (int)minutes_of(v->voice_s), "first", time_of_day(v->first_s), "last",
                     time_of_day(v->last_s));
}

static json_t *pupil_json(const struct store_answer *answer, size_t i)
{
    const struct store_roll *r = &answer->roll[i];
    uint32_t group_s = 0, voice_s = 0;
    json_t *lessons = json_array();
    for (size_t k = 0; k < r->n_visits; k++) {
        group_s += r->visits[k].group_s;
        voice_s += r->visits[k].voice_s;
        json_array_append_new(lessons, visit_json(&r->visits[k]));
    }
    return json_pack("{s:s, s:s, s:i, s:i, s:o}", "code", r->person.code, "name", r->person.name,
                     "minutes", (int)minutes_of(group_s + voice_s), "voice_minutes",
                     (int)minutes_of(voice_s), "lessons", lessons);
}

void api_list_roll(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    char day[16];
    int32_t date, today = plan_date(planner_plan(app->planner), planner_now_ms(app->planner));
    if (!place_has_class(app, req, http_param(req, "class")) ||
        !date_query(req, "date", today, &date))
        return;
    snprintf(day, sizeof(day), "%d", (int)date);
    const struct store_question q = {
        .school = http_param(req, "school"), .klass = http_param(req, "class"), .code = day};
    listing_reply(req, app, store_list_roll, q, pupil_json);
}
