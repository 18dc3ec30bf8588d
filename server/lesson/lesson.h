#ifndef AIRCLASS_SERVER_LESSON_LESSON_H
#define AIRCLASS_SERVER_LESSON_LESSON_H

#include <stdbool.h>
#include <stddef.h>

#include "server/base/token.h"

/*
 * The lessons that this server knows: those of the config file, and those made through the admin
 * API, which are kept in the store. Small, and all read at start, so that nobody who joins has to
 * wait for a disk; changes are acknowledged, and to be seen, only when they are on it.
 */
enum { LESSON_ID_MAX = 40, LESSON_TITLE_MAX = 256, LESSON_KEY_MAX = 40, LESSON_KEY_MIN = 8 };

struct lesson {
    char id[LESSON_ID_MAX];
    char title[LESSON_TITLE_MAX]; /* UTF-8 */
    char stream_key[LESSON_KEY_MAX];
    char watch_key[LESSON_KEY_MAX];
    bool is_open;     /* anybody may watch */
    bool from_config; /* not to be changed through the API */
    bool is_planned;  /* the timetable's: neither, and gone when its day is over */
};

struct lessons;
struct store;

/*
 * A lesson has changed or is gone: whoever runs a session of it lets go. Called from the loop,
 * before the change's `done`. `lesson` is what is true now (a gone one as it was, no longer to be
 * found) and lives until the call returns. Either function may be NULL.
 */
struct lesson_events {
    void (*on_key_changed)(void *arg, const struct lesson *lesson);
    void (*on_gone)(void *arg, const struct lesson *lesson);
    void *arg;
};

/* LESSONS_MAX: of those in the store; the config file's and the timetable's are not counted. */
enum { LESSONS_MAX = 10000, LESSON_ERROR_MAX = 512 };

/*
 * Reads the store's lessons (blocking: before the loop runs). `store` is borrowed; NULL: nothing is
 * kept, and changes are -EROFS. A lessons.json in `data_dir`, where earlier versions kept them, is
 * taken into the store first and renamed; -EINVAL when it is not whole and right, with "file:line:
 * what" in `error`, and then it stays as it is; or the negative errno of reading. `events` is
 * copied.
 */
int lessons_open(struct lessons **out, struct store *store, const char *data_dir,
                 const struct lesson_events *events, char error[LESSON_ERROR_MAX]);
/* After the store is closed, which ends what is under way. */
void lessons_free(struct lessons **lessons);

/* Adds one of the config file's. -EEXIST: its id or stream key is taken; -EINVAL: lesson_check().
 */
int lessons_add(struct lessons *lessons, const struct lesson *lesson);

/* Adds one of the timetable's, which is kept there, or changes title and stream key of the one that
 * is there, with its `on_key_changed` if that is another one; -EEXIST, -EINVAL as above, -ENOMEM.
 * lessons_unplan() ends it, with its `on_gone`, if it is there. */
int lessons_plan(struct lessons *lessons, const struct lesson *lesson);
void lessons_unplan(struct lessons *lessons, const char *id);

/* Borrowed until the lesson is changed or removed; NULL if there is none. */
const struct lesson *lessons_find(const struct lessons *lessons, const char *id);
const struct lesson *lessons_find_by_stream_key(const struct lessons *lessons, const char *key);

/*
 * A private lesson in which a teacher tries out a lesson: its id and keys are made up, so that only
 * who is told them finds it; it is not listed, not kept, and gone with lessons_end_rehearsal().
 * `*out` is borrowed until then. -ENOSPC: there are as many as may be; -ENOMEM; -EIO.
 */
enum { LESSON_REHEARSALS_MAX = 20, LESSON_REHEARSALS_OF_ONE = 4 };
int lessons_rehearse(struct lessons *lessons, const struct lesson *of, const struct lesson **out);
void lessons_end_rehearsal(struct lessons *lessons, const char *id);

/* In the order of their ids' bytes: index 0 .. lessons_count() - 1. */
size_t lessons_count(const struct lessons *lessons);
const struct lesson *lessons_at(const struct lessons *lessons, size_t index);
/* The index of the first whose id comes behind `id`, which need not be one's; lessons_count() if
 * there is none. */
size_t lessons_after(const struct lessons *lessons, const char *id);

/* Told from the loop, once: 0 when the change is on the disk (and from then on visible to
 * lessons_find), else a negative errno and nothing has changed. */
typedef void lessons_done_fn(void *arg, int err);

/*
 * Changes of the API's lessons. One at a time: -EBUSY while another is being written (try again).
 * -EINVAL: bad id, title or key; -EEXIST; -ENOENT; -EPERM: it is the config file's, or the
 * timetable's; -ENOSPC: too many; -EAGAIN: the store has too much to do. `lesson->stream_key` and
 * `watch_key` may be empty: they are then made up; an empty title is the id.
 */
int lessons_create(struct lessons *lessons, const struct lesson *lesson, lessons_done_fn *done,
                   void *arg);
int lessons_remove(struct lessons *lessons, const char *id, lessons_done_fn *done, void *arg);
/* New stream key, made up if `text` is NULL (a publisher that uses the old one is sent away). */
int lessons_rotate_key(struct lessons *lessons, const char *id, const char *text,
                       lessons_done_fn *done, void *arg);

/* Whether `id` is 1-39 letters, digits, '-' or '_'; `key` 8-39 of them; `title` at most 255 bytes
 * of UTF-8 without control characters. */
bool lesson_id_is_valid(const char *id);
bool lesson_key_is_valid(const char *key);
bool lesson_title_is_valid(const char *title);

/* NULL if it can be a lesson, else what is wrong with it: static text, for people. A closed lesson
 * needs a watch key, and the one who may watch must not be given what lets them teach. */
const char *lesson_check(const struct lesson *lesson);

/* Makes up what may be left out: keys that are empty, and the id as title. -EIO: no randomness. */
int lesson_complete(struct lesson *lesson);

#endif
