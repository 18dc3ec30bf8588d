#include "server/net/http_conn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"
#include "server/net/conn.h"

struct text_value {
    struct text_value *next;
    char text[];
};

static int copy_slice(char **out, struct slice s)
{
    *out = strndup(s.p ? s.p : "", s.len);
    return *out ? 0 : -ENOMEM;
}

static int fill(struct http_request *req, const struct request *head)
{
    const struct {
        char **out;
        struct slice from;
    } copies[] = {
        {&req->host,          head->host         },
        {&req->origin,        head->origin       },
        {&req->authorization, head->authorization},
        {&req->content_type,  head->content_type },
        {&req->if_none_match, head->if_none_match},
        {&req->cookie,        head->cookie       },
        {&req->query,         head->query        },
    };
    for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++) {
        if (copy_slice(copies[i].out, copies[i].from))
            return -ENOMEM;
    }
    return 0;
}

int http_request_new(struct http_request **out, struct conn *c, const struct request *head,
                     const struct route_match *match)
{
    struct http_request *req = calloc(1, sizeof(*req));
    *out = NULL;
    if (!req)
        return -ENOMEM;
    req->conn = c;
    req->match = *match;
    int err = fill(req, head);
    if (err) {
        http_request_free(&req);
        return err;
    }
    *out = req;
    return 0;
}

int http_request_make_room(struct http_request *req, size_t len)
{
    struct net *net = req->conn->net;
    size_t share = len > HTTP_BODY_MAX ? len : 0;
    if (share > HTTP_LARGE_BODIES - net->large_bodies)
        return -EDQUOT;
    req->body = calloc(1, len + 1);
    if (!req->body)
        return -ENOMEM;
    req->body_len = len;
    req->share = share;
    net->large_bodies += share;
    return 0;
}

void http_request_leave(struct http_request *req)
{
    if (req->conn)
        req->conn->net->large_bodies -= req->share;
    req->share = 0;
    req->conn = NULL;
}

void http_request_free(struct http_request **req)
{
    struct http_request *r = *req;
    *req = NULL;
    if (!r)
        return;
    http_request_leave(r);
    for (struct text_value *next; r->values; r->values = next) {
        next = r->values->next;
        free(r->values);
    }
    free(r->host);
    free(r->origin);
    free(r->authorization);
    free(r->content_type);
    free(r->if_none_match);
    free(r->cookie);
    free(r->query);
    free(r->body);
    free(r);
}

const char *http_param(const struct http_request *req, const char *name)
{
    return route_param(&req->match, name);
}

struct caller *http_caller(struct http_request *req)
{
    return &req->caller;
}

const struct address *http_peer(const struct http_request *req)
{
    return &req->peer;
}

bool http_is_secure(const struct http_request *req)
{
    return req->is_secure;
}

bool http_is_private(const struct http_request *req)
{
    return req->is_private;
}

const char *http_body(const struct http_request *req, size_t *len)
{
    *len = req->body_len;
    return req->body;
}

char *http_take_body(struct http_request *req, size_t *len)
{
    char *body = req->body;
    *len = req->body_len;
    req->body = NULL;
    req->body_len = 0;
    return body;
}

const char *http_header(const struct http_request *req, const char *name)
{
    const struct {
        const char *name;
        const char *value;
    } known[] = {
        {"host",          req->host         },
        {"origin",        req->origin       },
        {"authorization", req->authorization},
        {"content-type",  req->content_type },
        {"if-none-match", req->if_none_match},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcasecmp(known[i].name, name) == 0)
            return known[i].value;
    }
    return "";
}

/* Blanks belong to a value: the lines are not trimmed. */
static bool find_value(const char *query, const char *name, struct slice *value)
{
    size_t name_len = strlen(name);
    for (size_t len; *query; query += len + (query[len] != '\0')) {
        len = strcspn(query, "\n");
        if (len < name_len || memcmp(query, name, name_len) != 0)
            continue;
        if (len > name_len && query[name_len] != '=')
            continue;
        size_t skip = name_len + (len > name_len);
        *value = (struct slice){.p = query + skip, .len = len - skip};
        return true;
    }
    return false;
}

/* A copy that lives as long as the request. NULL: no memory. */
static const char *hand_out(struct http_request *req, struct slice text)
{
    struct text_value *v = calloc(1, sizeof(*v) + text.len + 1);
    if (!v)
        return NULL;
    memcpy(v->text, text.p, text.len);
    v->next = req->values;
    req->values = v;
    return v->text;
}

const char *http_query(struct http_request *req, const char *name)
{
    struct slice raw;
    if (!find_value(req->query, name, &raw))
        return "";
    if (raw.len > HTTP_QUERY_MAX || !utf8_is_valid(raw.p, raw.len))
        return NULL;
    return hand_out(req, raw);
}

const char *http_cookie(struct http_request *req, const char *name)
{
    size_t name_len = strlen(name);
    struct slice list = slice_of(req->cookie);
    for (struct slice item; slice_next(&list, ';', &item);) {
        if (item.len <= name_len || memcmp(item.p, name, name_len) != 0 || item.p[name_len] != '=')
            continue;
        struct slice value = {.p = item.p + name_len + 1, .len = item.len - name_len - 1};
        const char *text = value.len <= HTTP_COOKIE_MAX ? hand_out(req, value) : NULL;
        return text ? text : "";
    }
    return "";
}

int http_set_header(struct http_request *req, const char *name, const char *value)
{
    size_t room = sizeof(req->headers) - req->headers_len;
    for (const char *p = value; *p; p++) {
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            return -EINVAL;
    }
    int len = snprintf(req->headers + req->headers_len, room, "%s: %s\r\n", name, value);
    if (len < 0 || (size_t)len >= room) {
        req->headers[req->headers_len] = '\0';
        return -ENOSPC;
    }
    req->headers_len += (size_t)len;
    return 0;
}

/* Quotes, backslashes and control characters escaped; the rest is UTF-8 already. */
static size_t escape(char *out, const char *text)
{
    size_t len = 0;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            out[len++] = '\\';
            out[len++] = *text;
        } else if (c < ' ') {
            len += (size_t)snprintf(out + len, 7, "\\u%04x", c);
        } else {
            out[len++] = *text;
        }
    }
    out[len] = '\0';
    return len;
}

char *http_error_json(const char *code, const char *message, size_t *len)
{
    enum { GROWTH_MAX = 6 };
    size_t size = GROWTH_MAX * strlen(message) + 1;
    size_t total = size + strlen(code) + 64;
    char *text = malloc(size);
    char *out = malloc(total);
    if (text && out) {
        escape(text, message);
        *len = (size_t)snprintf(out, total, "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}",
                                code, text);
    } else {
        free(out);
        out = NULL;
    }
    free(text);
    return out;
}
