#include "server/net/request.h"

#include "server/net/http.h"

/* What one line of the head may not hold besides: other bytes mean that this is not HTTP. */
static bool is_token_char(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_token(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!is_token_char(s.p[i]))
            return false;
    }
    return s.len > 0;
}

static bool is_value(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static bool is_target(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
            return false;
    }
    return s.len > 0 && s.p[0] == '/';
}

static bool is_host(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!isalnum((unsigned char)s.p[i]) && (!s.p[i] || !strchr(".-_:[]", s.p[i])))
            return false;
    }
    return s.len > 0 && s.len <= REQUEST_HOST_MAX;
}

bool request_is_whole(const char *data, size_t len, size_t *scanned, size_t *head_len)
{
    size_t from = *scanned > 3 ? *scanned - 3 : 0;
    const char *end = memmem(data + from, len - from, "\r\n\r\n", 4);
    *scanned = len;
    if (!end)
        return false;
    *head_len = (size_t)(end - data) + 4;
    return true;
}

/* The line up to CRLF; false where a carriage return or line feed stands alone. */
static bool next_line(struct slice *rest, struct slice *line)
{
    const char *end = memchr(rest->p, '\n', rest->len);
    if (!end || end == rest->p || end[-1] != '\r')
        return false;
    *line = (struct slice){.p = rest->p, .len = (size_t)(end - rest->p) - 1};
    rest->len -= (size_t)(end + 1 - rest->p);
    rest->p = end + 1;
    return memchr(line->p, '\r', line->len) == NULL;
}

static bool next_word(struct slice *line, struct slice *word)
{
    const char *end = memchr(line->p, ' ', line->len);
    size_t len = end ? (size_t)(end - line->p) : line->len;
    *word = (struct slice){.p = line->p, .len = len};
    line->p += len + (end != NULL);
    line->len -= len + (end != NULL);
    return len > 0;
}

static unsigned method_of(struct slice word, bool *is_head)
{
    static const struct {
        const char *name;
        unsigned method;
    } methods[] = {
        {"GET",    HTTP_GET   },
        {"HEAD",   HTTP_GET   },
        {"POST",   HTTP_POST  },
        {"PUT",    HTTP_PUT   },
        {"DELETE", HTTP_DELETE},
    };
    *is_head = slice_is(word, "HEAD");
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (slice_is(word, methods[i].name))
            return methods[i].method;
    }
    return 0;
}

static int parse_version(struct request *r, struct slice word)
{
    if (slice_is(word, "HTTP/1.1"))
        r->keep_alive = true;
    else if (!slice_is(word, "HTTP/1.0"))
        return word.len == 8 && memcmp(word.p, "HTTP/", 5) == 0 ? 505 : 400;
    return 0;
}

static int parse_request_line(struct request *r, struct slice line)
{
    struct slice method;
    struct slice target;
    struct slice version;
    if (!next_word(&line, &method) || !next_word(&line, &target) || !next_word(&line, &version) ||
        line.len || !is_token(method) || !is_target(target))
        return 400;
    int status = parse_version(r, version);
    if (status)
        return status;
    r->method = method_of(method, &r->is_head);
    if (!r->method)
        return 501;
    if (memchr(target.p, '#', target.len))
        return 400;
    r->path = target;
    const char *mark = memchr(target.p, '?', target.len);
    if (mark) {
        r->path.len = (size_t)(mark - target.p);
        r->query = (struct slice){.p = mark + 1, .len = target.len - r->path.len - 1};
    }
    return 0;
}

static int take_content_length(struct request *r, struct slice value)
{
    enum { DIGITS_MAX = 15 };
    uint64_t n = 0;
    if (r->has_body || value.len == 0 || value.len > DIGITS_MAX)
        return 400;
    for (size_t i = 0; i < value.len; i++) {
        if (!isdigit((unsigned char)value.p[i]))
            return 400;
        n = n * 10 + (uint64_t)(value.p[i] - '0');
    }
    r->has_body = true;
    r->body_len = n;
    return 0;
}

