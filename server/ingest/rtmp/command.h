#ifndef AIRCLASS_SERVER_INGEST_RTMP_COMMAND_H
#define AIRCLASS_SERVER_INGEST_RTMP_COMMAND_H

#include <stdbool.h>

#include "server/ingest/rtmp/session.h"

/* Inside of session.c: the commands (connect, publish, ...) and what they answer. */

/* One command in AMF0. True: `*ev` is filled. */
bool rtmp_command(struct rtmp_session *s, struct bytes body, struct rtmp_event *ev);

/* Ends the session; the first reason stays. `detail` is static. */
void rtmp_session_end(struct rtmp_session *s, enum rtmp_why why, const char *detail);

#endif
