#ifndef AIRCLASS_SERVER_ACCESS_PERMIT_H
#define AIRCLASS_SERVER_ACCESS_PERMIT_H

/* What a route of the HTTP API wants of who asks. */
enum permit {
    PERMIT_ANYBODY,
    PERMIT_CONSOLE, /* who has the admin token, on this machine */
};

#endif
