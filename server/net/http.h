#ifndef AIRCLASS_SERVER_NET_HTTP_H
#define AIRCLASS_SERVER_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One HTTP request that a route's handler has to answer, exactly once, with http_reply(): at once
 * or later (after a thread has written a file). Answering frees it. When the peer leaves first, the
 * answer goes nowhere, but is still owed. Only the first request of a connection may have a body.
 */
struct http_request;

enum http_method { HTTP_GET = 1, HTTP_POST = 2, HTTP_PUT = 4, HTTP_DELETE = 8 };

enum { HTTP_BODY_MAX = 16 << 10, HTTP_PATH_MAX = 256, HTTP_PARAM_MAX = 64 };

/* Who may call a route; decided by access_may() (server/access/access.h). */
enum http_face {
    HTTP_PUBLIC, /* on the port of the pages */
    HTTP_ADMIN,  /* only on the loopback admin port, with the admin token */
};

struct route {
    enum http_method method;
    const char *path; /* "/api/v1/lessons/:id": one `:name` segment at most, HTTP_PARAM_MAX bytes */
    enum http_face face;
    void (*handle)(struct http_request *req, void *app);
};

/* The `:name` segment, percent-decoded, or "" when the path has none. */
const char *http_param(const struct http_request *req);

/* The value of the query's `name` (?after=x&limit=5), percent-decoded; "" if absent, NULL if it
 * can't be decoded, holds a NUL or is longer than HTTP_PARAM_MAX. Lives as long as `req`. */
const char *http_query(struct http_request *req, const char *name);

/* The body, NUL-terminated; `*len` without the NUL. At most HTTP_BODY_MAX (more: 413, no call). */
const char *http_body(const struct http_request *req, size_t *len);

/* A header's value as sent ("" if absent): "authorization", "host", "origin", "content-type". */
const char *http_header(const struct http_request *req, const char *name);

/* Answers and frees. `type` is a content type; `body` is copied, and may be the request's own. */
void http_reply(struct http_request *req, int status, const char *type, const char *body,
                size_t len);

/* {"error":{"code":"<code>","message":"<message>"}}: the one error form of the API. */
void http_fail(struct http_request *req, int status, const char *code, const char *message);

#endif
