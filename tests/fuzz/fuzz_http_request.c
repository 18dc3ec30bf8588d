#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/net/request.h"
#include "server/net/route.h"
#include "server/net/upgrade.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_within(struct slice s, const char *data, size_t size)
{
    if (s.p)
        assert(s.p >= data && s.len <= size && s.p + s.len <= data + size);
}

/* What was accepted keeps to the rules that the rest of the server relies on. */
static void check_accepted(const struct request *r, const char *data, size_t size)
{
    char text[256];
    int status;
    assert(r->method && r->path.len > 0 && r->path.p[0] == '/');
    check_within(r->path, data, size);
    check_within(r->query, data, size);
    check_within(r->host, data, size);
    check_within(r->authorization, data, size);
    for (size_t i = 0; i < r->host.len; i++)
        assert(!strchr(" ;,'\"<>\r\n", r->host.p[i]));
    upgrade_check(r, "http://a https://b", &status);
    percent_decode(r->path, text, sizeof(text));
}

/* A stream of requests, as a connection reads it; the first byte says in what pieces it comes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request r;
    size_t scanned = 0;
    size_t head_len = 0;
    if (!size)
        return 0;
    size_t piece = data[0] + 1u;
    size_t len = size - 1;
    char *copy = malloc(len ? len : 1);
    assert(copy);
    memcpy(copy, data + 1, len);
    for (size_t have = 0; have < len;) {
        have = have + piece < len ? have + piece : len;
        if (!request_is_whole(copy, have, &scanned, &head_len))
            continue;
        if (request_parse(&r, copy, head_len) == 0)
            check_accepted(&r, copy, head_len);
        break;
    }
    request_parse(&r, copy, len);
    free(copy);
    return 0;
}
