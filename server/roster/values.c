#include <stdlib.h>
#include <string.h>

#include "server/csv/head.h"
#include "server/roster/impl.h"

enum { RAW_SIZE = 1100 };

struct reading {
    struct values *v;
    const struct sheet *sheet;
    column_note_fn *note;
    void *arg;
    enum roster_reason first; /* what refuses the row */
};

static void complain_at(struct reading *r, enum roster_reason reason, uint32_t column,
                        const char *value)
{
    bool is_private = reason == ROSTER_PHONE || reason == ROSTER_ID_CARD;
    if (!r->first)
        r->first = reason;
    r->note(r->arg, reason, column, is_private ? NULL : value);
}

static void complain(struct reading *r, enum roster_reason reason, enum field field,
                     const char *value)
{
    complain_at(r, reason, r->sheet->column[field], value);
}

/* ---- one value each ---- */

static void read_code(struct reading *r, enum field field, const char *raw)
{
    char code[CODE_SIZE];
    enum roster_reason wrong = code_read(code, raw);
    if (wrong) {
        complain(r, wrong, field, raw);
        return;
    }
    memcpy(r->v->text[field].text, code, sizeof(code));
    r->v->is_there[field] = true;
}

static void read_name(struct reading *r, enum field field, const char *raw)
{
    enum roster_reason wrong = name_read(&r->v->text[field], raw);
    if (wrong) {
        complain(r, wrong, field, raw);
        return;
    }
    r->v->is_there[field] = true;
    if (r->v->text[field].is_stripped)
        r->note(r->arg, ROSTER_STRIPPED, r->sheet->column[field], r->v->text[field].text);
}

/* A school or class that is somewhere else in the lists: by its code, or by its name. OneRoster
 * gives a person several schools between commas: the first is home. */
static void read_reference(struct reading *r, enum field field, const char *raw)
{
    char first[NAME_SIZE];
    char code[CODE_SIZE];
    size_t len = field == FIELD_HOME ? strcspn(raw, ",") : strlen(raw);
    if (len >= sizeof(first)) {
        complain(r, ROSTER_TOO_LONG, field, raw);
        return;
    }
    memcpy(first, raw, len);
    first[len] = '\0';
    if (code_read(code, first) == ROSTER_FINE)
        read_code(r, field, first);
    else
        read_name(r, field, first);
}

static void read_grade(struct reading *r, enum field field, const char *raw)
{
    if (grade_read(&r->v->grade, raw))
        complain(r, ROSTER_BAD_GRADE, field, raw);
    else
        r->v->is_there[field] = true;
}

static void read_role(struct reading *r, enum field field, const char *raw)
{
    const struct role_word *word = role_word_find(raw);
    if (!word) {
        complain(r, ROSTER_BAD_ROLE, field, raw);
    } else if (word->meaning == ROLE_GUARDIAN && r->sheet->kind == ROSTER_PERSON) {
        r->v->is_guardian = true;
    } else if (word->meaning == ROLE_GUARDIAN || word->meaning == ROLE_BY_HAND) {
        complain(r, ROSTER_ROLE_BY_HAND, field, raw);
    } else {
        r->v->role = word->role;
        r->v->has_role = true;
        r->v->is_there[field] = word->meaning == ROLE_OURS;
        memcpy(r->v->text[field].text, word->word, strlen(word->word) + 1);
    }
}

static void read_primary(struct reading *r, enum field field, const char *raw)
{
    r->v->is_primary = strcmp(raw, "true") == 0 || strcmp(raw, "是") == 0;
    if (!r->v->is_primary && strcmp(raw, "false") != 0 && strcmp(raw, "否") != 0)
        complain(r, ROSTER_BAD_PRIMARY, field, raw);
}

static void read_status(struct reading *r, enum field field, const char *raw)
{
    r->v->wants_away = strcmp(raw, "tobedeleted") == 0;
    if (!r->v->wants_away && strcmp(raw, "active") != 0)
        complain(r, ROSTER_BAD_STATUS, field, raw);
}

