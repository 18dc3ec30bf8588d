#ifndef AIRCLASS_TESTS_UNIT_VIEWER_FAKE_WS_H
#define AIRCLASS_TESTS_UNIT_VIEWER_FAKE_WS_H

#include "tests/unit/unit.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "server/base/bytes.h"
#include "server/hub/unit.h"
#include "server/net/ws.h"

/*
 * A socket as a script: what it takes and when, and all that was sent through it. Include it in one
 * file of a test; its ws_* functions stand in the place of server/net's.
 */
enum { FAKE_SENT_MAX = 4096, FAKE_BYTES_MAX = 1 << 20 };

struct fake_message {
    bool is_text;
    const uint8_t *bytes; /* NUL-terminated */
    size_t len;
};

struct ws {
    void *user;
    size_t room;     /* bytes the kernel still takes; a message that begins in it goes in whole */
    uint32_t queued; /* bytes not acknowledged */
    uint32_t rtt_ms, min_rtt_ms;
    uint64_t resent_bytes;
    bool wants_writable;
    bool is_closed;
    bool said_bye;
    int close_code;
    char close_why[101];
    struct caller caller;
    size_t n_sent, n_bytes;
    struct fake_message sent[FAKE_SENT_MAX];
    uint8_t bytes[FAKE_BYTES_MAX]; /* of all that was sent: a test may make allocations fail */
};

static inline void fake_init(struct ws *ws)
{
    memset(ws, 0, offsetof(struct ws, sent));
    ws->room = SIZE_MAX / 2;
    ws->rtt_ms = ws->min_rtt_ms = 20;
}

/* Forgets what was sent. */
static inline void fake_forget(struct ws *ws)
{
    ws->n_sent = ws->n_bytes = 0;
}

/* The peer acknowledges so much. */
static inline void fake_ack(struct ws *ws, uint32_t bytes)
{
    ws->queued -= bytes < ws->queued ? bytes : ws->queued;
}

/* WebSocket's own header before a message to a client. */
static inline size_t fake_header(size_t len)
{
    return len < 126 ? 2 : len < 65536 ? 4 : 10;
}

static inline int fake_take(struct ws *ws, bool is_text, const void *bytes, size_t len)
{
    if (ws->is_closed)
        return -EPIPE;
    if (ws->room == 0)
        return -EAGAIN;
    assert_true(ws->n_sent < FAKE_SENT_MAX && len < FAKE_BYTES_MAX - ws->n_bytes);
    uint8_t *copy = ws->bytes + ws->n_bytes;
    memcpy(copy, bytes, len);
    copy[len] = '\0';
    ws->sent[ws->n_sent++] = (struct fake_message){.is_text = is_text, .bytes = copy, .len = len};
    ws->n_bytes += len + 1;
    len += fake_header(len);
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

bool ws_said_bye(const struct ws *ws)
{
    return ws->said_bye;
}

const char *ws_peer(const struct ws *ws)
{
    (void)ws;
    return "127.0.0.1";
}

const struct caller *ws_caller(const struct ws *ws)
{
    return &ws->caller;
}

uint32_t ws_queued(const struct ws *ws)
{
    return ws->queued;
}

void ws_measure(const struct ws *ws, struct ws_link *out)
{
    *out = (struct ws_link){
        .rtt_ms = ws->rtt_ms, .min_rtt_ms = ws->min_rtt_ms, .resent_bytes = ws->resent_bytes};
}

/* -- what was sent, as a player reads it ------------------------------------------------------ */

struct fake_unit {
    uint8_t track, kind;
    uint32_t pts_ms;
    struct bytes payload;
};

/* The next unit of a message; false at its end. A message is whole units. */
static inline bool fake_unit(struct bytes *message, struct fake_unit *u)
{
    if (bytes_left(message) == 0)
        return false;
    uint8_t head = bytes_u8(message);
    uint32_t len = bytes_u24(message);
    u->track = head >> 4;
    u->kind = head & 15;
    u->pts_ms = bytes_u32(message);
    u->payload = bytes_of(bytes_take(message, len), len);
    assert_false(message->bad);
    return true;
}

/* Voice config C, bundle v; video config D, key K, delta d, part p, gap g; a still's piece s, its
 * name alone n; the board's page B, the rest of it b, ink i. */
static inline char fake_letter(const struct fake_unit *u)
{
    static const char letters[4][8] = {"C??v???", "DKd??gp", "????s??", "?Bi?b??"};
    assert_true(u->track < 4 && u->kind < 7);
    char letter = letters[u->track][u->kind];
    return letter == 's' && bytes_left(&u->payload) == UNIT_PIECE_HEADER ? 'n' : letter;
}

/* The units sent, one letter each, and t for a text message. Units of one message stand together,
 * messages apart by spaces. */
static inline void fake_letters(const struct ws *ws, char *out, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < ws->n_sent; i++) {
        const struct fake_message *m = &ws->sent[i];
        struct bytes b = bytes_of(m->bytes, m->len);
        struct fake_unit u;
        assert_true(n + 3 < room);
        if (i > 0)
            out[n++] = ' ';
        if (m->is_text)
            out[n++] = 't';
        for (; !m->is_text && fake_unit(&b, &u); out[n++] = fake_letter(&u))
            assert_true(n + 3 < room);
    }
    out[n] = '\0';
}

#endif
