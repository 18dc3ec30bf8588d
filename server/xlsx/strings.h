#ifndef AIRCLASS_SERVER_XLSX_STRINGS_H
#define AIRCLASS_SERVER_XLSX_STRINGS_H

#include <stddef.h>
#include <stdint.h>

#include "server/xlsx/package.h"

/* The texts that cells of a workbook share. Private to this folder; zeroed is empty. */
struct strings {
    char *text; /* NUL behind each */
    size_t len, text_room;
    uint32_t *at;
    size_t n, room;
};

/* Errors as part_open(). */
int strings_read(struct strings *out, struct package *package, const char *name);
void strings_release(struct strings *s);

/* The `i`th and its length; NULL: there are not so many. */
const char *strings_get(const struct strings *s, size_t i, size_t *len);

/* In place: "_x000D_" is a carriage return, "_x005F_" the '_' that is none of these. The length. */
size_t strings_unescape(char *text);

#endif
