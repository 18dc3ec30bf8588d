#include <stdlib.h>
#include <string.h>

#include "server/roster/name.h"
#include "server/timetable/list_impl.h"

struct reading {
    struct timetable_list *l;
    const struct csv_row *row;
    struct timetable_entry e;
    struct name title;
    char id[CODE_SIZE + 3 * CODE_SIZE];
    char school[CODE_SIZE];
    bool has_school; /* even if it is "" */
    char lecturer[CODE_SIZE];
    struct list_class *room; /* the list's */
    size_t n_classes;
    bool is_refused;
};

/* What stands in that field; "" where the list or the row does not have it. */
static const char *raw(const struct reading *r, enum list_field field)
{
    uint32_t column = r->l->column[field];
    return column > 0 && column <= r->row->n ? r->row->field[column - 1] : "";
}

static void refuse(struct reading *r, enum list_field field, const struct message *what,
                   const char *value)
{
    struct csv_note note = {
        .file = r->l->sheet, .at = r->row->at, .is_refusal = true, .what = what};
    note.at.column = r->l->column[field];
    csv_note_show(&note, value);
    list_note(r->l, &note);
    r->is_refused = true;
}

static void refuse_field(struct reading *r, enum list_field field, enum list_reason reason)
{
    refuse(r, field, list_message(reason), raw(r, field));
}

static void read_title(struct reading *r)
{
    enum roster_reason wrong = name_read(&r->title, raw(r, LIST_TITLE));
    bool is_private = wrong == ROSTER_PHONE || wrong == ROSTER_ID_CARD;
    if (wrong)
        refuse(r, LIST_TITLE, roster_message(wrong), is_private ? NULL : raw(r, LIST_TITLE));
}

/* A code; where the field is empty it is "". */
static void read_code(struct reading *r, enum list_field field, const char *text,
                      char out[CODE_SIZE])
{
    out[0] = '\0';
    enum roster_reason wrong = text[0] ? code_read(out, text) : ROSTER_FINE;
    bool is_private = wrong == ROSTER_PHONE || wrong == ROSTER_ID_CARD;
    if (wrong)
        refuse(r, field, roster_message(wrong), is_private ? NULL : text);
}

static void read_school(struct reading *r)
{
    const struct timetable_list_options *o = &r->l->options;
    const char *said = raw(r, LIST_SCHOOL);
    read_code(r, LIST_SCHOOL, said[0] ? said : o->school ? o->school : "", r->school);
    if (!said[0] && !o->school)
        refuse_field(r, LIST_SCHOOL, LIST_WHICH_SCHOOL);
    else if (o->is_own_only && r->school[0] && (!o->school || strcmp(o->school, r->school) != 0))
        refuse_field(r, LIST_SCHOOL, LIST_OTHER_SCHOOL);
    r->has_school = r->school[0] || (!said[0] && o->school);
}

/* ---- classes and teachers, of this school and of others ---- */

typedef const char *find_fn(void *arg, const char *school, const char *code);

/* Whose school that is in `code`, up to the slash at `end`. "-" is the district's office. */
static void take_school(char out[CODE_SIZE], const char *code, const char *end)
{
    bool is_office = end - code == 1 && *code == '-';
    snprintf(out, CODE_SIZE, "%.*s", is_office ? 0 : (int)(end - code), code);
}

/* What `code` means in the row's school; else, as codes may have slashes of their own, any of them
 * may be the one behind another school's. Where it was found goes to `school`. NULL, and `wrong`.
 */
static const char *find(const struct reading *r, find_fn *find_in, const char *code,
                        char school[CODE_SIZE], enum list_reason *wrong)
{
    const struct timetable_list_options *o = &r->l->options;
    memcpy(school, r->school, CODE_SIZE);
    const char *found = find_in(o->arg, school, code);
    for (const char *at = strchr(code + 1, '/'); at && !found; at = strchr(at + 1, '/')) {
        take_school(school, code, at);
        if (strcmp(school, r->school) == 0 || !o->may_name || o->may_name(o->arg, school))
            found = find_in(o->arg, school, at + 1);
        else
            *wrong = LIST_OTHERS;
    }
    return found;
}

