#ifndef AIRCLASS_SERVER_TIMETABLE_LIST_IMPL_H
#define AIRCLASS_SERVER_TIMETABLE_LIST_IMPL_H

/* What the reader of lists and that of their rows share. Private to this folder. */

#include "server/roster/name.h"
#include "server/timetable/list.h"
#include "server/timetable/list_columns.h"

/* Of an entry: its row in the list, and its classes and texts. */
struct row {
    uint64_t at;
    uint32_t sheet;
    void *block;
    uint32_t column[LIST_FIELDS]; /* of that sheet */
};

struct list_class {
    char school[CODE_SIZE], klass[CODE_SIZE];
};

struct timetable_list {
    struct timetable_list_options options;
    struct table *file; /* while it is read */
    struct xlsx_sheet *sheets;
    size_t n_sheets;
    uint32_t sheet;        /* that is read */
    bool is_all;           /* of them are */
    size_t n_lists;        /* sheets that hold a list */
    char klass[CODE_SIZE]; /* that the sheet is called by, where there is no column; or "" */
    bool has_head;
    bool is_left_out;             /* from here on */
    uint32_t column[LIST_FIELDS]; /* from 1; 0: the list does not have it */
    size_t n_read;
    struct list_class classes[TIMETABLE_ROW_CLASSES_MAX]; /* of the row that is read */
    struct timetable_entry *entry;
    struct row *row; /* of each entry */
    size_t n, room;
    struct csv_note *note;
    size_t n_notes, notes_room, notes_left_out;
    bool is_refused;
    bool has_failed;
    struct timetable_rows rows;
};

void list_note(struct timetable_list *l, const struct csv_note *note);

/* Adds what the row says to the entries, or notes what is wrong with it. */
void list_take_row(struct timetable_list *l, const struct csv_row *row);

/* Notes which rows clash or have one id, and puts the notes in order. -ENOMEM. */
int list_judge(struct timetable_list *l);

#endif
