#ifndef AIRCLASS_CODEC_BACKLOG_H
#define AIRCLASS_CODEC_BACKLOG_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How far the worker is behind: the time of the newest media that has arrived against the time
 * of the one being worked on. Behind: the picture is thinned out; far behind: it waits for the next
 * keyframe. The voice is never touched.
 */
enum backlog_state { BACKLOG_NONE, BACKLOG_BEHIND, BACKLOG_FAR };

struct backlog {
    bool has_newest;
    uint32_t newest_ms;
    enum backlog_state state;
};

/* Media of `dts_ms` has arrived. */
void backlog_arrived(struct backlog *b, uint32_t dts_ms);

/* Media of `dts_ms` is about to be worked on. */
enum backlog_state backlog_update(struct backlog *b, int64_t dts_ms);

#endif
