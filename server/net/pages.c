#include "server/net/pages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "server/net/route.h"

struct pages {
    struct page list[PAGES_FILES_MAX];
    size_t n;
    size_t bytes;
};

/* Pages that have addresses of their own. */
static const struct {
    const char *path;
    const char *file;
} page_routes[] = {
    {"/",              "index.html"  },
    {"/watch/:lesson", "watch.html"  },
    {"/teach",         "teach.html"  },
    {"/sign-in",       "sign-in.html"},
    {"/set-up",        "sign-in.html"},
    {"/office",        "office.html" },
    {"/home",          "home.html"   },
    {"/enter",         "enter.html"  },
};

static const struct {
    const char *suffix;
    const char *type;
} types[] = {
    {".html",        "text/html; charset=utf-8"      },
    {".js",          "text/javascript; charset=utf-8"},
    {".css",         "text/css; charset=utf-8"       },
    {".json",        "application/json"              },
    {".webmanifest", "application/manifest+json"     },
    {".svg",         "image/svg+xml"                 },
    {".png",         "image/png"                     },
    {".ico",         "image/x-icon"                  },
    {".webp",        "image/webp"                    },
    {".avif",        "image/avif"                    },
    {".jpg",         "image/jpeg"                    },
    {".woff2",       "font/woff2"                    },
    {".mp4",         "video/mp4"                     },
    {".txt",         "text/plain; charset=utf-8"     },
};

static const char *const coding_suffix[PAGE_CODINGS] = {"", ".br", ".gz"};

static bool ends_with(const char *name, const char *suffix)
{
    size_t len = strlen(name);
    size_t end = strlen(suffix);
    return len > end && strcmp(name + len - end, suffix) == 0;
}

static const char *type_of(const char *name)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (ends_with(name, types[i].suffix))
            return types[i].type;
    }
    return "application/octet-stream";
}

/* "app-3F2A9C1B.js": eight or more letters and digits, with a digit among them, before the suffix.
 */
static bool has_hash(const char *name)
{
    const char *dash = strrchr(name, '-');
    size_t len = 0;
    bool has_digit = false;
    if (!dash)
        return false;
    for (const char *c = dash + 1; isalnum((unsigned char)*c); c++, len++)
        has_digit |= isdigit((unsigned char)*c) != 0;
    return len >= 8 && has_digit && dash[1 + len] == '.';
}

static int read_fd(int fd, char **out, size_t len)
{
    char *data = malloc(len + 1);
    if (!data)
        return -ENOMEM;
    for (size_t at = 0; at < len;) {
        ssize_t n = read(fd, data + at, len - at);
        if (n <= 0) {
            free(data);
            return n < 0 ? -errno : -EIO; /* it shrank meanwhile */
        }
        at += (size_t)n;
    }
    data[len] = '\0';
    *out = data;
    return 0;
}

static void make_etag(char out[PAGE_ETAG_SIZE], const char *data, size_t len)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    EVP_Digest(data, len, hash, &n, EVP_sha256(), NULL);
    char *p = out;
    *p++ = '"';
    for (int i = 0; i < 8; i++)
        p += snprintf(p, 3, "%02x", hash[i]);
    memcpy(p, "\"", 2);
}

static struct page *page_of(struct pages *p, const char *name, size_t len)
{
    for (size_t i = 0; i < p->n; i++) {
        if (strlen(p->list[i].name) == len && memcmp(p->list[i].name, name, len) == 0)
            return &p->list[i];
    }
    return NULL;
}

static int page_add(struct pages *p, const char *name, size_t len, struct page **out)
{
    struct page *page = page_of(p, name, len);
    if (!page) {
        if (p->n == PAGES_FILES_MAX)
            return -EFBIG;
        page = &p->list[p->n];
        page->name = strndup(name, len);
        if (!page->name)
            return -ENOMEM;
        p->n++;
        page->type = type_of(page->name);
        page->is_immutable = has_hash(page->name);
    }
    *out = page;
    return 0;
}

static enum page_coding coding_of(const char *name)
{
    return ends_with(name, ".br") ? PAGE_BROTLI : ends_with(name, ".gz") ? PAGE_GZIP : PAGE_PLAIN;
}

static int hash_inlines(struct page *page, const char *html, size_t len)
{
    int err = 0;
    for (int k = 0; k < INLINE_KINDS && !err; k++)
        err = inline_hashes(&page->hashes[k], (enum inline_kind)k, html, len);
    return err;
}

