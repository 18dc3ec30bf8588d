#ifndef AIRCLASS_SERVER_CSV_NOTE_H
#define AIRCLASS_SERVER_CSV_NOTE_H

#include <stdbool.h>

#include "server/csv/csv.h"

/* Something about a file, a row or a value; refusing or not. */
enum { CSV_VALUE_SIZE = 64 }; /* of a value that is shown with a note, cut to it */

struct csv_note {
    uint32_t file;       /* or sheet of one: from 0, in the order in which they came */
    struct csv_place at; /* row 0: the file as a whole; column 0: the row as a whole */
    bool is_refusal;
    const struct message *what;
    uint64_t other_row; /* of the same kind of list: the one that was before; 0: none */
    uint32_t other_file;
    /* What it is about, for people: a column's name or a value. Not what looks like a private
     * number: that is not even repeated. */
    char value[CSV_VALUE_SIZE];
};

/* As much of `text` as there is room for, in whole characters. NULL counts as "". */
void csv_note_show(struct csv_note *note, const char *text);

/* By file, row and column, each once: what a row says of a person and of their role is wrong with
 * both. How many are left. */
size_t csv_note_sort(struct csv_note *note, size_t n);

/* "第 7 行第 3 列：没有这个班 “七（5）班”" / "row 7, column 3: this school has no such class:
 * 七（5）班", cut to `size`. */
void csv_note_print(const struct csv_note *note, enum language language, char *out, size_t size);

#endif
