#ifndef AIRCLASS_SERVER_DIRECTORY_PEOPLE_H
#define AIRCLASS_SERVER_DIRECTORY_PEOPLE_H

#include "server/directory/directory.h"
#include "server/store/whole.h"

/* One state of the directory: filled row by row, sealed, then only read. Private to this folder. */
struct people;

int people_new(struct people **out);
void people_free(struct people **people);

/* Rows in the order of store/whole.h; copied. -ENOMEM. */
int people_add(struct people *p, const struct store_row *row);
/* No row will follow. -ENOMEM. */
int people_seal(struct people *p);

const struct directory_person *people_find(const struct people *p, const char *id);
const struct directory_person *people_find_code(const struct people *p, const char *school,
                                                const char *code);
bool people_has_place(const struct people *p, const char *school, const char *klass);
size_t people_count(const struct people *p);

#endif
