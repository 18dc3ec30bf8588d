#ifndef AIRCLASS_SERVER_BASE_UTF8_H
#define AIRCLASS_SERVER_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing over
 * U+10FFFF.
 */

/* Bytes of the character that `text` begins with, 1 to 4, and what it is; 0 if it is not
 * well-formed, cut off, or `len` is 0. `code` may be NULL. */
size_t utf8_next(const void *text, size_t len, uint32_t *code);

/* Whether all of it is well-formed. */
bool utf8_is_valid(const void *text, size_t len);

/* As much of `text` as `size` bytes have room for, with a NUL, in whole characters; it ends before
 * what is not well-formed. */
void utf8_copy(char *out, size_t size, const char *text);

#endif
