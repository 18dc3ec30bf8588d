#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"
#include "server/net/http_conn.h"
#include "server/net/upgrade.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next piece of the input, up to a byte that no head may hold, in a block of its own. */
static struct slice cut(const uint8_t **data, size_t *size)
{
    const uint8_t *end = memchr(*data, 0x1e, *size);
    size_t len = end ? (size_t)(end - *data) : *size;
    char *copy = malloc(len ? len : 1);
    assert(copy);
    memcpy(copy, *data, len);
    *data += len + (end != NULL);
    *size -= len + (end != NULL);
    return (struct slice){.p = copy, .len = len};
}

static void ask_values(struct http_request *req, const struct request *head)
{
    static const char *const names[] = {"after", "limit", "a", ""};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *value = http_query(req, names[i]);
        assert(!value || (strlen(value) <= HTTP_QUERY_MAX && utf8_is_valid(value, strlen(value))));
        const char *cookie = http_cookie(req, names[i]);
        assert(strlen(cookie) <= HTTP_COOKIE_MAX && strlen(cookie) <= head->cookie.len);
    }
}

/* However many headers of whatever text, there are never more lines than headers. */
static void set_headers(struct http_request *req, struct slice text)
{
    char *value = strndup(text.p, text.len);
    size_t set = 0, lines = 0;
    assert(value);
    for (int i = 0; i < 3; i++)
        set += http_set_header(req, "Set-Cookie", value) == 0;
    for (const char *p = req->headers; (p = strstr(p, "\r\n")); p += 2)
        lines++;
    assert(lines == set && strlen(req->headers) == req->headers_len);
    free(value);
}

/* A page is of this server when its address is the one that was asked, and of no other. */
static void judge_origin(const struct request *head)
{
    static const char own[] = "http://", safe[] = "https://";
    struct slice o = head->origin;
    host_is_local(head->host);
    if (!origin_is_allowed(o, head->host, "") || !o.len)
        return;
    size_t skip =
        strncasecmp(o.p, safe, o.len < 8 ? o.len : 8) == 0 ? sizeof(safe) - 1 : sizeof(own) - 1;
    assert(o.len == skip + head->host.len &&
           strncasecmp(o.p + skip, head->host.p, head->host.len) == 0);
}

/* What handlers ask a request for, when its head was accepted: the query's and cookies' values,
 * whose page it is, and headers that an answer takes from it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct route_match none;
    struct request head = {.query = cut(&data, &size),
                           .cookie = cut(&data, &size),
                           .origin = cut(&data, &size),
                           .host = cut(&data, &size)};
    struct http_request *req;
    if (http_request_new(&req, NULL, &head, &none) == 0) {
        ask_values(req, &head);
        set_headers(req, head.cookie);
        judge_origin(&head);
        http_request_free(&req);
    }
    const struct slice pieces[] = {head.query, head.cookie, head.origin, head.host};
    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
        free((char *)pieces[i].p);
    return 0;
}
