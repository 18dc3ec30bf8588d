#ifndef AIRCLASS_SERVER_HUB_INK_H
#define AIRCLASS_SERVER_HUB_INK_H

#include <stdbool.h>
#include <stdint.h>

#include "server/board/board.h"
#include "server/hub/ring.h"

/*
 * The teacher's ink on its way out: the board, the latest batches as they came (for those who have
 * what was before), and the page as it is now (for those who have not). All are shared by all
 * viewers. Nobody is called: a batch goes out with the next voice or at the next look, for no
 * player draws it before its voice. A lesson without ink costs nothing.
 */
struct ink;

int ink_new(struct ink **out);
void ink_free(struct ink **ink);

/* A batch that was closed at `pts_ms`, which never goes back. -EPROTO, -ENOSPC: as board_apply(),
 * it is not sent on. -ENOMEM: it is left out, or everybody gets the page anew as far as it came. */
int ink_batch(struct ink *ink, uint32_t pts_ms, const void *batch, size_t len);

/* Forgets the board: the next session begins. */
void ink_clear(struct ink *ink);

/* The batches; a viewer keeps a number. NULL until there are any. When the board shows another page
 * they are gone. */
const struct ring *ink_ring(const struct ink *ink);

enum board_shown ink_shown(const struct ink *ink);

/* Grows whenever another page, or a fresh one, is shown. */
uint32_t ink_turns(const struct ink *ink);

/* The page as it is now; at batch `seq` it goes on. Borrowed until the next call of anything here,
 * unless it is referenced. NULL: for want of memory, or there is no ink. */
struct ink_page {
    uint32_t refs;
    uint32_t pts_ms;
    uint32_t turns;
    uint64_t seq;
    struct buf *events;
};
struct ink_page *ink_page(struct ink *ink);

/* The whole board as events, as board_all(); no events where nothing was drawn in this session.
 * -ENOMEM. */
int ink_all(const struct ink *ink, struct buf **out);
struct ink_page *ink_page_ref(struct ink_page *page);
void ink_page_unref(struct ink_page **page);

#endif