/* Up to the next of `signs`; what is behind it, or NULL at the end. */
static const char *next_part(const char *text, char *out, size_t size)
{
    static const char *const signs[] = {";", "；", "、"};
    size_t len = strlen(text);
    const char *rest = NULL;
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        const char *found = strstr(text, signs[i]);
        if (found && (size_t)(found - text) < len) {
            len = (size_t)(found - text);
            rest = found + strlen(signs[i]);
        }
    }
    size_t kept = len < size ? len : size - 1;
    memcpy(out, text, kept);
    out[kept] = '\0';
    return rest;
}

static bool is_named_before(const struct reading *r, const char *school, const char *klass)
{
    for (size_t i = 0; i < r->n_classes; i++) {
        if (strcmp(r->room[i].school, school) == 0 && strcmp(r->room[i].klass, klass) == 0)
            return true;
    }
    return false;
}

/* False: there are too many. */
static bool take_class(struct reading *r, char code[CODE_SIZE])
{
    char school[CODE_SIZE];
    enum list_reason wrong = LIST_UNKNOWN_CLASS;
    const char *found = find(r, r->l->options.find_class, code, school, &wrong);
    if (found && strlen(found) < CODE_SIZE)
        memmove(code, found, strlen(found) + 1);
    if (is_named_before(r, school, code))
        return true;
    if (r->n_classes == TIMETABLE_ROW_CLASSES_MAX) {
        refuse(r, LIST_CLASS, list_message(LIST_TOO_MANY_CLASSES), "");
        return false;
    }
    if (!found)
        refuse(r, LIST_CLASS, list_message(wrong), code);
    memcpy(r->room[r->n_classes].school, school, CODE_SIZE);
    memcpy(r->room[r->n_classes++].klass, code, CODE_SIZE);
    return true;
}

static void read_classes(struct reading *r)
{
    const char *said = r->l->column[LIST_CLASS] ? raw(r, LIST_CLASS) : r->l->klass;
    for (const char *text = said; text && r->has_school;) {
        char part[1024];
        char code[CODE_SIZE];
        text = next_part(text, part, sizeof(part));
        read_code(r, LIST_CLASS, part, code);
        if (code[0] && !take_class(r, code))
            return;
    }
    if (r->n_classes == 0 && !r->is_refused)
        refuse_field(r, LIST_CLASS, LIST_EMPTY);
}

static void read_lecturer(struct reading *r)
{
    char code[CODE_SIZE], school[CODE_SIZE];
    enum list_reason wrong = LIST_UNKNOWN_TEACHER;
    read_code(r, LIST_LECTURER, raw(r, LIST_LECTURER), code);
    if (!code[0] || !r->has_school)
        return;
    const char *id = find(r, r->l->options.find_teacher, code, school, &wrong);
    size_t len = id ? strlen(id) : 0;
    if (len == 0 || len >= sizeof(r->lecturer))
        refuse_field(r, LIST_LECTURER, wrong);
    else
        memcpy(r->lecturer, id, len + 1);
}

/* A word of that field's; `otherwise` where it is empty. */
static int read_word(struct reading *r, enum list_field field, int otherwise,
                     enum list_reason wrong)
{
    int value = otherwise;
    if (raw(r, field)[0] && !list_word(field, raw(r, field), &value))
        refuse_field(r, field, wrong);
    return value;
}

static int32_t read_date(struct reading *r, enum list_field field, int32_t otherwise)
{
    int32_t date = otherwise;
    if (raw(r, field)[0] && date_read(&date, raw(r, field)))
        refuse_field(r, field, LIST_BAD_DATE);
    return date;
}

