#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/level.h"

/* Rooms with somebody in them: syllables of a voice over noise, with pauses. */
enum { RATE = 48000, BLOCK = RATE / 100, MOST_S = 40, SILENT = -200 };

#define TAU 6.2831853f

static struct level level;
static float in[MOST_S * RATE];
static int16_t out[MOST_S * RATE];
static size_t n;
static uint32_t dice;

static float noise(void)
{
    dice = dice * 1664525u + 1013904223u;
    return (float)(int32_t)dice / 2147483648.0f;
}

static float factor(float db)
{
    return powf(10, db / 20);
}

/* Four syllables a second, each another loudness, and a pause of half a second after two seconds.
 */
static float envelope(float t)
{
    static const float loud[] = {1, 0.6f, 0.8f, 0.4f, 0.9f, 0.7f, 0.5f, 1};
    float in_phrase = fmodf(t, 2.5f);
    if (in_phrase >= 2)
        return 0;
    float syllable = sinf(TAU / 2 * fmodf(in_phrase * 4, 1));
    return loud[(unsigned)(in_phrase * 4) % 8] * syllable * syllable;
}

/* Harmonics of 130 Hz, weaker with height, as a vowel's; an RMS of about 1. */
static float vowel(float t)
{
    float sum = 0;
    for (int k = 1; k <= 20; k++)
        sum += sinf(TAU * 130 * (float)k * t + (float)(k * k)) / (float)k;
    return sum * 1.1f;
}

/* Appends `seconds` of a voice of `voice_db` (RMS of its syllables) in a room of `room_db`. */
static void say(float seconds, float voice_db, float room_db)
{
    float voice = factor(voice_db), room = factor(room_db) * sqrtf(3);
    for (size_t end = n + (size_t)(seconds * RATE); n < end; n++) {
        float t = (float)n / RATE;
        in[n] = voice * 2 * envelope(t) * vowel(fmodf(t, 1)) + room * noise();
    }
}

static void run(void)
{
    level_push(&level, in, out, n);
}

static float rms_db(bool of_out, float from_s, float to_s)
{
    double sum = 0;
    size_t from = (size_t)(from_s * RATE), to = (size_t)(to_s * RATE);
    for (size_t i = from; i < to; i++) {
        double x = of_out ? (double)out[i] / 32768 : (double)in[i];
        sum += x * x;
    }
    return (float)(10 * log10(sum / (double)(to - from) + 1e-12));
}

/* What was added to the sound of this time. */
static float gain_db(float from_s, float to_s)
{
    return rms_db(true, from_s, to_s) - rms_db(false, from_s, to_s);
}

static int peak(void)
{
    int most = 0;
    for (size_t i = 0; i < n; i++)
        most = abs(out[i]) > most ? abs(out[i]) : most;
    return most;
}

static int on_each(void **state)
{
    (void)state;
    level_init(&level);
    n = 0;
    dice = 1;
    return 0;
}

static void near(float is, float wanted, float by)
{
    if (fabsf(is - wanted) > by)
        fail_msg("%.1f is not within %.1f of %.1f", (double)is, (double)by, (double)wanted);
}

/* -- cases ---------------------------------------------------------------------------------- */

static void voices_of_any_loudness_come_out_as_one(void **state)
{
    const float voices_db[] = {-42, -36, -30, -24, -18};
    for (size_t i = 0; i < 5; i++) {
        on_each(state);
        say(20, voices_db[i], voices_db[i] - 35);
        run();
        near(rms_db(true, 5, 20), -22, 2.5f); /* pauses are in it */
        assert_true(peak() <= 29205);
    }
}

static void the_range_is_limited(void **state)
{
    say(10, -50, -90);
    run();
    near(gain_db(5, 10), LEVEL_MOST_DB, 1.1f); /* it rests when it is near */
    on_each(state);
    say(10, -8, -60);
    run();
    assert_true(gain_db(5, 10) < -4);
}

static void a_sudden_shout_is_not_clipped(void **state)
{
    (void)state;
    say(8, -42, -80);
    say(4, -6, -80);
    run();
    assert_true(peak() <= 29205); /* -1 dBFS */
    assert_true(peak() > 26000);
}

static void noise_and_silence_are_left_alone(void **state)
{
    const float rooms_db[] = {-30, -45, -60, SILENT};
    for (size_t i = 0; i < 4; i++) {
        on_each(state);
        say(20, SILENT, rooms_db[i]);
        run();
        if (rooms_db[i] > SILENT)
            near(gain_db(1, 20), 0, 0.2f);
        else
            assert_int_equal(peak(), 0);
    }
}

