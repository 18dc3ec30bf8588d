#include "server/csv/note.h"

#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"

void csv_note_show(struct csv_note *note, const char *text)
{
    utf8_copy(note->value, sizeof(note->value), text ? text : "");
}

static int note_order(const void *one, const void *other)
{
    const struct csv_note *a = one;
    const struct csv_note *b = other;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->at.row != b->at.row)
        return a->at.row < b->at.row ? -1 : 1;
    if (a->at.column != b->at.column)
        return a->at.column < b->at.column ? -1 : 1;
    return strcmp(a->what->code, b->what->code);
}

size_t csv_note_sort(struct csv_note *note, size_t n)
{
    size_t kept = 0;
    if (n > 0)
        qsort(note, n, sizeof(*note), note_order);
    for (size_t i = 0; i < n; i++) {
        const struct csv_note *last = kept > 0 ? &note[kept - 1] : NULL;
        if (!last || note_order(last, &note[i]) != 0 || strcmp(last->value, note[i].value) != 0)
            note[kept++] = note[i];
    }
    return kept;
}

static int print_place(const struct csv_place *at, bool is_zh, char *out, size_t size)
{
    unsigned long long row = at->row;
    if (row == 0)
        return snprintf(out, size, "%s", is_zh ? "整个文件" : "the file");
    if (at->column == 0)
        return snprintf(out, size, is_zh ? "第 %llu 行" : "row %llu", row);
    return snprintf(out, size, is_zh ? "第 %llu 行第 %u 列" : "row %llu, column %u", row,
                    at->column);
}

void csv_note_print(const struct csv_note *note, enum language language, char *out, size_t size)
{
    bool is_zh = language == LANGUAGE_ZH;
    char place[64];
    char other[64] = "";
    print_place(&note->at, is_zh, place, sizeof(place));
    if (note->other_row)
        snprintf(other, sizeof(other), is_zh ? "（第 %llu 行）" : " (row %llu)",
                 (unsigned long long)note->other_row);
    bool has_value = note->value[0];
    snprintf(out, size, is_zh ? "%s：%s%s%s%s%s" : "%s: %s%s%s%s%s", place,
             is_zh ? note->what->zh : note->what->en, other,
             !has_value ? ""
             : is_zh    ? " “"
                        : ": ",
             note->value, has_value && is_zh ? "”" : "");
}