/* "8:00", "08:00", also with a full-width colon; minutes of the day, or -1. */
static int time_of(const char *text)
{
    int n[2] = {0, 0};
    for (int part = 0; part < 2; part++) {
        const char *front = text;
        for (; *text >= '0' && *text <= '9' && text - front < 2; text++)
            n[part] = n[part] * 10 + (*text - '0');
        if (text == front)
            return -1;
        if (part == 0 && *text == ':')
            text++;
        else if (part == 0 && strncmp(text, "：", 3) == 0)
            text += 3;
        else if (part == 0 || *text)
            return -1;
    }
    return n[1] < 60 && n[0] * 60 + n[1] <= POLICY_DAY_MIN ? n[0] * 60 + n[1] : -1;
}

static int minutes_of(const char *text)
{
    int n = 0;
    for (; *text >= '0' && *text <= '9' && n <= POLICY_DAY_MIN; text++)
        n = n * 10 + (*text - '0');
    return *text ? -1 : n;
}

static void read_times(struct reading *r)
{
    bool has_end = raw(r, LIST_END)[0];
    int start = time_of(raw(r, LIST_START));
    int end = has_end ? time_of(raw(r, LIST_END)) : 0;
    if (start < 0)
        refuse_field(r, LIST_START, LIST_BAD_TIME);
    if (end < 0)
        refuse_field(r, LIST_END, LIST_BAD_TIME);
    if (start < 0 || end < 0)
        return;
    int length = has_end ? end - start : minutes_of(raw(r, LIST_LENGTH));
    if (length < 1 || start + length > POLICY_DAY_MIN) {
        refuse_field(r, has_end ? LIST_END : LIST_LENGTH, LIST_BAD_LENGTH);
        return;
    }
    r->e.start_min = (uint16_t)start;
    r->e.length_min = (uint16_t)length;
}

/* Each week, or once: then the weekday follows from the date. */
static void read_days(struct reading *r)
{
    const struct timetable_list_options *o = &r->l->options;
    if (raw(r, LIST_DATE)[0]) {
        r->e.from = r->e.to = read_date(r, LIST_DATE, o->from);
        r->e.weekday = (uint8_t)date_weekday(r->e.from);
        return;
    }
    r->e.weekday = (uint8_t)read_word(r, LIST_WEEKDAY, 0, LIST_BAD_WEEKDAY);
    if (!raw(r, LIST_WEEKDAY)[0])
        refuse_field(r, LIST_WEEKDAY, LIST_EMPTY);
    r->e.from = read_date(r, LIST_FROM, o->from);
    r->e.to = read_date(r, LIST_TO, o->to);
}

/* As given; or made of where and when it is, so that it is the same when the list comes again. */
static void read_id(struct reading *r)
{
    char given[CODE_SIZE];
    static const char *const weeks[] = {"", "-odd", "-even"};
    read_code(r, LIST_ID, raw(r, LIST_ID), given);
    if (given[0]) {
        memcpy(r->id, given, sizeof(given));
        return;
    }
    const char *school = r->room[0].school, *klass = r->room[0].klass;
    if (raw(r, LIST_DATE)[0])
        snprintf(r->id, sizeof(r->id), "%s-%s-%d-%u", school, klass, (int)r->e.from,
                 r->e.start_min);
    else
        snprintf(r->id, sizeof(r->id), "%s-%s-w%u-%u%s", school, klass, r->e.weekday,
                 r->e.start_min, weeks[r->e.weeks]);
    /* Longer ones have no address, and could never be changed or removed one by one. */
    if (strlen(r->id) >= CODE_SIZE)
        refuse(r, r->l->column[LIST_ID] ? LIST_ID : LIST_CLASS, list_message(LIST_LONG_ID), r->id);
}

/* ---- keeping it ---- */

static const char *keep(char **to, const char *text)
{
    size_t len = strlen(text) + 1;
    const char *kept = memcpy(*to, text, len);
    *to += len;
    return kept;
}

