#include "server/directory/people.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Arrays that grow, and open hash tables over them, half empty: some forty blocks of memory,
 * however many people there are, so that an old state is given back within a turn of the loop.
 */
enum { TEXT_BLOCK = 256 << 10 };

struct text_block {
    struct text_block *next;
    size_t used;
    char text[TEXT_BLOCK];
};

struct place {
    const char *school, *klass;
};

/* While rows come arrays may move: where somebody's roles begin is a number until people_seal(). */
struct entry {
    struct directory_person person;
    uint32_t first_role, first_ward;
};

struct list {
    void *items;
    size_t n, room;
};

/* Numbers of items, from 1; 0 is an empty slot. */
struct table {
    uint32_t *slots;
    size_t mask;
};

struct people {
    struct text_block *texts;
    struct list places, people, roles, wards;
    struct table by_id, by_code, by_place;
};

int people_new(struct people **out)
{
    *out = calloc(1, sizeof(**out));
    return *out ? 0 : -ENOMEM;
}

void people_free(struct people **people)
{
    struct people *p = *people;
    *people = NULL;
    if (!p)
        return;
    for (struct text_block *next; p->texts; p->texts = next) {
        next = p->texts->next;
        free(p->texts);
    }
    free(p->places.items);
    free(p->people.items);
    free(p->roles.items);
    free(p->wards.items);
    free(p->by_id.slots);
    free(p->by_code.slots);
    free(p->by_place.slots);
    free(p);
}

/* -- parts ------------------------------------------------------------------------------------- */

static const char *keep(struct people *p, const char *text)
{
    size_t size = strlen(text) + 1;
    if (!p->texts || TEXT_BLOCK - p->texts->used < size) {
        struct text_block *block = malloc(sizeof(*block));
        if (!block)
            return NULL;
        block->used = 0;
        block->next = p->texts;
        p->texts = block;
    }
    char *copy = p->texts->text + p->texts->used;
    memcpy(copy, text, size);
    p->texts->used += size;
    return copy;
}

/* The next item, zeroed; NULL: no memory. */
static void *append(struct list *list, size_t size)
{
    if (list->n == list->room) {
        size_t room = list->room ? 2 * list->room : 64;
        void *items = realloc(list->items, room * size);
        if (!items)
            return NULL;
        list->items = items;
        list->room = room;
    }
    return memset((char *)list->items + list->n++ * size, 0, size);
}

static uint32_t hash(const char *a, const char *b)
{
    uint32_t h = 2166136261U; /* FNV-1a; the texts are the office's own */
    for (; *a; a++)
        h = (h ^ (uint8_t)*a) * 16777619U;
    h = (h ^ 0xff) * 16777619U; /* no byte of UTF-8 */
    for (; *b; b++)
        h = (h ^ (uint8_t)*b) * 16777619U;
    return h;
}

static int table_make(struct table *t, size_t n)
{
    size_t size = 16;
    while (size < 2 * n)
        size *= 2;
    free(t->slots);
    t->slots = calloc(size, sizeof(*t->slots));
    t->mask = size - 1;
    return t->slots ? 0 : -ENOMEM;
}

static void table_put(struct table *t, uint32_t h, size_t index)
{
    size_t i = h & t->mask;
    while (t->slots[i])
        i = (i + 1) & t->mask;
    t->slots[i] = (uint32_t)index + 1;
}

/* -- rows -------------------------------------------------------------------------------------- */

static struct entry *entry_at(const struct people *p, size_t i)
{
    return (struct entry *)p->people.items + i;
}

static const struct directory_person *person_at(const struct people *p, size_t i)
{
    return &entry_at(p, i)->person;
}

static const struct place *place_at(const struct people *p, size_t i)
{
    return (const struct place *)p->places.items + i;
}

static const struct place *find_place(const struct people *p, const char *school, const char *klass)
{
    const struct table *t = &p->by_place;
    if (!t->slots)
        return NULL;
    for (size_t i = hash(school, klass) & t->mask; t->slots[i]; i = (i + 1) & t->mask) {
        const struct place *place = place_at(p, t->slots[i] - 1);
        if (strcmp(place->school, school) == 0 && strcmp(place->klass, klass) == 0)
            return place;
    }
    return NULL;
}

static int index_places(struct people *p)
{
    int err = table_make(&p->by_place, p->places.n);
    for (size_t i = 0; !err && i < p->places.n; i++)
        table_put(&p->by_place, hash(place_at(p, i)->school, place_at(p, i)->klass), i);
    return err;
}

static int index_people(struct people *p)
{
    int err = table_make(&p->by_id, p->people.n);
    if (!err)
        err = table_make(&p->by_code, p->people.n);
    for (size_t i = 0; !err && i < p->people.n; i++) {
        table_put(&p->by_id, hash(person_at(p, i)->id, ""), i);
        table_put(&p->by_code, hash(person_at(p, i)->school, person_at(p, i)->code), i);
    }
    return err;
}

