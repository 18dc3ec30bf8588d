#ifndef AIRCLASS_SERVER_CSV_UTF16_H
#define AIRCLASS_SERVER_CSV_UTF16_H

#include <stdbool.h>
#include <stddef.h>

/* Excel's "Unicode text": UTF-16 of either order behind a byte order mark. Pure. */
bool utf16_is_one(const void *bytes, size_t len);

/* The same as UTF-8, from the heap. Half a surrogate pair, or half a character at the end, becomes
 * a byte that is no UTF-8: csv_next() tells of its row. -ENOMEM. */
int utf16_to_utf8(const void *bytes, size_t len, char **out, size_t *out_len);

#endif
