#include "server/directory/directory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/log.h"
#include "server/directory/people.h"

struct directory {
    struct store *store;
    struct people *people;
    struct people *coming;                /* filled in a thread of the store's */
    struct directory_wait *first, **last; /* in the order of asking */
    struct directory_wait *served;        /* by the reading under way: a list */
    bool is_reading;
    bool is_stale; /* what was read could not be put in: all of it is read next */
    uint32_t changes;
    directory_changed_fn *changed;
    void *changed_arg;
};

static int on_row(void *arg, const struct store_row *row)
{
    struct directory *d = arg;
    return people_add(d->coming, row);
}

static void begin(struct directory *d);

/* The end of a reading: another one may begin, then who waited is told. */
static void finish(struct directory *d, int err, enum directory_news news)
{
    struct directory_wait *list = d->served;
    d->served = NULL;
    d->is_reading = false;
    d->is_stale = err;
    d->changes += !err;
    if (err)
        log_error(NULL, "directory.stale", LOG_STR("error", err_text(err)));
    else if (d->changed)
        d->changed(d->changed_arg, news);
    begin(d);
    for (struct directory_wait *next; list; list = next) {
        next = list->next; /* `done` may free it */
        list->done(list, err);
    }
}

/* -- all of it --------------------------------------------------------------------------------- */

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

static void on_read(void *arg, int err, int64_t revision)
{
    struct directory *d = arg;
    (void)revision;
    if (!err)
        err = take_over(d);
    people_free(&d->coming);
    finish(d, err, DIRECTORY_ALL);
}

/* Whatever has been asked for is in it. */
static void read_all(struct directory *d)
{
    struct directory_wait **end = &d->served;
    while (*end)
        end = &(*end)->next;
    *end = d->first;
    d->first = NULL;
    d->last = &d->first;
    d->is_reading = true;
    int err = people_new(&d->coming);
    if (!err)
        err = store_read_whole(d->store, on_row, on_read, d);
    if (!err)
        return;
    people_free(&d->coming);
    finish(d, err, DIRECTORY_ALL);
}

/* -- one person, or one place ------------------------------------------------------------------ */

static bool is_staff(const struct directory_person *p)
{
    for (size_t i = 0; p && i < p->n_roles; i++) {
        if (p->roles[i].role != STORE_STUDENT && p->roles[i].role != STORE_GUARDIAN)
            return true;
    }
    return false;
}

/* And never was more, as far as can be known: who is nothing may have been a lecturer, whose rows
 * still name them. */
static bool is_pupil(const struct directory_person *p)
{
    return p && p->n_roles > 0 && !is_staff(p);
}

static const struct directory_person *find_about(const struct directory *d,
                                                 const struct store_about *a)
{
    return *a->code ? people_find_code(d->people, a->school, a->code) : NULL;
}

/* Of a person or a place, before a patch. */
struct before {
    bool was_there; /* the place */
    bool was_staff, was_pupil;
    char id[STORE_ID_MAX]; /* "": nobody */
};

static struct before look_before(const struct directory *d, const struct store_about *a)
{
    const struct directory_person *p = find_about(d, a);
    struct before b = {.was_there = people_has_place(d->people, a->school, a->klass),
                       .was_staff = is_staff(p),
                       .was_pupil = is_pupil(p)};
    if (p)
        snprintf(b.id, sizeof(b.id), "%s", p->id);
    return b;
}

/* What a patch has changed for those who were told of what was before it. */
static enum directory_news news_of(const struct directory *d, const struct store_about *a,
                                   const struct before *before)
{
    if (!*a->code)
        return before->was_there ? DIRECTORY_ALL : DIRECTORY_CAME;
    const struct directory_person *now = find_about(d, a);
    bool is_gone = *before->id && (!now || strcmp(now->id, before->id) != 0);
    if (is_gone && !before->was_pupil)
        return DIRECTORY_ALL;
    return before->was_staff || is_staff(now) ? DIRECTORY_CAME : DIRECTORY_PUPIL;
}

static int patch(struct directory *d, const struct store_about *a,
                 const struct store_answer *answer)
{
    int err = 0;
    people_forget(d->people, a);
    for (size_t i = 0; i < answer->n && !err; i++)
        err = people_add(d->people, &answer->rows[i]);
    int end = people_seal(d->people);
    return err ? err : end;
}

static void on_patch(void *arg, const struct store_answer *answer)
{
    struct directory *d = arg;
    const struct store_about *a = &d->served->about;
    const struct before before = look_before(d, a);
    int err = answer->err ? answer->err : patch(d, a, answer);
    if (err) /* somebody may have lost what they have */
        read_all(d);
    else
        finish(d, 0, news_of(d, a, &before));
}

static void read_first(struct directory *d)
{
    d->served = d->first;
    d->first = d->served->next;
    if (!d->first)
        d->last = &d->first;
    d->served->next = NULL;
    d->is_reading = true;
    if (store_read_about(d->store, &d->served->about, on_patch, d))
        read_all(d);
}

/* -- whose turn it is -------------------------------------------------------------------------- */

static void begin(struct directory *d)
{
    if (!d->first || d->is_reading)
        return;
    if (d->first->is_all || d->is_stale || people_is_worn(d->people))
        read_all(d);
    else
        read_first(d);
}

void directory_refresh(struct directory *d, struct directory_wait *wait)
{
    wait->next = NULL;
    *d->last = wait;
    d->last = &wait->next;
    begin(d);
}

void directory_watch(struct directory *d, directory_changed_fn *changed, void *arg)
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
    d->last = &d->first;
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

uint32_t directory_changes(const struct directory *d)
{
    return d->changes;
}
