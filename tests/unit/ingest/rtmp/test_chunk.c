#include "tests/unit/unit.h"

#include <errno.h>

#include "tests/unit/ingest/rtmp/script.h"

enum { TRANSCRIPT_ROOM = 64 << 10 };

/* What a reader made of some input: a line a message, then the error that ended it. */
struct transcript {
    char text[TRANSCRIPT_ROOM];
    size_t len;
    int err;
    size_t held_most;
};

static uint32_t sum_of(const uint8_t *body, uint32_t len)
{
    uint32_t sum = 1;
    for (uint32_t i = 0; i < len; i++)
        sum = sum * 31 + body[i];
    return sum;
}

static void note(struct transcript *t, const struct rtmp_message *m)
{
    int n = snprintf(t->text + t->len, TRANSCRIPT_ROOM - t->len, "%u@%u #%u %u:%x\n", m->type,
                     m->timestamp_ms, m->stream_id, m->len, sum_of(m->body, m->len));
    assert_true(n > 0 && (size_t)n < TRANSCRIPT_ROOM - t->len);
    t->len += (size_t)n;
}

/* Feeds `piece` bytes at a time, what is left over first, as a connection does. */
static void feed(struct transcript *t, const uint8_t *data, size_t len, size_t piece)
{
    struct chunk_reader r;
    chunk_reader_init(&r);
    *t = (struct transcript){.err = -EAGAIN};
    size_t used = 0;
    size_t behind = 0;
    for (size_t end = piece; t->err == -EAGAIN && used + behind < len; end += piece) {
        end = end < len ? end : len;
        size_t n = end - used;
        uint8_t *copy = malloc(n);
        struct bytes in = bytes_of(put_bytes(copy, data + used, n) - n, n);
        struct rtmp_message msg;
        while ((t->err = chunk_reader_next(&r, &in, &msg)) == 0)
            note(t, &msg);
        if (r.held > t->held_most)
            t->held_most = r.held;
        used = end - bytes_left(&in);
        assert_true(t->err != -EAGAIN || bytes_left(&in) <= CHUNK_HEADER_MAX);
        free(copy);
        behind = end == len ? len : 0; /* no more to come */
    }
    chunk_reader_release(&r);
}

static void assert_read(const void *data, size_t len, const char *want, int err)
{
    struct transcript *t = malloc(sizeof(*t));
    static const size_t pieces[] = {1, 2, 3, 5, 7, 13, 64, 1 << 20};
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        feed(t, data, len, pieces[i]);
        assert_string_equal(t->text, want);
        assert_int_equal(t->err, err);
    }
    free(t);
}

#define ASSERT_READ(want, err, ...)                                                                \
    assert_read((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), (want),    \
                (err))

#define FULL(id, t1, t2, t3, len, type) (id), (t1), (t2), (t3), 0, 0, (len), (type), 1, 0, 0, 0

static void all_four_header_types_are_read(void **state)
{
    (void)state;
    ASSERT_READ("8@1000 #1 2:5f2\n"                         /* 31*31 + 31*17 + 34 */
                "9@1005 #1 1:20\n"                          /* type 1: + 5, new length and type */
                "9@1012 #1 1:21\n"                          /* type 2: + 7 */
                "9@1019 #1 1:22\n",                         /* type 3: + 7 again */
                -EAGAIN, FULL(4, 0, 3, 0xe8, 2, 8), 17, 34, /* type 0 */
                0x44, 0, 0, 5, 0, 0, 1, 9, 1,               /* type 1 */
                0x84, 0, 0, 7, 2,                           /* type 2 */
                0xc4, 3);                                   /* type 3 */
}

static void basic_headers_have_one_to_three_bytes(void **state)
{
    (void)state;
    ASSERT_READ("8@1 #1 1:26\n8@2 #1 1:26\n8@3 #1 1:26\n", -EAGAIN, /* */
                FULL(63, 0, 0, 1, 1, 8), 7,                         /* id 63 */
                0x00, FULL(0, 0, 0, 2, 1, 8), 7,                    /* id 64 in two bytes */
                0x01, 0xff, FULL(0xff, 0, 0, 3, 1, 8), 7);          /* id 65599 in three */
}

