#ifndef AIRCLASS_SERVER_LESSON_STORE_H
#define AIRCLASS_SERVER_LESSON_STORE_H

#include <stddef.h>

#include "server/lesson/lesson.h"

/*
 * DATA/lessons.json, private to this folder:
 *
 *     {"version":1,"lessons":[
 *     {"id":"math-7b","title":"...","open":false,"stream_key":"...","watch_key":"..."}
 *     ]}
 *
 * It is only ever replaced as a whole. Everything here blocks.
 */
struct store {
    int dir;    /* the data folder, held open: the file stays in it if the folder is renamed */
    char *path; /* of the file, for messages */
};

enum { STORE_FILE_MAX = 16 << 20 };

/* -ENOENT, -ENOTDIR, ...: no such folder; -ENOMEM. */
int store_init(struct store *store, const char *data_dir);
void store_release(struct store *store);

/* Called for each lesson of the file, all fields checked; another value than 0 ends the reading. */
typedef int store_lesson_fn(void *arg, const struct lesson *lesson);

/* Reads the file: 0, also when there is none. As lessons_open() for errors; -EEXIST from `each` is
 * told as a lesson that stands in the file twice. */
int store_read(const struct store *store, store_lesson_fn *each, void *arg,
               char error[LESSON_ERROR_MAX]);

/* The same from memory; `name` stands for the file in errors. */
int store_parse(const char *text, size_t len, const char *name, store_lesson_fn *each, void *arg,
                char error[LESSON_ERROR_MAX]);

/* Replaces the file: 0 when the new one is on the disk; else a negative errno and the old one
 * stands (except when the disk fails at the very last step, the folder's own fsync: then the new
 * one does, but may not survive a power cut). Touches nothing but its arguments: may run in any
 * thread, one call at a time. */
int store_write(const struct store *store, const struct lesson *lessons, size_t n);

#endif
