#include "server/net/reply.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { HEAD_SIZE_MAX = 6144 };

struct writer {
    char text[HEAD_SIZE_MAX];
    size_t len;
    bool is_full;
};

__attribute__((format(printf, 2, 3))) static void add(struct writer *w, const char *format, ...)
{
    va_list args;
    size_t room = sizeof(w->text) - w->len;
    va_start(args, format);
    int n = vsnprintf(w->text + w->len, room, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room)
        w->is_full = true;
    else
        w->len += (size_t)n;
}

static const struct {
    int status;
    const char *text;
} texts[] = {
    {200, "OK"                             },
    {201, "Created"                        },
    {202, "Accepted"                       },
    {204, "No Content"                     },
    {304, "Not Modified"                   },
    {307, "Temporary Redirect"             },
    {400, "Bad Request"                    },
    {401, "Unauthorized"                   },
    {403, "Forbidden"                      },
    {404, "Not Found"                      },
    {405, "Method Not Allowed"             },
    {408, "Request Timeout"                },
    {409, "Conflict"                       },
    {411, "Length Required"                },
    {413, "Content Too Large"              },
    {415, "Unsupported Media Type"         },
    {417, "Expectation Failed"             },
    {422, "Unprocessable Content"          },
    {426, "Upgrade Required"               },
    {429, "Too Many Requests"              },
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"          },
    {501, "Not Implemented"                },
    {503, "Service Unavailable"            },
    {505, "HTTP Version Not Supported"     },
};

const char *status_text(int status)
{
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i].status == status)
            return texts[i].text;
    }
    return "Unknown";
}

static void add_date(struct writer *w)
{
    char text[40];
    struct tm tm;
    time_t now = time(NULL);
    gmtime_r(&now, &tm);
    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
    add(w, "Date: %s\r\n", text);
}

/* Everything else is data: it may load and run nothing, should a browser ever show it as a page. */
static void add_policy(struct writer *w, const struct reply *r)
{
    if (!r->script_hashes || !r->style_hashes) {
        add(w, "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n");
        return;
    }
    add(w,
        "Content-Security-Policy: default-src 'none'; script-src 'self' %s; style-src 'self' %s; "
        "img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self'; "
        "manifest-src 'self'; connect-src 'self'",
        r->script_hashes, r->style_hashes);
    /* Browsers before 2022 do not count ws: as 'self'. */
    if (r->host.len)
        add(w, " ws://%.*s wss://%.*s", (int)r->host.len, r->host.p, (int)r->host.len, r->host.p);
    add(w, "; base-uri 'none'; form-action 'self'; frame-ancestors 'none'\r\n");
}

static void add_security(struct writer *w, const struct reply *r)
{
    add_policy(w, r);
    add(w, "X-Content-Type-Options: nosniff\r\n"
           "Referrer-Policy: no-referrer\r\n"
           "X-Frame-Options: DENY\r\n"
           "Cross-Origin-Opener-Policy: same-origin\r\n"
           "Cross-Origin-Resource-Policy: same-origin\r\n");
    if (r->hsts_s)
        add(w, "Strict-Transport-Security: max-age=%u\r\n", r->hsts_s);
}

static void add_optional(struct writer *w, const char *name, const char *value)
{
    if (value)
        add(w, "%s: %s\r\n", name, value);
}

int reply_head(char **out, size_t *len, const struct reply *r)
{
    struct writer w = {.len = 0};
    add(&w, "HTTP/1.1 %d %s\r\n", r->status, status_text(r->status));
    add_date(&w);
    add_optional(&w, "Content-Type", r->type);
    if (r->status != 304 && r->status != 204)
        add(&w, "Content-Length: %zu\r\n", r->len);
    add_optional(&w, "Content-Encoding", r->coding);
    add_optional(&w, "ETag", r->etag);
    add_optional(&w, "Vary", r->varies ? "Accept-Encoding" : NULL);
    add_optional(&w, "Cache-Control", r->cache);
    add_security(&w, r);
    add(&w, "%s", r->extra ? r->extra : "");
    add(&w, "Connection: %s\r\n\r\n", r->keep_alive ? "keep-alive" : "close");
    if (w.is_full)
        return -EMSGSIZE;
    *out = malloc(w.len);
    if (!*out)
        return -ENOMEM;
    memcpy(*out, w.text, w.len);
    *len = w.len;
    return 0;
}
