#include <errno.h>
#include <stdlib.h>

#include <libswscale/swscale.h>
#include <webp/encode.h>

#include "codec/encoder.h"

/*
 * A still as lossy WebP, for browsers without AVIF. WebP knows BT.601 only, so the picture goes
 * through RGB: a BT.709 source would otherwise change its colours.
 */

enum {
    WEBP_METHOD = 6, /* 5 % fewer bytes than with 4, for 20 ms more */
    RGB_SLACK = 64,  /* swscale writes whole vectors */
};

struct webp_still {
    struct encoder base;
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
    (void)spec;
    (void)first;
    struct webp_still *w = calloc(1, sizeof(*w));
    if (!w)
        return -ENOMEM;
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

static int config_make(WebPConfig *config, const struct encoder *e, enum wire_content content)
{
    WebPPreset preset = content == WIRE_CONTENT_SLIDES ? WEBP_PRESET_TEXT : WEBP_PRESET_PICTURE;
    if (!WebPConfigPreset(config, preset, encoder_quality(e, content)))
        return -EINVAL;
    config->method = WEBP_METHOD;
    config->thread_level = 0;
    return WebPValidateConfig(config) ? 0 : -EINVAL;
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
    int err = config_make(&config, e, order->content);
    if (!err)
        err = to_rgb(w, picture, stride);
    if (err)
        return err;
    WebPMemoryWriterInit(&file);
    err = encode(w, picture, stride, &config, &file);
    if (!err)
        err = encoder_emit_still(e, picture, order->pts_ms, file.mem, file.size);
    WebPMemoryWriterClear(&file);
    return err;
}

const struct encoder_kind encode_webp = {
    .codec = CODEC_WEBP,
    .open = still_open,
    .picture = still_picture,
    .close = still_close,
};
