#ifndef AIRCLASS_SERVER_STORE_FEED_H
#define AIRCLASS_SERVER_STORE_FEED_H

#include "server/store/store.h"

/*
 * Addresses of calendars in the store, one for each person and one for each class, which go with
 * them. As store.h in everything that is not said here. Only a hash of the secret in an address is
 * kept: whoever has lost it needs a new one.
 */
struct store_feed {
    const char *person;                /* an id; "": it is a class's */
    const char *school, *klass, *name; /* of the class; of a person's "" */
    int64_t made_ms;                   /* since 1970 */
};

/* In place of the address that there was, which opens nothing any more. -ENOENT: no such person,
 * class. */
void batch_put_feed(struct batch *batch, const char *person, const char *hash);
void batch_put_class_feed(struct batch *batch, const char *school, const char *klass,
                          const char *hash);
/* -ENOENT: there was none. */
void batch_drop_feed(struct batch *batch, const char *person);
void batch_drop_class_feed(struct batch *batch, const char *school, const char *klass);

/* The one whose address has the hash `q->after`; that of the class `q->school`, `q->klass`. Or
 * -ENOENT: `feeds`. */
int store_find_feed(struct store *store, const struct store_question *q, store_answer_fn *answer,
                    void *arg);
int store_find_class_feed(struct store *store, const struct store_question *q,
                          store_answer_fn *answer, void *arg);

#endif