static void read_type(struct reading *r, enum field field, const char *raw)
{
    if (strcmp(raw, "school") != 0)
        complain(r, ROSTER_NOT_A_SCHOOL, field, raw);
}

/* It only tells the guardians of a pupil apart: whatever it is, it refuses nothing, and a number
 * that is never kept is not even hashed. */
static void read_relation(struct reading *r, enum field field, const char *raw)
{
    char folded[CSV_FOLDED_SIZE], code[CODE_SIZE];
    csv_fold(folded, raw);
    if (code_read(code, folded) != ROSTER_FINE)
        return;
    memcpy(r->v->text[field].text, code, sizeof(code));
    r->v->is_there[field] = true;
}

/* Codes between commas. */
static void read_agents(struct reading *r, enum field field, const char *raw)
{
    struct values *v = r->v;
    for (size_t len; *raw; raw += len + (raw[len] == ',')) {
        char one[NAME_SIZE];
        len = strcspn(raw, ",");
        if (len >= sizeof(one) || v->n_agents == AGENTS_MAX) {
            complain(r, ROSTER_TOO_LONG, field, raw);
            return;
        }
        memcpy(one, raw, len);
        one[len] = '\0';
        enum roster_reason wrong = code_read(v->agent[v->n_agents], one);
        v->n_agents += !wrong;
        if (wrong && wrong != ROSTER_EMPTY)
            complain(r, wrong, field, one);
    }
}

typedef void read_fn(struct reading *r, enum field field, const char *raw);

/* How each is read; a code is that of the thing itself in the list of its own kind. */
static read_fn *reader_of(enum roster_kind kind, enum field field)
{
    static read_fn *const readers[FIELDS] = {
        [FIELD_SCHOOL] = read_reference,  [FIELD_CLASS] = read_reference,
        [FIELD_HOME] = read_reference,    [FIELD_PERSON] = read_code,
        [FIELD_NAME] = read_name,         [FIELD_FAMILY] = read_name,
        [FIELD_GIVEN] = read_name,        [FIELD_GRADE] = read_grade,
        [FIELD_ROLE] = read_role,         [FIELD_PRIMARY] = read_primary,
        [FIELD_STATUS] = read_status,     [FIELD_TYPE] = read_type,
        [FIELD_WARD] = read_code,         [FIELD_WARD_NAME] = read_name,
        [FIELD_RELATION] = read_relation, [FIELD_AGENTS] = read_agents,
    };
    bool is_own = (kind == ROSTER_SCHOOL && field == FIELD_SCHOOL) ||
                  (kind == ROSTER_CLASS && field == FIELD_CLASS);
    return is_own ? read_code : readers[field];
}

/* ---- the row ---- */

static bool may_be_empty(enum roster_kind kind, enum field field)
{
    switch (field) {
    case FIELD_PERSON: return kind == ROSTER_GUARDIAN;
    case FIELD_NAME:
    case FIELD_WARD: return false;
    case FIELD_SCHOOL: return kind != ROSTER_SCHOOL;
    case FIELD_CLASS: return kind == ROSTER_PERSON || kind == ROSTER_ROLE;
    case FIELD_ROLE: return kind == ROSTER_PERSON;
    case FIELD_HOME:
    case FIELD_FAMILY:
    case FIELD_GIVEN:
    case FIELD_GRADE:
    case FIELD_PRIMARY:
    case FIELD_STATUS:
    case FIELD_TYPE:
    case FIELD_WARD_NAME:
    case FIELD_RELATION:
    case FIELD_AGENTS:
    case FIELDS: return true;
    }
    return true;
}

/* Without the blanks around it, which Excel and people leave; cut to what fits, which is more than
 * any reader takes. */
static const char *trimmed(char out[RAW_SIZE], const char *text)
{
    text += strspn(text, " \t\r\n");
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t\r\n", text[len - 1]))
        len--;
    len = len < RAW_SIZE ? len : RAW_SIZE - 1;
    memcpy(out, text, len);
    out[len] = '\0';
    return out;
}

