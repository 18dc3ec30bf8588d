#ifndef AIRCLASS_SERVER_ACCESS_ACCESS_H
#define AIRCLASS_SERVER_ACCESS_ACCESS_H

#include <stdbool.h>

/*
 * The one place that answers "may they?". Whoever needs a permission asks here and nowhere else,
 * so that accounts and roles can take over without touching the askers.
 */
struct lesson;

enum access_act {
    ACCESS_WATCH, /* get a lesson's media */
    ACCESS_TEACH, /* publish into it */
};

/* What somebody shows to be let in. */
struct access_claim {
    const char *key; /* stream key or watch key; "" or NULL: none */
};

bool access_may(const struct access_claim *claim, enum access_act act, const struct lesson *lesson);

#endif
