#include "tests/unit/ingest/rtmp/play.h"

static void pings_are_answered_and_unknown_calls_refused(void **state)
{
    (void)state;
    struct script *s = greeting();
    script_connect(s, "live");
    script_message(s, 2, RTMP_USER_CONTROL, 0, 0, "\0\6\1\2\3\4", 6);
    script_message(s, 2, RTMP_USER_CONTROL, 0, 0, "\0\6\1", 3); /* half a ping: nothing */
    script_message(s, 2, 99, 0, 0, "?", 1);                     /* no such message: nothing */
    script_call(s, "_checkbw", 2, NULL, NULL);
    script_call(s, "makeCoffee", 3, NULL, NULL);
    struct run *r = malloc(sizeof(*r));
    assert_plays(s, r, "");
    assert_non_null(memmem(r->out, r->out_len, "\0\7\1\2\3\4", 6));
    assert_true(was_told(r, "NetConnection.Call.Failed"));
    free(r);
    free(s);
}

/* 2,000 pings in one read are answered with more than the reply buffer holds. */
static void a_flood_of_pings_does_not_overflow_the_replies(void **state)
{
    (void)state;
    struct script *s = greeting();
    for (int i = 0; i < 2000; i++)
        script_message(s, 2, RTMP_USER_CONTROL, 0, 0, "\0\6\1\2\3\4", 6);
    struct run *r = malloc(sizeof(*r));
    play(r, s, s->len);
    assert_string_equal(r->events, "");
    assert_int_equal(r->out_len, HANDSHAKE_ANSWER + 2000 * (12 + 6));
    free(r);
    free(s);
}

static unsigned count_acks(const struct run *r, uint32_t *last)
{
    struct chunk_reader reader;
    struct rtmp_message msg;
    struct bytes in = bytes_of(r->out + HANDSHAKE_ANSWER, r->out_len - HANDSHAKE_ANSWER);
    unsigned n = 0;
    chunk_reader_init(&reader);
    while (chunk_reader_next(&reader, &in, &msg) == 0) {
        if (msg.type != RTMP_ACK)
            continue;
        struct bytes b = bytes_of(msg.body, msg.len);
        *last = bytes_u32(&b);
        n++;
    }
    chunk_reader_release(&reader);
    return n;
}

static void received_bytes_are_acknowledged_by_the_encoders_window(void **state)
{
    (void)state;
    static uint8_t big[60000] = {0x27, 1, 0, 0, 0, 0, 0, 0, 2, 0x41, 0x9a};
    struct script *s = publishing();
    script_u32(s, RTMP_WINDOW_ACK_SIZE, 100000);
    for (int i = 0; i < 10; i++)
        script_message(s, 4, RTMP_VIDEO, 1, 0, big, sizeof(big));
    struct run *r = malloc(sizeof(*r));
    uint32_t last = 0;
    play(r, s, 1000);
    assert_in_range(count_acks(r, &last), 5, 6); /* pieces overshoot */
    assert_in_range(last, 500000, s->len);
    free(r);
    free(s);
}

static void a_tiny_window_is_not_acknowledged_by_the_byte(void **state)
{
    (void)state;
    struct script *s = publishing();
    script_u32(s, RTMP_WINDOW_ACK_SIZE, 0);
    for (int i = 0; i < 1000; i++)
        SCRIPT_MEDIA(s, RTMP_AUDIO, 0, media_aac);
    struct run *r = malloc(sizeof(*r));
    uint32_t last = 0;
    play(r, s, 1);
    assert_in_range(count_acks(r, &last), 1, 3);
    free(r);
    free(s);
}

static void what_is_no_rtmp_ends_at_once(void **state)
{
    (void)state;
    struct script *s = script_new();
    script_bytes(s, "GET / HTTP/1.1\r\n", 16);
    check(s, "end:bad_handshake", NULL);
}

static void commands_before_connect_and_bad_ones_end(void **state)
{
    (void)state;
    struct script *s = greeting();
    script_call(s, "createStream", 2, NULL, NULL);
    check(s, "end:bad_message(a command before connect)", NULL);

    s = greeting();
    script_message(s, 3, RTMP_COMMAND, 0, 0, "\0\0", 2);
    check(s, "end:bad_message(a command without a name)", NULL);

    s = greeting();
    script_call(s, "connect", 1, "live", NULL); /* no object */
    check(s, "end:bad_message(connect)", NULL);

    s = greeting();
    script_connect(s, "live");
    script_connect(s, "live");
    check(s, "end:bad_message(connect)", NULL);

    s = greeting();
    script_connect(s, "live");
    script_call(s, "publish", 2, NULL, NULL); /* no name */
    check(s, "end:bad_message(publish)", NULL);

    s = greeting();
    script_message(s, 2, RTMP_WINDOW_ACK_SIZE, 0, 0, "\0\0", 2);
    check(s, "end:bad_message(window)", NULL);
}

static void broken_chunks_and_too_long_messages_end(void **state)
{
    (void)state;
    struct script *s = publishing();
    script_bytes(s, "\xfe", 1);
    check(s, OPENED "end:bad_chunk", NULL);

    s = publishing();
    script_bytes(s, "\4\0\0\0\xff\xff\xff\x09\1\0\0\0", 12);
    check(s, OPENED "end:too_big", NULL);
}

static void strangers_get_little_memory(void **state)
{
    (void)state;
    static uint8_t big[200000] = {0x27, 1, 0, 0, 0, 0, 0, 0, 2, 0x41, 0x9a};
    struct script *s = greeting();
    script_connect(s, "live");
    SCRIPT_MEDIA(s, RTMP_VIDEO, 0, big);
    check(s, "end:too_big", NULL);

    s = greeting(); /* halves of messages of 16 KiB */
    script_chunk_size(s, 16000);
    for (uint8_t id = 3; id < 9; id++) {
        script_bytes(s, (uint8_t[]){id, 0, 0, 0, 0, 0x40, 0, 9, 1, 0, 0, 0}, 12);
        script_bytes(s, big, 16000);
    }
    check(s, "end:too_big", NULL);

    s = publishing();
    SCRIPT_MEDIA(s, RTMP_VIDEO, 0, big);
    check(s, OPENED "9@0/200000 ", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pings_are_answered_and_unknown_calls_refused),
        cmocka_unit_test(a_flood_of_pings_does_not_overflow_the_replies),
        cmocka_unit_test(received_bytes_are_acknowledged_by_the_encoders_window),
        cmocka_unit_test(a_tiny_window_is_not_acknowledged_by_the_byte),
        cmocka_unit_test(what_is_no_rtmp_ends_at_once),
        cmocka_unit_test(commands_before_connect_and_bad_ones_end),
        cmocka_unit_test(broken_chunks_and_too_long_messages_end),
        cmocka_unit_test(strangers_get_little_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
