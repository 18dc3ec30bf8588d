#ifndef AIRCLASS_SERVER_STORE_DEEDS_H
#define AIRCLASS_SERVER_STORE_DEEDS_H

#include "server/store/store.h"

/*
 * The audit log for people who look something up in it: the newest first, and with the names that
 * its ids have at this moment. The log itself has no names; who is erased has none here, either.
 * Part of store.h.
 */
struct store_deed {
    struct store_audit entry;
    struct store_person actor;   /* all texts "": none of the people there are now */
    struct store_person subject; /* the same */
};

/*
 * The entries of `from_ms` to `to_ms`, newest first by their time: `deeds`. With `act` those of
 * that act, with `person` what they did and what was done to them. A page costs the same wherever
 * it is, in a log of a million entries, too; with both, what it costs grows with what the person
 * did: 0.4 s where that is half of a million entries, and none of them such an act.
 */
int store_list_deeds(struct store *store, const struct store_question *q, store_answer_fn *answer,
                     void *arg);

#endif
