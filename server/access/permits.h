#ifndef AIRCLASS_SERVER_ACCESS_PERMITS_H
#define AIRCLASS_SERVER_ACCESS_PERMITS_H

#include <stdbool.h>

#include "server/access/caller.h"
#include "server/access/permit.h"
#include "server/directory/directory.h"

/* What a request is about. */
struct access_place {
    const char *school;                   /* code; "": the district */
    const char *klass;                    /* code; "": all of the school */
    const struct directory_person *about; /* NULL: nobody in particular, or nobody who is known */
};

/*
 * Whether `caller` may. `who` is what the directory has of them, NULL if they are none of its
 * people. Pure.
 *
 * Nobody is permitted to change somebody who is more than they could make of them: who administers
 * a school may not touch the district's administrators, though they are at home in that school.
 */
bool access_permits(enum permit permit, const struct caller *caller,
                    const struct directory_person *who, const struct access_place *at);

#endif