static void streams_are_interleaved(void **state)
{
    (void)state;
    struct script *s = script_new();
    uint8_t a[300];
    uint8_t b[200];
    memset(a, 'a', sizeof(a));
    memset(b, 'b', sizeof(b));
    uint8_t head_a[] = {FULL(4, 0, 0, 0, 44, 9)};
    head_a[5] = 1; /* 256 + 44 bytes */
    script_bytes(s, head_a, sizeof(head_a));
    script_bytes(s, a, 128);
    script_bytes(s, (uint8_t[]){FULL(6, 0, 0, 0, 200, 8)}, 12);
    script_bytes(s, b, 128);
    script_bytes(s, "\xc4", 1);
    script_bytes(s, a, 128);
    script_bytes(s, "\xc6", 1);
    script_bytes(s, b, 72);
    script_bytes(s, "\xc4", 1);
    script_bytes(s, a, 44);
    char want[128];
    snprintf(want, sizeof(want), "8@0 #1 200:%x\n9@0 #1 300:%x\n", sum_of(b, 200), sum_of(a, 300));
    assert_read(s->bytes, s->len, want, -EAGAIN);
    free(s);
}

static void chunk_size_changes_between_messages_and_inside_them(void **state)
{
    (void)state;
    struct script *s = script_new();
    static uint8_t body[70000];
    for (size_t i = 0; i < sizeof(body); i++)
        body[i] = (uint8_t)(i * 13);
    char want[256];
    int at = 0;
    static const uint32_t sizes[] = {1, 4096, 128, 65536, 60000, 2};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint32_t len = sizes[i] < 100 ? 50 : (uint32_t)sizeof(body);
        script_chunk_size(s, sizes[i]);
        script_message(s, 4, RTMP_VIDEO, 1, 7, body, len);
        at += snprintf(want + at, sizeof(want) - (size_t)at, "9@7 #1 %u:%x\n", len,
                       sum_of(body, len));
    }
    /* 1 byte of 3, then chunks of 128, then the other two at once */
    script_chunk_size(s, 1);
    script_bytes(s, (uint8_t[]){FULL(4, 0, 0, 9, 3, 9), 'x'}, 13);
    script_chunk_size(s, 128);
    script_bytes(s, "\xc4yz", 3);
    snprintf(want + at, sizeof(want) - (size_t)at, "9@9 #1 3:%x\n", sum_of((uint8_t *)"xyz", 3));
    assert_read(s->bytes, s->len, want, -EAGAIN);
    free(s);
}

static void extended_timestamps_are_read_in_every_header(void **state)
{
    (void)state;
    struct script *s = script_new();
    uint8_t body[300];
    memset(body, 1, sizeof(body));
    script_message(s, 4, RTMP_VIDEO, 1, 0x01020304, body, sizeof(body)); /* repeats it twice */
    script_message(s, 4, RTMP_VIDEO, 1, 0xffffff, body, 10);
    script_message(s, 4, RTMP_VIDEO, 1, 0xfffffe, body, 10);
    script_bytes(s, (uint8_t[]){0x84, 0xff, 0xff, 0xff, 2, 0, 0, 0}, 8); /* a delta of 2^25 */
    script_bytes(s, body, 10);
    char want[256];
    uint32_t sum = sum_of(body, 10);
    snprintf(
        want, sizeof(want),
        "9@16909060 #1 300:%x\n9@16777215 #1 10:%x\n9@16777214 #1 10:%x\n9@50331646 #1 10:%x\n",
        sum_of(body, 300), sum, sum, sum);
    assert_read(s->bytes, s->len, want, -EAGAIN);
    free(s);
}

static void a_type_3_header_that_begins_a_message_has_one_too(void **state)
{
    (void)state;
    ASSERT_READ("8@16777216 #1 1:26\n8@33554432 #1 1:26\n", -EAGAIN, /* the first, then a delta */
                4, 0xff, 0xff, 0xff, 0, 0, 1, 8, 1, 0, 0, 0, 1, 0, 0, 0, 7, /* */
                0xc4, 1, 0, 0, 0, 7);
}

static void encoders_that_do_not_repeat_extended_timestamps_are_read_too(void **state)
{
    (void)state;
    struct script *s = script_new();
    uint8_t body[129];
    memset(body, 0x55, sizeof(body));
    uint8_t head[] = {4, 0xff, 0xff, 0xff, 0, 0, 129, 9, 1, 0, 0, 0, 1, 2, 3, 4};
    for (int i = 0; i < 2; i++) {
        script_bytes(s, head, sizeof(head));
        script_bytes(s, body, 128);
        script_bytes(s, "\xc4\x55", 2);
    }
    char want[128];
    uint32_t sum = sum_of(body, 129);
    snprintf(want, sizeof(want), "9@16909060 #1 129:%x\n9@16909060 #1 129:%x\n", sum, sum);
    assert_read(s->bytes, s->len, want, -EAGAIN);
    free(s);
}

