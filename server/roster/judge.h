#ifndef AIRCLASS_SERVER_ROSTER_JUDGE_H
#define AIRCLASS_SERVER_ROSTER_JUDGE_H

#include "server/roster/impl.h"

/* How rows become items and get their fates. Private to this folder. */

/* ---- a row and what it refers to (refer.c) ---- */

struct roster_line *line_of(const struct roster *r, const struct draft *d);
void note_draft(struct roster *r, const struct draft *d, enum field field,
                enum roster_reason reason, const struct roster_line *other);
void refuse(struct roster *r, const struct draft *d, enum field field, enum roster_reason reason);

/* An error of the table is want of memory: what a row can say was checked before. */
void must(struct roster *r, int err);

static inline bool is_staff_role(enum roster_role role)
{
    return role != ROSTER_STUDENT;
}

/* By a list, or by hand. */
bool is_of_staff(const struct roster *r, const struct item *person);

/* Which school is meant where none is said; may be NULL. */
struct item *default_school(const struct roster *r);

/* Which school the row means: as said, or the importer's own, or the only one. NULL: refused. */
struct item *school_of(struct roster *r, const struct draft *d, enum field field);

/* NULL: refused. */
struct item *class_of(struct roster *r, const struct draft *d, const char *school);

/* Whether there is such a class, of a row of people; refuses nothing. */
bool has_class(const struct roster *r, const struct draft *d);

/* Who of a list of roles: one of the place's school, or the only one in the district with that
 * code. NULL: refused. */
struct item *person_of(struct roster *r, const struct draft *d, const char *home);

/* Who has that code in that school, or, where `is_anywhere`, is the only one in the district who
 * has. NULL: nobody; refuses nothing. */
struct item *find_person(const struct roster *r, const char *home, const char *code,
                         bool is_anywhere, bool *is_ambiguous);

/* False: not theirs to touch, refused. */
bool may_touch(struct roster *r, const struct draft *d, enum field field, const char *school);

/* The same of somebody who may also be something elsewhere. */
bool may_change(struct roster *r, const struct draft *d, enum field field, const char *home,
                const char *person);

/* ---- what becomes of it (judge_row.c) ---- */

/* Lets an item be found by its name. */
void name_item(struct roster *r, struct item *item);

/* The item that the row makes or changes; NULL when it does neither. */
struct item *settle(struct roster *r, struct draft *d, const struct roster_record *rec);

void judge_school(struct roster *r, struct draft *d);
void judge_class(struct roster *r, struct draft *d);
void judge_person(struct roster *r, struct draft *d);
/* Roles of what is there, and who is in which seat, are known before. */
void judge_role(struct roster *r, struct draft *d);

/* ---- guardians (guardians.c) ---- */

/* Lets a ROSTER_GUARDIAN be found by the guardian's name. */
void name_guardian(struct roster *r, struct item *pair);

/* All that the lists say of them; what everybody is is known before. */
void judge_guardians(struct roster *r);

/* Whether the lists say who looks after this pupil, and may leave this one out. */
bool is_guardian_left(const struct roster *r, const struct item *pair);

/* Whether somebody is here for a pupil's sake alone, as far as is known, and may go without. */
bool is_mere_guardian(const struct roster *r, const struct item *person);

#endif
