#include <errno.h>
#include <stdlib.h>

#include <libswscale/swscale.h>
#include <webp/encode.h>

#include "codec/encoder.h"
#include "server/base/bytes.h"

/*
 * A still as lossy WebP, for browsers without AVIF. WebP knows BT.601 only, so the picture goes
 * through RGB: a BT.709 source would otherwise change its colours.
 */

enum {
    WEBP_METHOD = 4,
    RGB_SLACK = 64, /* swscale writes whole vectors */
};

struct webp_still {
    struct encoder base;
    uint8_t quality, camera_quality;
    struct SwsContext *sws;
    uint8_t *rgb;
    size_t room;
};

static void still_close(struct encoder *e)
{
    struct webp_still *w = (struct webp_still *)e;
    sws_freeContext(w->sws);
    free(w->rgb);
    free(w);
}

static int still_open(struct encoder **out, const struct rendition_spec *spec, const AVFrame *first)
{
    (void)first;
    struct webp_still *w = calloc(1, sizeof(*w));
    if (!w)
        return -ENOMEM;
    w->quality = spec->quality;
    w->camera_quality = spec->camera_quality;
    *out = &w->base;
    return 0;
}

static int room_make(struct webp_still *w, size_t len)
{
    if (w->room >= len)
        return 0;
    uint8_t *rgb = realloc(w->rgb, len);
    if (!rgb)
        return -ENOMEM;
    w->rgb = rgb;
    w->room = len;
    return 0;
}

static int to_rgb(struct webp_still *w, const AVFrame *p, int stride)
{
    int err = room_make(w, (size_t)stride * (size_t)p->height + RGB_SLACK);
    if (err)
        return err;
    w->sws = sws_getCachedContext(w->sws, p->width, p->height, p->format, p->width, p->height,
                                  AV_PIX_FMT_RGB24, SWS_BICUBIC, NULL, NULL, NULL);
    if (!w->sws)
        return -ENOMEM;
    int matrix = p->colorspace == AVCOL_SPC_BT709 ? SWS_CS_ITU709 : SWS_CS_ITU601;
    sws_setColorspaceDetails(w->sws, sws_getCoefficients(matrix), 0,
                             sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);
    uint8_t *rows[4] = {w->rgb};
    int strides[4] = {stride};
    int lines = sws_scale(w->sws, (const uint8_t *const *)p->data, p->linesize, 0, p->height, rows,
                          strides);
    return lines < 0 ? lines : 0;
}

static int config_make(WebPConfig *config, const struct webp_still *w, enum wire_content content)
{
    bool is_slides = content == WIRE_CONTENT_SLIDES;
    float quality = is_slides ? (float)w->quality : (float)w->camera_quality;
    if (!WebPConfigPreset(config, is_slides ? WEBP_PRESET_TEXT : WEBP_PRESET_PICTURE, quality))
        return -EINVAL;
    config->method = WEBP_METHOD;
    config->thread_level = 0;
    return WebPValidateConfig(config) ? 0 : -EINVAL;
}

static int still_emit(struct encoder *e, const AVFrame *p, uint32_t pts_ms,
                      const WebPMemoryWriter *file)
{
    uint8_t head[4];
    put_u16(put_u16(head, (uint16_t)p->width), (uint16_t)p->height);
    return e->emit(e->arg, &(struct unit){.kind = WIRE_STILL,
                                          .pts_ms = pts_ms,
                                          .head = head,
                                          .head_len = sizeof(head),
                                          .data = file->mem,
                                          .len = file->size});
}

static int encode(struct webp_still *w, const AVFrame *p, int stride, const WebPConfig *config,
                  WebPMemoryWriter *file)
{
    WebPPicture picture;
    if (!WebPPictureInit(&picture))
        return -EINVAL;
    picture.width = p->width;
    picture.height = p->height;
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = file;
    int err = WebPPictureImportRGB(&picture, w->rgb, stride) && WebPEncode(config, &picture) ? 0
              : picture.error_code == VP8_ENC_ERROR_OUT_OF_MEMORY ? -ENOMEM
                                                                  : -EIO;
    WebPPictureFree(&picture);
    return err;
}

static int still_picture(struct encoder *e, AVFrame *picture, const struct picture_order *order)
{
    struct webp_still *w = (struct webp_still *)e;
    WebPConfig config;
    WebPMemoryWriter file;
    int stride = picture->width * 3;
    int err = config_make(&config, w, order->content);
    if (!err)
        err = to_rgb(w, picture, stride);
    if (err)
        return err;
    WebPMemoryWriterInit(&file);
    err = encode(w, picture, stride, &config, &file);
    if (!err)
        err = still_emit(e, picture, order->pts_ms, &file);
    WebPMemoryWriterClear(&file);
    return err;
}

const struct encoder_kind encode_webp = {
    .codec = CODEC_WEBP,
    .open = still_open,
    .picture = still_picture,
    .close = still_close,
};
