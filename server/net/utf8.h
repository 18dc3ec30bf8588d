#ifndef AIRCLASS_SERVER_NET_UTF8_H
#define AIRCLASS_SERVER_NET_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Whether all of it is well-formed UTF-8: no overlong forms, no surrogates, nothing over U+10FFFF.
 */
bool utf8_is_valid(const void *text, size_t len);

#endif
