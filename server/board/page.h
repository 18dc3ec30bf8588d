#ifndef AIRCLASS_SERVER_BOARD_PAGE_H
#define AIRCLASS_SERVER_BOARD_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/board/event.h"

/* The strokes of one page, in the order of their ids. Private to this folder. */
struct stroke;

struct page {
    struct stroke **strokes;
    size_t n, room;
    size_t bytes;        /* of all strokes, with what they take beside their points */
    struct stroke *open; /* the one that POINTS go to; NULL: none */
};

/* What a stroke takes beside its events. */
enum { STROKE_BYTES = 64 };

void page_clear(struct page *p);
/* As page_clear, and gives the list back, too. */
void page_release(struct page *p);

/* BEGIN, POINTS, END, ERASE or CLEAR, which was over at `at_ms`. What means nothing here (points of
 * no stroke, an id that is not there) changes nothing. -ENOMEM. */
int page_apply(struct page *p, const struct event *e, uint32_t at_ms);

/* Points of the open stroke, without its first one; 0: none is open. */
uint32_t page_open_points(const struct page *p);

/* How many bytes page_write() writes; with `has_times`, each stroke is led by an AT. */
size_t page_length(const struct page *p, bool has_times);
/* Everything on it as events, the open stroke last. Returns the place behind. */
uint8_t *page_write(const struct page *p, bool has_times, uint8_t *out);

#endif
