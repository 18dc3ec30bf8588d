#ifndef AIRCLASS_SERVER_NET_REQUEST_H
#define AIRCLASS_SERVER_NET_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/net/slice.h"

/*
 * The head of an HTTP/1.x request, read strictly: what two programs could understand differently is
 * refused, not guessed (a second Content-Length, a space before a colon, a folded header, a bare
 * line feed, a length together with chunks). All slices point into the bytes that were parsed.
 */
enum { REQUEST_HEAD_MAX = 8192, REQUEST_HEADERS_MAX = 64, REQUEST_HOST_MAX = 255 };

struct request {
    unsigned method; /* enum http_method; HEAD is HTTP_GET with is_head */
    bool is_head;
    bool keep_alive;
    bool expects_continue;
    bool wants_websocket;
    bool has_body;
    uint64_t body_len;
    struct slice path;  /* begins with '/', still percent-encoded, without the query */
    struct slice query; /* behind the '?', still encoded */
    struct slice host;
    struct slice origin;
    struct slice authorization;
    struct slice content_type;
    struct slice if_none_match;
    struct slice accept_encoding;
    struct slice ws_version;
    struct slice ws_key;
    struct slice ws_protocol;
};

/* Whether `len` bytes hold a whole head; its length with the empty line in `*head_len`. Looks from
 * `*scanned` on and moves it, so that a head which trickles in is not searched again and again. */
bool request_is_whole(const char *data, size_t len, size_t *scanned, size_t *head_len);

/* Reads a whole head. 0, or the HTTP status to refuse it with (400, 411, 417, 501, 505). */
int request_parse(struct request *out, const char *head, size_t head_len);

#endif
