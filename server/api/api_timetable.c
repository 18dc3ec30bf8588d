#include "server/api/handlers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/lesson_page.h"
#include "server/api/place.h"
#include "server/api/plan_change.h"
#include "server/api/plan_json.h"
#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/api/sheets.h"
#include "server/roster/name.h"

enum { DAYS_MAX = 7, TERM_DAYS = 20 * 7 };

/* ---- what is on ---- */

/* "1" to "7"; 0: something else. */
static int read_days(struct http_request *req)
{
    const char *text = http_query(req, "days");
    if (!text || (*text && (strlen(text) != 1 || *text < '1' || *text > '0' + DAYS_MAX)))
        return 0;
    return *text ? *text - '0' : 1;
}

bool timetable_days_query(struct http_request *req, const struct api_app *app,
                          struct timetable_days *out)
{
    const struct plan *plan = planner_plan(app->planner);
    int n = read_days(req);
    if (n == 0) {
        http_fail(req, 400, "bad_query", "Expected ?days= from 1 to 7.");
        return false;
    }
    if (!date_query(req, "date", plan_date(plan, planner_now_ms(app->planner)), &out->from))
        return false;
    out->to = out->from + n - 1 < DATE_MAX ? out->from + n - 1 : DATE_MAX;
    return true;
}

static const char *given(struct http_request *req, const char *name)
{
    const char *text = http_query(req, name);
    return text && *text ? text : NULL;
}

/* The way into a lesson on another platform is for whose it is, who find it among their own, and
 * who looks after all of them. */
static void hide_links(json_t *items)
{
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item) json_object_set_new(item, "link", json_null());
}

/* Where the page that begins at `from` ends. */
static size_t page_end(const struct lesson_page *page, const struct timetable_lesson *lesson,
                       size_t from, size_t n)
{
    size_t end = from, classes = 0;
    while (end < n && end - from < page->limit && classes < PAGE_CLASSES_MAX)
        classes += lesson[end++].entry->n_classes;
    return end;
}

/* NULL: no memory. */
static json_t *page_json(const struct api_app *app, const struct lesson_page *page,
                         const struct timetable_lesson *lesson, size_t n)
{
    char next[LESSON_NEXT_SIZE];
    size_t from = 0;
    while (from < n && !lesson_page_is_behind(page, &lesson[from]))
        from++;
    size_t end = page_end(page, lesson, from, n);
    json_t *o = items_json(app, lesson + from, end - from, NULL);
    if (o && end < n) {
        lesson_page_next(next, &lesson[end - 1]);
        json_object_set_new(o, "next", json_string(next));
    }
    return o;
}

/* Who makes the timetable sees what is not published yet. */
void api_list_timetable(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct plan *plan = planner_plan(app->planner);
    struct timetable_filter filter = {.school = given(req, "school"), .klass = given(req, "class")};
    const char *lecturer = given(req, "lecturer");
    struct timetable_days days;
    struct lesson_page page;
    struct timetable_lesson *lessons = NULL;
    size_t n;
    if (!timetable_days_query(req, app, &days) || !lesson_page_read(req, &page))
        return;
    const struct store_person *p =
        lecturer ? plan_staff(plan, filter.school ? filter.school : "", lecturer) : NULL;
    if (lecturer) /* at home in that school, but wherever they teach */
        filter = (struct timetable_filter){.lecturer = p ? p->id : "-"};
    const char *school = filter.school ? filter.school : "";
    bool is_office = place_may(app, req, PERMIT_CHANGE_TIMETABLE, school, "", NULL);
    int err = plan_lessons(plan, &days, &filter, is_office, &lessons, &n);
    json_t *o = err ? NULL : page_json(app, &page, lessons, n);
    if (!place_may(app, req, PERMIT_FOLLOW_LESSONS, school, "", NULL))
        hide_links(json_object_get(o, "items"));
    if (err == -E2BIG)
        http_fail(req, 400, "too_many", "Too many lessons: name a school, or fewer days.");
    else
        reply_json(req, 200, o);
    free(lessons);
}

/* ---- rows ---- */

