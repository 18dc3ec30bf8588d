#ifndef AIRCLASS_SERVER_STORE_WHOLE_H
#define AIRCLASS_SERVER_STORE_WHOLE_H

#include "server/store/store.h"

/*
 * All places, people and what they are, as of one moment: for those who keep it in memory, or
 * compare lists with it. Part of store.h.
 */
enum store_row_kind { STORE_ROW_PLACE, STORE_ROW_PERSON, STORE_ROW_ROLE, STORE_ROW_WARD };

struct store_row {
    enum store_row_kind kind;
    union {
        struct store_place place;   /* not the district itself */
        struct store_person person; /* all of it */
        struct store_member member; /* of the person, all but the name */
        struct {
            struct store_person guardian, ward;
        };
    };
};

/* Called in a thread, with texts that live until it returns: first the schools, then classes,
 * people, roles and wards, each in the order of its codes, the last two in that of the persons' (of
 * wards: the guardians') ids. A value other than 0 ends the reading and is its error. */
typedef int store_row_fn(void *arg, const struct store_row *row);

/* On the loop, when no row will come any more. `revision`: see batch_expect(). */
typedef void store_read_fn(void *arg, int err, int64_t revision);

/*
 * `row` may still be called after store_forget(), which only spares `done`: what `arg` points to
 * has to stay until the store is closed, or `done` was called. Never -EAGAIN. 50,000 people with a
 * role each take 0.4 s.
 */
int store_read_whole(struct store *store, store_row_fn *row, store_read_fn *done, void *arg);

/* The same, waited for. Before the loop runs. */
int store_read_whole_now(struct store *store, store_row_fn *row, void *arg, int64_t *revision);

/* One person: `code` of `school`. Or, without a code, one place and the roles held in it. */
struct store_about {
    char school[STORE_CODE_MAX];
    char klass[STORE_CODE_MAX];
    char code[STORE_CODE_MAX];
};

/* Whom or what the batch changes of all this. False: more than one, or none. Of a guardian and a
 * pupil it is the guardian. */
bool batch_about(const struct batch *batch, struct store_about *out);

/*
 * What there is of it, as of one moment: `rows`, none of somebody or something that is not there;
 * of a person the person, their roles and wards; of a place the place (not of the district) and the
 * roles. In the order of a whole reading.
 */
int store_read_about(struct store *store, const struct store_about *about, store_answer_fn *answer,
                     void *arg);

#endif
