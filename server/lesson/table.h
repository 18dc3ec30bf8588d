#ifndef AIRCLASS_SERVER_LESSON_TABLE_H
#define AIRCLASS_SERVER_LESSON_TABLE_H

#include <stddef.h>

#include "server/lesson/lesson.h"

/*
 * Lessons in memory, by id and by stream key; private to this folder. Whatever can fail is done
 * before a change goes to the disk: after that, only table_insert() and releases are left.
 */
struct key;

struct entry {
    struct lesson lesson;
    struct key *key;
};

/* Begins zeroed. */
struct table {
    struct entry **entries; /* in the order of their ids */
    size_t n;
    size_t size;
    size_t n_stored;  /* not from the config file or the timetable */
    struct key *keys; /* a map */
};

/* Frees all that was inserted. */
void table_release(struct table *t);

/* The index of the first entry whose id is not before `id`; with `is_after`, of the first behind.
 */
size_t table_index(const struct table *t, const char *id, bool is_after);

/* NULL if there is none. */
struct entry *table_find(const struct table *t, const char *id);
const struct lesson *table_find_by_key(const struct table *t, const char *text);

/* Makes sure of room for one more beside the one that may be on its way to the disk. -ENOMEM. */
int table_reserve(struct table *t);

/* An entry that is not to be found yet, though its key is taken. -EEXIST: the key was; -ENOMEM. */
int entry_new(struct entry **out, struct table *t, const struct lesson *lesson);
/* Frees one that is not in the table. Accepts NULL. */
void entry_free(struct entry **entry, struct table *t);

/* From here on it can be found. The room was reserved. */
void table_insert(struct table *t, struct entry *entry);
/* The opposite; the caller owns it again. Its key stays taken until entry_free(). */
void table_remove(struct table *t, struct entry *entry);

/* A key that is taken, but opens nothing yet. -EEXIST; -ENOMEM. */
int key_new(struct key **out, struct table *t, const char *text);
void key_free(struct key **key, struct table *t);
const char *key_text(const struct key *key);

/* Gives the entry, which is in the table, a new key in place of its own. */
void table_change_key(struct table *t, struct entry *entry, struct key *key);

#endif
