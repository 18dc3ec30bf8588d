#ifndef AIRCLASS_CODEC_FIT_H
#define AIRCLASS_CODEC_FIT_H

#include <stdint.h>

/* The size of a picture in pixels. */
struct size {
    int width, height;
};

enum { SIZE_MIN = 16 };

/*
 * The size at which a source goes into `box`: even, keeping the shape it is shown in (`aspect_num`
 * : `aspect_den` is the shape of one pixel; 0 or nonsense counts as square), never larger than the
 * source, never below SIZE_MIN.
 */
struct size fit_into(struct size source, int aspect_num, int aspect_den, struct size box);

/*
 * Numbers the moments at which a rendition of `fps` takes a picture: the first picture of each
 * slot is taken. Slots hang on the session clock, so that the pictures of 5 fps are among those of
 * 10 fps and can be scaled from them.
 */
uint64_t slot_of(uint32_t pts_ms, uint32_t fps);

#endif
