#ifndef AIRCLASS_SERVER_STORE_WHOLE_IMPL_H
#define AIRCLASS_SERVER_STORE_WHOLE_IMPL_H

#include "server/store/db.h"
#include "server/store/whole.h"

/* Reads it all; private to this folder. */
int whole_read(struct db *db, store_row_fn *row, void *arg, int64_t *revision);

#endif