static void a_pause_is_not_pumped_up(void **state)
{
    (void)state;
    say(10, -35, -68);
    say(20, SILENT, -68);
    run();
    float before = gain_db(9, 9.4f);
    near(gain_db(11, 12), before, 1);
    near(gain_db(29, 30), before, 1);
}

static void a_fan_that_starts_is_not_taken_for_speech(void **state)
{
    (void)state;
    say(10, -30, -70);
    say(15, SILENT, -48);
    run();
    near(gain_db(20, 25), gain_db(8, 9.4f), 6);
}

static void noise_is_not_raised_to_a_nuisance(void **state)
{
    (void)state;
    say(10, -42, -54); /* a poor microphone */
    say(10, SILENT, -54);
    run();
    assert_true(rms_db(true, 12, 20) < LEVEL_NOISE_DB + 3);
}

static void a_step_settles_within_three_seconds(void **state)
{
    (void)state;
    say(10, -24, -75);
    say(10, -40, -75); /* turns away from the microphone */
    say(10, -24, -75);
    run();
    float usual = rms_db(true, 5, 10);
    near(rms_db(true, 13, 15.5f), usual, 3);
    near(rms_db(true, 23, 25.5f), usual, 3);
}

static void the_first_second_is_enough_to_be_heard(void **state)
{
    (void)state;
    say(12, -42, -80);
    run();
    near(rms_db(true, 1, 2), rms_db(true, 6, 7), 4);
}

/* The second difference shows a step: of a smooth sound it is small, and grows with the gain. */
static void no_step_is_heard(void **state)
{
    (void)state;
    for (n = 0; n < 10 * RATE; n++) {
        float t = (float)n / RATE;
        in[n] = 0.01f * envelope(t) * sinf(TAU * 200 * t);
    }
    run();
    float bend_in = 0, bend_out = 0;
    for (size_t i = 2; i < n; i++) {
        bend_in = fmaxf(bend_in, fabsf(in[i] - 2 * in[i - 1] + in[i - 2]));
        bend_out = fmaxf(bend_out, (float)abs(out[i] - 2 * out[i - 1] + out[i - 2]) / 32768);
    }
    assert_true(gain_db(5, 10) > 10);
    assert_true(bend_out < bend_in * factor(LEVEL_MOST_DB) + 3.0f / 32768);
}

static void damage_does_not_last(void **state)
{
    (void)state;
    say(10, -24, -59);
    in[100] = NAN;
    in[5000] = INFINITY;
    in[5001] = -INFINITY;
    in[9000] = 1e30f;
    run();
    near(rms_db(true, 5, 10), -22, 2.5f);
}

static void silence_comes_to_rest(void **state)
{
    (void)state;
    say(1, -30, -60);
    size_t sound = n;
    say(2, SILENT, SILENT);
    memset(in + sound, 0, (n - sound) * sizeof(in[0]));
    run();
    for (size_t i = 0; i < 4; i++)
        assert_true(level.weights[i / 2][i % 2] == 0);
}

static void pieces_of_any_size_come_to_the_same(void **state)
{
    static int16_t pieces[2 * RATE];
    say(2, -30, -60);
    run();
    on_each(state);
    n = 2 * RATE;
    for (size_t at = 0, size; at < n; at += size) {
        size = 1 + at % 1023;
        size = size < n - at ? size : n - at;
        level_push(&level, in + at, pieces + at, size);
    }
    assert_memory_equal(out, pieces, sizeof(pieces));
}

static void it_comes_out_when_it_is_said_to(void **state)
{
    (void)state;
    n = RATE;
    memset(in, 0, n * sizeof(in[0]));
    in[1000] = 0.5f;
    run();
    for (size_t i = 0; i < n; i++)
        assert_int_equal(out[i], i == 1000 + LEVEL_DELAY ? 16384 : 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, on_each)
    const struct CMUnitTest tests[] = {
        CASE(voices_of_any_loudness_come_out_as_one),
        CASE(the_range_is_limited),
        CASE(a_sudden_shout_is_not_clipped),
        CASE(noise_and_silence_are_left_alone),
        CASE(a_pause_is_not_pumped_up),
        CASE(a_fan_that_starts_is_not_taken_for_speech),
        CASE(noise_is_not_raised_to_a_nuisance),
        CASE(a_step_settles_within_three_seconds),
        CASE(the_first_second_is_enough_to_be_heard),
        CASE(no_step_is_heard),
        CASE(damage_does_not_last),
        CASE(silence_comes_to_rest),
        CASE(pieces_of_any_size_come_to_the_same),
        CASE(it_comes_out_when_it_is_said_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
