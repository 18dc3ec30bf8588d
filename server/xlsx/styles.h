#ifndef AIRCLASS_SERVER_XLSX_STYLES_H
#define AIRCLASS_SERVER_XLSX_STYLES_H

#include "server/xlsx/format.h"
#include "server/xlsx/package.h"

/* The formats of a workbook's cells. Private to this folder; zeroed: all are numbers. */
struct styles {
    struct format *format;
    size_t n, room;
};

/* Errors as part_open(). */
int styles_read(struct styles *out, struct package *package, const char *name);
void styles_release(struct styles *s);

struct format styles_get(const struct styles *s, size_t i);

#endif
