#ifndef AIRCLASS_SERVER_IMPORTER_IMPL_H
#define AIRCLASS_SERVER_IMPORTER_IMPL_H

#include <uv.h>

#include "server/base/token.h"
#include "server/directory/directory.h"
#include "server/importer/importer.h"

/* What those who know of all imports (importer.c) and an import's own way (import.c) share. Private
 * to this folder. */

struct file {
    char name[IMPORT_NAME_MAX], sheet[IMPORT_SHEET_MAX];
    char *bytes; /* NULL: it has none, or has been read */
    size_t len;
    struct xlsx_sheet *sheets; /* of a workbook; those that there are */
    size_t n_sheets;
};

/* Somebody of whom lists do not know all. */
struct guarded {
    struct guarded *next;
    char home[STORE_CODE_MAX], code[STORE_CODE_MAX];
};

struct import {
    struct importer *im;
    struct import *prev, *next;
    char id[TOKEN_LEN + 1];
    char owner[STORE_ID_MAX], actor[STORE_ID_MAX];
    char school[STORE_CODE_MAX];
    bool may_remove;
    enum import_state state;
    const struct message *error;
    uint64_t touched_ms;
    unsigned busy;   /* threads that have it */
    bool is_dropped; /* goes when that is done */

    struct file files[ROSTER_FILES_MAX];
    size_t n_files, bytes;
    size_t file_of[ROSTER_FILES_MAX]; /* which the roster read as its first, second, ... */

    struct roster *roster;
    const struct roster_plan *plan;
    struct guarded *guarded;
    bool is_guarded; /* one of them is to be removed */
    int64_t revision;
    struct batch *batch;
    int err; /* of what a thread did */
    uv_work_t work;
    struct directory_wait wait;
};

struct importer {
    uv_loop_t *loop;
    uv_timer_t sweep;
    struct store *store;
    struct directory *directory;
    uint8_t key[ROSTER_KEY_SIZE];
    struct import *imports;
    size_t n;
    bool is_closing;
};

/* Out of the list and, in a thread, out of the world. */
void import_discard(struct import *import);

void import_drop_files(struct import *import);

#endif
