#ifndef AIRCLASS_SERVER_SESSION_SOURCE_CLOCK_H
#define AIRCLASS_SERVER_SESSION_SOURCE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Puts a source's timestamps on the session clock. Encoders begin at 0, at anything, or at what
 * they were when the line broke; the session clock never goes back. One for a session, through all
 * its sources. Pure.
 *
 * A source is tied to the clock by its first tag and again when its own clock jumps. Lateness alone
 * is no jump: an uplink that stalled for 20 s delivers 20 s of lesson in a burst, in order, and
 * tying its first tag to the present would put the rest into the future, and what follows before
 * it. Nor is a hole, up to the present: what the source left out. Sound and pictures are looked at
 * apart, since on a thin uplink a picture arrives many seconds behind the voice of its time.
 */
enum source_track { SOURCE_VOICE, SOURCE_PICTURE, SOURCE_TRACKS };

struct source_clock {
    bool is_set;
    bool is_back; /* source_clock_resume(): the next tag says whether the source's clock went on */
    bool has_newest;
    uint32_t offset_ms; /* session = source + offset, modulo 2^32 */
    struct {
        bool is_set;
        uint32_t ms; /* source time of the track's last tag */
    } last[SOURCE_TRACKS];
    uint32_t came_ms;     /* session time at which the last tag came */
    uint32_t late_max_ms; /* later than this, it is a clock that was stopped */
    uint32_t newest_ms;   /* the latest session time given out */
};

enum {
    /* Two tags of a track that follow on each other are not further apart than this, either way,
     * unless there is a hole up to the present. */
    SOURCE_CLOCK_STEP_MS = 8000,
    /* So late, it is a clock that was stopped. */
    SOURCE_CLOCK_LATE_MS = 60000,
    /* What was not sent for want of a line is older. */
    SOURCE_CLOCK_PAST_MS = 600000,
};

/* Another source begins: its first tag ties it anew. */
void source_clock_restart(struct source_clock *c);

/* The same source is back. If its clock has gone on meanwhile it keeps its place, so that what it
 * brings of before lands where it belongs; else its first tag ties it anew. */
void source_clock_resume(struct source_clock *c);

/* The session time of a tag with time `dts_ms` that has come at session time `now_ms`. `*jumped` is
 * set when the source's clock had to be tied anew. */
uint32_t source_clock_map(struct source_clock *c, enum source_track track, uint32_t dts_ms,
                          uint32_t now_ms, bool *jumped);

/* The session time of something beside the tags, which the source says was at `source_ms` of their
 * clock. False, and the present, where that is nowhere near: they have no clock in common. Ties
 * nothing. */
bool source_clock_find(const struct source_clock *c, uint32_t source_ms, uint32_t now_ms,
                       uint32_t *out);

#endif
