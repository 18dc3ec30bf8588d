#ifndef AIRCLASS_SERVER_IMPORTER_IMPORTER_H
#define AIRCLASS_SERVER_IMPORTER_IMPORTER_H

#include <stdbool.h>
#include <stddef.h>

#include "server/roster/roster.h"
#include "server/store/store.h"

/*
 * Imports of lists, each on its way from files to a plan to the disk. What takes time (comparing
 * 50,000 pupils with what is there) is done in threads; here it is only known how far each has
 * come.
 *
 *     importer_begin(im, &who, &import);
 *     import_add(import, &file, on_added, arg);          for each file
 *     import_read(import);                               IMPORT_READING, then IMPORT_READY
 *     import_plan(import)                                what would happen to each row
 *     import_apply(import, "person-id");                 IMPORT_APPLYING, then IMPORT_DONE
 *
 * One at a time for each owner: a new one takes the place of the one before. Who is not asked about
 * for 15 minutes is forgotten.
 */
struct importer;
struct import;
struct directory;
struct uv_loop_s;

enum {
    IMPORTS_MAX = 8,
    IMPORT_BYTES_MAX = 32 << 20, /* of all files; 50,000 pupils take 3 MB */
    IMPORT_NAME_MAX = 256,
    IMPORT_SHEET_MAX = 128, /* Excel allows 31 characters */
    IMPORT_IDLE_MS = 15 * 60 * 1000,
};

enum import_state {
    IMPORT_GATHERING, /* files may be added */
    IMPORT_READING,
    IMPORT_READY,
    IMPORT_APPLYING,
    IMPORT_DONE,
    IMPORT_FAILED, /* import_error() says why; nothing was changed */
};

/* `store` and `directory` are borrowed until the loop has ended. `secret`: a text of at least 128
 * random bits, the same at each start; without it, guardians whose names a list corrects come to be
 * others. */
int importer_new(struct importer **out, struct uv_loop_s *loop, struct store *store,
                 struct directory *directory, const char *secret);
/* No import begins any more; what is under way ends with the loop. Then importer_free(). NULL is
 * fine. */
void importer_close(struct importer *im);
void importer_free(struct importer **im);

struct import_who {
    const char *owner;  /* who may ask about it */
    const char *school; /* whose lists alone may be touched; "": the district's */
    bool may_remove;
};

/* -EBUSY: the owner's import before is being applied; -EAGAIN: there are IMPORTS_MAX; -ENOMEM;
 * -ESHUTDOWN. */
int importer_begin(struct importer *im, const struct import_who *who, struct import **out);

/* Those of which nobody has asked for too long; its own timer comes once a minute. */
void importer_forget_idle(struct importer *im);

/* One of the owner's own; NULL: there is none (any more). It lives until the loop's next turn. */
struct import *importer_find(struct importer *im, const char *id, const char *owner);

const char *import_id(const struct import *import);
enum import_state import_state(const struct import *import);
/* NULL: nothing went wrong. */
const struct message *import_error(const struct import *import);
/* The name of the file that a list of the plan was in. */
const char *import_file(const struct import *import, uint32_t list);
const char *import_school(const struct import *import);

struct import_file {
    const char *name;
    const char *sheet; /* of a workbook; "": the first; TABLE_ALL */
    char *bytes;       /* from the heap, taken in any case */
    size_t len;
};

/* Once, from the loop: 0: it is the `file`th of the import; -ENOENT: there is no such sheet,
 * import_sheets() says which there are; -ENOMEM. The import lives until it returns. */
typedef void import_added_fn(void *arg, struct import *import, size_t file, int err);

/* 0: `done` will be called; -EALREADY: it is no longer gathering; -E2BIG: too many files, or bytes;
 * -ENOMEM. */
int import_add(struct import *import, const struct import_file *file, import_added_fn *done,
               void *arg);

/* The sheets of a workbook, of another file none; how many. Borrowed. */
size_t import_sheets(const struct import *import, size_t file, const struct xlsx_sheet **out);

/* Another of its sheets, or all. -ENODEV: there is no such file; -ENOENT: no such sheet; -EALREADY:
 * it is no longer gathering. */
int import_choose(struct import *import, size_t file, const char *sheet);

/* Compares the files with what there is, if that has not begun. */
void import_read(struct import *import);

/* NULL until it is ready. */
const struct roster_plan *import_plan(const struct import *import);
/* It is ready, nothing was refused, and nobody is to be removed who is more than lists say. */
bool import_is_applicable(const struct import *import);

/* Does all of it or nothing, with an entry in the audit log. -EINVAL: it is not applicable. */
int import_apply(struct import *import, const char *actor);

/* -EBUSY: it is being applied. */
int import_drop(struct import *import);

#endif
