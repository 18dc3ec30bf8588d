#include "codec/still.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/report.h"

static void forget(struct still *s)
{
    encoder_close(&s->encoder);
    free(s->last);
    s->last = NULL;
    s->len = 0;
    s->settle = (struct settle){0};
    s->is_waiting = false;
}

void still_release(struct still *s)
{
    forget(s);
}

void still_want(struct still *s, bool is_wanted)
{
    if (is_wanted == s->is_wanted)
        return;
    s->is_wanted = is_wanted;
    s->is_broken = false;
    forget(s); /* what was current then may not be now */
}

static int last_send(struct still *s)
{
    return outlet_emit(
        &s->outlet,
        &(struct unit){.kind = WIRE_STILL, .pts_ms = s->pts_ms, .data = s->last, .len = s->len});
}

void still_key(struct still *s)
{
    if (s->is_wanted && s->last)
        (void)last_send(s); /* a lost link is noticed by whoever reads next */
}

static bool is_same(const struct still *s, const struct unit *u)
{
    return s->last && s->len == u->head_len + u->len &&
           memcmp(s->last, u->head, u->head_len) == 0 &&
           memcmp(s->last + u->head_len, u->data, u->len) == 0;
}

static int keep_and_send(void *arg, const struct unit *u)
{
    struct still *s = arg;
    if (is_same(s, u))
        return 0;
    uint8_t *copy = malloc(u->head_len + u->len);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, u->head, u->head_len);
    memcpy(copy + u->head_len, u->data, u->len);
    free(s->last);
    s->last = copy;
    s->len = u->head_len + u->len;
    s->pts_ms = u->pts_ms;
    return last_send(s);
}

static int encode(struct still *s, struct scaler *scaler, struct size size,
                  enum wire_content content, uint32_t pts_ms)
{
    AVFrame *picture;
    int err = scaler_get(scaler, size, true, &picture);
    if (!err && !s->encoder)
        err = encoder_open(&s->encoder, s->spec, picture, keep_and_send, s);
    if (err)
        return err;
    struct picture_order order = {.pts_ms = pts_ms, .content = content};
    return s->encoder->kind->picture(s->encoder, picture, &order);
}

static enum settle_verdict judge(struct still *s, const struct thumb *t, enum wire_content content,
                                 uint32_t pts_ms)
{
    /* Slides sent as if they were a camera's are not sharp enough: once more. */
    if (content != s->content)
        s->settle.has_sent = false;
    return content == WIRE_CONTENT_SLIDES ? settle_slides(&s->settle, t, pts_ms, s->spec->beat_ms)
                                          : settle_camera(&s->settle, t, pts_ms, s->spec->beat_ms);
}

void still_frame(struct still *s, struct scaler *scaler, struct size size, const struct thumb *t,
                 enum wire_content content, uint32_t pts_ms)
{
    if (!s->is_wanted || s->is_broken)
        return;
    enum settle_verdict verdict = judge(s, t, content, pts_ms);
    s->is_waiting = verdict == SETTLE_WAIT;
    if (verdict != SETTLE_SEND)
        return;
    int err = encode(s, scaler, size, content, pts_ms);
    if (err) {
        report(LOG_WARN, "%s: encoder failed: %s", s->spec->name, err_text(err));
        s->is_broken = true;
        return;
    }
    s->content = content;
    settle_sent(&s->settle, t, pts_ms);
}
