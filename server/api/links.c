#include "server/api/links.h"

#include <stdio.h>

void link_teach(char out[LINK_MAX], const char *host, unsigned port, const struct lesson *l)
{
    snprintf(out, LINK_MAX, "rtmp://%.*s:%u/live/%s", LINK_HOST_MAX, host, port, l->stream_key);
}

void link_watch(char out[LINK_MAX], const char *host, unsigned port, const struct lesson *l)
{
    snprintf(out, LINK_MAX, "http://%.*s:%u/watch/%s%s%s", LINK_HOST_MAX, host, port, l->id,
             l->is_open ? "" : "#k=", l->is_open ? "" : l->watch_key);
}
