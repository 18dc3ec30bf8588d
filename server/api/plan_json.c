#include "server/api/plan_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/plan_said.h"
#include "server/api/routes.h"
#include "server/session/session.h"

/* ---- words ---- */

static const char *const kinds[] = {"lecture", "seminar", "qa", "meeting", "rehearsal", NULL};
static const char *const places[] = {"online", "school", "elsewhere", NULL};
static const char *const weeks[] = {"every", "odd", "even", NULL};

static int index_of(const char *const *words, const char *word)
{
    for (int i = 0; words[i] && word; i++) {
        if (strcmp(words[i], word) == 0)
            return i;
    }
    return -1;
}

int kind_of(const char *word)
{
    return index_of(kinds, word);
}

int place_of(const char *word)
{
    return index_of(places, word);
}

int weeks_of(const char *word)
{
    return index_of(weeks, word);
}

int minute_of(const char *text)
{
    static const char shape[] = "dd:dd";
    int n = 0;
    if (!text || strlen(text) != sizeof(shape) - 1)
        return -1;
    for (size_t i = 0; shape[i]; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == 'd' ? !is_digit : text[i] != ':')
            return -1;
        n = is_digit ? n * 10 + (text[i] - '0') : n;
    }
    return n / 100 < 24 && n % 100 < 60 ? n / 100 * 60 + n % 100 : -1;
}

int date_field(const json_t *o, const char *name, int32_t *out)
{
    const char *text = json_string_value(json_object_get(o, name));
    return text ? date_read(out, text) : -EINVAL;
}

bool date_query(struct http_request *req, const char *name, int32_t otherwise, int32_t *out)
{
    const char *text = http_query(req, name);
    *out = otherwise;
    if (text && (!*text || date_read(out, text) == 0))
        return true;
    http_fail(req, 400, "bad_date", "Expected a date such as 2024-02-29.");
    return false;
}

/* ---- people and classes ---- */

static json_t *person_json(const struct plan *plan, const char *id)
{
    const struct store_person *p = *id ? plan_person(plan, id) : NULL;
    if (!p)
        return json_null();
    const struct store_place *s = plan_school(plan, p->school);
    return json_pack("{s:s, s:s, s:s, s:s}", "school", p->school, "school_name", s ? s->name : "",
                     "code", p->code, "name", p->name);
}

static json_t *class_json(const struct plan *plan, const char *school, const char *klass)
{
    const struct store_place *p = plan_class(plan, school, klass), *s = plan_school(plan, school);
    return json_pack("{s:s, s:s, s:s, s:s}", "school", school, "school_name", s ? s->name : school,
                     "class", klass, "name", p ? p->name : klass);
}

/* Takes `o`; false: no memory. */
static bool append(json_t *array, json_t *o)
{
    return array && json_array_append_new(array, o) == 0;
}

/* ---- a lesson ---- */

/* "2026-11-23T08:00:00+08:00": the district's time, with its distance from UTC. */
static void print_time(char out[40], const struct plan *plan, int64_t s)
{
    int offset = plan->all.utc_offset_min;
    int64_t local = s + (int64_t)offset * 60;
    unsigned of_day = (unsigned)(local % DATE_DAY_S);
    unsigned away = (unsigned)abs(offset);
    char date[DATE_TEXT_SIZE];
    date_print(date, (int32_t)(local / DATE_DAY_S));
    snprintf(out, 40, "%sT%02u:%02u:%02u%c%02u:%02u", date, of_day / 3600, of_day / 60 % 60,
             of_day % 60, offset < 0 ? '-' : '+', away / 60 % 24, away % 60);
}

/* What the live lesson does, if there is one; else whether the row is published. */
static const char *state_of(const struct api_app *app, const char *id, bool is_live,
                            const struct store_grid_row *row)
{
    struct session_facts facts;
    if (is_live && sessions_facts(app->sessions, id, &facts))
        return session_state_name(facts.state);
    return row->published_ms ? "planned" : "draft";
}

static json_t *classes_json(const struct plan *plan, const struct timetable_entry *e,
                            const struct plan_whose *whose)
{
    json_t *classes = json_array();
    bool is_lecturer = whose && whose->lecturer && strcmp(whose->lecturer, e->lecturer) == 0;
    for (size_t i = 0; i < e->n_classes; i++) {
        struct timetable_entry alone = {.lecturer = "", .classes = &e->classes[i], .n_classes = 1};
        if (!whose || is_lecturer || plan_is_of(&alone, whose))
            append(classes, class_json(plan, e->classes[i].school, e->classes[i].klass));
    }
    return classes;
}

json_t *item_json(const struct api_app *app, const struct timetable_lesson *l,
                  const struct plan_whose *whose)
{
    const struct plan *plan = planner_plan(app->planner);
    const struct timetable_entry *e = l->entry;
    const struct store_grid_row *row = plan_row_of(plan, e);
    char id[STORE_ID_MAX], start[40], end[40], date[DATE_TEXT_SIZE];
    bool is_live = planner_lesson_id(app->planner, l, id);
    date_print(date, l->date);
    print_time(start, plan, l->start_s);
    print_time(end, plan, l->end_s);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:o, s:o, s:b, "
                     "s:b, s:s?, s:s}",
                     "id", id, "school", row->school, "entry", row->code, "date", date, "start",
                     start, "end", end, "title", e->title, "kind", kinds[e->kind], "place",
                     places[e->place], "weeks", weeks[e->weeks], "link", *e->link ? e->link : NULL,
                     "classes", classes_json(plan, e, whose), "lecturer",
                     person_json(plan, e->lecturer), "is_online", l->is_online, "can_start",
                     l->is_online && plan_can_start(plan, e), "lesson", is_live ? id : NULL,
                     "state", state_of(app, id, is_live, row));
}

