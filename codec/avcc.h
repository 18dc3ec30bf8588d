#ifndef AIRCLASS_CODEC_AVCC_H
#define AIRCLASS_CODEC_AVCC_H

#include <stddef.h>
#include <stdint.h>

/*
 * H.264 as encoders write it (NAL units behind start codes, "Annex B") and as browsers want it
 * (behind 4-byte lengths, with the parameter sets apart in an avcC record; ISO/IEC 14496-15).
 */

/*
 * Rewrites an access unit. Parameter sets, delimiters and SEI are left out: the first are in the
 * config, the others of no use to a player (x264 puts 600 bytes of its settings into one).
 * `out` has room for avcc_bound(len) bytes. Returns the number written; 0 if there is no picture.
 */
size_t avcc_from_annexb(uint8_t *out, const uint8_t *data, size_t len);

/* Enough room for what becomes of `len` bytes: a start code may be one byte shorter than a length.
 */
static inline size_t avcc_bound(size_t len)
{
    return len + len / 3 + 4;
}

/*
 * Makes an avcC record of the first SPS and PPS in `data`, at most `room` bytes. Its length, or
 * -EINVAL when one is missing or too long for its field, -ENOSPC.
 */
int avcc_config(uint8_t *out, size_t room, const uint8_t *data, size_t len);

#endif
