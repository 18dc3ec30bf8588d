#ifndef AIRCLASS_SERVER_VIEWER_VIEWER_H
#define AIRCLASS_SERVER_VIEWER_VIEWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/net/ws.h"
#include "server/viewer/crowd.h"

/*
 * One pupil's player: says hello, gets a seat, and is fed from the hub's lanes in the order
 * control, voice, pen, still, board, video. Voice always passes; the rest waits while more is under
 * way than the link's window allows. Nothing is queued here: a viewer is a place in each lane, and
 * one who falls behind starts again at the newest keyframe (video), the newest picture (stills),
 * the page as it is (ink) or near live (voice).
 */
struct viewer;

/* For a fresh connection; registers itself with the socket. -ENOMEM. */
int viewer_new(struct viewer **out, struct crowd *crowd, struct ws *ws);
/* Gives everything back: seat, lanes. The socket must be gone, or going. */
void viewer_free(struct viewer **viewer);

void viewer_text(struct viewer *v, const char *text, size_t len);
void viewer_writable(struct viewer *v);

/* For crowd.c: whose it is, and its place there. */
struct crowd *viewer_crowd(const struct viewer *v);
size_t *viewer_place(struct viewer *v);

/* A look every LINK_LOOK_MS: timeouts, what changed in the session, window, rung; sends on. */
void viewer_look(struct viewer *v, uint64_t now_ms);

enum {
    /* A player that starts gets so much of the past at once, and four round trips more, up to the
     * latter: it can play without waiting for the bundles of the present. */
    VIEWER_BURST_MS = 600,
    VIEWER_BURST_MOST_MS = 3000,
    /* One who comes back gets so much more: what was taught while it found its way back. */
    VIEWER_RETURN_MS = 1000,
    /* Voice that waits longer than this is left out: the player holds 6 s at most, and a pupil
     * wants the lesson as it is now. */
    VIEWER_VOICE_LAG_MS = 8000,
    /* Video waiting longer than this is dropped up to the next keyframe. A keyframe that just fits
     * a link takes up to 3 s of it. */
    VIEWER_VIDEO_LAG_MS = 4000,
    /* A player is told of lost bytes in such portions: a message costs fifty times less. */
    VIEWER_RESENT_BYTES = 6000,
    /* A player reports every 10 s, a page in the background that plays nothing (the teacher is
     * away) once a minute: browsers let its timers run no oftener. Silent for longer, it is gone.
     */
    VIEWER_SILENT_MS = 90000,
};

#endif