/* Of a school: all its rows, or those behind `after` in the order of their ids. */
void api_list_rows(struct http_request *req, void *arg)
{
    enum { PAGE = 200 };
    const struct api_app *app = arg;
    const struct plan *plan = planner_plan(app->planner);
    const char *after = http_query(req, "after"), *next = NULL;
    if (!after || !place_has_home(app, req)) {
        if (!after)
            http_fail(req, 400, "bad_query", "Expected ?after=ID.");
        return;
    }
    json_t *items = json_array();
    const char *last = "";
    size_t n, classes = 0;
    const struct store_grid_row *rows = plan_rows(plan, place_school(req), &n);
    for (size_t i = 0; i < n && !next; i++) {
        const struct store_grid_row *r = &rows[i];
        if (strcmp(r->code, after) <= 0)
            continue;
        if (json_array_size(items) == PAGE || classes >= PAGE_CLASSES_MAX)
            next = last;
        else
            json_array_append_new(items, row_json(plan, r));
        classes += r->n_classes;
        last = r->code;
    }
    reply_json(req, 200, json_pack("{s:o, s:s?}", "items", items, "next", next));
}

static const char *text_of(const json_t *body, const char *name, const char *otherwise)
{
    const json_t *v = json_object_get(body, name);
    return !v || json_is_null(v) ? otherwise : json_string_value(v);
}

/* "T17" of the school whose row it is, or {school, code}. False: there is nobody. */
static bool read_lecturer(const struct plan_change *c, struct timetable_entry *e)
{
    const json_t *v = json_object_get(c->body, "lecturer");
    const char *school = c->school, *code = json_string_value(v);
    if (json_is_object(v)) {
        school = text_of(v, "school", "");
        code = text_of(v, "code", NULL);
    }
    e->lecturer = "";
    if (!v || json_is_null(v) || (code && !*code))
        return true;
    const struct directory_person *p =
        school && code ? directory_find_code(c->app->directory, school, code) : NULL;
    /* Copied: the directory may be another one when the change is made. */
    json_t *kept = p ? json_string(p->id) : NULL;
    if (!kept || json_object_set_new(c->body, "lecturer_id", kept))
        return false;
    e->lecturer = json_string_value(json_object_get(c->body, "lecturer_id"));
    return true;
}

/* 0; 400; 500. */
static int read_classes(struct plan_change *c, struct timetable_entry *e)
{
    const json_t *all = json_object_get(c->body, "classes");
    size_t n = json_array_size(all);
    if (!json_is_array(all) || n == 0 || n > STORE_ENTRY_CLASSES_MAX)
        return 400;
    struct timetable_class *room = c->room = calloc(n, sizeof(*room));
    if (!room)
        return 500;
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(all, i);
        room[i].school = text_of(one, "school", c->school);
        room[i].klass = text_of(one, "class", NULL);
        if (!room[i].school || !room[i].klass)
            return 400;
    }
    e->classes = room;
    e->n_classes = n;
    return 0;
}

/* Each week, or once. NULL, or the field that is wrong. */
static const char *read_when(const json_t *body, struct timetable_entry *e)
{
    const json_t *length = json_object_get(body, "length_min");
    const json_t *weekday = json_object_get(body, "weekday");
    int start = minute_of(text_of(body, "start", NULL));
    int weeks = weeks_of(text_of(body, "weeks", "every"));
    if (start < 0)
        return "start";
    if (!json_is_integer(length) || json_integer_value(length) < 1 ||
        json_integer_value(length) > POLICY_DAY_MIN)
        return "length_min";
    e->start_min = (uint16_t)start;
    e->length_min = (uint16_t)json_integer_value(length);
    if (weeks < 0)
        return "weeks";
    e->weeks = (enum timetable_weeks)weeks;
    const char *date = text_of(body, "date", "");
    if (!date || *date) {
        if (date_field(body, "date", &e->from))
            return "date";
        e->to = e->from;
        e->weekday = (uint8_t)date_weekday(e->from);
        return NULL;
    }
    if (!json_is_integer(weekday) || json_integer_value(weekday) < 1 ||
        json_integer_value(weekday) > 7)
        return "weekday";
    e->weekday = (uint8_t)json_integer_value(weekday);
    if (date_field(body, "from", &e->from))
        return "from";
    e->to = e->from + TERM_DAYS;
    const char *to = text_of(body, "to", "");
    return to && (!*to || date_field(body, "to", &e->to) == 0) ? NULL : "to";
}