static const char *text_of(char out[RAW_SIZE], const struct sheet *sheet, const struct csv_row *row,
                           enum field field)
{
    uint32_t column = sheet->column[field];
    return column > 0 && column <= row->n ? trimmed(out, row->field[column - 1]) : "";
}

static void read_field(struct reading *r, const struct sheet *sheet, const struct csv_row *row,
                       enum field field)
{
    char text[RAW_SIZE];
    if (sheet->column[field] == 0)
        return;
    const char *raw = text_of(text, sheet, row, field);
    if (raw[0])
        reader_of(r->sheet->kind, field)(r, field, raw);
    else if (!may_be_empty(r->sheet->kind, field))
        complain(r, ROSTER_EMPTY, field, "");
}

/* A sheet of all pupils in which some have nobody beside them. */
static bool is_without_guardian(const struct sheet *sheet, const struct csv_row *row)
{
    char text[RAW_SIZE];
    return sheet->kind == ROSTER_GUARDIAN && !*text_of(text, sheet, row, FIELD_NAME) &&
           !*text_of(text, sheet, row, FIELD_PERSON);
}

/* First what tells that the row is not for us: then the rest does not matter. */
static void read_fields(struct reading *r, const struct sheet *sheet, const struct csv_row *row)
{
    char text[RAW_SIZE];
    if (is_without_guardian(sheet, row)) {
        complain(r, ROSTER_NO_GUARDIAN, FIELD_NAME, "");
        return;
    }
    read_field(r, sheet, row, FIELD_TYPE);
    read_field(r, sheet, row, FIELD_ROLE);
    if (r->first == ROSTER_NOT_A_SCHOOL || r->first == ROSTER_ROLE_BY_HAND)
        return;
    for (int i = 0; i < FIELDS; i++) {
        if (i != FIELD_TYPE && i != FIELD_ROLE)
            read_field(r, sheet, row, (enum field)i);
    }
    for (size_t i = sheet->n; i < row->n; i++) {
        if (*trimmed(text, row->field[i])) { /* empty ones are what a wider title leaves */
            complain_at(r, ROSTER_EXTRA_FIELD, (uint32_t)i + 1, text);
            return;
        }
    }
}

static bool is_ascii(const char *text)
{
    while (*text && !(*text & 0x80))
        text++;
    return !*text;
}

/* 王 and 芳 are 王芳; Smith and Jo are Jo Smith. */
static void join_names(struct reading *r)
{
    struct values *v = r->v;
    const char *family = v->is_there[FIELD_FAMILY] ? v->text[FIELD_FAMILY].text : "";
    const char *given = v->is_there[FIELD_GIVEN] ? v->text[FIELD_GIVEN].text : "";
    char both[2 * NAME_SIZE + 1];
    char *end = both;
    bool is_western = is_ascii(family) && is_ascii(given);
    const char *parts[] = {is_western ? given : family, is_western ? " " : "",
                           is_western ? family : given};
    for (size_t i = 0; i < 3; i++) {
        size_t len = strlen(parts[i]);
        memcpy(end, parts[i], len);
        end += len;
    }
    *end = '\0';
    read_name(r, FIELD_NAME, both);
}

void values_know_sheet(struct sheet *sheet, const char *name)
{
    struct name read;
    char code[CODE_SIZE];
    sheet->klass[0] = '\0';
    if (sheet->kind != ROSTER_PERSON || sheet->column[FIELD_CLASS])
        return;
    if (code_read(code, name) == ROSTER_FINE)
        memcpy(sheet->klass, code, sizeof(code));
    else if (name_read(&read, name) == ROSTER_FINE)
        memcpy(sheet->klass, read.text, sizeof(read.text));
}

