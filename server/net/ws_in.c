#include "server/net/ws_conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/clock.h"
#include "server/base/utf8.h"
#include "server/metrics/metrics.h"

enum {
    FRAGMENTS_MAX = 32, /* frames of one message */
    ROOM_MIN = 1024,
};

/* False: that would be more than `per_s`, averaged over `burst_s` seconds. */
static bool bucket_add(struct bucket *b, uint64_t n, uint32_t per_s, uint32_t burst_s)
{
    uint64_t now_ms = clock_ms();
    uint64_t gone = (now_ms - b->emptied_ms) * per_s;
    b->emptied_ms = now_ms;
    b->milli = b->milli > gone ? b->milli - gone : 0;
    if (b->milli + n * 1000 > (uint64_t)per_s * burst_s * 1000)
        return false;
    b->milli += n * 1000;
    return true;
}

static void refuse(struct ws *ws, unsigned code, const char *why)
{
    ws_begin_close(ws, code, why, "protocol");
}

static void on_text(struct ws *ws)
{
    const struct ws_protocol *p = ws->protocol;
    if (!utf8_is_valid(ws->message, ws->len)) {
        refuse(ws, STATUS_NO_UTF8, "text is no UTF-8");
    } else if (!bucket_add(&ws->texts, 1, p->texts_per_s, 1)) {
        ws_close(ws, WS_CLOSE_TOO_MANY, "too many messages");
    } else {
        metric_add(METRIC_WS_TEXT_RECEIVED, 0, 1);
        p->events->on_text(ws->user, ws->message, ws->len);
    }
}

static void on_binary(struct ws *ws)
{
    metric_add(METRIC_WS_BINARY_RECEIVED, 0, 1);
    metric_add(METRIC_WS_BINARY_BYTES, 0, ws->len);
    ws->protocol->events->on_binary(ws->user, (const uint8_t *)ws->message, ws->len);
}

/* Whether the connection goes on with `len` bytes more of a message, of whose present frame `left`
 * are announced behind them. */
static bool admit(struct ws *ws, bool is_binary, size_t len, size_t left)
{
    const struct ws_protocol *p = ws->protocol;
    size_t max = is_binary ? p->binary_max : p->text_max;
    if (is_binary && !max)
        refuse(ws, STATUS_BINARY, "binary message");
    else if (left > max || ws->len + len + left > max)
        refuse(ws, STATUS_TOO_BIG, "message too big");
    else if (left == 0 && ++ws->fragments > FRAGMENTS_MAX)
        refuse(ws, STATUS_PROTOCOL, "too many fragments");
    else if (is_binary && !bucket_add(&ws->bytes, len + (left ? 0 : WS_FRAME_COST),
                                      p->binary_bytes_per_s, WS_BURST_S))
        ws_close(ws, WS_CLOSE_TOO_MANY, "too many bytes");
    return !ws->is_closing;
}

/* Room grows with what has come, not with what was announced. */
static int add(struct ws *ws, const char *data, size_t len)
{
    size_t needed = ws->len + len + 1;
    if (needed > ws->room) {
        size_t room = ws->room ? ws->room * 2ul : ROOM_MIN;
        room = room > needed ? room : needed;
        char *message = realloc(ws->message, room);
        if (!message)
            return -ENOMEM;
        ws->message = message;
        ws->room = (uint32_t)room;
    }
    if (len)
        memcpy(ws->message + ws->len, data, len);
    ws->len += (uint32_t)len;
    ws->message[ws->len] = '\0';
    return 0;
}

/* A piece of a frame; of how much more of it is announced, lws knows. */
int ws_on_bytes(struct conn *c, const char *data, size_t len)
{
    struct ws *ws = c->ws;
    if (ws->is_closing)
        return 0;
    if (lws_is_first_fragment(c->wsi))
        ws->fragments = ws->len = 0;
    bool is_binary = lws_frame_is_binary(c->wsi);
    if (!admit(ws, is_binary, len, lws_remaining_packet_payload(c->wsi)))
        return 0;
    int err = add(ws, data, len);
    if (err || !lws_is_final_fragment(c->wsi))
        return err;
    if (is_binary)
        on_binary(ws);
    else
        on_text(ws);
    free(ws->message);
    ws->message = NULL;
    ws->room = 0;
    return 0;
}
