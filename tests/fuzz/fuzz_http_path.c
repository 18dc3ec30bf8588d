#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"
#include "server/net/pages.h"
#include "server/net/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* clang-format off */
static const struct route routes[] = {
    {.method = HTTP_GET,  .path = "/",                       .face = HTTP_PUBLIC},
    {.method = HTTP_GET,  .path = "/api/v1/lessons",         .face = HTTP_PUBLIC},
    {.method = HTTP_GET,  .path = "/api/v1/lessons/:id",     .face = HTTP_PUBLIC},
    {.method = HTTP_POST, .path = "/api/v1/lessons/:id/end", .face = HTTP_PUBLIC},
    {.method = HTTP_GET,  .path = "/:a/:b/:c/:d/:e",         .face = HTTP_PUBLIC},
    {.method = HTTP_GET,  .path = "/:a/:b/:c/:d",            .face = HTTP_BOTH},
    {.path = NULL},
};
/* clang-format on */

/* Paths, lists of codings and HTML: what is left to understand once a head was accepted. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct page page = {
        .bodies = {{.data = "a"}, {.data = "b"}, {.data = "c"}}
    };
    struct route_match match;
    char *copy = malloc(size ? size : 1);
    assert(copy);
    memcpy(copy, data, size);
    struct slice text = {.p = copy, .len = size};

    if (route_find(routes, HTTP_PUBLIC, HTTP_GET, text, &match) == 0) {
        assert(match.route->method == HTTP_GET && match.n_params <= HTTP_PARAMS_MAX);
        for (size_t i = 0; i < match.n_params; i++) {
            const char *value = match.params[i].value;
            assert(*value && strlen(value) <= HTTP_PARAM_MAX);
            assert(utf8_is_valid(value, strlen(value)));
        }
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
