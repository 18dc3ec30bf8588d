#include "server/directory/people.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "server/directory/slots.h"

/*
 * Arrays that grow, hash tables over them, and blocks for texts and lists: some forty pieces of
 * memory, however many people there are, so that an old state is given back within a turn of the
 * loop.
 */
enum { BLOCK_BYTES = 256 << 10, WORN_BYTES = 1 << 20 };

struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

struct place {
    const char *school, *klass;
    bool is_gone;
};

struct entry {
    struct directory_person person; /* first */
    bool is_gone;
};

struct list {
    void *items;
    size_t n, room;
};

/* The roles or the wards of one person, which come one behind the other. */
struct gathered {
    enum store_row_kind kind;
    size_t owner; /* an index of `people` */
    struct list items;
};

struct people {
    struct block *blocks;
    size_t kept_bytes, worn_bytes;
    struct list places, people;
    struct slots by_id, by_code, by_place;
    struct gathered gathered;
    const char *left; /* the id of who was forgotten, until it is sealed */
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
    for (struct block *next; p->blocks; p->blocks = next) {
        next = p->blocks->next;
        free(p->blocks);
    }
    free(p->places.items);
    free(p->people.items);
    free(p->gathered.items.items);
    slots_release(&p->by_id);
    slots_release(&p->by_code);
    slots_release(&p->by_place);
    free(p);
}

/* -- memory ------------------------------------------------------------------------------------ */

static struct block *add_block(struct people *p, size_t least)
{
    size_t size = least > BLOCK_BYTES ? least : BLOCK_BYTES;
    struct block *block = malloc(sizeof(*block) + size);
    if (!block)
        return NULL;
    block->used = 0;
    block->size = size;
    block->next = p->blocks;
    return p->blocks = block;
}

/* NULL: no memory. */
static void *take(struct people *p, size_t size, size_t align)
{
    struct block *block = p->blocks;
    size_t from = block ? (block->used + align - 1) / align * align : 0;
    if (!block || from > block->size || block->size - from < size) {
        block = add_block(p, size);
        from = 0;
    }
    if (!block)
        return NULL;
    block->used = from + size;
    p->kept_bytes += size;
    return block->bytes + from;
}

