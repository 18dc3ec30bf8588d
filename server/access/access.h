#ifndef AIRCLASS_SERVER_ACCESS_ACCESS_H
#define AIRCLASS_SERVER_ACCESS_ACCESS_H

#include <stdbool.h>

#include "server/access/caller.h"
#include "server/directory/directory.h"

/*
 * The one place that answers "may they?" of lessons: whoever needs a permission asks here and
 * nowhere else. What routes of the HTTP API permit is in permits.h.
 *
 * A lesson is opened by its keys, as those of the config file are, and, if the timetable has it, by
 * who somebody is: pupils and guests of a class that it is for watch it, and so do those who look
 * after such a class or its school; its lecturer teaches it.
 */
struct lesson;

enum access_act {
    ACCESS_WATCH, /* get a lesson's media */
    ACCESS_TEACH, /* publish into it */
};

/* What the timetable says of a lesson, by its id; private questions of access.c. */
struct access_plan {
    /* Whether it is for that class; for any class of that school, if `klass` is ""; whether it is
     * of the timetable at all, if both are. */
    bool (*addresses)(void *arg, const char *lesson, const char *school, const char *klass);
    bool (*is_lecturer)(void *arg, const char *lesson, const char *person);
    /* Another number whenever one of these answers may be another one. */
    uint32_t (*changes)(void *arg);
    void *arg;
};

/* What somebody shows to be let in. */
struct access_claim {
    const char *key;                   /* stream key or watch key; "" or NULL: none */
    const struct caller *caller;       /* who they are; NULL: nobody */
    const struct directory *directory; /* NULL: nobody is known, as without ... */
    const struct access_plan *plan;
};

bool access_may(const struct access_claim *claim, enum access_act act, const struct lesson *lesson);

/* Another number whenever the answer may be another one for who shows no key: so that nobody needs
 * to ask in between. Sessions and passes end on their own (server/door). */
uint32_t access_changes(const struct access_claim *claim);

#endif
