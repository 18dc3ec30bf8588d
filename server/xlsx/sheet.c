#include "server/xlsx/sheet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/xlsx/xlsx.h"

/* ---- texts ---- */

static bool has_room(struct sheet *s, size_t len)
{
    if (len <= sizeof(s->text) - s->end)
        return true;
    s->wrong = csv_message(CSV_LONG);
    return false;
}

static void put(struct sheet *s, const char *text, size_t len)
{
    if (!has_room(s, len))
        return;
    memcpy(s->text + s->end, text, len);
    s->end += len;
}

/* ---- a row ---- */

static void begin_row(struct sheet *s, const char **attributes)
{
    bool has_number = part_attribute(attributes, "r") != NULL;
    int64_t row = has_number ? part_number(attributes, "r", XLSX_ROW_MAX) : (int64_t)s->row + 1;
    if (s->is_in_row || row < 1 || row > XLSX_ROW_MAX) {
        part_fail(&s->part, -EINVAL, WRONG_DAMAGED);
        return;
    }
    s->row = (uint64_t)row;
    s->is_in_row = true;
    s->wrong = NULL;
    s->has_fault = false;
    s->last_column = 0;
    s->n = s->len = s->end = 0;
}

static void end_row(struct sheet *s)
{
    s->is_in_row = false;
    if (s->n > 0 || s->wrong)
        part_pause(&s->part);
}

/* What stands in the cell; with a fault it counts even when empty. */
static void set_field(struct sheet *s, const char *text, size_t len, const struct message *fault)
{
    if (len == 0 && !fault)
        return;
    if (s->column > CSV_FIELDS_MAX) {
        s->wrong = csv_message(CSV_WIDE);
        return;
    }
    s->len += len;
    if (s->len > CSV_ROW_MAX) {
        s->wrong = csv_message(CSV_LONG);
        return;
    }
    for (; s->n < s->column; s->n++) {
        s->field[s->n] = "";
        s->fault[s->n] = NULL;
    }
    s->field[s->column - 1] = csv_without_guard(text);
    s->fault[s->column - 1] = fault;
    s->has_fault |= fault != NULL;
}

/* ---- a cell ---- */

/* 28 of "AB12"; 0: no column of a sheet. */
static uint32_t column_of(const char *reference)
{
    enum { COLUMNS_MAX = 16384 }; /* Excel's own limit: XFD */
    uint32_t column = 0;
    for (; *reference >= 'A' && *reference <= 'Z' && column <= COLUMNS_MAX; reference++)
        column = column * 26 + (uint32_t)(*reference - 'A') + 1;
    return column <= COLUMNS_MAX ? column : 0;
}

static enum cell_type type_of(const char **attributes)
{
    static const struct {
        const char *name;
        enum cell_type type;
    } types[] = {
        {"n",         CELL_NUMBER},
        {"s",         CELL_SHARED},
        {"b",         CELL_BOOL  },
        {"e",         CELL_ERROR },
        {"str",       CELL_TEXT  },
        {"inlineStr", CELL_TEXT  },
        {"d",         CELL_TEXT  },
    };
    const char *name = part_attribute(attributes, "t");
    for (size_t i = 0; name && i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(name, types[i].name) == 0)
            return types[i].type;
    }
    return name ? CELL_TEXT : CELL_NUMBER;
}

static void begin_cell(struct sheet *s, const char **attributes)
{
    const char *reference = part_attribute(attributes, "r");
    int64_t style = part_number(attributes, "s", UINT16_MAX);
    s->column = reference ? column_of(reference) : s->last_column + 1;
    if (s->is_in_cell || s->column == 0) {
        part_fail(&s->part, -EINVAL, WRONG_DAMAGED);
        return;
    }
    s->last_column = s->column;
    s->type = type_of(attributes);
    s->style = style < 0 ? 0 : (size_t)style;
    s->is_in_cell = true;
    s->is_in_text = s->has_value = s->has_formula = false;
    s->in_phonetic = 0;
    s->begin = s->end;
}

static void set_shared(struct sheet *s, const char *index)
{
    size_t len;
    char *end;
    unsigned long i = strtoul(index, &end, 10);
    const char *text =
        *index >= '0' && *index <= '9' && !*end ? strings_get(s->strings, i, &len) : NULL;
    if (text)
        set_field(s, text, len, NULL);
    else
        part_fail(&s->part, -EINVAL, WRONG_DAMAGED);
}

static void set_number(struct sheet *s, const char *number)
{
    char text[FORMAT_TEXT_SIZE];
    bool is_whole = format_print(text, number, styles_get(s->styles, s->style), s->is_1904);
    s->end = s->begin;
    put(s, text, strlen(text) + 1);
    set_field(s, s->text + s->begin, strlen(text), is_whole ? NULL : wrong_message(WRONG_DIGITS));
}

static void set_value(struct sheet *s, char *text)
{
    switch (s->type) {
    case CELL_NUMBER: set_number(s, text); break;
    case CELL_SHARED: set_shared(s, text); break;
    case CELL_TEXT: set_field(s, text, strings_unescape(text), NULL); break;
    case CELL_BOOL:
        if (strcmp(text, "1") == 0)
            set_field(s, "TRUE", 4, NULL);
        else
            set_field(s, "FALSE", 5, NULL);
        break;
    case CELL_ERROR: set_field(s, text, strlen(text), wrong_message(WRONG_ERROR)); break;
    }
}

static void end_cell(struct sheet *s)
{
    bool is_empty = s->end == s->begin;
    s->is_in_cell = false;
    if (is_empty && s->has_formula && !s->has_value)
        set_field(s, "", 0, wrong_message(WRONG_NO_VALUE));
    if (is_empty || !has_room(s, 1))
        return;
    put(s, "", 1);
    set_value(s, s->text + s->begin);
}

/* ---- tags ---- */

/* A value stands in <v>, or in the <t> of an <is>. */
static void begin_within(struct sheet *s, const char *name)
{
    if (strcmp(name, "v") == 0)
        s->is_in_text = s->has_value = true;
    else if (strcmp(name, "t") == 0)
        s->is_in_text = s->in_phonetic == 0;
    else if (strcmp(name, "f") == 0)
        s->has_formula = true;
    else if (strcmp(name, "rPh") == 0)
        s->in_phonetic++;
}

static void on_start(void *arg, const char *name, const char **attributes)
{
    struct sheet *s = arg;
    if (strcmp(name, "row") == 0)
        begin_row(s, attributes);
    else if (s->is_in_row && strcmp(name, "c") == 0)
        begin_cell(s, attributes);
    else if (s->is_in_cell)
        begin_within(s, name);
}

static void on_text(void *arg, const char *text, size_t len)
{
    struct sheet *s = arg;
    if (s->is_in_cell && s->is_in_text)
        put(s, text, len);
}

static void on_end(void *arg, const char *name)
{
    struct sheet *s = arg;
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        s->is_in_text = false;
    else if (strcmp(name, "rPh") == 0)
        s->in_phonetic--;
    else if (s->is_in_cell && strcmp(name, "c") == 0)
        end_cell(s);
    else if (s->is_in_row && strcmp(name, "row") == 0)
        end_row(s);
}

int sheet_open(struct sheet *s, struct package *package, const char *name)
{
    static const struct part_kind kind = {.start = on_start, .end = on_end, .text = on_text};
    part_close(&s->part);
    s->row = 0;
    s->is_in_row = s->is_in_cell = s->is_in_text = false;
    s->wrong = NULL;
    return part_open(&s->part, package, name, &kind, s);
}

int sheet_next(struct sheet *s)
{
    return part_run(&s->part);
}
