#ifndef AIRCLASS_SERVER_STORE_CARE_IMPL_H
#define AIRCLASS_SERVER_STORE_CARE_IMPL_H

#include <stdbool.h>

#include "server/store/care.h"
#include "server/store/db.h"
#include "server/store/files.h"

/* What the files of care.h share; private to this folder. */

/* Says it, and returns `err`; the second unless something was said already. */
__attribute__((format(printf, 3, 4))) int care_say(char said[CARE_TEXT_MAX], int err,
                                                   const char *format, ...);
int care_say_error(char said[CARE_TEXT_MAX], int err, const char *path);

/* Whether it is ours, and of a version that this program knows: -EINVAL, -EPROTONOSUPPORT. */
int care_look_at_owner(struct db *db, const char *path, char said[CARE_TEXT_MAX]);
/* The whole file, which must be there: that, and -EUCLEAN: damaged. */
int care_look_at_file(const char *path, char said[CARE_TEXT_MAX]);

/* A whole copy of `from`, looked at and on the disk; `has_list`: airclass.erased beside it is
 * brought up to date. */
int care_copy_file(const char *from, const char *to, bool has_list, char said[CARE_TEXT_MAX]);

/* The database, if it is of this program's version; else `said` says what it is. */
int care_open(struct db **out, const struct files *files, enum db_mode mode,
              char said[CARE_TEXT_MAX]);

#endif
