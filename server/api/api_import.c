#include "server/api/handlers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/change.h"
#include "server/api/listing.h"
#include "server/api/place.h"
#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/api/sheets.h"
#include "server/importer/importer.h"

enum { NOTES_MAX = 200 }; /* shown; the rest is counted */

/* NULL: it has been answered. Who began it may have lost the right in between. */
static struct import *import_of(struct http_request *req, const struct api_app *app)
{
    struct import *import = importer_find(app->importer, http_param(req, "id"), change_actor(req));
    if (!import) {
        fail_none(req, "import");
        return NULL;
    }
    if (place_may(app, req, PERMIT_CHANGE_PEOPLE, import_school(import), "", NULL))
        return import;
    http_fail(req, 403, "forbidden", "These lists are not yours to change.");
    return NULL;
}

/* -- its way ----------------------------------------------------------------------------------- */

static const char *read_begin(const json_t *body, struct import_who *who)
{
    const json_t *school = json_object_get(body, "school");
    const json_t *may_remove = json_object_get(body, "may_remove");
    const char *code = json_is_null(school) ? "" : json_string_value(school);
    if ((school && !code) || (code && strlen(code) >= STORE_CODE_MAX))
        return "school: expected the code of a school.";
    if (may_remove && !json_is_boolean(may_remove))
        return "may_remove: expected true or false.";
    who->school = code ? code : "";
    who->may_remove = json_is_true(may_remove);
    return NULL;
}

static void begin(struct http_request *req, const struct api_app *app, const struct import_who *who)
{
    struct import *import;
    int err = importer_begin(app->importer, who, &import);
    if (err == -EBUSY)
        http_fail(req, 409, "applying", "Your import before is still being applied.");
    else if (err)
        fail_store(req, err);
    else
        reply_json(req, 201, json_pack("{s:s}", "id", import_id(import)));
}

void api_create_import(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    json_t *body = body_object(req);
    if (!body)
        return;
    struct import_who who = {.owner = change_actor(req)};
    const char *wrong = read_begin(body, &who);
    if (wrong)
        http_fail(req, 400, "bad_field", wrong);
    else if (!place_may(app, req, PERMIT_CHANGE_PEOPLE, who.school, "", NULL))
        http_fail(req, 403, "forbidden", "These lists are not yours to change.");
    else if (!directory_has_place(app->directory, who.school, ""))
        fail_none(req, "school");
    else
        begin(req, app, &who);
    json_decref(body);
}

/* {file,sheets}: what may be chosen of a workbook. */
static json_t *file_json(const struct import *import, size_t file)
{
    const struct xlsx_sheet *sheet;
    size_t n = import_sheets(import, file, &sheet);
    return json_pack("{s:I, s:o}", "file", (json_int_t)file, "sheets", sheets_json(sheet, n));
}

static void on_added(void *arg, struct import *import, size_t file, int err)
{
    struct http_request *req = arg;
    const struct xlsx_sheet *sheet;
    size_t n = import_sheets(import, file, &sheet);
    if (err == -ENOENT)
        fail_sheet(req, sheet, n);
    else if (err)
        fail_store(req, err);
    else
        reply_json(req, 200, file_json(import, file));
}

void api_put_import_file(struct http_request *req, void *arg)
{
    const char *name = http_query(req, "name"), *sheet;
    struct import *import = import_of(req, arg);
    if (!import || !sheet_query(req, &sheet))
        return;
    struct import_file file = {.name = name ? name : "", .sheet = sheet};
    file.bytes = http_take_body(req, &file.len);
    int err = import_add(import, &file, on_added, req);
    if (err == -EALREADY)
        http_fail(req, 409, "closed", "The files of this import have been read already.");
    else if (err == -E2BIG)
        http_fail(req, 413, "too_large", "At most 16 files, and 32 MiB in all.");
    else if (err)
        fail_store(req, err);
}

