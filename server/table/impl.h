#ifndef AIRCLASS_SERVER_TABLE_IMPL_H
#define AIRCLASS_SERVER_TABLE_IMPL_H

#include "server/table/ahead.h"
#include "server/table/table.h"
#include "server/xlsx/xlsx.h"

/* Private to this folder. */
struct table {
    /* one of the two */
    struct csv_reader *csv;
    struct xlsx *xlsx;
    char *utf8; /* what a file of UTF-16 became */
    /* rows that were looked at and not taken: from `first` on, then around to the front */
    struct ahead ahead[TABLE_AHEAD_MAX];
    size_t first, n;
    struct ahead taken; /* from there last */
    bool was_ahead;     /* the last row came from there */
    struct ahead head;  /* that was found */
};

#endif
