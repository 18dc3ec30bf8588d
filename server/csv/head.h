#ifndef AIRCLASS_SERVER_CSV_HEAD_H
#define AIRCLASS_SERVER_CSV_HEAD_H

#include <stdbool.h>

/* Names of columns, and words in them, as people write them: "School ID", "school_id",
 * "*学号（必填）". */
enum { CSV_FOLDED_SIZE = 64 };

/* In lower case, without blanks and signs, cut where a bracket begins: what stands there is a hint.
 */
void csv_fold(char out[CSV_FOLDED_SIZE], const char *text);

/* Whether it is one of `names`, which are folded and have bars between them: "school|schoolid". */
bool csv_is_one_of(const char *folded, const char *names);

#endif
