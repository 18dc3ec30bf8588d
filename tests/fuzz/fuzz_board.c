#include <stdlib.h>
#include <string.h>

#include "server/board/board.h"

/* A teacher under foreign rule: batches led by their length and a time, into a board whose page,
 * cut to pieces, must make the same page again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The events of a page as a batch of its own: not over a picture, where they hold times. */
static int again(struct board *board, const uint8_t *events, size_t len)
{
    bool has_turned;
    uint8_t *batch = malloc(len + 1);
    if (!batch)
        return 0;
    batch[0] = 0;
    memcpy(batch + 1, events, len);
    int err = len < BOARD_BATCH_MAX ? board_apply(board, 0, batch, len + 1, &has_turned) : 0;
    free(batch);
    return err;
}

static bool is_same(const struct buf *a, const struct buf *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static void check_page(const struct board *board)
{
    enum { MOST = 1000 };
    struct buf *page, *copied = NULL;
    struct board *copy;
    if (board_page(board, &page) != 0)
        return;
    if (board_new(&copy) == 0) {
        for (size_t at = 0, len; at < page->len; at += len) {
            len = board_cut(page->data + at, page->len - at, MOST);
            if (len == 0)
                abort();
            if (board_shown(board) == BOARD_BLANK && again(copy, page->data + at, len) != 0)
                abort();
        }
        if (board_shown(board) == BOARD_BLANK && board_page(copy, &copied) == 0 &&
            !is_same(page, copied))
            abort();
        buf_unref(&copied);
        board_free(&copy);
    }
    buf_unref(&page);
}

static void draw(struct board *board, const uint8_t *data, size_t size)
{
    enum { HEAD = 3 };
    bool has_turned;
    for (size_t at = 0, len; at + HEAD <= size; at += len) {
        len = (size_t)data[at] << 8 | data[at + 1];
        uint32_t pts_ms = data[at + 2] * 1000u;
        at += HEAD;
        len = len < size - at ? len : size - at;
        uint8_t *batch = malloc(len ? len : 1);
        if (!batch)
            return;
        if (len > 0)
            memcpy(batch, data + at, len);
        board_apply(board, pts_ms, batch, len, &has_turned);
        free(batch);
        check_page(board);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct board *board;
    if (board_new(&board) != 0)
        return 0;
    draw(board, data, size);
    board_free(&board);
    return 0;
}
