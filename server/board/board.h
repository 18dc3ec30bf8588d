#ifndef AIRCLASS_SERVER_BOARD_BOARD_H
#define AIRCLASS_SERVER_BOARD_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/base/buf.h"

/*
 * The teacher's board as data: pages of strokes, drawn by the events of docs/protocol.md §1.3.
 * Pure: bytes of a stranger and a clock value in, the present page as events out. The same events
 * in the same order make the same board; to apply a run of them again that begins with a stroke
 * changes nothing, so that a page which is not sure what arrived may say it again.
 */
struct board;

enum board_shown {
    BOARD_HIDDEN,  /* none: the picture alone */
    BOARD_PICTURE, /* strokes over the picture as it was at that moment */
    BOARD_BLANK,   /* a white page, which covers the picture */
};

enum {
    BOARD_PAGES = 50, /* white ones, from 1; 0 is what lies over a picture */
    /* Five minutes of writing without a pause; a page of 300 characters takes a third of it. */
    BOARD_PAGE_BYTES = 128 << 10,
    BOARD_BYTES = 2 << 20, /* all pages; both count what a stroke takes beside its points */
    /* To paint a stroke takes a time that grows faster than its length: Chromium on a laptop takes
     * 0.14 s for the worst of this one, 1.4 s for four times as many, and stands still at 38,000.
     * The teacher's page ends strokes at half of it. */
    BOARD_STROKE_POINTS = 2000,
    BOARD_BATCH_MAX = 4 << 10,
};

/* -ENOMEM. */
int board_new(struct board **out);
void board_free(struct board **board);
/* As new. */
void board_clear(struct board *board);

/*
 * Applies a batch, which was closed at `pts_ms`: a byte that says how long before that its first
 * event was, then events. -EPROTO: it is no such thing; -ENOSPC: the board, or a stroke, has no
 * room for it; either way nothing has changed. -ENOMEM: some of its events are missing.
 * `*has_turned` is set when another page, or a fresh one, is shown since.
 */
int board_apply(struct board *board, uint32_t pts_ms, const void *batch, size_t len,
                bool *has_turned);

enum board_shown board_shown(const struct board *board);

/* What is shown now, as the events that make it from nothing: one reference. -ENOMEM. */
int board_page(const struct board *board, struct buf **out);

/* The same of all pages, the one that is shown last: for a teacher's page that was loaded anew. */
int board_all(const struct board *board, struct buf **out);

/* How many bytes of `events`, which board_page() has written, are whole events and at most `most`;
 * one event at least. */
size_t board_cut(const uint8_t *events, size_t len, size_t most);

#endif
