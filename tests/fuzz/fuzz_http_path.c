#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"
#include "server/net/pages.h"
#include "server/net/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct route routes[] = {
    {.method = HTTP_GET,         .path = "/"},
    {.method = HTTP_GET,                          .path = "/api/v1/lessons"},
    {.method = HTTP_GET,.path = "/api/v1/lessons/:id"},
    {.method = HTTP_POST,         .path = "/api/v1/lessons/:id/end"},
    {.path = NULL                         },
};

/* Paths, lists of codings and HTML: what is left to understand once a head was accepted. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct page page = {
        .bodies = {{.data = "a"}, {.data = "b"}, {.data = "c"}}
    };
    char param[HTTP_PARAM_MAX + 1];
    const struct route *route;
    unsigned allowed;
    char *copy = malloc(size ? size : 1);
    assert(copy);
    memcpy(copy, data, size);
    struct slice text = {.p = copy, .len = size};

    if (route_find(routes, HTTP_PUBLIC, HTTP_GET, text, &route, param, &allowed) == 0) {
        assert(strlen(param) <= HTTP_PARAM_MAX && utf8_is_valid(param, strlen(param)));
        assert(route->method == HTTP_GET);
    }
    page_choose(&page, text);
    etag_matches(text, "\"0123456789abcdef\"");
    for (int kind = 0; kind < INLINE_KINDS; kind++) {
        char *hashes = NULL;
        if (inline_hashes(&hashes, (enum inline_kind)kind, copy, size) == 0)
            assert(!strpbrk(hashes, ";\r\n"));
        free(hashes);
    }
    free(copy);
    return 0;
}
