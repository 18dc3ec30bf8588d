#ifndef AIRCLASS_CODEC_SCALE_H
#define AIRCLASS_CODEC_SCALE_H

#include <stdbool.h>

#include <libavutil/frame.h>

#include "codec/fit.h"

/*
 * Makes the smaller pictures of one decoded frame: each size once, however many renditions share
 * it, and from the next larger one that this frame already has been scaled to.
 */
struct scaler;

int scaler_new(struct scaler **out);
void scaler_free(struct scaler **scaler);

/* A new frame: 8-bit planar after scaler_normalise(); borrowed until the next call. */
void scaler_begin(struct scaler *scaler, AVFrame *frame);

/*
 * The frame as yuv420p with limited range, at `size`. `is_fine`: by bicubic from the frame itself,
 * for stills with text; else bilinear and cascaded. *out is borrowed until scaler_begin().
 */
int scaler_get(struct scaler *scaler, struct size size, bool is_fine, AVFrame **out);

/* Whether the first plane is 8-bit luma as thumb_take() and the encoders expect. */
bool frame_is_plain(const AVFrame *frame);

/* Rewrites any other format (10 bit, packed, RGB) as yuv420p of the same size into *out, a frame of
 * the scaler's; borrowed until the next call. */
int scaler_normalise(struct scaler *scaler, AVFrame *frame, AVFrame **out);

#endif
