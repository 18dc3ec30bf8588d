#ifndef AIRCLASS_SERVER_DIRECTORY_DIRECTORY_H
#define AIRCLASS_SERVER_DIRECTORY_DIRECTORY_H

#include "server/store/whole.h"

/*
 * Who is what, and where, in memory: what must be answered at once, without the disk, is asked here
 * (a permission, who it is that joins a lesson). No names. 50,000 pupils take 10 MB.
 *
 * It is a copy of what the store has: taken as a whole at the start and after large changes, in a
 * thread, and put in place of the one before on the loop; after a change of one person or place
 * only that is read and put in. What it hands out lives until the loop's next turn.
 */
struct directory;

/* A role that somebody holds; codes as in store.h. */
struct directory_role {
    enum store_role role;
    const char *school;
    const char *klass;
};

struct directory_person {
    const char *id;     /* ours, for ever */
    const char *school; /* where they are at home; "": the district's office */
    const char *code;
    const struct directory_role *roles;
    size_t n_roles;
    const char *const *wards; /* ids of those they are a guardian of */
    size_t n_wards;
};

/* Reads all of it. Blocks: before the loop runs. `store` is borrowed until it is closed, which
 * comes before directory_free(). An error of the store, or -ENOMEM. */
int directory_open(struct directory **out, struct store *store);
void directory_free(struct directory **directory);

/* By our id; NULL: there is none. */
const struct directory_person *directory_find(const struct directory *d, const char *id);
/* By where they are at home and their code there. */
const struct directory_person *directory_find_code(const struct directory *d, const char *school,
                                                   const char *code);
/* Whether there is such a school, or class of it; the district always is (both empty). */
bool directory_has_place(const struct directory *d, const char *school, const char *klass);
/* Grows whenever something has come into force. */
uint32_t directory_changes(const struct directory *d);

/*
 * People or places have changed on the disk: reads what has changed, one reading after the other,
 * and tells `done` from the loop (at once if it cannot begin) when what was there at this call is
 * in force, so that what a change brings is there when it is answered. On an error, which is
 * logged, the old state stays until the next time, when all is read. `wait` belongs to the
 * directory until then. Those who want all of it while it is being read share the next reading.
 */
struct directory_wait {
    void (*done)(struct directory_wait *wait, int err);
    bool is_all;              /* else it was this alone: batch_about() */
    struct store_about about; /* the change was of */
    struct directory_wait *next;
};
void directory_refresh(struct directory *d, struct directory_wait *wait);

/* What may be other than before. */
enum directory_news {
    DIRECTORY_PUPIL, /* one who is a pupil, a guardian or nothing yet, and no more */
    DIRECTORY_CAME,  /* one of the staff, or a place, who has come, or who is more now, or less */
    DIRECTORY_ALL,
};

/* `changed` is called each time something has come into force, before those who wait are told:
 * for one who keeps more about people and places in memory. NULL: nobody any more. */
typedef void directory_changed_fn(void *arg, enum directory_news news);
void directory_watch(struct directory *d, directory_changed_fn *changed, void *arg);

#endif