json_t *items_json(const struct api_app *app, const struct timetable_lesson *lesson, size_t n,
                   const struct plan_whose *whose)
{
    json_t *items = json_array();
    for (size_t i = 0; i < n; i++) {
        if (!append(items, item_json(app, &lesson[i], whose))) {
            json_decref(items);
            return NULL;
        }
    }
    return json_pack("{s:o, s:n}", "items", items, "next");
}

/* ---- a row ---- */

json_t *row_json(const struct plan *plan, const struct store_grid_row *r)
{
    char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE], start[16];
    json_t *classes = json_array();
    for (size_t i = 0; i < r->n_classes; i++)
        append(classes, class_json(plan, r->classes[i].school, r->classes[i].klass));
    date_print(from, r->from);
    date_print(to, r->to);
    snprintf(start, sizeof(start), "%02d:%02d", r->start_min / 60, r->start_min % 60);
    return json_pack("{s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:i, s:s?, s:s, s:i, s:s, s:s, s:s, s:s, "
                     "s:s, s:s}",
                     "entry", r->code, "title", r->title, "lecturer",
                     person_json(plan, r->lecturer), "classes", classes, "kind", kinds[r->kind],
                     "place", places[r->place], "weeks", weeks[r->weeks], "weekday", r->weekday,
                     "date", r->from == r->to ? from : NULL, "start", start, "length_min",
                     r->length_min, "from", from, "to", to, "link", r->link, "state",
                     r->published_ms ? "published" : "draft", "override", r->reason.text,
                     "override_salt", r->reason.salt);
}

/* ---- what speaks against it ---- */

static const struct message *message_of(const struct plan_finding *f)
{
    return f->clash ? clash_message(f->clash) : reason_message(f->reason);
}

static const char *severity_of(const struct plan_finding *f)
{
    return f->verdict == POLICY_WARN ? "warning" : "error";
}

json_t *finding_json(const struct plan_finding *f, uint64_t row)
{
    const struct message *m = message_of(f);
    char date[DATE_TEXT_SIZE], zh[1024], en[1024];
    date_print(date, f->date);
    const char *what = f->other   ? f->other->title
                       : f->klass ? f->klass->klass
                       : f->row   ? f->row->title
                                  : "";
    snprintf(zh, sizeof(zh), "%s（%s %s）", m->zh, date, what);
    snprintf(en, sizeof(en), "%s (%s %s)", m->en, date, what);
    return json_pack("{s:I, s:i, s:s, s:s, s:s, s:s}", "row", (json_int_t)row, "column", 0,
                     "severity", severity_of(f), "code", m->code, "zh", zh, "en", en);
}

static json_t *class_of_finding(const struct plan *plan, const struct plan_finding *f)
{
    return f->klass ? class_json(plan, f->klass->school, f->klass->klass) : json_null();
}

static json_t *details_json(const struct plan *plan, const struct plan_finding *f)
{
    char date[DATE_TEXT_SIZE];
    const struct message *m = message_of(f);
    date_print(date, f->date);
    return json_pack("{s:s, s:s, s:s, s:s?, s:o, s:s, s:s, s:s}", "code", m->code, "severity",
                     severity_of(f), "date", date, "title", f->other ? f->other->title : NULL,
                     "class", class_of_finding(plan, f), "row", f->row ? f->row->title : "", "zh",
                     m->zh, "en", m->en);
}

/* Each of the rules that were broken, once. */
static json_t *reasons_json(const struct plan_verdict *v)
{
    uint32_t said = 0;
    json_t *array = json_array();
    for (size_t i = 0; i < v->n; i++) {
        const struct plan_finding *f = &v->finding[i];
        if (!f->clash && !(said >> f->reason & 1u))
            append(array, json_string(policy_reason_name(f->reason)));
        said |= f->clash ? 0 : 1u << f->reason;
    }
    return array;
}

json_t *verdict_json(const struct plan *plan, const struct plan_verdict *v)
{
    static const char *const verdicts[] = {"allow", "warn", "needs_override", "refuse"};
    const struct plan_finding *clash = NULL;
    char date[DATE_TEXT_SIZE] = "";
    json_t *findings = json_array();
    for (size_t i = 0; i < v->n; i++) {
        append(findings, details_json(plan, &v->finding[i]));
        if (!clash && v->finding[i].clash)
            clash = &v->finding[i];
    }
    if (clash)
        date_print(date, clash->date);
    return json_pack("{s:s, s:o, s:s?, s:s?, s:s?, s:o}", "verdict", verdicts[v->worst], "reasons",
                     clash ? json_array() : reasons_json(v), "clash",
                     clash ? message_of(clash)->code : NULL, "title",
                     clash && clash->other ? clash->other->title : NULL, "date",
                     clash ? date : NULL, "findings", findings);
}
