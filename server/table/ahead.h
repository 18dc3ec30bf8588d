#ifndef AIRCLASS_SERVER_TABLE_AHEAD_H
#define AIRCLASS_SERVER_TABLE_AHEAD_H

#include <stdbool.h>

#include "server/csv/csv.h"

/* A row that is kept: a copy of it, or of why there is none. Private to this folder; zeroed is
 * empty. */
struct ahead {
    int err; /* of the one that was asked for it */
    struct csv_row row;
    const struct message *wrong; /* of -EINVAL */
    struct csv_place at;
    void *block;
};

/* -ENOMEM. */
int ahead_keep(struct ahead *out, const struct csv_row *row);
void ahead_release(struct ahead *a);
bool ahead_is_same(const struct ahead *a, const struct csv_row *row);

#endif