static const char *keep(struct people *p, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = take(p, size, 1);
    return copy ? memcpy(copy, text, size) : NULL;
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

bool people_is_worn(const struct people *p)
{
    return p->worn_bytes > WORN_BYTES + p->kept_bytes / 2;
}

/* -- finding, also who or what is gone --------------------------------------------------------- */

static struct entry *entry_at(const struct people *p, size_t i)
{
    return (struct entry *)p->people.items + i;
}

static struct place *place_at(const struct people *p, size_t i)
{
    return (struct place *)p->places.items + i;
}

static struct place *find_place(const struct people *p, const char *school, const char *klass)
{
    uint32_t hash = slots_hash(school, klass);
    for (size_t at = 0, i; (i = slots_next(&p->by_place, hash, &at)) != SIZE_MAX;) {
        struct place *place = place_at(p, i);
        if (strcmp(place->school, school) == 0 && strcmp(place->klass, klass) == 0)
            return place;
    }
    return NULL;
}

static struct entry *find_entry(const struct people *p, const char *id)
{
    uint32_t hash = slots_hash(id, "");
    for (size_t at = 0, i; (i = slots_next(&p->by_id, hash, &at)) != SIZE_MAX;) {
        if (strcmp(entry_at(p, i)->person.id, id) == 0)
            return entry_at(p, i);
    }
    return NULL;
}

static struct entry *find_present(const struct people *p, const char *id)
{
    struct entry *entry = find_entry(p, id);
    return entry && !entry->is_gone ? entry : NULL;
}

/* The one copy of a place's codes. The district has none among the places. False: it is not there.
 */
static bool find_codes(const struct people *p, const char *school, const char *klass,
                       struct place *out)
{
    const struct place *place = find_place(p, school, klass);
    bool is_district = !*school && !*klass;
    *out = place ? *place : (struct place){.school = "", .klass = ""};
    return is_district || (place && !place->is_gone);
}

/* -- rows -------------------------------------------------------------------------------------- */

/* A list of what is in `old` and in `more`. */
static const void *join(struct people *p, const void *old, size_t n_old, const struct list *more,
                        size_t size)
{
    char *all = take(p, (n_old + more->n) * size, alignof(max_align_t));
    if (!all)
        return NULL;
    if (n_old > 0)
        memcpy(all, old, n_old * size);
    memcpy(all + n_old * size, more->items, more->n * size);
    p->worn_bytes += n_old * size;
    return all;
}

/* Gives whose rows were gathered what they have. */
static int settle(struct people *p)
{
    struct gathered *g = &p->gathered;
    if (g->items.n == 0)
        return 0;
    struct directory_person *who = &entry_at(p, g->owner)->person;
    if (g->kind == STORE_ROW_ROLE) {
        const void *roles = join(p, who->roles, who->n_roles, &g->items, sizeof(*who->roles));
        if (!roles)
            return -ENOMEM;
        who->roles = roles;
        who->n_roles += g->items.n;
    } else {
        const void *wards = join(p, who->wards, who->n_wards, &g->items, sizeof(*who->wards));
        if (!wards)
            return -ENOMEM;
        who->wards = wards;
        who->n_wards += g->items.n;
    }
    g->items.n = 0;
    return 0;
}

/* Room for the next role or ward of that person; NULL: no memory. */
static void *gather(struct people *p, const struct entry *whose, enum store_row_kind kind,
                    size_t size)
{
    struct gathered *g = &p->gathered;
    size_t owner = (size_t)(whose - entry_at(p, 0));
    if ((g->kind != kind || g->owner != owner) && settle(p))
        return NULL;
    if (g->kind != kind) { /* items of another size */
        free(g->items.items);
        g->items = (struct list){.n = 0};
    }
    g->kind = kind;
    g->owner = owner;
    return append(&g->items, size);
}

static int add_place(struct people *p, const struct store_place *from)
{
    struct place *place = find_place(p, from->school, from->klass);
    if (place) {
        place->is_gone = false;
        return 0;
    }
    const struct place new = {.school = keep(p, from->school), .klass = keep(p, from->klass)};
    place = new.school &&new.klass ? append(&p->places, sizeof(*place)) : NULL;
    if (!place)
        return -ENOMEM;
    *place = new;
    return slots_put(&p->by_place, slots_hash(new.school, new.klass), p->places.n - 1);
}

static int index_person(struct people *p, const struct directory_person *who, size_t at)
{
    int err = slots_put(&p->by_id, slots_hash(who->id, ""), at);
    return err ? err : slots_put(&p->by_code, slots_hash(who->school, who->code), at);
}

static int add_person(struct people *p, const struct store_person *from)
{
    struct place home;
    struct entry *entry = find_entry(p, from->id);
    if (entry) {
        entry->is_gone = false;
        return 0;
    }
    if (!find_codes(p, from->school, "", &home))
        return 0;
    const struct directory_person who = {
        .id = keep(p, from->id), .school = home.school, .code = keep(p, from->code)};
    entry = who.id && who.code ? append(&p->people, sizeof(*entry)) : NULL;
    if (!entry)
        return -ENOMEM;
    entry->person = who;
    return index_person(p, &who, p->people.n - 1);
}

static int add_role(struct people *p, const struct store_member *from)
{
    struct place at;
    const struct entry *entry = find_present(p, from->person.id);
    if (!entry || !find_codes(p, from->school, from->klass, &at))
        return 0;
    struct directory_role *role = gather(p, entry, STORE_ROW_ROLE, sizeof(*role));
    if (!role)
        return -ENOMEM;
    *role = (struct directory_role){.role = from->role, .school = at.school, .klass = at.klass};
    return 0;
}

static int add_ward(struct people *p, const char *guardian, const char *ward)
{
    const struct entry *entry = find_present(p, guardian), *child = find_present(p, ward);
    if (!entry || !child)
        return 0;
    const char **id = gather(p, entry, STORE_ROW_WARD, sizeof(*id));
    if (!id)
        return -ENOMEM;
    *id = child->person.id;
    return 0;
}

int people_add(struct people *p, const struct store_row *row)
{
    switch (row->kind) {
    case STORE_ROW_PLACE: return add_place(p, &row->place);
    case STORE_ROW_PERSON: return add_person(p, &row->person);
    case STORE_ROW_ROLE: return add_role(p, &row->member);
    case STORE_ROW_WARD: return add_ward(p, row->guardian.id, row->ward.id);
    }
    return -EINVAL;
}

/* -- what is no more --------------------------------------------------------------------------- */

static void forget_person(struct people *p, const char *school, const char *code)
{
    struct entry *e = (struct entry *)people_find_code(p, school, code); /* its first member */
    if (!e)
        return;
    p->worn_bytes +=
        e->person.n_roles * sizeof(*e->person.roles) + e->person.n_wards * sizeof(*e->person.wards);
    e->person.n_roles = e->person.n_wards = 0;
    e->is_gone = true;
    p->left = e->person.id;
}

/* Of 50,000 people: 0.5 ms. */
static void forget_place(struct people *p, const char *school, const char *klass)
{
    struct place *place = find_place(p, school, klass);
    if (place)
        place->is_gone = true;
    for (size_t i = 0; i < p->people.n; i++) {
        struct directory_person *who = &entry_at(p, i)->person;
        struct directory_role *roles = (struct directory_role *)who->roles;
        size_t n = 0;
        for (size_t k = 0; k < who->n_roles; k++) {
            if (strcmp(roles[k].school, school) != 0 || strcmp(roles[k].klass, klass) != 0)
                roles[n++] = roles[k];
        }
        who->n_roles = n;
    }
}

void people_forget(struct people *p, const struct store_about *about)
{
    if (*about->code)
        forget_person(p, about->school, about->code);
    else
        forget_place(p, about->school, about->klass);
}

/* Who has left is nobody's ward any more. */
static void take_leave(struct people *p, const char *id)
{
    for (size_t i = 0; i < p->people.n; i++) {
        struct directory_person *who = &entry_at(p, i)->person;
        const char **wards = (const char **)who->wards;
        size_t n = 0;
        for (size_t k = 0; k < who->n_wards; k++) {
            if (wards[k] != id)
                wards[n++] = wards[k];
        }
        who->n_wards = n;
    }
}

int people_seal(struct people *p)
{
    int err = settle(p);
    if (!err && p->left && !find_present(p, p->left)) {
        take_leave(p, p->left);
        p->worn_bytes += sizeof(struct entry) + (size_t)2 * STORE_ID_MAX;
    }
    p->left = NULL;
    return err;
}

/* -- questions --------------------------------------------------------------------------------- */

const struct directory_person *people_find(const struct people *p, const char *id)
{
    const struct entry *entry = find_present(p, id);
    return entry ? &entry->person : NULL;
}

const struct directory_person *people_find_code(const struct people *p, const char *school,
                                                const char *code)
{
    uint32_t hash = slots_hash(school, code);
    for (size_t at = 0, i; (i = slots_next(&p->by_code, hash, &at)) != SIZE_MAX;) {
        const struct entry *entry = entry_at(p, i);
        if (!entry->is_gone && strcmp(entry->person.school, school) == 0 &&
            strcmp(entry->person.code, code) == 0)
            return &entry->person;
    }
    return NULL;
}

bool people_has_place(const struct people *p, const char *school, const char *klass)
{
    struct place at;
    return find_codes(p, school, klass, &at);
}
