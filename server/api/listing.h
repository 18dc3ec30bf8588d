#ifndef AIRCLASS_SERVER_API_LISTING_H
#define AIRCLASS_SERVER_API_LISTING_H

#include <stdbool.h>

#include <jansson.h>

#include "server/net/http.h"
#include "server/store/store.h"

/* Lists over HTTP: {"items":[...],"next":"..." or null}, asked for with ?after=&limit=; private to
 * this folder. */
struct api_app;

enum { LISTING_DEFAULT = 50, LISTING_MAX = 200 };

/* What the query says. False: it has been answered (400 bad_query). `*after` lives as long as the
 * request. */
bool listing_read(struct http_request *req, const char **after, size_t *limit);

/* A row of an answer; NULL: no memory. */
typedef json_t *listing_row_fn(const struct store_answer *answer, size_t i);

/* ?q=, a part of a name or a code; "": not said. NULL: it has been answered (400 bad_query). */
const char *find_query(struct http_request *req);

/* All rows of an answer; NULL: no memory. */
json_t *rows_json(const struct store_answer *answer, listing_row_fn *row);

/* Takes `items`, NULL when there was no memory; `next` may be NULL. */
json_t *listing_json(json_t *items, const char *next);

typedef int listing_ask_fn(struct store *store, const struct store_question *q,
                           store_answer_fn *answer, void *arg);

/* Answers with a page of what `ask` finds for `q`, whose place in the list the query says. */
void listing_reply(struct http_request *req, const struct api_app *app, listing_ask_fn *ask,
                   struct store_question q, listing_row_fn *row);

/* Answers with the first row; none is -ENOENT. */
void listing_reply_one(struct http_request *req, const struct api_app *app, listing_ask_fn *ask,
                       struct store_question q, listing_row_fn *row);

#endif
