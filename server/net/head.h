#ifndef AIRCLASS_SERVER_NET_HEAD_H
#define AIRCLASS_SERVER_NET_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "server/net/slice.h"

struct lws;

enum { HEAD_MAX = 8192, HOST_MAX = 255 };

/*
 * The head of a request, as libwebsockets has parsed it, with what it lets through checked: what
 * two programs could understand differently is refused, not guessed (two lengths, two hosts, a
 * length together with chunks). Headers that came twice are joined by a comma.
 */
struct request {
    unsigned method; /* enum http_method; HEAD is HTTP_GET with is_head */
    bool is_head;
    bool keep_alive;
    bool expects_continue;
    bool wants_websocket;
    bool has_body;
    uint64_t body_len;
    struct slice path;  /* begins with '/', decoded, without the query */
    struct slice query; /* decoded, each "name=value" on a line of its own */
    struct slice host;
    struct slice origin;
    struct slice authorization;
    struct slice content_type;
    struct slice cookie;
    struct slice fetch_site; /* Sec-Fetch-Site: what a browser says of the page that asks */
    struct slice if_none_match;
    struct slice accept_encoding;
    struct slice ws_version;
    struct slice ws_key;
    struct slice ws_protocol;
    struct slice forwarded_for; /* whoever wrote it */
    struct slice forwarded_proto;
    size_t text_len;
    char text[HEAD_MAX]; /* the slices' bytes */
};

/* 0, or the HTTP status to refuse it with (400, 411, 417, 431, 501, 505). What was understood until
 * then is there. */
int request_read(struct request *r, struct lws *wsi);

#endif
