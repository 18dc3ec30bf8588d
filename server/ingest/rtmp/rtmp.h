#ifndef AIRCLASS_SERVER_INGEST_RTMP_RTMP_H
#define AIRCLASS_SERVER_INGEST_RTMP_RTMP_H

#include <stdint.h>

#include "server/ingest/ingest.h"

/*
 * The RTMP listener: rtmp://host:1935/live/STREAM_KEY. Plain TCP on the program's loop; the parsers
 * behind it are pure (rtmp/chunk.h, rtmp/amf0.h, rtmp/handshake.h).
 */
struct uv_loop_s;
struct rtmp;

struct rtmp_params {
    struct uv_loop_s *loop;
    const char *bind;               /* NULL or "": all addresses */
    uint16_t port;                  /* 0: any; rtmp_port() says which */
    const struct ingest_sink *sink; /* borrowed */
    uint32_t max_connections;       /* all together */
    uint32_t max_per_address;
    uint32_t hello_timeout_ms;   /* from connect to an accepted publish */
    uint32_t silence_timeout_ms; /* without a byte from a publishing encoder: SOURCE_LOST */
};

/* Listens. Negative errno if that fails (the loop must still run once to release the socket).
 * `bind` is borrowed for the call, `sink` until closed. */
int rtmp_open(struct rtmp **out, const struct rtmp_params *p);
uint16_t rtmp_port(const struct rtmp *rtmp);

/* Stops listening and closes every connection (their publishers as SOURCE_LOST); `closed` is called
 * from the loop when nothing is left. */
void rtmp_close(struct rtmp *rtmp, void (*closed)(void *arg), void *arg);

#endif
