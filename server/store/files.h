#ifndef AIRCLASS_SERVER_STORE_FILES_H
#define AIRCLASS_SERVER_STORE_FILES_H

#include <limits.h>

/* The store's files in the data folder; private to this folder. */
struct files {
    char dir[PATH_MAX];
    char db[PATH_MAX]; /* the database; SQLite keeps its journal in two more beside it */
    int lock;
};

/* -ENAMETOOLONG. */
int files_name(struct files *f, const char *data_dir);

/* `base`, with `ending` behind it. -ENAMETOOLONG. */
int files_beside(char out[PATH_MAX], const char *base, const char *ending);

/*
 * One program at a time may write: -EBUSY if another does. The lock ends with the process, however
 * that ends. The file stays: who removed it could lock another one than who has it open.
 */
int files_lock(struct files *f);
void files_unlock(struct files *f);

/* Gives `path` to the owner of the folder `dir`, if root made it: a server that runs as somebody
 * else has to open it. */
int files_give(const char *path, const char *dir);

/* Has a folder's entries written: what was made, renamed or removed in it. */
int files_sync_dir(const char *dir);

#endif
