#ifndef AIRCLASS_CODEC_ENCODER_H
#define AIRCLASS_CODEC_ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libavutil/frame.h>

#include "codec/wire/spec.h"
#include "codec/wire/wire.h"

/* What an encoder hands out: a WIRE_UNIT without its rendition. The payload is `head` and `data`,
 * one behind the other; borrowed until the function returns. */
struct unit {
    enum wire_kind kind;
    uint32_t pts_ms;
    const void *head;
    size_t head_len;
    const void *data;
    size_t len;
};

/* 0, or a negative errno that ends the encoding of this picture or packet. */
typedef int unit_fn(void *arg, const struct unit *unit);

/* An open encoder; each kind embeds it as its first member. */
struct encoder {
    const struct encoder_kind *kind;
    const struct rendition_spec *spec; /* borrowed from whoever opened it */
    unit_fn *emit;
    void *arg;
    /* Voice only, in samples at 48 kHz: how many each call takes, and by how much the decoded sound
     * lags behind what was put in. */
    uint32_t step;
    uint32_t delay;
};

/* What a picture encoder may ask of its surroundings. */
struct picture_order {
    uint32_t pts_ms;
    bool is_key;               /* h264: make it an IDR */
    enum wire_content content; /* stills: which quality */
};

/*
 * One way to encode: a file encode_x.c and a row in encoder.c. `open` is given the first picture
 * (NULL for voice), whose size and colours all that follow share. Exactly one of `picture` and
 * `samples` is there. Config units are handed out before the first other unit.
 */
struct encoder_kind {
    enum codec_kind codec;
    int (*open)(struct encoder **out, const struct rendition_spec *spec, const AVFrame *first);
    int (*picture)(struct encoder *e, AVFrame *picture, const struct picture_order *order);
    int (*samples)(struct encoder *e, const int16_t *samples, uint32_t pts_ms); /* e->step mono */
    void (*close)(struct encoder *e);
};

extern const struct encoder_kind encode_opus, encode_aac, encode_h264, encode_avif, encode_webp;

/* Opens an encoder of spec->codec whose units go to `emit`. `spec` must outlive it. */
int encoder_open(struct encoder **out, const struct rendition_spec *spec, const AVFrame *first,
                 unit_fn *emit, void *arg);
void encoder_close(struct encoder **encoder);

/* For stills: the quality that the spec names for such a picture. */
uint8_t encoder_quality(const struct encoder *e, enum wire_content content);

/* For stills: hands out a whole file, headed by the size of its picture. */
int encoder_emit_still(const struct encoder *e, const AVFrame *picture, uint32_t pts_ms,
                       const void *file, size_t len);

/* Lets every library find out about the CPU, build its tables and ask the kernel what it has to,
 * while that is still allowed. */
int encoders_warm_up(void);

#endif
