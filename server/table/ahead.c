#include "server/table/ahead.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One block: the fields, their faults, their texts. */
int ahead_keep(struct ahead *out, const struct csv_row *row)
{
    size_t size = 2 * row->n * sizeof(char *);
    for (size_t i = 0; i < row->n; i++)
        size += strlen(row->field[i]) + 1;
    const char **field = malloc(size + 1);
    if (!field)
        return -ENOMEM;
    const struct message **fault = (const struct message **)(field + row->n);
    char *text = (char *)(fault + row->n);
    for (size_t i = 0; i < row->n; i++) {
        size_t len = strlen(row->field[i]) + 1;
        field[i] = memcpy(text, row->field[i], len);
        fault[i] = row->fault ? row->fault[i] : NULL;
        text += len;
    }
    *out = (struct ahead){.row = *row, .block = field};
    out->row.field = field;
    out->row.fault = row->fault ? fault : NULL;
    return 0;
}

void ahead_release(struct ahead *a)
{
    free(a->block);
    *a = (struct ahead){.block = NULL};
}

bool ahead_is_same(const struct ahead *a, const struct csv_row *row)
{
    bool is_same = a->block && a->row.n == row->n;
    for (size_t i = 0; is_same && i < row->n; i++)
        is_same = strcmp(a->row.field[i], row->field[i]) == 0;
    return is_same;
}
