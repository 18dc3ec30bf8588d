#ifndef AIRCLASS_SERVER_LESSON_IMPORT_H
#define AIRCLASS_SERVER_LESSON_IMPORT_H

#include <stddef.h>

#include "server/lesson/lesson.h"

/*
 * DATA/lessons.json, in which earlier versions kept their lessons; private to this folder:
 *
 *     {"version":1,"lessons":[
 *     {"id":"math-7b","title":"...","open":false,"stream_key":"...","watch_key":"..."}
 *     ]}
 */
enum { IMPORT_FILE_MAX = 16 << 20 };

/*
 * Takes the file's lessons into the store, if there is one, and renames it to
 * lessons.json.imported: all of them or none. Whoever is killed meanwhile does it again at the next
 * start, to the same end. Blocks: before the loop runs. Errors as lessons_open().
 */
int lessons_import(struct store *store, const char *data_dir, char error[LESSON_ERROR_MAX]);

/* Called for each lesson of the file, all fields checked; another value than 0 ends the reading. */
typedef int import_lesson_fn(void *arg, const struct lesson *lesson);

/* Reads the file's text; `name` stands for the file in errors. -EINVAL with "name:line: what" in
 * `error`; -EEXIST from `each` is told as a lesson that stands in the file twice. */
int import_parse(const char *text, size_t len, const char *name, import_lesson_fn *each, void *arg,
                 char error[LESSON_ERROR_MAX]);

#endif
