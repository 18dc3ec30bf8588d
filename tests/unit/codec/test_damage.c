#include "tests/unit/unit.h"

#include "tests/unit/codec/session.h"

/* What is no proper stream, through the real program: it ends or carries on, always by itself. */

/* Each kind of damage twelve times for each of what is wanted. */
enum { KINDS = 5, WANTS = 2, MUTATIONS = KINDS * WANTS * 12 };
static const uint32_t wants[WANTS] = {1u << R_OPUS10 | 1u << R_WEBP,
                                      1u << R_AAC32 | 1u << R_C360P5};

static uint32_t dice;

static uint32_t roll(uint32_t sides)
{
    dice = dice * 1664525 + 1013904223;
    return (dice >> 8) % sides;
}

/* Flips bits, cuts, doubles or overwrites; the kinds take turns. */
static size_t mutate(uint8_t *data, size_t len, unsigned kind)
{
    size_t at = kind % KINDS == 4 ? roll(400) : roll((uint32_t)len);
    switch (kind % KINDS) {
    case 0:
        for (int i = 0; i < 20; i++)
            data[roll((uint32_t)len)] ^= (uint8_t)(1 << roll(8));
        return len;
    case 1: return at + 1;
    case 2:
        for (size_t i = at; i < len && i < at + 64; i++)
            data[i] = (uint8_t)roll(256);
        return len;
    case 3: memmove(data + at / 2, data + at, len - at); return len - (at - at / 2);
    default: data[at] ^= (uint8_t)(1 << roll(8)); return len; /* in headers and configurations */
    }
}

static void what_is_no_flv_is_refused_in_words(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1);
    worker_send(&w, WIRE_MEDIA, 0, 0, "#EXTM3U\nhttp://127.0.0.1/x.ts\n\n\n", 33);
    for (uint64_t end = now_ms() + PATIENCE_MS; !w.is_over && now_ms() < end;)
        listen_for(&w, 100);
    int status = worker_end(&w, 2000, NULL);
    assert_true(WIFEXITED(status));
    assert_string_equal(seen.fail, "the source is not an FLV stream");
}

static void a_codec_we_do_not_take_is_named(void **state)
{
    (void)state;
    skip_unless_possible();
    struct flv_file mp3;
    make_clip("mp3", "-f lavfi -i sine=f=300:r=44100 -t 1 -c:a libmp3lame", &mp3);
    struct worker w = begin(1);
    feed(&w, &mp3, UINT32_MAX, 0);
    free(mp3.data);
    int status = finish(&w);
    assert_true(WIFEXITED(status));
    assert_string_equal(seen.fail, "the source sends sound in mp3; H.264 and AAC are needed");
}

static void bytes_that_are_not_our_protocol_end_it(void **state)
{
    (void)state;
    skip_unless_possible();
    const uint8_t giant[WIRE_HEADER] = {0xff, 0xff, 0xff, 0xff, WIRE_MEDIA};
    const uint8_t unknown[WIRE_HEADER] = {0, 0, 0, 0, 99};
    const uint8_t *const bad[] = {giant, unknown};
    for (size_t i = 0; i < 2; i++) {
        struct worker w = begin(1);
        worker_put(&w, bad[i], WIRE_HEADER);
        for (uint64_t end = now_ms() + PATIENCE_MS; !w.is_over && now_ms() < end;)
            listen_for(&w, 100);
        assert_true(w.is_over);
        int status = worker_end(&w, 2000, NULL);
        assert_true(WIFEXITED(status));
        assert_int_not_equal(WEXITSTATUS(status), 0);
    }
}

static void damaged_streams_never_break_out_or_hang(void **state)
{
    (void)state;
    skip_unless_possible();
    uint8_t *data = malloc(small.len);
    unsigned failed = 0, worst_ms = 0;
    dice = 1;
    for (unsigned i = 0; i < MUTATIONS; i++) {
        memcpy(data, small.data, small.len);
        size_t len = mutate(data, small.len, i);
        struct worker w = begin(wants[i % WANTS]);
        uint64_t start = now_ms();
        worker_send(&w, WIRE_MEDIA, 0, 0, data, len);
        int status = finish(&w);
        unsigned took = (unsigned)(now_ms() - start);
        if (!WIFEXITED(status))
            fail_msg("mutation %u: signal %d", i, WTERMSIG(status));
        failed += seen.is_failed;
        worst_ms = took > worst_ms ? took : worst_ms;
    }
    print_message("%u mutations: %u refused, slowest %u ms\n", MUTATIONS, failed, worst_ms);
    assert_true(failed < MUTATIONS / 2);
    free(data);
}

static int clips_make(void **state)
{
    (void)state;
    return session_setup(CLIP_SMALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_flv_is_refused_in_words),
        cmocka_unit_test(a_codec_we_do_not_take_is_named),
        cmocka_unit_test(bytes_that_are_not_our_protocol_end_it),
        cmocka_unit_test(damaged_streams_never_break_out_or_hang),
    };
    return cmocka_run_group_tests(tests, clips_make, session_teardown);
}
