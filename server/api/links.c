#include "server/api/links.h"

#include <stdio.h>

void link_teach(char out[LINK_MAX], const char *host, unsigned port, const struct lesson *lesson)
{
    snprintf(out, LINK_MAX, "rtmp://%.*s:%u/live/%s", LINK_HOST_MAX, host, port,
             lesson->stream_key);
}

void link_teach_page(char out[LINK_MAX], const char *host, unsigned port, unsigned tls_port,
                     const struct lesson *lesson)
{
    snprintf(out, LINK_MAX, "http%s://%.*s:%u/teach#k=%s", tls_port ? "s" : "", LINK_HOST_MAX, host,
             tls_port ? tls_port : port, lesson->stream_key);
}

void link_watch(char out[LINK_MAX], const char *host, unsigned port, const struct lesson *lesson)
{
    snprintf(out, LINK_MAX, "http://%.*s:%u/watch/%s%s%s", LINK_HOST_MAX, host, port, lesson->id,
             lesson->is_open ? "" : "#k=", lesson->is_open ? "" : lesson->watch_key);
}

void link_feed(char out[LINK_MAX], const char *host, unsigned port, unsigned tls_port,
               const char *secret)
{
    snprintf(out, LINK_MAX, "http%s://%.*s:%u/feeds/%s.ics", tls_port ? "s" : "", LINK_HOST_MAX,
             host, tls_port ? tls_port : port, secret);
}