static void time_wraps_after_49_days(void **state)
{
    (void)state;
    ASSERT_READ("8@4294967290 #1 1:26\n8@4 #1 1:26\n", -EAGAIN, 4, 0xff, 0xff, 0xff, 0, 0, 1, 8, 1,
                0, 0, 0, 0xff, 0xff, 0xff, 0xfa, 7, 0x84, 0, 0, 10, 7);
}

static void an_abort_drops_a_half_message(void **state)
{
    (void)state;
    struct script *s = script_new();
    uint8_t body[128] = {0};
    uint8_t half[] = {FULL(4, 0, 0, 0, 200, 9)};
    script_bytes(s, half, sizeof(half));
    script_bytes(s, body, 128);
    script_u32(s, RTMP_ABORT, 4);
    script_u32(s, RTMP_ABORT, 99); /* of a stream that is not there */
    script_bytes(s, (uint8_t[]){FULL(4, 0, 0, 5, 1, 8), 7}, 13);
    assert_read(s->bytes, s->len, "8@5 #1 1:26\n", -EAGAIN);
    free(s);
}

static void messages_without_a_body_come_out(void **state)
{
    (void)state;
    ASSERT_READ("8@3 #1 0:1\n8@6 #1 0:1\n", -EAGAIN, FULL(4, 0, 0, 3, 0, 8), 0xc4);
}

static void absurd_orders_are_refused(void **state)
{
    (void)state;
    ASSERT_READ("", -EPROTO, 0xc4, 1, 2, 3, 4);                          /* type 3 first */
    ASSERT_READ("", -EPROTO, 0x84, 0, 0, 1, 1);                          /* type 2 first */
    ASSERT_READ("8@5 #0 1:26\n", -EAGAIN, 0x44, 0, 0, 5, 0, 0, 1, 8, 7); /* type 1, as librtmp */
    uint8_t torn[12 + 128 + 12] = {FULL(4, 0, 0, 0, 200, 9)};
    put_bytes(torn + 140, (uint8_t[]){FULL(4, 0, 0, 0, 1, 9)}, 12); /* a new one within the old */
    assert_read(torn, sizeof(torn), "", -EPROTO);
}

static void chunk_sizes_out_of_range_are_refused(void **state)
{
    (void)state;
    ASSERT_READ("", -EPROTO, FULL(2, 0, 0, 0, 4, 1), 0, 0, 0, 0);
    ASSERT_READ("", -EPROTO, FULL(2, 0, 0, 0, 4, 1), 0x80, 0, 16, 0);
    ASSERT_READ("", -EPROTO, FULL(2, 0, 0, 0, 4, 1), 1, 0, 0, 0);
    ASSERT_READ("", -EPROTO, FULL(2, 0, 0, 0, 3, 1), 0, 0, 1);
    ASSERT_READ("", -EPROTO, FULL(2, 0, 0, 0, 1, 2), 0);
}

static void a_message_that_is_too_long_is_refused_at_its_header(void **state)
{
    (void)state;
    ASSERT_READ("", -EMSGSIZE, 4, 0, 0, 0, 0x20, 0, 1, 9, 1, 0, 0, 0);
}

static void a_seventeenth_chunk_stream_is_refused(void **state)
{
    (void)state;
    struct script *s = script_new();
    for (unsigned id = 3; id < 3 + CHUNK_STREAMS_MAX + 1; id++)
        script_message(s, id, RTMP_ACK, 0, 0, NULL, 0);
    struct transcript *t = malloc(sizeof(*t));
    feed(t, s->bytes, s->len, s->len);
    assert_int_equal(t->err, -ENOBUFS);
    free(t);
    free(s);
}

static void memory_grows_with_what_came_not_with_what_was_announced(void **state)
{
    (void)state;
    struct script *s = script_new();
    for (uint8_t id = 3; id < 19; id++) {
        uint8_t head[] = {id, 0, 0, 0, 0x1f, 0xff, 0xff, 9, 1, 0, 0, 0}; /* 2 MiB - 1 */
        uint8_t body[CHUNK_SIZE_FIRST] = {0};
        script_bytes(s, head, sizeof(head));
        script_bytes(s, body, sizeof(body));
    }
    struct transcript *t = malloc(sizeof(*t));
    feed(t, s->bytes, s->len, s->len);
    assert_int_equal(t->err, -EAGAIN);
    assert_true(t->held_most <= 16 * 4096);
    free(t);
    free(s);
}

