#include "server/net/head.h"

#include <libwebsockets.h>

#include "server/net/http.h"

/* An empty header has no length, but can be copied. */
static bool is_present(struct lws *wsi, enum lws_token_indexes token)
{
    char none[1];
    return lws_hdr_total_length(wsi, token) > 0 ||
           lws_hdr_copy_fragment(wsi, none, sizeof(none), token, 0) == 0;
}

/* lws joins and copies; we look at what it does not: presence, length and odd bytes. */
static int take_text(struct request *r, int len, struct slice *out)
{
    char *text = r->text + r->text_len;
    if (len < 0)
        return 431;
    for (int i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return 400;
    }
    *out = slice_trim((struct slice){.p = text, .len = (size_t)len});
    r->text_len += (size_t)len;
    return 0;
}

static int take_header(struct request *r, struct lws *wsi, enum lws_token_indexes token,
                       struct slice *out)
{
    int room = (int)(sizeof(r->text) - r->text_len);
    *out = (struct slice){.p = NULL};
    if (!is_present(wsi, token))
        return 0;
    return take_text(r, lws_hdr_copy(wsi, r->text + r->text_len, room, token), out);
}

/* One that lws has no token for: the first, if there are several. `name` is in small letters, with
 * its colon. */
static int take_custom(struct request *r, struct lws *wsi, const char *name, struct slice *out)
{
    int len = (int)(sizeof(r->text) - r->text_len);
    int name_len = (int)strlen(name);
    *out = (struct slice){.p = NULL};
    if (lws_hdr_custom_length(wsi, name, name_len) < 0)
        return 0;
    return take_text(r, lws_hdr_custom_copy(wsi, r->text + r->text_len, len, name, name_len), out);
}

/* lws takes a second method further down for a header. */
static int take_method(struct request *r, struct lws *wsi)
{
    static const struct {
        enum lws_token_indexes token;
        unsigned method;
    } methods[] = {
        {WSI_TOKEN_GET_URI,     HTTP_GET   },
        {WSI_TOKEN_HEAD_URI,    HTTP_GET   },
        {WSI_TOKEN_POST_URI,    HTTP_POST  },
        {WSI_TOKEN_PUT_URI,     HTTP_PUT   },
        {WSI_TOKEN_DELETE_URI,  HTTP_DELETE},
        {WSI_TOKEN_PATCH_URI,   0          },
        {WSI_TOKEN_OPTIONS_URI, 0          },
    };
    int found = 0;
    int status = 0;
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]) && !status; i++) {
        if (!is_present(wsi, methods[i].token))
            continue;
        found++;
        r->method = methods[i].method;
        r->is_head = methods[i].token == WSI_TOKEN_HEAD_URI;
        /* At an '&' or ';' lws cuts the path in two. */
        if (lws_hdr_fragment_length(wsi, methods[i].token, 1))
            status = 400;
        else
            status = take_header(r, wsi, methods[i].token, &r->path);
    }
    if (status)
        return status;
    if (found != 1 || !r->path.len || r->path.p[0] != '/')
        return 400;
    return r->method ? 0 : 501;
}

static int take_query(struct request *r, struct lws *wsi)
{
    r->query = (struct slice){.p = r->text + r->text_len};
    if (!is_present(wsi, WSI_TOKEN_HTTP_URI_ARGS))
        return 0;
    for (int i = 0;; i++) {
        struct slice item;
        char *text = r->text + r->text_len;
        int room = (int)(sizeof(r->text) - r->text_len) - 1;
        int len =
            room > 0 ? lws_hdr_copy_fragment(wsi, text, room, WSI_TOKEN_HTTP_URI_ARGS, i) : -1;
        if (len < 0)
            break;
        int status = take_text(r, len, &item);
        if (status)
            return status;
        r->text[r->text_len++] = '\n';
    }
    r->query.len = (size_t)(r->text + r->text_len - r->query.p);
    return 0;
}

static int take_version(struct request *r, struct lws *wsi)
{
    struct slice version;
    int status = take_header(r, wsi, WSI_TOKEN_HTTP, &version);
    if (status)
        return status;
    r->keep_alive = slice_is(version, "HTTP/1.1");
    return r->keep_alive || slice_is(version, "HTTP/1.0") ? 0 : 505;
}