static int add_place(struct people *p, const struct store_place *from)
{
    struct place *place = append(&p->places, sizeof(*place));
    if (!place)
        return -ENOMEM;
    place->school = keep(p, from->school);
    place->klass = keep(p, from->klass);
    return place->school && place->klass ? 0 : -ENOMEM;
}

/* The one copy of a place's codes. The district has none among the places. */
static struct place codes_of(const struct people *p, const char *school, const char *klass)
{
    const struct place *place = find_place(p, school, klass);
    return place ? *place : (struct place){.school = "", .klass = ""};
}

static int add_person(struct people *p, const struct store_person *from)
{
    int err = p->by_place.slots ? 0 : index_places(p);
    struct entry *entry = err ? NULL : append(&p->people, sizeof(*entry));
    if (!entry)
        return -ENOMEM;
    struct directory_person *person = &entry->person;
    person->id = keep(p, from->id);
    person->school = codes_of(p, from->school, "").school;
    person->code = keep(p, from->code);
    return person->id && person->code ? 0 : -ENOMEM;
}

/* Whose row it is. NULL with `*err` 0: nobody who is there. */
static struct entry *owner(struct people *p, const char *id, int *err)
{
    *err = p->by_id.slots ? 0 : index_people(p);
    return *err ? NULL : (struct entry *)people_find(p, id); /* its first member */
}

/* All of an owner's come one behind the other. */
static int add_role(struct people *p, const struct store_member *from)
{
    int err;
    struct entry *entry = owner(p, from->person.id, &err);
    struct directory_role *role = entry ? append(&p->roles, sizeof(*role)) : NULL;
    if (!role)
        return entry ? -ENOMEM : err;
    struct place at = codes_of(p, from->school, from->klass);
    *role = (struct directory_role){.role = from->role, .school = at.school, .klass = at.klass};
    if (entry->person.n_roles++ == 0)
        entry->first_role = (uint32_t)p->roles.n - 1;
    return 0;
}

static int add_ward(struct people *p, const char *guardian, const char *ward)
{
    int err;
    struct entry *entry = owner(p, guardian, &err);
    const struct directory_person *child = entry ? people_find(p, ward) : NULL;
    const char **id = child ? append(&p->wards, sizeof(*id)) : NULL;
    if (!id)
        return child ? -ENOMEM : err;
    *id = child->id;
    if (entry->person.n_wards++ == 0)
        entry->first_ward = (uint32_t)p->wards.n - 1;
    return 0;
}

int people_add(struct people *p, const struct store_row *row)
{
    switch (row->kind) {
    case STORE_ROW_PLACE: return add_place(p, &row->place);
    case STORE_ROW_PERSON: return add_person(p, &row->person);
    case STORE_ROW_ROLE: return add_role(p, &row->member);
    case STORE_ROW_WARD: return add_ward(p, row->guardian, row->ward);
    }
    return -EINVAL;
}

int people_seal(struct people *p)
{
    int err = p->by_place.slots ? 0 : index_places(p);
    if (!err && !p->by_id.slots)
        err = index_people(p);
    for (size_t i = 0; !err && i < p->people.n; i++) {
        struct entry *e = entry_at(p, i);
        if (e->person.n_roles)
            e->person.roles = (const struct directory_role *)p->roles.items + e->first_role;
        if (e->person.n_wards)
            e->person.wards = (const char *const *)p->wards.items + e->first_ward;
    }
    return err;
}

/* -- questions --------------------------------------------------------------------------------- */

const struct directory_person *people_find(const struct people *p, const char *id)
{
    const struct table *t = &p->by_id;
    if (!t->slots)
        return NULL;
    for (size_t i = hash(id, "") & t->mask; t->slots[i]; i = (i + 1) & t->mask) {
        const struct directory_person *person = person_at(p, t->slots[i] - 1);
        if (strcmp(person->id, id) == 0)
            return person;
    }
    return NULL;
}

const struct directory_person *people_find_code(const struct people *p, const char *school,
                                                const char *code)
{
    const struct table *t = &p->by_code;
    if (!t->slots)
        return NULL;
    for (size_t i = hash(school, code) & t->mask; t->slots[i]; i = (i + 1) & t->mask) {
        const struct directory_person *person = person_at(p, t->slots[i] - 1);
        if (strcmp(person->school, school) == 0 && strcmp(person->code, code) == 0)
            return person;
    }
    return NULL;
}

bool people_has_place(const struct people *p, const char *school, const char *klass)
{
    return (!*school && !*klass) || find_place(p, school, klass);
}

size_t people_count(const struct people *p)
{
    return p->people.n;
}