static void all_half_messages_together_are_bounded(void **state)
{
    (void)state;
    enum { MIB = 1 << 20 };
    uint8_t *half = calloc(1, 12 + MIB);
    struct chunk_reader r;
    struct rtmp_message msg;
    chunk_reader_init(&r);
    struct bytes in = bytes_of((uint8_t[]){FULL(2, 0, 0, 0, 4, 1), 0, 0x10, 0, 0}, 16);
    assert_int_equal(chunk_reader_next(&r, &in, &msg), -EAGAIN);
    for (uint8_t id = 3; id < 8; id++) { /* one chunk of 1 MiB, of messages of 2 MiB */
        put_bytes(half, (uint8_t[]){id, 0, 0, 0, 0x20, 0, 0, 9, 1, 0, 0, 0}, 12);
        in = bytes_of(half, 12 + MIB);
        assert_int_equal(chunk_reader_next(&r, &in, &msg), id < 7 ? -EAGAIN : -ENOBUFS);
        assert_true(r.held <= CHUNK_HELD_MAX);
    }
    chunk_reader_release(&r);
    free(half);
}

static void a_body_is_lent_until_the_next_call(void **state)
{
    (void)state;
    struct chunk_reader r;
    struct rtmp_message msg;
    uint8_t bytes[] = {FULL(4, 0, 0, 0, 1, 8), 42, FULL(5, 0, 0, 0, 1, 8), 43};
    struct bytes in = bytes_of(bytes, sizeof(bytes));
    chunk_reader_init(&r);
    assert_int_equal(chunk_reader_next(&r, &in, &msg), 0);
    bytes[12] = 0;
    assert_int_equal(msg.body[0], 42);
    assert_int_equal(r.held, 1);
    assert_int_equal(chunk_reader_next(&r, &in, &msg), 0);
    assert_int_equal(msg.body[0], 43);
    chunk_reader_release(&r);
}

static int read_long_messages(void)
{
    struct chunk_reader r;
    struct rtmp_message msg;
    static uint8_t bytes[64 << 10];
    static uint8_t body[20000];
    const struct rtmp_message out = {.type = 9, .body = body, .len = sizeof(body)};
    size_t n = chunk_write(bytes, sizeof(bytes), 4, CHUNK_SIZE_FIRST, &out);
    n += chunk_write(bytes + n, sizeof(bytes) - n, 5, CHUNK_SIZE_FIRST, &out);
    struct bytes in = bytes_of(bytes, n);
    int err;
    chunk_reader_init(&r);
    while ((err = chunk_reader_next(&r, &in, &msg)) == 0)
        continue;
    chunk_reader_release(&r);
    return err == -EAGAIN ? 0 : err;
}

static void failing_allocations_are_told_and_leak_nothing(void **state)
{
    (void)state;
    assert_true(oom_levels(read_long_messages) >= 4);
}

static void nothing_is_written_where_it_does_not_fit(void **state)
{
    (void)state;
    uint8_t body[10] = {0};
    uint8_t out[64];
    const struct rtmp_message m = {.type = 9, .timestamp_ms = 0xffffff, .body = body, .len = 10};
    size_t need = chunk_write(out, sizeof(out), 4, 4, &m);
    assert_int_equal(need, 12 + 4 + 10 + 2 * (1 + 4));
    assert_int_equal(chunk_write(out, need - 1, 4, 4, &m), 0);
    assert_int_equal(chunk_write(out, need, 4, 4, &m), need);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_four_header_types_are_read),
        cmocka_unit_test(basic_headers_have_one_to_three_bytes),
        cmocka_unit_test(streams_are_interleaved),
        cmocka_unit_test(chunk_size_changes_between_messages_and_inside_them),
        cmocka_unit_test(extended_timestamps_are_read_in_every_header),
        cmocka_unit_test(a_type_3_header_that_begins_a_message_has_one_too),
        cmocka_unit_test(encoders_that_do_not_repeat_extended_timestamps_are_read_too),
        cmocka_unit_test(time_wraps_after_49_days),
        cmocka_unit_test(an_abort_drops_a_half_message),
        cmocka_unit_test(messages_without_a_body_come_out),
        cmocka_unit_test(absurd_orders_are_refused),
        cmocka_unit_test(chunk_sizes_out_of_range_are_refused),
        cmocka_unit_test(a_message_that_is_too_long_is_refused_at_its_header),
        cmocka_unit_test(a_seventeenth_chunk_stream_is_refused),
        cmocka_unit_test(memory_grows_with_what_came_not_with_what_was_announced),
        cmocka_unit_test(all_half_messages_together_are_bounded),
        cmocka_unit_test(a_body_is_lent_until_the_next_call),
        cmocka_unit_test(failing_allocations_are_told_and_leak_nothing),
        cmocka_unit_test(nothing_is_written_where_it_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
