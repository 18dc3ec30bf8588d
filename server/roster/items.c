#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/roster/impl.h"

/* A full memory is an error of the one import, not the end of the program. */
#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) ((element)->is_lost = true)
#include <uthash.h>

enum { KEY_PARTS = 4, KEY_MAX = 2 + 3 * CODE_SIZE + NAME_SIZE };

struct entry {
    struct item *item; /* NULL: a mark */
    bool owns;         /* the item's own key: it goes with it */
    bool is_ambiguous;
    bool is_lost;
    UT_hash_handle hh;
    char key[];
};

/* A sort, then texts with their NULs. `len` 0: one of them is too long for anything to have it. */
struct key {
    char bytes[KEY_MAX];
    size_t len;
};

static struct key key_of(char sort, const char *const part[KEY_PARTS])
{
    struct key key = {.bytes = {sort}, .len = 1};
    for (size_t i = 0; i < KEY_PARTS; i++) {
        size_t len = strlen(part[i]) + 1;
        if (key.len + len > sizeof(key.bytes))
            return (struct key){.len = 0};
        memcpy(key.bytes + key.len, part[i], len);
        key.len += len;
    }
    return key;
}

/* What identifies a record: capitals, which names and marks do not begin with. */
static struct key record_key(const struct roster_record *r)
{
    static const char role[ROSTER_ROLES][2] = {"s", "h", "t", "l"};
    switch (r->kind) {
    case ROSTER_SCHOOL: return key_of('S', (const char *[]){r->school, "", "", ""});
    case ROSTER_CLASS: return key_of('C', (const char *[]){r->school, r->klass, "", ""});
    case ROSTER_PERSON: return key_of('P', (const char *[]){r->home, r->person, "", ""});
    case ROSTER_GUARDIAN:
        return key_of('G', (const char *[]){r->school, r->ward, r->home, r->person});
    case ROSTER_ROLE: break;
    case ROSTER_KINDS: return (struct key){.len = 0};
    }
    /* Five texts: the role goes with the class. */
    char klass[CODE_SIZE + 2];
    size_t len = strlen(r->klass);
    if (len >= CODE_SIZE)
        return (struct key){.len = 0};
    klass[0] = role[r->role][0];
    memcpy(klass + 1, r->klass, len + 1);
    return key_of('R', (const char *[]){r->school, klass, r->home, r->person});
}

static struct key name_key(enum roster_kind kind, const char *school, const char *name)
{
    return key_of((char)('a' + kind), (const char *[]){school, name, "", ""});
}

static struct key mark_key(const char *what, const char *school, const char *klass)
{
    return key_of('m', (const char *[]){what, school, klass, ""});
}

static struct entry *entry_find(const struct items *t, const struct key *key)
{
    struct entry *e = NULL;
    if (key->len > 0)
        HASH_FIND(hh, t->entries, key->bytes, key->len, e);
    return e;
}

static int entry_add(struct items *t, const struct key *key, struct item *item, bool owns)
{
    if (key->len == 0)
        return -EINVAL;
    struct entry *e = calloc(1, sizeof(*e) + key->len);
    if (!e)
        return -ENOMEM;
    memcpy(e->key, key->bytes, key->len);
    e->item = item;
    e->owns = owns;
    HASH_ADD_KEYPTR(hh, t->entries, e->key, key->len, e);
    if (e->is_lost) {
        free(e);
        return -ENOMEM;
    }
    return 0;
}

void items_release(struct items *t)
{
    struct entry *next;
    struct entry *e = t->entries;
    HASH_CLEAR(hh, t->entries); /* the table alone */
    for (; e; e = next) {
        next = e->hh.next;
        if (e->owns)
            free(e->item);
        free(e);
    }
    *t = (struct items){.entries = NULL};
}

struct item *items_find(const struct items *t, const struct roster_record *record)
{
    struct key key = record_key(record);
    const struct entry *e = entry_find(t, &key);
    return e ? e->item : NULL;
}

/* ---- items ---- */

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

static size_t texts_size(const struct roster_record *r)
{
    return text_size(r->school) + text_size(r->klass) + text_size(r->home) + text_size(r->person) +
           text_size(r->name) + text_size(r->ward) + text_size(r->ward_name);
}

static const char *keep(char **to, const char *text)
{
    if (!text)
        return NULL;
    size_t len = strlen(text) + 1;
    char *kept = memcpy(*to, text, len);
    *to += len;
    return kept;
}

static struct item *item_new(const struct roster_record *r)
{
    struct item *item = calloc(1, sizeof(*item) + texts_size(r));
    if (!item)
        return NULL;
    char *text = (char *)(item + 1);
    item->record = *r;
    item->record.school = keep(&text, r->school);
    item->record.klass = keep(&text, r->klass);
    item->record.home = keep(&text, r->home);
    item->record.person = keep(&text, r->person);
    item->record.name = keep(&text, r->name);
    item->record.ward = keep(&text, r->ward);
    item->record.ward_name = keep(&text, r->ward_name);
    return item;
}

int items_add(struct items *t, const struct roster_record *record, struct item **out)
{
    struct key key = record_key(record);
    if (key.len == 0)
        return -EINVAL;
    struct item *item = item_new(record);
    if (!item)
        return -ENOMEM;
    int err = entry_add(t, &key, item, true);
    if (err) {
        free(item);
        return err;
    }
    if (t->last)
        t->last->next = item;
    else
        t->first = item;
    t->last = item;
    *out = item;
    return 0;
}

/* ---- names and marks ---- */

int items_name(struct items *t, struct item *item, const char *school, const char *name)
{
    struct key key = name_key(item->record.kind, school, name);
    struct entry *e = entry_find(t, &key);
    if (!e)
        return key.len > 0 ? entry_add(t, &key, item, false) : 0;
    e->is_ambiguous |= e->item != item;
    return 0;
}

struct item *items_find_named(const struct items *t, enum roster_kind kind, const char *school,
                              const char *name, bool *is_ambiguous)
{
    struct key key = name_key(kind, school, name);
    const struct entry *e = entry_find(t, &key);
    *is_ambiguous = e && e->is_ambiguous;
    return e && !e->is_ambiguous ? e->item : NULL;
}

int items_mark(struct items *t, const char *what, const char *school, const char *klass)
{
    struct key key = mark_key(what, school, klass);
    return entry_find(t, &key) ? 0 : entry_add(t, &key, NULL, false);
}

bool items_is_marked(const struct items *t, const char *what, const char *school, const char *klass)
{
    struct key key = mark_key(what, school, klass);
    return entry_find(t, &key) != NULL;
}
