#ifndef AIRCLASS_CODEC_LEVEL_H
#define AIRCLASS_CODEC_LEVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Brings the teacher's voice to one loudness, so that a quiet microphone is heard on a phone's
 * loudspeaker. Two gains, one behind the other:
 *
 * - a slow one towards LEVEL_TARGET_DB of speech. Loudness is measured as ITU-R BS.1770 weighs it,
 *   and only while somebody speaks: louder by far than the quietest moment of the last second,
 * which speech always is and a fan or hum never. In pauses the gain rests, so that noise is not
 * pumped up, and it does not lift noise above LEVEL_NOISE_DB.
 * - a fast one that keeps peaks below LEVEL_PEAK: it sees a millisecond ahead.
 *
 * Pure. Sound comes out LEVEL_DELAY samples later than it goes in.
 */
enum { LEVEL_CHUNK = 48, LEVEL_DELAY = 2 * LEVEL_CHUNK, LEVEL_SLOTS = 16 };

/* LUFS: speech, and the noise under it. Broadcast's -23 is for quiet rooms and good loudspeakers.
 */
#define LEVEL_TARGET_DB (-20.0f)
#define LEVEL_NOISE_DB  (-40.0f)
/* The slow gain's range. */
#define LEVEL_LEAST_DB (-6.0f)
#define LEVEL_MOST_DB  24.0f
/* -1 dBFS: lossy coding overshoots by some tenths. */
#define LEVEL_PEAK 0.891f

struct level {
    /* Measuring. */
    float weights[2][2];       /* the states of the two filters */
    float energy;              /* weighted, of the block so far */
    unsigned chunks;           /* in the block */
    float smooth;              /* energy over 50 ms */
    float floors[LEVEL_SLOTS]; /* the least of 10 ms in each half second, the present one first */
    unsigned blocks;           /* in the present half second */
    float speech;              /* energy over 200 ms of speech */
    float speech_db;           /* over a second; valid once there is any */
    unsigned spoken;           /* blocks of speech so far, up to a second's */
    float gain_db;
    /* Applying: the chunk that fills, the one that waits to see what follows, the one that leaves.
     */
    float filling[LEVEL_CHUNK], waiting[LEVEL_CHUNK], leaving[LEVEL_CHUNK];
    unsigned at;
    float gain;  /* of the slow gain, at the end of the last chunk */
    float limit; /* of the fast one, at the beginning of `waiting` */
    float peak;  /* of `waiting` */
};

void level_init(struct level *l);

/* `n` samples at 48 kHz, mono, from `in` (full scale is 1; what is no number counts as silence) to
 * `out`, which may not overlap. */
void level_push(struct level *l, const float *in, int16_t *out, size_t n);

#endif
