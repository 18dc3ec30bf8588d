#ifndef AIRCLASS_SERVER_ROSTER_ROSTER_H
#define AIRCLASS_SERVER_ROSTER_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/csv/csv.h"
#include "server/csv/note.h"
#include "server/roster/reason.h"
#include "server/table/table.h"

/*
 * Schools, classes, people and what they are there, from lists (CSV or XLSX) and back, CSV. Pure:
 * the importer is told what there is, reads the files, and answers with a plan, in which every row
 * has its fate. The plan is what a dry run shows, and what one transaction then does as a whole.
 *
 *     roster_new(&r, &options);
 *     roster_know(r, &record);             for everything there is
 *     roster_read(r, &file);             for each file
 *     roster_finish(r, &plan);
 *     if (plan->is_applicable)
 *         roster_each_change(plan, put_into_batch, batch);
 *
 * The files may come in any order, and rows may name what another file brings. Which list a file
 * is, and what its columns are, is told by the row that names them (columns.c), which is among the
 * first ten (server/table): our own names in Chinese and English, or those of OneRoster 1.1 (orgs,
 * classes, users with their agents, enrollments).
 *
 * Whoever applies a plan sees to it that nothing has changed since roster_know().
 */

enum {
    ROSTER_ROWS_MAX =
        200000, /* of all files; 50,000 pupils with their classes are 100,000 records */
    ROSTER_NOTES_MAX = 10000, /* kept; the rest is counted */
    ROSTER_FILES_MAX = 16,
    ROSTER_LISTS_MAX = 256, /* sheets of workbooks are one each */
};

/* Codes are their owner's: a school's is unique in the district, a class's and a person's in its
 * school. */
enum roster_kind {
    ROSTER_SCHOOL,   /* school, name */
    ROSTER_CLASS,    /* school, klass, name, grade */
    ROSTER_PERSON,   /* home, person, name */
    ROSTER_ROLE,     /* school, klass ("": the whole school), home, person, role */
    ROSTER_GUARDIAN, /* home, person, name: who looks after the pupil `ward` of `school` */
    ROSTER_KINDS
};

/* Those that a list may give. Who administers or patrols is said in the office, not by a file. */
enum roster_role {
    ROSTER_STUDENT,  /* of a class, one only */
    ROSTER_HOMEROOM, /* of a class */
    ROSTER_TUTOR,    /* of a class */
    ROSTER_LECTURER, /* of a school */
    ROSTER_ROLES
};

/* "student", "homeroom", ... */
const char *roster_role_name(enum roster_role role);

/* Texts that the kind does not have are "". */
struct roster_record {
    enum roster_kind kind;
    const char *school;
    const char *klass;
    const char *home; /* the school where a person is at home */
    const char *person;
    const char *name;
    uint8_t grade; /* 1 to 12; 0: none */
    enum roster_role role;
    const char *ward, *ward_name; /* of a guardian's; else "" or NULL */
};

enum roster_fate {
    ROSTER_NEW,
    ROSTER_CHANGED,
    ROSTER_SAME,
    ROSTER_REMOVED,
    ROSTER_SKIPPED, /* says nothing for us, or what may not be done without being asked for */
    ROSTER_REFUSED, /* then nothing at all is applied */
    ROSTER_FATES
};

const char *roster_fate_name(enum roster_fate fate);

enum { ROSTER_KEY_SIZE = 16 };

struct roster_options {
    /* Of this installation, for the codes that are made for guardians whom a school gives none. */
    uint8_t key[ROSTER_KEY_SIZE];
    const char *school; /* only this school's places and people may be touched; NULL: all */
    /* Removal is asked for: by rows of the status "tobedeleted", and of all that the lists leave
     * out although they are about it: the classes of a school whose classes are listed, the pupils,
     * staff or guardians of a school whose are listed, who is what in a class of which such are
     * listed, who looks after a pupil of whom somebody is listed; and guardians who have no ward
     * any more. Schools are never removed by a list. */
    bool may_remove;
};

struct roster_line {
    enum roster_fate fate;
    uint32_t list;                      /* of the plan's */
    uint64_t row;                       /* 0: no row says it, it follows from what they leave out */
    const struct roster_record *record; /* NULL: refused or skipped before one was made of it */
    const struct roster_record *before; /* of ROSTER_CHANGED */
};

/* A file, or a sheet of a workbook. */
struct roster_list {
    uint32_t file;               /* from 0, in the order in which they were read */
    char sheet[XLSX_SHEET_SIZE]; /* "": it is no workbook's */
};

/* A row that gives a person a role, or a pupil a guardian, makes two lines. */
struct roster_plan {
    const struct roster_list *list;
    size_t n_lists;
    const struct roster_line *line; /* in the order of files and rows, then what no row says */
    size_t n_lines;
    const struct csv_note *note; /* their `file` is a list */
    size_t n_notes;
    size_t notes_left_out;
    size_t count[ROSTER_FATES];
    bool is_applicable; /* nothing was refused */
};

struct roster;

/* `options` is copied. -ENOMEM; -EINVAL: the code of its school is too long. */
int roster_new(struct roster **out, const struct roster_options *options);
void roster_free(struct roster **roster);

/* Something that is there already; copied. Before the first file. -ENOMEM; -EEXIST: told before. */
int roster_know(struct roster *roster, const struct roster_record *record);

/* Somebody who is more than lists say: stays when they leave out whose guardian they are. Who holds
 * a role that no list gives becomes no pupil; who is something outside of the school whose lists
 * alone may be touched is not changed from there. Before the first file. -ENOMEM. */
enum roster_more { ROSTER_IN_OFFICE = 1, ROSTER_ELSEWHERE = 2 };
int roster_keep(struct roster *roster, const char *home, const char *person, unsigned more);

/* A file, or of a workbook all sheets that are not hidden, which is not needed any more afterwards.
 * Where a list of people has no column for the class, the name or code of the school's class that
 * its sheet is called by will do. -E2BIG: too many files; -ENOMEM, after which only
 * roster_free() is left; -ENOTSUP as csv_reader_new(). */
int roster_read(struct roster *roster, const struct table_file *file);

/* Once. The plan lives as long as the roster. -ENOMEM. */
int roster_finish(struct roster *roster, const struct roster_plan **plan);

/*
 * What an applicable plan changes, in an order in which every place and person is there when it is
 * named: new and changed schools, classes, people, roles, guardians; then removed guardians, roles,
 * people and classes. A value other than 0 ends it and is returned.
 */
typedef int roster_change_fn(void *arg, const struct roster_line *line);
int roster_each_change(const struct roster_plan *plan, roster_change_fn *each, void *arg);

/* A list that an import takes back as it is: its first row, then each record of that kind. `w` is
 * borrowed. Errors as csv_write(). */
int roster_write_head(struct csv_writer *w, enum roster_kind kind, enum language language);
int roster_write(struct csv_writer *w, const struct roster_record *record, enum language language);

#endif
