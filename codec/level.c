#include "codec/level.h"

#include <math.h>
#include <string.h>

enum {
    BLOCK_CHUNKS = 10, /* 10 ms: how often the slow gain is thought over */
    SLOT_BLOCKS = 50,
    RECENT_SLOTS = 2,     /* half a second to one: no speaker goes on longer without a dip */
    SETTLED_BLOCKS = 100, /* of speech: a second */
    SURE_BLOCKS = 10,
};

#define NOTHING_DB (-85.0f) /* LUFS: silence made by a computer; tells nothing about a room */
#define SPEECH_DB  (-58.0f) /* below, even LEVEL_MOST_DB makes no voice of it */
#define ABOVE_DB   10.0f    /* of speech above the quietest moment */
#define NEAR_DB    1.0f     /* so near the goal the gain rests: it need not follow each word */
#define RISE_DB    0.08f    /* a block */
#define FALL_DB    0.2f
#define FIRST_DB   0.4f    /* until a second of speech has been heard */
#define INAUDIBLE  1e-12f  /* 240 dB below full scale */
#define SANE       8.0f    /* decoders overshoot a little; damage makes anything */
#define RELEASE    0.0165f /* of the way back to 1, a chunk: 60 ms */

/* BS.1770's two filters at 48 kHz: the head's acoustic effect, and a high-pass. */
static const struct {
    float b[3], a[2];
} filters[2] = {
    {{1.53512486f, -2.69169619f, 1.19839281f}, {-1.69065929f, 0.73248077f}},
    {{1.0f, -2.0f, 1.0f},                      {-1.99004745f, 0.99007225f}},
};

static float db_of(float energy)
{
    return -0.691f + 10 * log10f(energy + 1e-12f);
}

static float factor_of(float db)
{
    return powf(10, db / 20);
}

void level_init(struct level *l)
{
    *l = (struct level){.gain = 1, .limit = 1};
    for (unsigned i = 0; i < LEVEL_SLOTS; i++)
        l->floors[i] = INFINITY;
}

/* -- measuring ------------------------------------------------------------------------------ */

static float weigh(struct level *l, float x)
{
    for (unsigned i = 0; i < 2; i++) {
        float *z = l->weights[i], y = filters[i].b[0] * x + z[0];
        z[0] = filters[i].b[1] * x - filters[i].a[0] * y + z[1];
        z[1] = filters[i].b[2] * x - filters[i].a[1] * y;
        x = y;
    }
    return x;
}

static float least(const struct level *l, unsigned slots)
{
    float least = l->floors[0];
    for (unsigned i = 1; i < slots; i++)
        least = fminf(least, l->floors[i]);
    return least;
}

static void floor_note(struct level *l, float energy)
{
    if (++l->blocks > SLOT_BLOCKS) {
        memmove(l->floors + 1, l->floors, (LEVEL_SLOTS - 1) * sizeof(l->floors[0]));
        l->floors[0] = INFINITY;
        l->blocks = 1;
    }
    l->floors[0] = fminf(l->floors[0], energy);
}

static bool is_speech(const struct level *l)
{
    float db = db_of(l->smooth);
    return db > SPEECH_DB && db > db_of(least(l, RECENT_SLOTS)) + ABOVE_DB;
}

/* A mean over all there is at first, then over the last second. */
static void speech_note(struct level *l, float energy)
{
    l->spoken += l->spoken < SETTLED_BLOCKS;
    float share = l->spoken < 20 ? 1.0f / (float)l->spoken : 1.0f / 20;
    l->speech += (energy - l->speech) * share;
    l->speech_db += (db_of(l->speech) - l->speech_db) / (float)l->spoken;
}

static float goal_db(const struct level *l)
{
    float db = LEVEL_TARGET_DB - l->speech_db;
    float noise_room = LEVEL_NOISE_DB - db_of(least(l, LEVEL_SLOTS));
    db = fminf(db, fmaxf(noise_room, 0));
    return fmaxf(LEVEL_LEAST_DB, fminf(db, LEVEL_MOST_DB));
}

static void gain_move(struct level *l)
{
    float way = goal_db(l) - l->gain_db;
    bool is_first = l->spoken < SETTLED_BLOCKS;
    if (l->spoken < SURE_BLOCKS || fabsf(way) < NEAR_DB)
        return;
    float up = is_first ? FIRST_DB : RISE_DB, down = is_first ? FIRST_DB : FALL_DB;
    l->gain_db += fmaxf(-down, fminf(way, up));
}

/* Ten milliseconds of this energy have passed. */
static void block_judge(struct level *l, float energy)
{
    if (db_of(energy) < NOTHING_DB)
        return;
    l->smooth += (energy - l->smooth) / 5;
    floor_note(l, energy);
    if (!is_speech(l))
        return;
    speech_note(l, energy);
    gain_move(l);
}

/* In silence the filters ring on towards numbers so small that the processor takes 20 times as long
 * for each. */
static void ringing_end(struct level *l)
{
    for (unsigned i = 0; i < 2; i++)
        for (unsigned k = 0; k < 2; k++)
            if (fabsf(l->weights[i][k]) < INAUDIBLE)
                l->weights[i][k] = 0;
}

static void measure(struct level *l, const float chunk[LEVEL_CHUNK])
{
    for (unsigned i = 0; i < LEVEL_CHUNK; i++) {
        float w = weigh(l, chunk[i]);
        l->energy += w * w;
    }
    ringing_end(l);
    if (++l->chunks < BLOCK_CHUNKS)
        return;
    block_judge(l, l->energy / (BLOCK_CHUNKS * LEVEL_CHUNK));
    l->energy = 0;
    l->chunks = 0;
}

/* -- applying ------------------------------------------------------------------------------- */

/* In a straight line from one gain to the other, so that no step is heard. */
static void amplify(float *out, const float *in, float from, float to)
{
    float step = (to - from) / LEVEL_CHUNK;
    for (unsigned i = 0; i < LEVEL_CHUNK; i++)
        out[i] = in[i] * (from + step * (float)(i + 1));
}

static float peak_of(const float chunk[LEVEL_CHUNK])
{
    float peak = 0;
    for (unsigned i = 0; i < LEVEL_CHUNK; i++)
        peak = fmaxf(peak, fabsf(chunk[i]));
    return peak;
}

/* The chunk that is full goes to wait, and the one that has waited leaves: its gain ends where its
 * own peak and the next one's allow. */
static void chunk_turn(struct level *l)
{
    float next[LEVEL_CHUNK];
    measure(l, l->filling);
    float gain = factor_of(l->gain_db);
    amplify(next, l->filling, l->gain, gain);
    l->gain = gain;

    float peak = peak_of(next), worst = fmaxf(peak, l->peak);
    float limit = fminf(l->limit + (1 - l->limit) * RELEASE, 1);
    if (worst * limit > LEVEL_PEAK)
        limit = LEVEL_PEAK / worst;
    amplify(l->leaving, l->waiting, l->limit, limit);
    l->limit = limit;
    l->peak = peak;
    memcpy(l->waiting, next, sizeof(next));
}

void level_push(struct level *l, const float *in, int16_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (int16_t)lrintf(l->leaving[l->at] * 32768);
        l->filling[l->at] = fabsf(in[i]) <= SANE ? in[i] : 0;
        if (++l->at < LEVEL_CHUNK)
            continue;
        l->at = 0;
        chunk_turn(l);
    }
}
