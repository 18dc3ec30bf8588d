#include "server/directory/directory.h"

#include <errno.h>
#include <stdlib.h>

#include "server/base/log.h"
#include "server/directory/people.h"

struct directory {
    struct store *store;
    struct people *people;
    struct people *coming;          /* filled in a thread of the store's */
    struct directory_wait *sharing; /* wait for the reading that is under way ... */
    struct directory_wait *waiting; /* ... or for the next one */
    void (*changed)(void *arg);
    void *changed_arg;
};

static int on_row(void *arg, const struct store_row *row)
{
    struct directory *d = arg;
    return people_add(d->coming, row);
}

static void tell(struct directory_wait *list, int err)
{
    for (struct directory_wait *next; list; list = next) {
        next = list->next; /* `done` may free it */
        list->done(list, err);
    }
}

static int take_over(struct directory *d)
{
    int err = people_seal(d->coming);
    if (err)
        return err;
    people_free(&d->people);
    d->people = d->coming;
    d->coming = NULL;
    return 0;
}

static void begin(struct directory *d);

static void on_read(void *arg, int err, int64_t revision)
{
    struct directory *d = arg;
    struct directory_wait *list = d->sharing;
    (void)revision;
    if (!err)
        err = take_over(d);
    people_free(&d->coming);
    if (!err && d->changed)
        d->changed(d->changed_arg);
    if (err)
        log_error(NULL, "directory.stale", LOG_STR("error", err_text(err)));
    d->sharing = NULL;
    if (d->waiting)
        begin(d);
    tell(list, err);
}

static void begin(struct directory *d)
{
    d->sharing = d->waiting;
    d->waiting = NULL;
    int err = people_new(&d->coming);
    if (!err)
        err = store_read_whole(d->store, on_row, on_read, d);
    if (!err)
        return;
    struct directory_wait *list = d->sharing;
    d->sharing = NULL;
    people_free(&d->coming);
    tell(list, err);
}

void directory_refresh(struct directory *d, struct directory_wait *wait)
{
    wait->next = d->waiting;
    d->waiting = wait;
    if (!d->sharing)
        begin(d);
}

void directory_watch(struct directory *d, void (*changed)(void *arg), void *arg)
{
    d->changed = changed;
    d->changed_arg = arg;
}

int directory_open(struct directory **out, struct store *store)
{
    int64_t revision;
    struct directory *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->store = store;
    int err = people_new(&d->coming);
    if (!err)
        err = store_read_whole_now(store, on_row, d, &revision);
    if (!err)
        err = take_over(d);
    if (err)
        directory_free(&d);
    else
        *out = d;
    return err;
}

void directory_free(struct directory **directory)
{
    struct directory *d = *directory;
    *directory = NULL;
    if (!d)
        return;
    people_free(&d->people);
    people_free(&d->coming);
    free(d);
}

const struct directory_person *directory_find(const struct directory *d, const char *id)
{
    return people_find(d->people, id);
}

const struct directory_person *directory_find_code(const struct directory *d, const char *school,
                                                   const char *code)
{
    return people_find_code(d->people, school, code);
}

bool directory_has_place(const struct directory *d, const char *school, const char *klass)
{
    return people_has_place(d->people, school, klass);
}

size_t directory_count(const struct directory *d)
{
    return people_count(d->people);
}