void api_choose_import_sheet(struct http_request *req, void *arg)
{
    const char *text = http_param(req, "file"), *sheet;
    const struct xlsx_sheet *sheets;
    struct import *import = import_of(req, arg);
    if (!import || !sheet_query(req, &sheet))
        return;
    bool is_number = strlen(text) < 4 && strspn(text, "0123456789") == strlen(text);
    size_t file = is_number ? strtoul(text, NULL, 10) : ROSTER_FILES_MAX;
    size_t n = import_sheets(import, file, &sheets);
    int err = import_choose(import, file, sheet);
    if (err == -ENODEV)
        fail_none(req, "file");
    else if (err == -EALREADY)
        http_fail(req, 409, "closed", "The files of this import are being read, or have been.");
    else if (err)
        fail_sheet(req, sheets, n);
    else
        reply_json(req, 200, file_json(import, file));
}

void api_apply_import(struct http_request *req, void *arg)
{
    struct import *import = import_of(req, arg);
    if (!import)
        return;
    if (import_apply(import, change_actor(req)))
        http_fail(req, 409, "not_applicable", "It is not ready, or something in it was refused.");
    else
        http_reply(req, 202, "", "", 0);
}

void api_drop_import(struct http_request *req, void *arg)
{
    struct import *import = import_of(req, arg);
    if (!import)
        return;
    if (import_drop(import))
        http_fail(req, 409, "applying", "It is being applied.");
    else
        http_reply(req, 204, "", "", 0);
}

/* -- how it stands ----------------------------------------------------------------------------- */

static json_t *record_json(const struct roster_record *r)
{
    if (!r)
        return json_null();
    json_t *o = json_object();
    const struct {
        const char *name, *value;
    } texts[] = {
        {"school",    r->school                                              },
        {"class",     r->klass                                               },
        {"home",      r->home                                                },
        {"person",    r->person                                              },
        {"name",      r->name                                                },
        {"role",      r->kind == ROSTER_ROLE ? roster_role_name(r->role) : ""},
        {"ward",      r->ward                                                },
        {"ward_name", r->ward_name                                           },
    };
    for (size_t i = 0; o && i < sizeof(texts) / sizeof(*texts); i++) {
        if (texts[i].value && *texts[i].value)
            json_object_set_new(o, texts[i].name, json_string(texts[i].value));
    }
    if (r->grade)
        json_object_set_new(o, "grade", json_integer(r->grade));
    return o;
}

/* "": it is no workbook's. */
static const char *sheet_of(const struct import *import, uint32_t list)
{
    const struct roster_plan *plan = import_plan(import);
    return plan && list < plan->n_lists ? plan->list[list].sheet : "";
}

static json_t *line_json(const struct import *import, const struct roster_line *line)
{
    static const char *const kinds[ROSTER_KINDS] = {"school", "class", "person", "role",
                                                    "guardian"};
    const char *kind = line->record ? kinds[line->record->kind] : NULL;
    return json_pack("{s:s, s:s, s:s, s:I, s:s?, s:o, s:o}", "fate", roster_fate_name(line->fate),
                     "file", line->row ? import_file(import, line->list) : "", "sheet",
                     line->row ? sheet_of(import, line->list) : "", "row", (json_int_t)line->row,
                     "kind", kind, "record", record_json(line->record), "before",
                     record_json(line->before));
}

/* "没有这个班 “七（5）班”", "与前面的一行重复 “p1”（people.xlsx 三1班 第 7 行）" */
static json_t *note_text(const struct import *import, const struct csv_note *n, bool is_zh)
{
    char value[CSV_VALUE_SIZE + 16] = "", other[512] = "";
    const char *file = import_file(import, n->other_file), *sheet = sheet_of(import, n->other_file);
    if (*n->value)
        snprintf(value, sizeof(value), " “%s”", n->value);
    if (n->other_row)
        snprintf(other, sizeof(other), is_zh ? "（%s%s%s 第 %llu 行）" : " (%s%s%s, row %llu)",
                 file, *sheet ? " " : "", sheet, (unsigned long long)n->other_row);
    return json_sprintf("%s%s%s", is_zh ? n->what->zh : n->what->en, value, other);
}