/* NULL, or the field that is wrong. The title as lists have it (roster/name.h). */
static const char *read_what(json_t *body, struct timetable_entry *e)
{
    struct name title;
    const char *text = text_of(body, "title", NULL);
    int kind = kind_of(text_of(body, "kind", "lecture"));
    int place = place_of(text_of(body, "place", "online"));
    if (!text || name_read(&title, text) ||
        json_object_set_new(body, "title", json_string(title.text)))
        return "title";
    e->title = json_string_value(json_object_get(body, "title"));
    e->link = text_of(body, "link", "");
    if (kind < 0)
        return "kind";
    if (place < 0)
        return "place";
    e->kind = (enum policy_kind)kind;
    e->place = (enum timetable_place)place;
    return e->link ? NULL : "link";
}

static json_t *changed_row(const struct plan_change *c)
{
    const struct plan *plan = planner_plan(c->app->planner);
    const struct store_grid_row *row = plan_row(plan, c->school, c->code);
    json_t *o = row ? row_json(plan, row) : json_object();
    const struct plan_verdict *v = &c->change.verdict;
    json_t *notes = json_array();
    for (size_t i = 0; i < v->n; i++)
        json_array_append_new(notes, finding_json(&v->finding[i], 0));
    if (o)
        json_object_set_new(o, "notes", notes);
    return o;
}

static bool take_code(struct plan_change *c)
{
    char kept[CODE_SIZE];
    const char *code = http_param(c->req, "entry");
    snprintf(c->code, sizeof(c->code), "%s", code);
    c->change.code = c->code;
    return code_read(kept, code) == ROSTER_FINE && strcmp(kept, code) == 0;
}

static void put_row(struct plan_change *c)
{
    struct timetable_entry *e = &c->change.entry;
    const char *wrong = take_code(c) ? NULL : "entry";
    if (!wrong)
        wrong = read_what(c->body, e);
    if (!wrong)
        wrong = read_when(c->body, e);
    if (!wrong && !read_lecturer(c, e))
        wrong = "lecturer";
    int status = wrong ? 0 : read_classes(c, e);
    c->answer = changed_row;
    if (wrong || status)
        plan_change_refuse(&c, wrong ? wrong : "classes");
    else
        plan_change_begin(&c, planner_put_row);
}

void api_put_row(struct http_request *req, void *arg)
{
    struct plan_change *c = place_has_home(arg, req) ? plan_change_new(req, arg) : NULL;
    if (c && plan_change_body(&c))
        put_row(c);
}

void api_drop_row(struct http_request *req, void *arg)
{
    struct plan_change *c = plan_change_new(req, arg);
    if (!c)
        return;
    take_code(c);
    plan_change_begin(&c, planner_drop_row);
}

/* Warnings that came with it. */
json_t *plan_notes(const struct plan_change *c)
{
    const struct plan_verdict *v = &c->change.verdict;
    json_t *notes = json_array();
    for (size_t i = 0; i < v->n; i++)
        json_array_append_new(notes, finding_json(&v->finding[i], 0));
    return json_pack("{s:o}", "notes", notes);
}

void api_publish(struct http_request *req, void *arg)
{
    size_t len;
    struct plan_change *c = place_has_home(arg, req) ? plan_change_new(req, arg) : NULL;
    http_body(req, &len);
    if (!c || (len > 0 && !plan_change_body(&c)))
        return;
    c->answer = plan_notes;
    plan_change_begin(&c, planner_publish);
}

/* ---- lists ---- */

/* "": the list is no workbook. */
static const char *sheet_name(const struct timetable_list *list, uint32_t i)
{
    const struct xlsx_sheet *sheet;
    return i < timetable_list_sheets(list, &sheet) ? sheet[i].name : "";
}

