#ifndef AIRCLASS_CODEC_REPORT_H
#define AIRCLASS_CODEC_REPORT_H

#include "codec/link.h"
#include "server/base/log.h"

/*
 * What the worker tells in words: WIRE_LOG and WIRE_FAIL. There is one link per process, so this is
 * the module's own state; libav's callback has no argument of ours anyway.
 */
enum { REPORT_TEXT_MAX = 500, REPORT_BURST = 10 };

/* From now on reports go out over `link` and libav's own messages with them (NULL: to nowhere). */
void report_to(struct link *link);

/* At most REPORT_BURST lines a second, and as many of libav's; how many were left out is said with
 * the next one. */
void report(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Tells the server why it is over. The caller then ends. */
void report_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
