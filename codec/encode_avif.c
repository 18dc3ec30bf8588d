#include <errno.h>
#include <stdlib.h>

#include <avif/avif.h>

#include "codec/encoder.h"

/*
 * A still as AVIF, 4:2:0. Speed 7 with the tools for screens is the measured knee: 95 ms for a
 * slide of 960x540, which then reads as well as one that has 20 % more bytes at speed 8 (55 ms).
 * What is left out, copying within the picture, would take another 400 ms for 4 %.
 */

enum { SPEED_SLIDES = 7, SPEED_CAMERA = 8 };

static void still_close(struct encoder *e)
{
    free(e);
}

static int still_open(struct encoder **out, const struct rendition_spec *spec, const AVFrame *first)
{
    (void)spec;
    (void)first;
    *out = calloc(1, sizeof(**out));
    return *out ? 0 : -ENOMEM;
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

static avifEncoder *coder_of(const struct encoder *e, enum wire_content content)
{
    avifEncoder *coder = avifEncoderCreate();
    if (!coder)
        return NULL;
    coder->codecChoice = AVIF_CODEC_CHOICE_AOM;
    coder->maxThreads = 1;
    coder->minQuantizer = coder->maxQuantizer = encoder_quality(e, content);
    coder->speed = SPEED_CAMERA;
    if (content == WIRE_CONTENT_SLIDES) {
        coder->speed = SPEED_SLIDES;
        avifEncoderSetCodecSpecificOption(coder, "tune-content", "screen");
        avifEncoderSetCodecSpecificOption(coder, "enable-intrabc", "0");
    }
    return coder;
}

static int still_picture(struct encoder *e, AVFrame *picture, const struct picture_order *order)
{
    avifRWData file = AVIF_DATA_EMPTY;
    avifImage *image = image_of(picture);
    avifEncoder *coder = coder_of(e, order->content);
    int err = -ENOMEM;
    if (image && coder) {
        avifResult result = avifEncoderWrite(coder, image, &file);
        err = result == AVIF_RESULT_OK
                  ? encoder_emit_still(e, picture, order->pts_ms, file.data, file.size)
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
