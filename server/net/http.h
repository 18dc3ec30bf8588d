#ifndef AIRCLASS_SERVER_NET_HTTP_H
#define AIRCLASS_SERVER_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/access/caller.h"
#include "server/access/permit.h"

/*
 * One HTTP request that a route's handler has to answer, exactly once, with http_reply(): at once
 * or later (after a thread has written a file). Answering frees it. When the peer leaves first, the
 * answer goes nowhere, but is still owed.
 *
 * A public request that is no GET is refused (403 foreign_origin) when a browser says that a page
 * of another origin wants it: handlers need not think of forged requests.
 */
struct http_request;
struct address;

enum http_method { HTTP_GET = 1, HTTP_POST = 2, HTTP_PUT = 4, HTTP_DELETE = 8 };

enum {
    HTTP_BODY_MAX = 16 << 10,       /* of a body, where the route says nothing else */
    HTTP_LARGE_BODY_MAX = 16 << 20, /* and the most that it may say */
    HTTP_LARGE_BODIES = 64 << 20,   /* bytes of all such bodies together; who is over: 503 */
    HTTP_PARAM_MAX = 64,            /* bytes of a `:name` segment */
    HTTP_QUERY_MAX = 255,           /* bytes of a query's value */
    HTTP_PARAMS_MAX = 4,            /* `:name` segments of a path */
    HTTP_COOKIE_MAX = 512,          /* bytes of a cookie's value */
    HTTP_HEADERS_MAX = 2048,        /* bytes of what http_set_header() adds */
};

/* Where a route can be asked for. */
enum http_face {
    HTTP_PUBLIC = 1, /* on the port of the pages */
    HTTP_ADMIN = 2,  /* only on the loopback admin port, with the admin token */
    HTTP_BOTH = HTTP_PUBLIC | HTTP_ADMIN,
};

struct route {
    enum http_method method;
    const char *path; /* "/api/v1/schools/:school/classes/:class" */
    enum http_face face;
    enum permit permit; /* asked of the `admit` of struct net_params, before a body is taken */
    void (*handle)(struct http_request *req, void *app);
    size_t body_max; /* 0: HTTP_BODY_MAX */
};

/* The `:name` segment, percent-decoded; "" when the path has none of that name. A '~' in it stands
 * for a slash, which no escape can say (libwebsockets takes %2F for one that ends it). It lives as
 * long as `req`, as all that follows. */
const char *http_param(const struct http_request *req, const char *name);

/* The value of the query's `name` (?after=x&limit=5), percent-decoded; "" if absent, NULL if it
 * can't be decoded, holds a NUL or is longer than HTTP_QUERY_MAX. Lives as long as `req`. */
const char *http_query(struct http_request *req, const char *name);

/* Who asks. The console is told by the admin face; `admit` of struct net_params says who else it
 * is, and whatever it writes here is what handlers read. */
struct caller *http_caller(struct http_request *req);

/* The body, NUL-terminated; `*len` without the NUL. At most what the route allows (more: 413, no
 * call). */
const char *http_body(const struct http_request *req, size_t *len);
/* The same, but it is the caller's now, to be freed. */
char *http_take_body(struct http_request *req, size_t *len);

/* A header's value as sent ("" if absent): "authorization", "host", "origin", "content-type",
 * "if-none-match". */
const char *http_header(const struct http_request *req, const char *name);

/* The value of the first cookie with that name; "" if there is none, or one over HTTP_COOKIE_MAX.
 */
const char *http_cookie(struct http_request *req, const char *name);

/* Who asks, by what a trusted proxy says: for counting wrong guesses, not for permissions. */
const struct address *http_peer(const struct http_request *req);
/* It came over TLS: ours, or that of a trusted proxy. */
bool http_is_secure(const struct http_request *req);
/* That, or from this very machine by its local name: browsers trust both alike. */
bool http_is_private(const struct http_request *req);

/* Adds a header to the answer: "Set-Cookie", "Content-Disposition", "Retry-After". 0; -EINVAL: the
 * value holds control characters; -ENOSPC: HTTP_HEADERS_MAX is reached. */
int http_set_header(struct http_request *req, const char *name, const char *value);

/* Answers and frees. `type` is a content type; `body` is copied, and may be the request's own. */
void http_reply(struct http_request *req, int status, const char *type, const char *body,
                size_t len);

/* {"error":{"code":"<code>","message":"<message>"}}: the one error form of the API. */
void http_fail(struct http_request *req, int status, const char *code, const char *message);

#endif
