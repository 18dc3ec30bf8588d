#ifndef AIRCLASS_SERVER_VIEWER_FEED_IMPL_H
#define AIRCLASS_SERVER_VIEWER_FEED_IMPL_H

#include "server/viewer/feed.h"

/* What feed.c and its three kinds of media share. Private to this folder. */

/* What became of an attempt to send the next message of a kind. */
enum step { STEP_SENT, STEP_IDLE, STEP_BLOCKED };

/* Sends the next message of its kind, if there is one. */
enum step feed_voice_step(struct feed *f);
enum step feed_video_step(struct feed *f);
enum step feed_gap_step(struct feed *f); /* tells the player that video stops */
enum step feed_still_step(struct feed *f);

bool feed_has_video_waiting(const struct feed *f);
bool feed_has_still_waiting(const struct feed *f);

/* Once in each look: for how long video has been behind. */
void feed_mind_video(struct feed *f, uint64_t now_ms);

enum step feed_send(struct feed *f, const struct buf *message);
/* The lane's config, which has to come before its media. */
enum step feed_send_config(struct feed *f, struct track *t, const struct lane *lane);

#endif
