#include "server/net/pages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

/*
 * The pages carry their script and style within them, which saves the first round trip. A policy
 * without 'unsafe-inline' then has to name the SHA-256 of each.
 */
enum { SOURCE_LEN = sizeof("'sha256-' ") - 1 + 44, SOURCES_MAX = 32 };

static const char *find_nocase(const char *p, const char *end, const char *what)
{
    size_t len = strlen(what);
    for (; (size_t)(end - p) >= len; p++) {
        if (strncasecmp(p, what, len) == 0)
            return p;
    }
    return NULL;
}

/* The next inline element of a kind at or behind `*at`, which moves behind it. */
static bool next_inline(const char **at, const char *end, const char *const tag[2],
                        struct slice *body)
{
    const char *open = find_nocase(*at, end, tag[0]);
    const char *start = open ? memchr(open, '>', (size_t)(end - open)) : NULL;
    const char *stop = start ? find_nocase(start, end, tag[1]) : NULL;
    if (!stop)
        return false;
    *at = stop;
    *body = (struct slice){.p = start + 1, .len = (size_t)(stop - start) - 1};
    return true;
}

static size_t add_source(char *out, struct slice body)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    char text[64];
    unsigned n = 0;
    EVP_Digest(body.p, body.len, hash, &n, EVP_sha256(), NULL);
    EVP_EncodeBlock((unsigned char *)text, hash, (int)n);
    return (size_t)snprintf(out, SOURCE_LEN + 1, "'sha256-%s' ", text);
}

int inline_hashes(char **out, enum inline_kind kind, const char *html, size_t len)
{
    static const char *const tags[INLINE_KINDS][2] = {
        [INLINE_SCRIPT] = {"<script", "</script"},
        [INLINE_STYLE] = {"<style",  "</style" },
    };
    const char *at = html;
    struct slice body;
    size_t used = 0;
    char *text = calloc(1, SOURCES_MAX * SOURCE_LEN + 1);
    if (!text)
        return -ENOMEM;
    for (int n = 0; next_inline(&at, html + len, tags[kind], &body); n++) {
        if (n == SOURCES_MAX) {
            free(text);
            return -EFBIG;
        }
        if (body.len > 0) /* an empty one is a reference to a file */
            used += add_source(text + used, body);
    }
    *out = text;
    return 0;
}