static json_t *note_json(const struct timetable_list *list, const struct csv_note *note)
{
    char zh[512], en[512];
    csv_note_print(note, LANGUAGE_ZH, zh, sizeof(zh));
    csv_note_print(note, LANGUAGE_EN, en, sizeof(en));
    if (note->other_row && note->other_file != note->file) {
        const char *other = sheet_name(list, note->other_file);
        snprintf(zh + strlen(zh), sizeof(zh) - strlen(zh), "（另一行在工作表“%s”）", other);
        snprintf(en + strlen(en), sizeof(en) - strlen(en), " (the other row is in \"%s\")", other);
    }
    return json_pack("{s:s, s:I, s:i, s:s, s:s, s:s, s:s}", "sheet", sheet_name(list, note->file),
                     "row", (json_int_t)note->at.row, "column", (int)note->at.column, "severity",
                     note->is_refusal ? "error" : "warning", "code", note->what->code, "zh", zh,
                     "en", en);
}

static json_t *list_finding_json(const struct timetable_list *list, const struct plan_finding *f)
{
    json_t *json = finding_json(f, timetable_list_row(list, f->row));
    if (json)
        json_object_set_new(json, "sheet",
                            json_string(sheet_name(list, timetable_list_sheet(list, f->row))));
    return json;
}

/* What refuses stands first. */
static void add_notes(json_t *notes, const struct plan_change *c, bool is_refusal)
{
    enum { NOTES_SHOWN = 200 };
    const struct timetable_rows *rows = c->change.list_rows;
    for (size_t i = 0; rows && i < rows->n_notes && json_array_size(notes) < NOTES_SHOWN; i++) {
        if (rows->note[i].is_refusal == is_refusal)
            json_array_append_new(notes, note_json(c->change.list, &rows->note[i]));
    }
}

/* What became of a list: {rows, is_applicable, verdict, sheets, notes:[...]}. */
static json_t *list_report(const struct plan_change *c)
{
    const struct timetable_rows *rows = c->change.list_rows;
    const struct plan_verdict *v = &c->change.verdict;
    const struct xlsx_sheet *sheet;
    size_t n = timetable_list_sheets(c->change.list, &sheet);
    bool is_applicable = rows && rows->is_applicable && v->worst < POLICY_NEEDS_OVERRIDE;
    json_t *notes = json_array();
    add_notes(notes, c, true);
    for (size_t i = 0; i < v->n; i++)
        json_array_append_new(notes, list_finding_json(c->change.list, &v->finding[i]));
    add_notes(notes, c, false);
    return json_pack("{s:I, s:b, s:b, s:o, s:o}", "rows", (json_int_t)(rows ? rows->n : 0),
                     "is_applicable", is_applicable, "needs_override",
                     v->worst == POLICY_NEEDS_OVERRIDE, "sheets", sheets_json(sheet, n), "notes",
                     notes);
}

/* Where neither the list nor the request says: week 1, or when nobody has said when that is, or it
 * was of a term that is over, this week. */
static int32_t first_day(const struct api_app *app)
{
    const struct plan *plan = planner_plan(app->planner);
    int32_t today = plan_date(plan, planner_now_ms(app->planner)), first = plan->all.first_monday;
    bool is_over = today > first + TERM_DAYS;
    return is_over ? today + 1 - date_weekday(today) : first;
}

void api_import_timetable(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const char *dry = http_query(req, "dry"), *override = http_query(req, "override"), *sheet;
    struct timetable_days term;
    size_t len;
    const char *bytes = http_body(req, &len);
    if (!place_has_home(app, req) || !sheet_query(req, &sheet) ||
        !date_query(req, "from", first_day(app), &term.from) ||
        !date_query(req, "to", term.from + TERM_DAYS, &term.to))
        return;
    struct plan_change *c = plan_change_new(req, app);
    if (!c)
        return;
    c->change.is_dry = dry && strcmp(dry, "1") == 0;
    c->change.override = override ? override : "";
    /* The request's, which is owed its answer until then. */
    c->change.file = (struct table_file){.bytes = bytes, .len = len, .sheet = sheet};
    c->change.term = term;
    c->answer = list_report;
    plan_change_begin(&c, planner_put_list);
}
