#ifndef AIRCLASS_SERVER_NET_HTTP_CONN_H
#define AIRCLASS_SERVER_NET_HTTP_CONN_H

#include "server/net/conn.h"
#include "server/net/head.h"
#include "server/net/http.h"
#include "server/net/reply.h"
#include "server/net/route.h"

/*
 * The HTTP half of a connection: http.c takes requests from libwebsockets and writes answers,
 * handle.c decides what the answer is. One request at a time; what was sent behind it waits.
 */
enum http_state {
    HTTP_READING,  /* a head; or the body of `request` */
    HTTP_HANDLING, /* a handler owes the answer */
    HTTP_ANSWERING,
    HTTP_LINGERING, /* all said; the rest of a refused body is thrown away, so that no reset can
                       overtake the answer */
};

struct http_request {
    struct conn *conn; /* NULL: the peer has left */
    struct route_match match;
    struct text_value *values; /* handed out by http_query() and http_cookie() */
    struct address peer;
    struct caller caller;
    bool is_secure, is_private;
    char *host, *origin, *authorization, *content_type, *if_none_match, *cookie, *query;
    char *body; /* NUL-terminated */
    size_t body_len;
    size_t share;                   /* of net->large_bodies */
    char headers[HTTP_HEADERS_MAX]; /* of the answer, each with its CRLF */
    size_t headers_len;
};

struct http {
    enum http_state state;
    struct http_request *request;
    size_t body_have;
    bool has_answered; /* at least once */
    bool is_head;
    bool keep_alive;
    bool is_late;   /* nothing is read until the handler has answered */
    bool body_left; /* a body that nobody wants follows */
    size_t lingered;

    char *head; /* the answer: ours, then ours (`own_body`) or borrowed from the pages */
    size_t head_len;
    char *own_body;
    const char *body;
    size_t body_len;
    size_t sent; /* of both */
};

/* Answers with what `r` says and a body, which must outlive the connection unless `own` is it,
 * newly allocated. */
void http_answer(struct conn *c, struct reply *r, const char *body, size_t len, char *own);

/* A short answer of our own: JSON below /api, plain text elsewhere. `code` may be NULL. */
void http_answer_error(struct conn *c, int status, bool is_api, const char *code,
                       const char *extra);

/* Decides over a request whose head is whole. Either answers, or leaves `http->request` set, with a
 * body still to come or not. */
void http_route(struct conn *c, const struct request *head);

/* 0: it may become a WebSocket; else it is answered. */
int http_route_upgrade(struct conn *c, const struct request *head);

/* http_request.c: the request as its handler sees it. */
int http_request_new(struct http_request **out, struct conn *c, const struct request *head,
                     const struct route_match *match);
/* Room for the body. -EDQUOT: large ones take what they may already; -ENOMEM. */
int http_request_make_room(struct http_request *req, size_t len);
/* The peer has left, or the request is done with: its body no longer counts. */
void http_request_leave(struct http_request *req);
void http_request_free(struct http_request **req);

/* The message of an API error, newly allocated. */
char *http_error_json(const char *code, const char *message, size_t *len);

#endif
