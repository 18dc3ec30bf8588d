#ifndef AIRCLASS_SERVER_API_LINKS_H
#define AIRCLASS_SERVER_API_LINKS_H

#include "server/lesson/lesson.h"

/* The addresses that a teacher and pupils are given; private to this folder. A longer host is cut.
 */
enum { LINK_HOST_MAX = 200, LINK_MAX = 320 };

/* rtmp://host:port/live/KEY */
void link_teach(char out[LINK_MAX], const char *host, unsigned port, const struct lesson *lesson);

/* The page to teach from; the key stands behind the '#', too. With https if there is a `tls_port`:
 * browsers give no microphone to other pages, but on the server itself. */
void link_teach_page(char out[LINK_MAX], const char *host, unsigned port, unsigned tls_port,
                     const struct lesson *lesson);

/* The page that plays the lesson. The watch key stands behind the '#', which browsers send to
 * nobody, so that it ends up in no log on the way. */
void link_watch(char out[LINK_MAX], const char *host, unsigned port, const struct lesson *lesson);

/* A calendar's. With https if there is a `tls_port`. */
void link_feed(char out[LINK_MAX], const char *host, unsigned port, unsigned tls_port,
               const char *secret);

#endif
