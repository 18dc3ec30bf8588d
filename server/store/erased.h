#ifndef AIRCLASS_SERVER_STORE_ERASED_H
#define AIRCLASS_SERVER_STORE_ERASED_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/db.h"

/*
 * The list of who was erased, in a file of its own (airclass.erased): a backup that lies elsewhere,
 * or on a machine that has lost its database, does not know whom it must not bring back. A line is
 * when, in milliseconds since 1970, and SHA-256 of the id that they had here, which is random and
 * stood nowhere else: who has the list without the backup learns how many, and nothing of whom.
 * Private to this folder. Blocks.
 */
#define ERASED_NAME "airclass.erased"

enum { ERASED_HASH_SIZE = 32, ERASED_MAX = 1 << 20 };

struct erased_entry {
    uint8_t hash[ERASED_HASH_SIZE];
    int64_t at_ms;
};

/* Begins zeroed. */
struct erased {
    struct erased_entry *all;
    size_t n, room;
    size_t wrong_line; /* the first that is none; 0: all are */
    bool is_sorted;
};

void erased_release(struct erased *list);

/* A line, without its end. -EINVAL. Pure. */
int erased_parse(struct erased_entry *out, const char *line);

/* Adds what the file says: 0; -ENOENT: there is none; -EUCLEAN: some of its lines are none, the
 * rest was added; -E2BIG. */
int erased_read(struct erased *list, const char *path);

/* NULL, or when the person with that id was erased. */
const struct erased_entry *erased_find(struct erased *list, const char *id);

/*
 * Brings the file up to what the list (NULL: none) and the database's own table say; what was in it
 * stays. Written anew as a whole, and only if there is something new. A damaged file is added to as
 * it is, which is -EUCLEAN still, with the line in `wrong_line`: whoever mends it finds all there.
 */
int erased_keep(const char *path, const struct erased *list, struct db *db, size_t *wrong_line);

/* What is wrong with the file, and what is to be done about it, for people. */
void erased_explain(char *out, size_t size, const char *path, size_t wrong_line, int err);

/* airclass.erased beside the file `path`. -ENAMETOOLONG. */
int erased_beside(char out[PATH_MAX], const char *path);

#endif