struct marks {
    bool has_transfer_encoding;
    bool names_websocket;
    bool connection_upgrade;
    bool connection_close;
    bool connection_keep_alive;
};

/* Headers that are told apart by a slice; a second one of the same name is refused. */
static struct slice *single_of(struct request *r, struct slice name)
{
    const struct {
        const char *name;
        struct slice *slot;
    } singles[] = {
        {"host",                   &r->host           },
        {"origin",                 &r->origin         },
        {"authorization",          &r->authorization  },
        {"content-type",           &r->content_type   },
        {"if-none-match",          &r->if_none_match  },
        {"accept-encoding",        &r->accept_encoding},
        {"sec-websocket-version",  &r->ws_version     },
        {"sec-websocket-key",      &r->ws_key         },
        {"sec-websocket-protocol", &r->ws_protocol    },
    };
    for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++) {
        if (slice_is_nocase(name, singles[i].name))
            return singles[i].slot;
    }
    return NULL;
}

static int take_header(struct request *r, struct marks *m, struct slice name, struct slice value)
{
    struct slice *slot = single_of(r, name);
    if (slot) {
        if (slot->p)
            return 400;
        *slot = value;
    } else if (slice_is_nocase(name, "content-length")) {
        return take_content_length(r, value);
    } else if (slice_is_nocase(name, "transfer-encoding")) {
        m->has_transfer_encoding = true;
    } else if (slice_is_nocase(name, "expect")) {
        if (!slice_is_nocase(value, "100-continue"))
            return 417;
        r->expects_continue = true;
    } else if (slice_is_nocase(name, "upgrade")) {
        m->names_websocket |= slice_has_token(value, "websocket");
    } else if (slice_is_nocase(name, "connection")) {
        m->connection_upgrade |= slice_has_token(value, "upgrade");
        m->connection_close |= slice_has_token(value, "close");
        m->connection_keep_alive |= slice_has_token(value, "keep-alive");
    }
    return 0;
}

static int parse_header(struct request *r, struct marks *m, struct slice line)
{
    const char *colon = memchr(line.p, ':', line.len);
    if (!colon)
        return 400;
    struct slice name = {.p = line.p, .len = (size_t)(colon - line.p)};
    struct slice value = {.p = colon + 1, .len = line.len - name.len - 1};
    /* A name that ends in a space, or a line that begins with one (folding), is no token. */
    if (!is_token(name) || !is_value(value))
        return 400;
    return take_header(r, m, name, slice_trim(value));
}

/* What only makes sense, or not, once every header is known. */
static int settle(struct request *r, const struct marks *m)
{
    bool is_1_1 = r->keep_alive;
    if (m->has_transfer_encoding)
        return r->has_body ? 400 : 411; /* we take no chunks: say how long it is */
    if (r->host.p ? !is_host(r->host) : is_1_1)
        return 400;
    bool takes_body = r->method & (HTTP_POST | HTTP_PUT);
    if (takes_body && !r->has_body)
        return 411;
    if (!takes_body && r->body_len > 0)
        return 400;
    r->keep_alive = is_1_1 ? !m->connection_close : m->connection_keep_alive;
    r->wants_websocket = is_1_1 && m->names_websocket && m->connection_upgrade;
    return 0;
}

static int parse_lines(struct request *r, struct slice rest)
{
    struct marks m = {0};
    struct slice line;
    int status = next_line(&rest, &line) ? parse_request_line(r, line) : 400;
    for (unsigned n = 0; !status; n++) {
        if (n > REQUEST_HEADERS_MAX || !next_line(&rest, &line))
            return 400;
        if (!line.len)
            return settle(r, &m);
        status = parse_header(r, &m, line);
    }
    return status;
}

int request_parse(struct request *out, const char *head, size_t head_len)
{
    *out = (struct request){0};
    return parse_lines(out, (struct slice){.p = head, .len = head_len});
}
