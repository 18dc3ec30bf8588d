#include <errno.h>
#include <stdlib.h>

#include <avif/avif.h>

#include "codec/encoder.h"
#include "server/base/bytes.h"

/* A still as AVIF, 4:2:0. Speed 8 is the measured knee: 60 ms for 960x540. */

enum { AVIF_SPEED_LIVE = 8 };

struct avif_still {
    struct encoder base;
    uint8_t quality, camera_quality;
};

static void still_close(struct encoder *e)
{
    free(e);
}

static int still_open(struct encoder **out, const struct rendition_spec *spec, const AVFrame *first)
{
    (void)first;
    struct avif_still *a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    a->quality = spec->quality;
    a->camera_quality = spec->camera_quality;
    *out = &a->base;
    return 0;
}

/* The picture's planes, borrowed. The colour codes are those of ITU-T H.273 on both sides. */
static avifImage *image_of(AVFrame *p)
{
    avifImage *image = avifImageCreate(p->width, p->height, 8, AVIF_PIXEL_FORMAT_YUV420);
    if (!image)
        return NULL;
    for (int i = 0; i < 3; i++) {
        image->yuvPlanes[i] = p->data[i];
        image->yuvRowBytes[i] = (uint32_t)p->linesize[i];
    }
    image->imageOwnsYUVPlanes = AVIF_FALSE;
    image->yuvRange = AVIF_RANGE_LIMITED;
    image->colorPrimaries = (avifColorPrimaries)p->color_primaries;
    image->transferCharacteristics = (avifTransferCharacteristics)p->color_trc;
    /* Unspecified would be read as BT.601 by some browsers and as sRGB by others. */
    image->matrixCoefficients = p->colorspace == AVCOL_SPC_UNSPECIFIED
                                    ? AVIF_MATRIX_COEFFICIENTS_BT601
                                    : (avifMatrixCoefficients)p->colorspace;
    return image;
}

static avifEncoder *coder_of(const struct avif_still *a, enum wire_content content)
{
    avifEncoder *coder = avifEncoderCreate();
    if (!coder)
        return NULL;
    int quantiser = content == WIRE_CONTENT_SLIDES ? a->quality : a->camera_quality;
    coder->codecChoice = AVIF_CODEC_CHOICE_AOM;
    coder->maxThreads = 1;
    coder->speed = AVIF_SPEED_LIVE;
    coder->minQuantizer = coder->maxQuantizer = quantiser;
    return coder;
}

static int still_emit(struct encoder *e, const AVFrame *p, uint32_t pts_ms, const avifRWData *file)
{
    uint8_t head[4];
    put_u16(put_u16(head, (uint16_t)p->width), (uint16_t)p->height);
    return e->emit(e->arg, &(struct unit){.kind = WIRE_STILL,
                                          .pts_ms = pts_ms,
                                          .head = head,
                                          .head_len = sizeof(head),
                                          .data = file->data,
                                          .len = file->size});
}

static int still_picture(struct encoder *e, AVFrame *picture, const struct picture_order *order)
{
    avifRWData file = AVIF_DATA_EMPTY;
    avifImage *image = image_of(picture);
    avifEncoder *coder = coder_of((struct avif_still *)e, order->content);
    int err = -ENOMEM;
    if (image && coder) {
        avifResult result = avifEncoderWrite(coder, image, &file);
        err = result == AVIF_RESULT_OK              ? still_emit(e, picture, order->pts_ms, &file)
              : result == AVIF_RESULT_OUT_OF_MEMORY ? -ENOMEM
                                                    : -EIO;
    }
    avifRWDataFree(&file);
    if (coder)
        avifEncoderDestroy(coder);
    if (image)
        avifImageDestroy(image);
    return err;
}

const struct encoder_kind encode_avif = {
    .codec = CODEC_AVIF,
    .open = still_open,
    .picture = still_picture,
    .close = still_close,
};
