#ifndef AIRCLASS_SERVER_VIEWER_FEED_IMPL_H
#define AIRCLASS_SERVER_VIEWER_FEED_IMPL_H

#include "server/viewer/feed.h"

/* What feed.c and its three kinds of media share. Private to this folder. */

/* What became of an attempt to put the next unit of a kind into the parcel. FULL: it has to leave
 * first. */
enum step { STEP_PUT, STEP_IDLE, STEP_FULL };

/* Puts the next unit of its kind, if there is one. */
enum step feed_voice_step(struct feed *f);
enum step feed_video_step(struct feed *f);
enum step feed_gap_step(struct feed *f); /* tells the player that video stops */
enum step feed_still_step(struct feed *f);
enum step feed_ink_step(struct feed *f);  /* what the pen did */
enum step feed_page_step(struct feed *f); /* all that is on the board, in pieces */

bool feed_has_video_waiting(const struct feed *f);
bool feed_has_still_waiting(const struct feed *f);
bool feed_has_ink_waiting(const struct feed *f);
bool feed_has_page_waiting(const struct feed *f);

/* Once in each look: for how long video has been behind. */
void feed_mind_video(struct feed *f, uint64_t now_ms);

/* Room for a unit of so many bytes, to be written at once; NULL: the parcel is full, for this link
 * or at all. A unit alone always fits, up to PARCEL_BYTES. */
uint8_t *feed_reserve(struct feed *f, uint32_t bytes);

/* A unit that the hub keeps as a message. One that is larger than a parcel is left out. */
enum step feed_put(struct feed *f, const struct buf *message);

/* The lane's config, which has to come before its media. */
enum step feed_put_config(struct feed *f, struct track *t, const struct lane *lane);

#endif
