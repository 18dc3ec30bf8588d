#ifndef AIRCLASS_SERVER_DIRECTORY_PEOPLE_H
#define AIRCLASS_SERVER_DIRECTORY_PEOPLE_H

#include "server/directory/directory.h"
#include "server/store/whole.h"

/*
 * What the directory knows: filled row by row and sealed; then asked, or changed: what there was of
 * a person or a place is forgotten, the rows of what there is now are added, and it is sealed
 * again. What it hands out lives until then. Private to this folder.
 */
struct people;

int people_new(struct people **out);
void people_free(struct people **people);

/* Everything of that person; that place, and the roles held in it. */
void people_forget(struct people *p, const struct store_about *about);
/* Rows in the order of store/whole.h; copied. What a row names that is not there is left out: its
 * own row comes later, and this one once more. -ENOMEM. */
int people_add(struct people *p, const struct store_row *row);
/* No row will follow. -ENOMEM. */
int people_seal(struct people *p);
/* What was forgotten leaves its memory behind: it is time to fill another one. */
bool people_is_worn(const struct people *p);

const struct directory_person *people_find(const struct people *p, const char *id);
const struct directory_person *people_find_code(const struct people *p, const char *school,
                                                const char *code);
bool people_has_place(const struct people *p, const char *school, const char *klass);

#endif
