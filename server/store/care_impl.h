#ifndef AIRCLASS_SERVER_STORE_CARE_IMPL_H
#define AIRCLASS_SERVER_STORE_CARE_IMPL_H

#include "server/store/care.h"
#include "server/store/db.h"
#include "server/store/files.h"

/* What the files of care.h share; private to this folder. */

/* The database, if it is of this program's version; else `said` says what it is. */
int care_open(struct db **out, const struct files *files, enum db_mode mode,
              char said[CARE_TEXT_MAX]);

#endif