/* Of a lecturer it would not be the class. */
static void take_class_of_sheet(struct reading *r, const struct sheet *sheet)
{
    struct values *v = r->v;
    bool is_in_class =
        v->has_role ? v->is_there[FIELD_ROLE] && v->role != ROSTER_LECTURER : !v->is_guardian;
    if (!sheet->klass[0] || !is_in_class)
        return;
    memcpy(v->text[FIELD_CLASS].text, sheet->klass, sizeof(sheet->klass));
    v->is_there[FIELD_CLASS] = v->has_class_by_sheet = true;
}

/* Where the role is held, and which it is by that. */
static void settle_role(struct reading *r)
{
    struct values *v = r->v;
    bool is_in_class = v->is_there[FIELD_CLASS];
    bool is_teacher = v->has_role && !v->is_there[FIELD_ROLE];
    if (!v->has_role && !v->is_guardian && r->sheet->kind == ROSTER_PERSON && is_in_class) {
        v->role = ROSTER_STUDENT; /* a list of a class is one of pupils */
        v->has_role = true;
    }
    if (is_teacher && !is_in_class)
        v->role = ROSTER_LECTURER;
    else if (is_teacher && v->is_primary)
        v->role = ROSTER_HOMEROOM;
    if (!v->has_role)
        return;
    bool is_class_role = v->role != ROSTER_LECTURER;
    bool is_pupil_alone = r->sheet->kind == ROSTER_PERSON && v->role == ROSTER_STUDENT;
    if (is_class_role && !is_in_class && !is_pupil_alone)
        complain(r, ROSTER_ROLE_WANTS_CLASS, FIELD_CLASS, "");
    if (!is_class_role && is_in_class)
        complain(r, ROSTER_ROLE_NOT_IN_CLASS, FIELD_ROLE, "");
}

enum roster_reason values_read(struct values *out, const struct sheet *sheet,
                               const struct csv_row *row, column_note_fn *note, void *arg)
{
    struct reading r = {.v = out, .sheet = sheet, .note = note, .arg = arg};
    memset(out, 0, sizeof(*out));
    read_fields(&r, sheet, row);
    if (r.first)
        return r.first;
    if (sheet->kind == ROSTER_PERSON && !sheet->column[FIELD_NAME])
        join_names(&r);
    take_class_of_sheet(&r, sheet);
    settle_role(&r);
    return r.first;
}

struct draft *draft_new(const struct values *v, enum roster_kind kind, size_t line)
{
    size_t size = 0;
    for (int i = 0; i < FIELDS; i++)
        size += v->is_there[i] ? strlen(v->text[i].text) + 1 : 0;
    struct draft *d = calloc(1, sizeof(*d) + size);
    if (!d)
        return NULL;
    d->line = line;
    d->kind = kind;
    d->grade = v->grade;
    d->role = v->role;
    d->has_role = v->has_role;
    d->is_role_said = v->is_there[FIELD_ROLE];
    d->has_class_by_sheet = v->has_class_by_sheet;
    d->is_guardian = v->is_guardian;
    d->wants_away = v->wants_away;
    char *p = d->text;
    for (int i = 0; i < FIELDS; i++) {
        if (!v->is_there[i])
            continue;
        size_t len = strlen(v->text[i].text) + 1;
        d->value[i] = memcpy(p, v->text[i].text, len);
        p += len;
    }
    return d;
}

static void say(struct values *v, enum field field, const char *code)
{
    memcpy(v->text[field].text, code, strlen(code) + 1);
    v->is_there[field] = true;
}

struct draft *draft_of_agent(const struct values *v, size_t i, size_t line)
{
    struct values link = {.is_guardian = v->is_guardian};
    const char *self = v->text[FIELD_PERSON].text;
    say(&link, FIELD_WARD, v->is_guardian ? v->agent[i] : self);
    say(&link, FIELD_PERSON, v->is_guardian ? self : v->agent[i]);
    say(&link, FIELD_AGENTS, v->agent[i]);
    if (v->is_there[FIELD_HOME])
        say(&link, FIELD_HOME, v->text[FIELD_HOME].text);
    struct draft *d = draft_new(&link, ROSTER_GUARDIAN, line);
    if (d)
        d->is_agent = true;
    return d;
}
