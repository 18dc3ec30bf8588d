#ifndef AIRCLASS_TESTS_UNIT_VIEWER_FAKE_WS_H
#define AIRCLASS_TESTS_UNIT_VIEWER_FAKE_WS_H

#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/bytes.h"
#include "server/hub/unit.h"
#include "server/net/ws.h"

/*
 * A socket as a script: what it takes and when, and all that was sent through it. Include it in one
 * file of a test; its ws_* functions stand in the place of server/net's.
 */
enum { FAKE_SENT_MAX = 4096 };

struct fake_message {
    bool is_text;
    uint8_t *bytes; /* NUL-terminated */
    size_t len;
};

struct ws {
    void *user;
    size_t room;     /* bytes the kernel still takes; a message that begins in it goes in whole */
    uint32_t queued; /* bytes not acknowledged */
    uint64_t acked;
    uint32_t overhead; /* of each message, beside its bytes */
    uint32_t rtt_ms, min_rtt_ms;
    bool wants_writable;
    bool is_closed;
    int close_code;
    char close_why[101];
    size_t n_sent;
    struct fake_message sent[FAKE_SENT_MAX];
};

static inline void fake_init(struct ws *ws)
{
    memset(ws, 0, sizeof(*ws));
    ws->room = SIZE_MAX / 2;
    ws->rtt_ms = ws->min_rtt_ms = 20;
}

/* Forgets what was sent. */
static inline void fake_forget(struct ws *ws)
{
    for (size_t i = 0; i < ws->n_sent; i++)
        free(ws->sent[i].bytes);
    ws->n_sent = 0;
}

/* The peer acknowledges so much. */
static inline void fake_ack(struct ws *ws, uint32_t bytes)
{
    uint32_t n = bytes < ws->queued ? bytes : ws->queued;
    ws->queued -= n;
    ws->acked += n;
}

static inline int fake_take(struct ws *ws, bool is_text, const void *bytes, size_t len)
{
    if (ws->is_closed)
        return -EPIPE;
    if (ws->room == 0)
        return -EAGAIN;
    assert_true(ws->n_sent < FAKE_SENT_MAX);
    struct fake_message *m = &ws->sent[ws->n_sent++];
    *m = (struct fake_message){.is_text = is_text, .bytes = malloc(len + 1), .len = len};
    if (!m->bytes) { /* in a test of failing allocations: it takes nothing now */
        ws->n_sent--;
        return -EAGAIN;
    }
    memcpy(m->bytes, bytes, len);
    m->bytes[len] = '\0';
    len += ws->overhead;
    ws->room -= len < ws->room ? len : ws->room;
    ws->queued += (uint32_t)len;
    return 0;
}

void ws_set_user(struct ws *ws, void *user)
{
    ws->user = user;
}

int ws_send(struct ws *ws, const struct buf *message)
{
    return fake_take(ws, false, message->data, message->len);
}

int ws_send_text(struct ws *ws, const char *text, size_t len)
{
    return len > WS_TEXT_OUT_MAX ? -EMSGSIZE : fake_take(ws, true, text, len);
}

void ws_want_writable(struct ws *ws)
{
    ws->wants_writable = true;
}

bool ws_is_ready(const struct ws *ws)
{
    return !ws->is_closed && ws->room > 0;
}

void ws_close(struct ws *ws, enum ws_close_code code, const char *why)
{
    if (ws->is_closed)
        return;
    assert_true(strlen(why) <= 100);
    ws->is_closed = true;
    ws->close_code = (int)code;
    memcpy(ws->close_why, why, strlen(why) + 1);
}

const char *ws_peer(const struct ws *ws)
{
    (void)ws;
    return "127.0.0.1";
}

uint32_t ws_queued(const struct ws *ws)
{
    return ws->queued;
}

void ws_measure(const struct ws *ws, struct ws_link *out)
{
    *out = (struct ws_link){.queued_bytes = ws->queued,
                            .rtt_ms = ws->rtt_ms,
                            .min_rtt_ms = ws->min_rtt_ms,
                            .acked_bytes = ws->acked};
}

/* The units sent, one letter each: voice config C, bundle v; video config D, key K, delta d, gap g;
 * still piece s; t a text message. Units of one message stand together, messages apart by spaces.
 */
static inline void fake_letters(const struct ws *ws, char *out, size_t room)
{
    static const char letters[3][6] = {"C??v??", "DKd??g", "????s?"};
    size_t n = 0;
    for (size_t i = 0; i < ws->n_sent; i++) {
        const struct fake_message *m = &ws->sent[i];
        struct bytes b = bytes_of(m->bytes, m->len);
        assert_true(n + 3 < room);
        if (i > 0)
            out[n++] = ' ';
        if (m->is_text)
            out[n++] = 't';
        while (!m->is_text && bytes_left(&b) > 0) {
            uint8_t head = bytes_u8(&b);
            uint32_t len = bytes_u24(&b);
            bytes_u32(&b);
            assert_non_null(bytes_take(&b, len));
            assert_true(head >> 4 < 3 && (head & 15) < 6 && n + 3 < room);
            out[n++] = letters[head >> 4][head & 15];
        }
    }
    out[n] = '\0';
}

#endif
