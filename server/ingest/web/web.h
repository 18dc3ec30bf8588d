#ifndef AIRCLASS_SERVER_INGEST_WEB_WEB_H
#define AIRCLASS_SERVER_INGEST_WEB_WEB_H

#include <stdint.h>

#include "server/ladder/ladder.h"
#include "server/net/ws.h"

/*
 * Teachers' pages: the WebSocket airclass.teach.v1 (docs/protocol.md §2). One connection of a
 * lesson teaches, from a browser's camera, screen or board; others look on, with an encoder at work
 * or none. What they may is decided by server/access, who of them teaches by the session.
 */
struct access_plan;
struct directory;
struct door;
struct web;
struct sessions;
struct lessons;
struct uv_loop_s;

struct web_params {
    struct uv_loop_s *loop;
    struct sessions *sessions;
    struct lessons *lessons;
    const struct ladder *ladder;
    /* Who may teach without a key; both NULL: nobody. */
    const struct directory *directory;
    const struct access_plan *plan;
    const struct door *door; /* whose sessions they come by; NULL: nobody ends those */
    uint32_t hello_timeout_ms;
    uint32_t max_teachers; /* connections of all lessons together */
};

/* Parameters are copied; what they point to must outlive it. -ENOMEM; -EIO: the kernel
 * gives no randomness. */
int web_new(struct web **out, const struct web_params *p);

/* airclass.teach.v1, for the network layer. Lives as long as `web`. */
const struct ws_protocol *web_protocol(const struct web *web);

/* Where encoders are served, for the page to show. 0: nowhere, as at first. */
void web_set_rtmp_port(struct web *web, uint16_t port);

/* All connections must be gone (net_close). `closed` is called from the loop. */
void web_close(struct web *web, void (*closed)(void *arg), void *arg);

#endif
