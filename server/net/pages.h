#ifndef AIRCLASS_SERVER_NET_PAGES_H
#define AIRCLASS_SERVER_NET_PAGES_H

#include "server/net/slice.h"

/*
 * The files of the web client, read into memory at start: a request can only name what was there
 * then, so there is no path to climb. `name.br` and `name.gz` are the same file, compressed.
 */
struct pages;

enum { PAGES_BYTES_MAX = 16 << 20, PAGES_FILES_MAX = 512, PAGE_ETAG_SIZE = 24 };

enum page_coding { PAGE_PLAIN, PAGE_BROTLI, PAGE_GZIP, PAGE_CODINGS };

enum inline_kind { INLINE_SCRIPT, INLINE_STYLE, INLINE_KINDS };

struct page_body {
    const char *data; /* NULL: there is no such variant */
    size_t len;
    char etag[PAGE_ETAG_SIZE]; /* with its quotes */
};

struct page {
    char *name; /* "app-3f2a9c1b.js", "img/logo.svg" */
    const char *type;
    bool is_immutable; /* its name has a hash of what is in it */
    /* html and scripts: sources for its policy, "'sha256-...' ..."; or NULL */
    char *hashes[INLINE_KINDS];
    struct page_body bodies[PAGE_CODINGS];
};

/* Reads `root` and the folders directly in it. -EINVAL: no .html there; -EFBIG: more than the
 * limits above; or the errno of reading. Blocks: call it before the loop runs. */
int pages_load(struct pages **out, const char *root);
void pages_free(struct pages **pages);

/* The file for a path: "/" is index.html, "/watch/LESSON" is watch.html, the names of pages.c are
 * theirs, otherwise its name. May be NULL. */
const struct page *pages_find(const struct pages *pages, struct slice path);

/* The smallest variant that the Accept-Encoding allows. */
enum page_coding page_choose(const struct page *page, struct slice accept_encoding);

/* Whether an If-None-Match names the etag. */
bool etag_matches(struct slice if_none_match, const char *etag);

/* The CSP sources of every inline <script> or <style> in an HTML text, newly allocated. */
int inline_hashes(char **out, enum inline_kind kind, const char *html, size_t len);

#endif