static int take_file(struct pages *p, const char *name, int fd, size_t len)
{
    enum page_coding coding = coding_of(name);
    struct page *page;
    char *data = NULL;

    p->bytes += len;
    if (p->bytes > PAGES_BYTES_MAX)
        return -EFBIG;
    int err = page_add(p, name, strlen(name) - strlen(coding_suffix[coding]), &page);
    if (!err)
        err = read_fd(fd, &data, len);
    if (err)
        return err;
    struct page_body *body = &page->bodies[coding];
    body->data = data;
    body->len = len;
    make_etag(body->etag, data, len);
    /* A script may be a worker's, whose policy is that of its own file. */
    if (coding == PAGE_PLAIN && (ends_with(name, ".html") || ends_with(name, ".js")))
        return hash_inlines(page, data, ends_with(name, ".html") ? len : 0);
    return 0;
}

static int load_folder(struct pages *p, const char *root, const char *prefix, int depth);

static int load_entry(struct pages *p, const char *root, const char *name, int depth)
{
    char path[PATH_MAX];
    struct stat st;
    if (snprintf(path, sizeof(path), "%s/%s", root, name) >= (int)sizeof(path))
        return -ENAMETOOLONG;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    int err = fstat(fd, &st) ? -errno : 0;
    if (!err && S_ISREG(st.st_mode))
        err = take_file(p, name, fd, (size_t)st.st_size);
    close(fd);
    if (!err && S_ISDIR(st.st_mode) && depth == 0)
        err = load_folder(p, root, name, 1);
    return err;
}

static int load_folder(struct pages *p, const char *root, const char *prefix, int depth)
{
    char path[PATH_MAX];
    char name[2 * NAME_MAX + 2];
    int err = 0;
    if (snprintf(path, sizeof(path), "%s/%s", root, prefix) >= (int)sizeof(path))
        return -ENAMETOOLONG;
    DIR *dir = opendir(path);
    if (!dir)
        return -errno;
    for (const struct dirent *e; !err && (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(name, sizeof(name), "%.*s%s%s", NAME_MAX, prefix, *prefix ? "/" : "", e->d_name);
        err = load_entry(p, root, name, depth);
    }
    closedir(dir);
    return err;
}

/* A compressed file without its plain one can't be served to everybody: it counts as absent. */
static bool is_servable(const struct page *page)
{
    return page->bodies[PAGE_PLAIN].data != NULL;
}

static bool has_html(const struct pages *p)
{
    for (size_t i = 0; i < p->n; i++) {
        if (ends_with(p->list[i].name, ".html") && is_servable(&p->list[i]))
            return true;
    }
    return false;
}

int pages_load(struct pages **out, const char *root)
{
    struct pages *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    int err = load_folder(p, root, "", 0);
    if (!err && !has_html(p))
        err = -EINVAL;
    if (err) {
        pages_free(&p);
        return err;
    }
    *out = p;
    return 0;
}

void pages_free(struct pages **pages)
{
    struct pages *p = *pages;
    *pages = NULL;
    for (size_t i = 0; p && i < p->n; i++) {
        for (int k = 0; k < PAGE_CODINGS; k++)
            free((char *)p->list[i].bodies[k].data);
        for (int k = 0; k < INLINE_KINDS; k++)
            free(p->list[i].hashes[k]);
        free(p->list[i].name);
    }
    free(p);
}

const struct page *pages_find(const struct pages *pages, struct slice path)
{
    struct slice name = {.p = path.p + 1, .len = path.len - 1};
    for (size_t i = 0; i < sizeof(page_routes) / sizeof(page_routes[0]); i++) {
        if (route_has_shape(page_routes[i].path, path))
            name = slice_of(page_routes[i].file);
    }
    const struct page *page = page_of((struct pages *)pages, name.p, name.len);
    return page && is_servable(page) ? page : NULL;
}

/* "gzip;q=0" takes it away. */
static bool accepts(struct slice list, const char *coding)
{
    for (struct slice item; slice_next(&list, ',', &item);) {
        struct slice name;
        struct slice weight = {.p = NULL};
        if (!slice_next(&item, ';', &name) || !slice_is_nocase(name, coding))
            continue;
        bool is_zero = slice_next(&item, ';', &weight) && weight.len >= 3 &&
                       strncasecmp(weight.p, "q=0", 3) == 0;
        for (size_t i = 3; is_zero && i < weight.len; i++)
            is_zero = weight.p[i] == '0' || weight.p[i] == '.';
        return !is_zero;
    }
    return false;
}

enum page_coding page_choose(const struct page *page, struct slice accept_encoding)
{
    if (page->bodies[PAGE_BROTLI].data && accepts(accept_encoding, "br"))
        return PAGE_BROTLI;
    if (page->bodies[PAGE_GZIP].data && accepts(accept_encoding, "gzip"))
        return PAGE_GZIP;
    return PAGE_PLAIN;
}

bool etag_matches(struct slice if_none_match, const char *etag)
{
    for (struct slice item; slice_next(&if_none_match, ',', &item);) {
        if (item.len > 2 && memcmp(item.p, "W/", 2) == 0)
            item = (struct slice){.p = item.p + 2, .len = item.len - 2};
        if (slice_is(item, etag) || slice_is(item, "*"))
            return true;
    }
    return false;
}
