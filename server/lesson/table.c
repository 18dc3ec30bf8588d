#include "server/lesson/table.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A failed allocation leaves hh.tbl NULL instead of ending the program. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct key {
    char text[LESSON_KEY_MAX];
    const struct lesson *lesson; /* NULL: it opens nothing (yet) */
    UT_hash_handle hh;
};

static struct key *find_key(const struct table *t, const char *text)
{
    struct key *key;
    HASH_FIND_STR(t->keys, text, key);
    return key;
}

int key_new(struct key **out, struct table *t, const char *text)
{
    if (find_key(t, text))
        return -EEXIST;
    struct key *key = calloc(1, sizeof(*key));
    if (!key)
        return -ENOMEM;
    memcpy(key->text, text, strlen(text) + 1);
    HASH_ADD_STR(t->keys, text, key);
    if (!key->hh.tbl) {
        free(key);
        return -ENOMEM;
    }
    *out = key;
    return 0;
}

void key_free(struct key **key, struct table *t)
{
    if (!*key)
        return;
    assert(t->keys); /* it is in there */
    HASH_DEL(t->keys, *key);
    free(*key);
    *key = NULL;
}

const char *key_text(const struct key *key)
{
    return key->text;
}

int entry_new(struct entry **out, struct table *t, const struct lesson *lesson)
{
    struct entry *e = calloc(1, sizeof(*e));
    if (!e)
        return -ENOMEM;
    e->lesson = *lesson;
    int err = key_new(&e->key, t, lesson->stream_key);
    if (err) {
        free(e);
        return err;
    }
    *out = e;
    return 0;
}

void entry_free(struct entry **entry, struct table *t)
{
    if (!*entry)
        return;
    key_free(&(*entry)->key, t);
    free(*entry);
    *entry = NULL;
}

void table_release(struct table *t)
{
    for (size_t i = 0; i < t->n; i++)
        entry_free(&t->entries[i], t);
    free(t->entries);
    *t = (struct table){0};
}

size_t table_index(const struct table *t, const char *id, bool is_after)
{
    size_t low = 0;
    size_t high = t->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(t->entries[middle]->lesson.id, id);
        if (order < 0 || (is_after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct entry *table_find(const struct table *t, const char *id)
{
    size_t i = table_index(t, id, false);
    return i < t->n && strcmp(t->entries[i]->lesson.id, id) == 0 ? t->entries[i] : NULL;
}

const struct lesson *table_find_by_key(const struct table *t, const char *text)
{
    const struct key *key = find_key(t, text);
    return key ? key->lesson : NULL;
}

int table_reserve(struct table *t)
{
    if (t->n + 2 <= t->size)
        return 0;
    size_t size = t->size ? t->size * 2 : 16;
    struct entry **entries = realloc(t->entries, size * sizeof(struct entry *));
    if (!entries)
        return -ENOMEM;
    t->entries = entries;
    t->size = size;
    return 0;
}

static bool is_stored(const struct lesson *lesson)
{
    return !lesson->from_config && !lesson->is_planned;
}

void table_insert(struct table *t, struct entry *entry)
{
    size_t i = table_index(t, entry->lesson.id, false);
    assert(t->n < t->size);
    memmove(&t->entries[i + 1], &t->entries[i], (t->n - i) * sizeof(struct entry *));
    t->entries[i] = entry;
    t->n++;
    t->n_stored += is_stored(&entry->lesson);
    entry->key->lesson = &entry->lesson;
}

void table_remove(struct table *t, struct entry *entry)
{
    size_t i = table_index(t, entry->lesson.id, false);
    assert(i < t->n && t->entries[i] == entry);
    t->n--;
    memmove(&t->entries[i], &t->entries[i + 1], (t->n - i) * sizeof(struct entry *));
    t->n_stored -= is_stored(&entry->lesson);
    entry->key->lesson = NULL;
}

void table_change_key(struct table *t, struct entry *entry, struct key *key)
{
    key_free(&entry->key, t);
    entry->key = key;
    key->lesson = &entry->lesson;
    memcpy(entry->lesson.stream_key, key->text, sizeof(entry->lesson.stream_key));
}
