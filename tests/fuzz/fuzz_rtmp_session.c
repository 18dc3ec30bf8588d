#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/ingest/rtmp/handshake.h"
#include "server/ingest/rtmp/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
    uint32_t sum;
    uint32_t tags;
    bool is_over;
    bool is_publishing;
    enum rtmp_why why;
};

static void require(bool claim)
{
    if (!claim)
        abort();
}

static void on_tag(struct outcome *o, const struct media_tag *tag)
{
    struct media_info info;
    require(o->is_publishing && tag->len > 0);
    require(flv_inspect(&info, tag) == 0 && !info.unsupported);
    o->tags++;
    o->sum = o->sum * 31 + tag->type + tag->dts_ms + tag->len;
    for (uint32_t i = 0; i < tag->len; i++)
        o->sum = o->sum * 31 + tag->body[i];
}

static void on_publish(struct outcome *o, struct rtmp_session *s, const char *key)
{
    size_t len = strlen(key);
    require(!o->is_publishing && len > 0 && len <= RTMP_KEY_MAX);
    enum publish_verdict verdict = key[0] == 'b' ? PUBLISH_BUSY : PUBLISH_OK;
    o->sum = o->sum * 31 + (uint32_t)len;
    rtmp_session_answer(s, verdict);
    require(s->key[0] == 0);
    o->is_publishing = verdict == PUBLISH_OK;
}

static void on_event(struct outcome *o, struct rtmp_session *s, const struct rtmp_event *ev)
{
    switch (ev->kind) {
    case RTMP_EVENT_PUBLISH: on_publish(o, s, ev->key); return;
    case RTMP_EVENT_TAG: on_tag(o, &ev->tag); return;
    case RTMP_EVENT_REPLY: return;
    case RTMP_EVENT_STOP:
        require(o->is_publishing);
        o->is_publishing = false;
        return;
    case RTMP_EVENT_END:
        require(ev->why != RTMP_NOT_READING && rtmp_why_name(ev->why)[0]);
        o->is_over = true;
        o->why = ev->why;
        return;
    }
}

/* Gives one piece, as a heap block of its own; returns what was left of it. */
static size_t give(struct rtmp_session *s, struct outcome *o, const uint8_t *data, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    struct bytes in = bytes_of(memcpy(copy, data, len), len);
    struct rtmp_event ev;
    int err = 0;
    while (!o->is_over && (err = rtmp_session_next(s, &in, &ev)) == 0) {
        on_event(o, s, &ev);
        s->out.len = 0;
    }
    require(o->is_over || (err == -EAGAIN && bytes_left(&in) < RTMP_INPUT_LEFT_MAX));
    s->out.len = 0;
    size_t left = bytes_left(&in);
    free(copy);
    return left;
}

static struct outcome play(const uint8_t *data, size_t size, size_t piece)
{
    static const uint8_t hello[HANDSHAKE_HELLO + HANDSHAKE_PART] = {3};
    struct rtmp_session *s = malloc(sizeof(*s));
    struct outcome o = {0};
    size_t used = 0;
    size_t end = 0;
    rtmp_session_init(s);
    require(give(s, &o, hello, sizeof(hello)) == 0);
    while (!o.is_over && end < size) {
        end = size - end < piece ? size : end + piece;
        used = end - give(s, &o, data + used, end - used);
    }
    rtmp_session_release(s);
    free(s);
    return o;
}

/* A few bytes a piece, but not more than some 64 pieces, for speed. */
static size_t piece_of(size_t size)
{
    size_t small = 1 + size % 29;
    return small > size / 64 ? small : size / 64;
}

/* What comes behind a plain handshake. However the network cuts it, the same becomes of it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct outcome whole = play(data, size, size);
    struct outcome pieces = play(data, size, piece_of(size));
    require(whole.sum == pieces.sum && whole.tags == pieces.tags && whole.why == pieces.why);
    require(whole.is_over == pieces.is_over && whole.is_publishing == pieces.is_publishing);
    return 0;
}
