#ifndef AIRCLASS_SERVER_IMPORTER_RECORD_H
#define AIRCLASS_SERVER_IMPORTER_RECORD_H

#include <stdbool.h>

#include "server/roster/roster.h"
#include "server/store/whole.h"

/* Between what the store has and what lists say. Pure. */

/* False: lists say nothing of that (who administers or patrols). Texts are
 * borrowed from the row. */
bool record_of(const struct store_row *row, struct roster_record *out);

/* Puts what a line of an applicable plan changes into a batch. */
void record_change(struct batch *batch, const struct roster_line *line);

#endif
