#ifndef AIRCLASS_SERVER_NET_REPLY_H
#define AIRCLASS_SERVER_NET_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/net/slice.h"

/* What the head of an answer says. Unset members leave their header out. */
struct reply {
    int status;
    bool keep_alive;
    const char *type;
    size_t len;
    const char *etag;
    const char *coding; /* "br", "gzip" */
    bool varies;        /* by Accept-Encoding */
    const char *cache;
    /* Of an HTML page's inline scripts and styles ("" if it has none); NULL: nothing that runs. */
    const char *script_hashes, *style_hashes;
    struct slice host; /* the page may open WebSockets to it */
    uint32_t hsts_s;   /* 0: left out */
    const char *extra; /* more lines, each with its CRLF */
};

/* The head with its empty line, newly allocated; every one has the security headers. -ENOMEM;
 * -EMSGSIZE. */
int reply_head(char **out, size_t *len, const struct reply *r);

const char *status_text(int status);

#endif