static int take_length(struct request *r, struct lws *wsi)
{
    enum { DIGITS_MAX = 15 };
    struct slice value;
    int status = take_header(r, wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, &value);
    if (status || !value.p)
        return status;
    if (value.len == 0 || value.len > DIGITS_MAX)
        return 400;
    for (size_t i = 0; i < value.len; i++) {
        if (!isdigit((unsigned char)value.p[i]))
            return 400;
        r->body_len = r->body_len * 10 + (uint64_t)(value.p[i] - '0');
    }
    r->has_body = true;
    return 0;
}

static bool is_host(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!isalnum((unsigned char)s.p[i]) && !strchr(".-_:[]", s.p[i]))
            return false;
    }
    return s.len > 0 && s.len <= HOST_MAX;
}

static int take_connection(struct request *r, struct lws *wsi)
{
    struct slice connection;
    struct slice upgrade;
    bool is_1_1 = r->keep_alive;
    int status = take_header(r, wsi, WSI_TOKEN_CONNECTION, &connection);
    if (!status)
        status = take_header(r, wsi, WSI_TOKEN_UPGRADE, &upgrade);
    if (status)
        return status;
    r->keep_alive =
        is_1_1 ? !slice_has_token(connection, "close") : slice_has_token(connection, "keep-alive");
    r->wants_websocket =
        is_1_1 && slice_is_nocase(upgrade, "websocket") && slice_has_token(connection, "upgrade");
    return r->host.p ? (is_host(r->host) ? 0 : 400) : (is_1_1 ? 400 : 0);
}

static int take_expectation(struct request *r, struct lws *wsi)
{
    struct slice expect;
    int status = take_header(r, wsi, WSI_TOKEN_HTTP_EXPECT, &expect);
    if (status || !expect.p)
        return status;
    r->expects_continue = slice_is_nocase(expect, "100-continue");
    return r->expects_continue ? 0 : 417;
}

/* With a blank before the colon lws takes them for headers it does not know. */
static bool has_split_name(struct lws *wsi)
{
    static const char *const names[] = {
        "content-length :", "content-length\t:", "transfer-encoding :", "transfer-encoding\t:"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (lws_hdr_custom_length(wsi, names[i], (int)strlen(names[i])) >= 0)
            return true;
    }
    return false;
}

static int take_body(struct request *r, struct lws *wsi)
{
    int status = has_split_name(wsi) ? 400 : take_length(r, wsi);
    if (status)
        return status;
    if (is_present(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING))
        return r->has_body ? 400 : 411; /* we take no chunks: say how long it is */
    bool takes_body = r->method & (HTTP_POST | HTTP_PUT);
    if (takes_body && !r->has_body)
        return 411;
    return !takes_body && r->body_len > 0 ? 400 : 0;
}

static int take_others(struct request *r, struct lws *wsi)
{
    const struct {
        enum lws_token_indexes token;
        struct slice *out;
    } others[] = {
        {WSI_TOKEN_HOST,                 &r->host           },
        {WSI_TOKEN_ORIGIN,               &r->origin         },
        {WSI_TOKEN_HTTP_AUTHORIZATION,   &r->authorization  },
        {WSI_TOKEN_HTTP_CONTENT_TYPE,    &r->content_type   },
        {WSI_TOKEN_HTTP_COOKIE,          &r->cookie         },
        {WSI_TOKEN_HTTP_IF_NONE_MATCH,   &r->if_none_match  },
        {WSI_TOKEN_HTTP_ACCEPT_ENCODING, &r->accept_encoding},
        {WSI_TOKEN_VERSION,              &r->ws_version     },
        {WSI_TOKEN_KEY,                  &r->ws_key         },
        {WSI_TOKEN_PROTOCOL,             &r->ws_protocol    },
        {WSI_TOKEN_X_FORWARDED_FOR,      &r->forwarded_for  },
    };
    int status = 0;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]) && !status; i++)
        status = take_header(r, wsi, others[i].token, others[i].out);
    if (!status)
        status = take_custom(r, wsi, "x-forwarded-proto:", &r->forwarded_proto);
    if (!status)
        status = take_custom(r, wsi, "sec-fetch-site:", &r->fetch_site);
    return status;
}

int request_read(struct request *r, struct lws *wsi)
{
    static int (*const steps[])(struct request *, struct lws *) = {
        take_version,    take_method,      take_query, take_others,
        take_connection, take_expectation, take_body,
    };
    int status = 0;
    memset(r, 0, offsetof(struct request, text));
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !status; i++)
        status = steps[i](r, wsi);
    return status;
}
