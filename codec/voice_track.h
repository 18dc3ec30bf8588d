#ifndef AIRCLASS_CODEC_VOICE_TRACK_H
#define AIRCLASS_CODEC_VOICE_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/encoder.h"
#include "codec/outlet.h"

/* One voice rendition: cuts the timeline into its packets. */
enum { VOICE_STEP_MAX = 2880 };

struct voice_track {
    const struct rendition_spec *spec;
    struct outlet outlet;
    struct encoder *encoder; /* NULL: not wanted, or closed until the next samples */
    bool is_wanted, is_broken, is_aligned;
    int64_t start; /* position of buf[0] */
    uint32_t filled;
    int16_t buf[VOICE_STEP_MAX];
};

/* Where the next packet may begin at or after `at`: so that its time, `delay` earlier, is a
 * multiple of `step` and not before `least`. All in samples. */
int64_t voice_track_align(int64_t at, uint32_t step, uint32_t delay, int64_t least);

void voice_track_want(struct voice_track *t, bool is_wanted);

/* Time has jumped: what is half collected is given up. */
void voice_track_restart(struct voice_track *t);

/* `n` samples of the timeline from position `at`. Packets before `resume_ms` are left out. */
void voice_track_push(struct voice_track *t, int64_t at, const int16_t *samples, uint32_t n,
                      uint32_t resume_ms);

#endif