/* One block: the classes, then the texts that all of it points to. NULL: no memory. */
static void *keep_row(struct reading *r)
{
    const char *link = raw(r, LIST_LINK);
    size_t n = r->n_classes;
    size_t size = n * sizeof(*r->e.classes) + strlen(r->id) + strlen(r->title.text) +
                  strlen(r->lecturer) + strlen(link) + 4;
    for (size_t i = 0; i < n; i++)
        size += strlen(r->room[i].school) + strlen(r->room[i].klass) + 2;
    struct timetable_class *classes = malloc(size);
    if (!classes)
        return NULL;
    char *to = (char *)(classes + n);
    r->e.id = keep(&to, r->id);
    r->e.title = keep(&to, r->title.text);
    r->e.lecturer = keep(&to, r->lecturer);
    r->e.link = keep(&to, link);
    for (size_t i = 0; i < n; i++) {
        classes[i].school = keep(&to, r->room[i].school);
        classes[i].klass = keep(&to, r->room[i].klass);
    }
    r->e.classes = classes;
    r->e.n_classes = n;
    return classes;
}

static bool make_room(struct timetable_list *l)
{
    if (l->n < l->room)
        return true;
    size_t room = l->room ? 2 * l->room : 64;
    struct timetable_entry *entry = realloc(l->entry, room * sizeof(*entry));
    if (entry)
        l->entry = entry;
    struct row *row = realloc(l->row, room * sizeof(*row));
    if (row)
        l->row = row;
    if (entry && row)
        l->room = room;
    return entry && row;
}

static void row_add(struct timetable_list *l, struct reading *r)
{
    void *block = make_room(l) ? keep_row(r) : NULL;
    if (!block) {
        l->has_failed = true;
        return;
    }
    l->row[l->n] = (struct row){.at = r->row->at.row, .sheet = l->sheet, .block = block};
    memcpy(l->row[l->n].column, l->column, sizeof(l->column));
    l->entry[l->n++] = r->e;
}

/* What is wrong with the row as a whole is wrong with one of these. */
static void check_entry(struct reading *r)
{
    struct timetable_entry e = r->e;
    static const struct timetable_class some = {"", ""};
    e.id = e.title = "x";
    e.lecturer = "";
    e.link = raw(r, LIST_LINK);
    e.classes = &some;
    e.n_classes = 1;
    const char *wrong = timetable_entry_check(&e);
    if (wrong && strcmp(wrong, "dates") == 0)
        refuse_field(r, LIST_TO, LIST_BAD_DATE);
    else if (wrong && strcmp(wrong, "weekday") == 0)
        refuse_field(r, LIST_WEEKDAY, LIST_BAD_WEEKDAY);
    else if (wrong)
        refuse_field(r, LIST_LINK, LIST_BAD_LINK);
}

/* Fields that nobody may rely on. */
static void refuse_faults(struct reading *r)
{
    const struct csv_row *row = r->row;
    for (int i = 0; i < LIST_FIELDS && row->fault; i++) {
        uint32_t column = r->l->column[i];
        if (column > 0 && column <= row->n && row->fault[column - 1])
            refuse(r, (enum list_field)i, row->fault[column - 1], NULL);
    }
}

void list_take_row(struct timetable_list *l, const struct csv_row *row)
{
    l->classes[0] = (struct list_class){.klass = ""};
    struct reading r = {.l = l, .row = row, .room = l->classes};
    refuse_faults(&r);
    if (r.is_refused)
        return;
    read_title(&r);
    read_school(&r);
    read_classes(&r);
    read_lecturer(&r);
    read_days(&r);
    read_times(&r);
    r.e.weeks =
        (enum timetable_weeks)read_word(&r, LIST_WEEKS, TIMETABLE_EVERY_WEEK, LIST_BAD_WEEKS);
    r.e.kind = (enum policy_kind)read_word(&r, LIST_KIND, POLICY_LECTURE, LIST_BAD_KIND);
    r.e.place = (enum timetable_place)read_word(&r, LIST_PLACE, TIMETABLE_ONLINE, LIST_BAD_PLACE);
    read_id(&r);
    if (!r.is_refused && l->options.may_replace && !l->options.may_replace(l->options.arg, r.id))
        refuse_field(&r, LIST_CLASS, LIST_OTHERS_ROW);
    if (!r.is_refused)
        check_entry(&r);
    if (!r.is_refused)
        row_add(l, &r);
}
