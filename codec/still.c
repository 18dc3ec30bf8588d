#include "codec/still.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/report.h"
#include "server/base/bytes.h"

/* What a thin link has to spare for pictures, where the ladder does not say. */
enum { RATE_DEFAULT_BPS = 6000 };

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
    shelf_release(&s->shelf);
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

/* Takes over `file` as the last one, and sends it unless that is what the last one was. */
static int keep(struct still *s, uint8_t *file, size_t len, uint32_t pts_ms)
{
    if (s->last && s->len == len && memcmp(s->last, file, len) == 0) {
        free(file);
        return 0;
    }
    free(s->last);
    s->last = file;
    s->len = len;
    s->pts_ms = pts_ms;
    return last_send(s);
}

static int on_encoded(void *arg, const struct unit *u)
{
    uint8_t *file = malloc(u->head_len + u->len);
    if (!file)
        return -ENOMEM;
    put_bytes(put_bytes(file, u->head, u->head_len), u->data, u->len);
    return keep(arg, file, u->head_len + u->len, u->pts_ms);
}

static int show_again(struct still *s, const struct page *page, uint32_t pts_ms)
{
    uint8_t *file = malloc(page->len);
    if (!file)
        return -ENOMEM;
    put_bytes(file, page->data, page->len);
    return keep(s, file, page->len, pts_ms);
}

static int encode(struct still *s, struct scaler *scaler, struct size size,
                  enum wire_content content, uint32_t pts_ms)
{
    AVFrame *picture;
    int err = scaler_get(scaler, size, true, &picture);
    if (!err && !s->encoder)
        err = encoder_open(&s->encoder, s->spec, picture, on_encoded, s);
    if (err)
        return err;
    struct picture_order order = {.pts_ms = pts_ms, .content = content};
    return s->encoder->kind->picture(s->encoder, picture, &order);
}

/* A page that was sent before is sent as it was. */
static int show_slide(struct still *s, struct scaler *scaler, struct size size,
                      const struct thumb *t, uint32_t pts_ms)
{
    if (size.width != s->size.width || size.height != s->size.height)
        shelf_release(&s->shelf);
    s->size = size;
    const struct page *page = shelf_find(&s->shelf, t);
    if (page)
        return show_again(s, page, pts_ms);
    int err = encode(s, scaler, size, WIRE_CONTENT_SLIDES, pts_ms);
    return err ? err : shelf_put(&s->shelf, t, s->last, s->len);
}

static enum settle_verdict judge(struct still *s, const struct thumb *t, enum wire_content content,
                                 uint32_t pts_ms)
{
    if (content == WIRE_CONTENT_CAMERA)
        return settle_camera(&s->settle, t, pts_ms, s->spec->beat_ms);
    /* Slides sent as if they were a camera's are not sharp enough: once more. */
    if (s->content == WIRE_CONTENT_CAMERA)
        s->settle.has_sent = false;
    return settle_slides(&s->settle, t, pts_ms, s->spec->beat_ms);
}

static uint32_t carry_ms(const struct still *s)
{
    uint32_t rate_bps = s->spec->maxrate_bps ? s->spec->maxrate_bps : RATE_DEFAULT_BPS;
    return (uint32_t)((uint64_t)s->len * 8000 / rate_bps);
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
    int err = content == WIRE_CONTENT_CAMERA ? encode(s, scaler, size, content, pts_ms)
                                             : show_slide(s, scaler, size, t, pts_ms);
    if (err) {
        report(LOG_WARN, "%s: encoder failed: %s", s->spec->name, err_text(err));
        s->is_broken = true;
        return;
    }
    s->content = content;
    settle_sent(&s->settle, t, pts_ms, carry_ms(s));
}
