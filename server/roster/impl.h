#ifndef AIRCLASS_SERVER_ROSTER_IMPL_H
#define AIRCLASS_SERVER_ROSTER_IMPL_H

/* What the parts of the importer share. Private to this folder. */

#include "server/roster/columns.h"
#include "server/roster/name.h"
#include "server/roster/roster.h"

/* A row whose values are right each by itself; what they mean together is judged at the end. */
struct draft {
    struct draft *next;
    size_t line; /* its index in the plan */
    enum roster_kind kind;
    enum roster_role role;
    uint8_t grade;
    bool has_role;             /* of a person: their role was said */
    bool is_role_said;         /* by a column of its own */
    bool has_class_by_sheet;   /* the sheet's name stands where their class would */
    bool is_guardian;          /* of a person: their role was said to be that */
    bool is_agent;             /* of a guardian: by a row of people */
    bool wants_away;           /* status "tobedeleted" */
    const char *value[FIELDS]; /* NULL: not said */
    char text[];               /* which they are in */
};

enum { AGENTS_MAX = 16 };

/* The values of one row on their way into a draft. */
struct values {
    bool is_there[FIELDS];
    struct name text[FIELDS];
    uint8_t grade;
    enum roster_role role;
    bool has_role;
    bool wants_away;
    bool is_primary;
    bool has_class_by_sheet;
    bool is_guardian;
    char agent[AGENTS_MAX][CODE_SIZE];
    size_t n_agents;
};

/* ROSTER_FINE; a reason that does not refuse: the row is not for us; another reason: it
 * is refused. `note` is told of each value that is wrong or was changed. */
enum roster_reason values_read(struct values *out, const struct sheet *sheet,
                               const struct csv_row *row, column_note_fn *note, void *arg);

/* Lets a list of people without a column for the class know what its sheet is called. */
void values_know_sheet(struct sheet *sheet, const char *name);

/* `kind` may be another than the sheet's: a row of people gives roles too. NULL: no memory. */
struct draft *draft_new(const struct values *v, enum roster_kind kind, size_t line);

/* What a row of people says of the `i`th of its agents, whom it names by their code. */
struct draft *draft_of_agent(const struct values *v, size_t i, size_t line);

/* ---- what roles are called (roles.c) ---- */

struct role_word {
    const char *word;
    enum role_meaning {
        ROLE_OURS,
        ROLE_TEACHER,  /* `role`, unless the row says more */
        ROLE_GUARDIAN, /* no `role` of theirs, */
        ROLE_BY_HAND,  /* and none that a list gives */
    } meaning;
    enum roster_role role;
};

/* Whatever the case of its letters; NULL: there is no such role. */
const struct role_word *role_word_find(const char *raw);

/* What a role is called in a list that we write. */
const char *role_label(enum roster_role role, enum language language);

/* ---- what there is, and what there will be (items.c) ---- */

struct item {
    struct roster_record record; /* as it will be */
    struct roster_record before; /* as it is, if is_known */
    bool is_known;
    bool is_given; /* a row names it */
    bool is_gone;  /* is to be removed */
    size_t line;   /* of the row that names it, or wants it gone */
    /* of a person */
    bool is_pupil;
    bool is_staff;
    bool is_guardian;
    size_t n_wards;
    struct item *seat; /* their role as a pupil */
    /* of a class */
    size_t n_pupils;
    struct item *next; /* in the order in which they came */
};

struct items {
    struct item *first;
    struct item *last;
    struct entry *entries; /* by key, by name, and marks */
};

void items_release(struct items *t);

/* The item with the key of `record`, or NULL. */
struct item *items_find(const struct items *t, const struct roster_record *record);

/* Adds a copy of what has this key. -ENOMEM; -EINVAL: a code is too long. */
int items_add(struct items *t, const struct roster_record *record, struct item **out);

/* Lets an item be found by the name it has in `school` ("" for a school). */
int items_name(struct items *t, struct item *item, const char *school, const char *name);

/* NULL: nothing is called so, or, `*is_ambiguous`, several are. */
struct item *items_find_named(const struct items *t, enum roster_kind kind, const char *school,
                              const char *name, bool *is_ambiguous);

/* A mark is a thing of three texts that was said or was not. */
int items_mark(struct items *t, const char *what, const char *school, const char *klass);
bool items_is_marked(const struct items *t, const char *what, const char *school,
                     const char *klass);

/* ---- the importer ---- */

struct roster {
    struct roster_options options;
    char own_school[CODE_SIZE];
    struct table *file; /* that is being read */
    uint32_t n_files;
    bool is_all; /* sheets of that file */
    struct sheet sheet[ROSTER_LISTS_MAX];
    struct roster_list list[ROSTER_LISTS_MAX];
    uint32_t n_lists;
    size_t n_lists_read; /* sheets of that file that have a list in them */
    bool has_head;
    bool is_left_out; /* the file, from here on */
    size_t n_rows;
    struct draft *first;
    struct draft *last;
    struct roster_line *line;
    size_t n_lines, lines_room;
    struct csv_note *note;
    size_t n_notes, notes_room;
    size_t notes_left_out;
    bool is_refused;
    bool has_failed; /* there was no memory for something */
    struct items table;
    struct item *default_school; /* where a row does not say which; may be NULL */
    struct roster_plan plan;
};

/* A line of the plan; its index. */
size_t line_add(struct roster *r, uint32_t list, uint64_t row, enum roster_fate fate);

bool reason_refuses(enum roster_reason reason);

/* What is known about a row, a value or a file. */
void note_put(struct roster *r, const struct csv_note *note);
/* The same; whether it refuses follows from the reason. */
void note_add(struct roster *r, struct csv_note note, enum roster_reason reason, const char *value);

/* What refuses nothing but is to be known about a list, or a row of it (0: all). */
void note_remark(struct roster *r, uint32_t list, uint64_t row, enum table_remark remark);

/* Gives every draft its fate, and what they leave out (judge.c). */
void judge(struct roster *r);

#endif
