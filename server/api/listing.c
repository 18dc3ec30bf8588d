#include "server/api/listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/reply.h"
#include "server/api/routes.h"

/* 0: it is something else. */
static size_t read_limit(const char *text)
{
    if (!text || strlen(text) > 3 || strspn(text, "0123456789") != strlen(text))
        return 0;
    size_t limit = *text ? strtoul(text, NULL, 10) : LISTING_DEFAULT;
    return limit <= LISTING_MAX ? limit : 0;
}

bool listing_read(struct http_request *req, const char **after, size_t *limit)
{
    *after = http_query(req, "after");
    *limit = read_limit(http_query(req, "limit"));
    if (*after && *limit)
        return true;
    http_fail(req, 400, "bad_query", "Expected ?after=NEXT&limit=N with N from 1 to 200.");
    return false;
}

json_t *listing_json(json_t *items, const char *next)
{
    return items ? json_pack("{s:o, s:s?}", "items", items, "next", next) : NULL;
}

/* A request that waits for the store. */
struct asking {
    struct http_request *req;
    listing_row_fn *row;
};

const char *find_query(struct http_request *req)
{
    const char *find = http_query(req, "q");
    if (find && strlen(find) < STORE_NAME_MAX)
        return find;
    http_fail(req, 400, "bad_query", "?q= is no part of a name or code.");
    return NULL;
}

json_t *rows_json(const struct store_answer *answer, listing_row_fn *row)
{
    json_t *items = json_array();
    for (size_t i = 0; i < answer->n; i++) {
        if (json_array_append_new(items, row(answer, i))) {
            json_decref(items);
            return NULL;
        }
    }
    return items;
}

static void on_page(void *arg, const struct store_answer *answer)
{
    struct asking *a = arg;
    if (answer->err == -EINVAL)
        http_fail(a->req, 400, "bad_query", "?after= is no place in this list.");
    else if (answer->err)
        fail_store(a->req, answer->err);
    else
        reply_json(a->req, 200, listing_json(rows_json(answer, a->row), answer->next));
    free(a);
}

static void on_one(void *arg, const struct store_answer *answer)
{
    struct asking *a = arg;
    if (answer->err || !answer->n)
        fail_store(a->req, answer->err ? answer->err : -ENOENT);
    else
        reply_json(a->req, 200, a->row(answer, 0));
    free(a);
}

static void begin(struct http_request *req, const struct api_app *app, listing_ask_fn *ask,
                  const struct store_question *q, listing_row_fn *row, store_answer_fn *answer)
{
    struct asking *a = malloc(sizeof(*a));
    int err = a ? 0 : -ENOMEM;
    if (a) {
        *a = (struct asking){.req = req, .row = row};
        err = ask(app->store, q, answer, a);
    }
    if (err) {
        fail_store(req, err);
        free(a);
    }
}

void listing_reply(struct http_request *req, const struct api_app *app, listing_ask_fn *ask,
                   struct store_question q, listing_row_fn *row)
{
    if (listing_read(req, &q.after, &q.limit))
        begin(req, app, ask, &q, row, on_page);
}

void listing_reply_one(struct http_request *req, const struct api_app *app, listing_ask_fn *ask,
                       struct store_question q, listing_row_fn *row)
{
    begin(req, app, ask, &q, row, on_one);
}
