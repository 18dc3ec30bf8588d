#ifndef AIRCLASS_SERVER_ACCESS_CALLER_H
#define AIRCLASS_SERVER_ACCESS_CALLER_H

#include <stdint.h>

#include "server/store/store.h"

enum caller_kind {
    CALLER_NOBODY,
    CALLER_CONSOLE, /* the admin token: everything */
    CALLER_STAFF,   /* signed in with a password; guardians, too */
    CALLER_PUPIL,   /* a device that was let in with an entry code */
    CALLER_GUEST,   /* a day pass: looks on at one class */
};

/* Who asks, as far as a cookie or a token says it. What they are stands in the directory. */
struct caller {
    enum caller_kind kind;
    char person[STORE_ID_MAX];   /* of staff and pupils: our id */
    char school[STORE_CODE_MAX]; /* of a guest: the class that is shown */
    char klass[STORE_CODE_MAX];
    uint64_t device;            /* of a pupil: pass.h's device_id; of a guest, the pass's */
    int device_kind;            /* of a pupil: enum pass_device */
    char session[STORE_ID_MAX]; /* of staff: the id of theirs that they came with */
};

#endif