static json_t *note_json(const struct import *import, const struct csv_note *n)
{
    return json_pack("{s:s, s:s, s:I, s:i, s:s, s:s, s:o, s:o}", "file",
                     import_file(import, n->file), "sheet", sheet_of(import, n->file), "row",
                     (json_int_t)n->at.row, "column", (int)n->at.column, "severity",
                     n->is_refusal ? "error" : "warning", "code", n->what->code, "zh",
                     note_text(import, n, true), "en", note_text(import, n, false));
}

static json_t *lines_json(const struct import *import, const struct roster_plan *plan, size_t from,
                          size_t limit)
{
    json_t *items = json_array();
    for (size_t i = from; i < plan->n_lines && i - from < limit; i++)
        json_array_append_new(items, line_json(import, &plan->line[i]));
    return items;
}

static void add_notes(json_t *notes, const struct import *import, const struct roster_plan *plan,
                      bool is_refusal)
{
    for (size_t i = 0; i < plan->n_notes && json_array_size(notes) < NOTES_MAX; i++) {
        if (plan->note[i].is_refusal == is_refusal)
            json_array_append_new(notes, note_json(import, &plan->note[i]));
    }
}

/* With the first page alone. What refuses stands first: 60 sheets with a title each would hide it.
 */
static json_t *notes_json(const struct import *import, const struct roster_plan *plan)
{
    json_t *notes = json_array();
    add_notes(notes, import, plan, true);
    add_notes(notes, import, plan, false);
    return notes;
}

static json_t *counts_json(const struct roster_plan *plan)
{
    json_t *counts = json_object();
    for (int i = 0; i < ROSTER_FATES; i++)
        json_object_set_new(counts, roster_fate_name((enum roster_fate)i),
                            json_integer((json_int_t)plan->count[i]));
    return counts;
}

static const char *state_name(const struct import *import)
{
    static const char *const names[] = {
        [IMPORT_GATHERING] = "reading", [IMPORT_READING] = "reading", [IMPORT_READY] = "ready",
        [IMPORT_APPLYING] = "applying", [IMPORT_DONE] = "done",       [IMPORT_FAILED] = "failed",
    };
    return names[import_state(import)];
}

static json_t *error_json(const struct message *m)
{
    return m ? json_pack("{s:s, s:s, s:s}", "code", m->code, "zh", m->zh, "en", m->en)
             : json_null();
}

static json_t *import_json(const struct import *import, size_t from, size_t limit)
{
    static const struct roster_plan nothing;
    char next[24];
    const struct roster_plan *plan = import_plan(import);
    if (!plan)
        plan = &nothing;
    json_t *notes = from > 0 ? json_array() : notes_json(import, plan);
    json_int_t left_out =
        (json_int_t)(plan->n_notes + plan->notes_left_out) - (json_int_t)json_array_size(notes);
    size_t end = from + limit;
    snprintf(next, sizeof(next), "%zu", end);
    return json_pack("{s:s, s:o, s:b, s:o, s:o, s:o, s:I, s:s?}", "state", state_name(import),
                     "counts", counts_json(plan), "is_applicable", import_is_applicable(import),
                     "error", error_json(import_error(import)), "items",
                     lines_json(import, plan, from, limit), "notes", notes, "notes_left_out",
                     left_out, "next", end < plan->n_lines ? next : NULL);
}

void api_get_import(struct http_request *req, void *arg)
{
    const char *after;
    size_t limit;
    char *end;
    struct import *import = import_of(req, arg);
    if (!import || !listing_read(req, &after, &limit))
        return;
    size_t from = strtoul(after, &end, 10);
    if (*end || strlen(after) > 9 || strspn(after, "0123456789") != strlen(after)) {
        http_fail(req, 400, "bad_query", "?after= is no place in this list.");
        return;
    }
    import_read(import);
    reply_json(req, 200, import_json(import, from, limit));
}
