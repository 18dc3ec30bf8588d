#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "codec/link.h"
#include "codec/report.h"

static int pair[2];
static struct link *l;
static unsigned controls;
static uint8_t last_type;

static int on_control(void *arg, const struct wire_msg *m)
{
    (void)arg;
    controls++;
    last_type = m->type;
    return m->type == WIRE_RESUME ? -EPROTO : 0;
}

static int on_each(void **state)
{
    (void)state;
    controls = 0;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || link_new(&l, pair[0]))
        return -1;
    link_on_control(l, on_control, NULL);
    return 0;
}

static int after_each(void **state)
{
    (void)state;
    link_free(&l);
    close(pair[0]);
    if (pair[1] >= 0)
        close(pair[1]);
    return 0;
}

static void say(uint8_t type, const void *payload, uint32_t len)
{
    uint8_t header[WIRE_HEADER];
    wire_write_header(header, &(struct wire_msg){.type = type, .len = len});
    assert_int_equal(write(pair[1], header, sizeof(header)), sizeof(header));
    if (len)
        assert_int_equal(write(pair[1], payload, len), len);
}

static void say_media(uint8_t container, uint8_t flags, uint32_t pts_ms, const char *text)
{
    uint8_t header[WIRE_HEADER];
    const struct wire_msg m = {.type = WIRE_MEDIA,
                               .kind = container,
                               .flags = flags,
                               .pts_ms = pts_ms,
                               .len = (uint32_t)strlen(text)};
    wire_write_header(header, &m);
    assert_int_equal(write(pair[1], header, sizeof(header)), sizeof(header));
    assert_int_equal(write(pair[1], text, m.len), m.len);
}

static void next_stream_is(uint8_t container)
{
    uint8_t got;
    assert_int_equal(link_stream(l, &got), 0);
    assert_int_equal(got, container);
}

/* The stream's next message, whole. */
static void next_is(uint32_t pts_ms, const char *text)
{
    struct wire_msg m;
    assert_int_equal(link_media(l, &m), 0);
    assert_int_equal(m.pts_ms, pts_ms);
    assert_int_equal(m.len, strlen(text));
    assert_memory_equal(m.payload, text, m.len);
    link_media_used(l, m.len);
}

static void the_stream_has_ended(void)
{
    struct wire_msg m;
    assert_int_equal(link_media(l, &m), -ENODATA);
    assert_int_equal(link_media(l, &m), -ENODATA);
}

static void media_and_control_are_told_apart(void **state)
{
    (void)state;
    say_media(WIRE_FLV, 0, 5, "abc");
    say(WIRE_PING, "1234", 4);
    say_media(WIRE_FLV, 0, 7, "def");
    next_stream_is(WIRE_FLV);
    next_is(5, "abc");
    next_is(7, "def");
    assert_int_equal(controls, 1);
}

static void a_message_may_be_used_bit_by_bit(void **state)
{
    (void)state;
    struct wire_msg m;
    say_media(WIRE_FLV, 0, 5, "abcdef");
    next_stream_is(WIRE_FLV);
    assert_int_equal(link_media(l, &m), 0);
    link_media_used(l, 2);
    next_is(5, "cdef");
}

static void another_source_is_another_stream(void **state)
{
    (void)state;
    say_media(WIRE_FLV, WIRE_BEGINS, 1, "flv");
    say_media(WIRE_PACKETS, 0, 2, "of another kind");
    say_media(WIRE_PACKETS, 0, 3, "more of it");
    say_media(WIRE_PACKETS, WIRE_BEGINS, 4, "");
    say_media(WIRE_PACKETS, 0, 5, "");
    say_media(WIRE_PACKETS, 0, 6, "after nothing");
    next_stream_is(WIRE_FLV);
    next_is(1, "flv");
    the_stream_has_ended();
    next_stream_is(WIRE_PACKETS);
    next_is(2, "of another kind"); /* what is left of this stream is passed over */
    next_stream_is(WIRE_PACKETS);
    next_is(6, "after nothing");
    assert_int_equal(link_backlog(l)->newest_ms, 6);
}

static void media_in_no_known_container_ends_the_link(void **state)
{
    (void)state;
    uint8_t container;
    say_media(WIRE_PACKETS + 1, 0, 0, "abc");
    assert_int_equal(link_stream(l, &container), -EPROTO);
    assert_int_equal(link_protocol_error(l), -EPROTO);
}

static void control_behind_unread_media_is_acted_on(void **state)
{
    (void)state;
    say_media(WIRE_FLV, 0, 0, "abc");
    say(WIRE_WANT, "\0\0\0\1", 4);
    assert_int_equal(link_pump(l, false), 0);
    assert_int_equal(controls, 1);
    next_stream_is(WIRE_FLV);
    next_is(0, "abc");
}

static void a_message_may_come_byte_by_byte(void **state)
{
    (void)state;
    uint8_t bytes[WIRE_HEADER + 4] = {0};
    wire_write_header(bytes, &(struct wire_msg){.type = WIRE_PING, .len = 4});
    for (size_t i = 0; i < sizeof(bytes); i++) {
        assert_int_equal(controls, 0);
        assert_int_equal(write(pair[1], bytes + i, 1), 1);
        assert_int_equal(link_pump(l, false), 0);
    }
    assert_int_equal(controls, 1);
}

static void media_before_the_end_is_still_read(void **state)
{
    (void)state;
    say(WIRE_MEDIA, "abc", 3);
    close(pair[1]);
    pair[1] = -1;
    struct wire_msg m;
    (void)link_pump(l, false);
    next_stream_is(WIRE_FLV);
    next_is(0, "abc");
    assert_int_equal(link_media(l, &m), -EPIPE);
    assert_int_equal(link_media(l, &m), -EPIPE);
    assert_int_equal(link_protocol_error(l), 0);
}

static void a_giant_message_ends_the_link(void **state)
{
    (void)state;
    uint8_t header[WIRE_HEADER];
    wire_write_header(header, &(struct wire_msg){.type = WIRE_MEDIA, .len = WIRE_PAYLOAD_MAX + 1});
    assert_int_equal(write(pair[1], header, sizeof(header)), sizeof(header));
    assert_int_equal(link_pump(l, true), -EPROTO);
    assert_int_equal(link_protocol_error(l), -EPROTO);
}

static void a_control_function_can_end_the_link(void **state)
{
    (void)state;
    say(WIRE_RESUME, NULL, 0);
    say(WIRE_PING, NULL, 0);
    assert_int_equal(link_pump(l, true), -EPROTO);
    assert_int_equal(controls, 1);
}

static void what_is_sent_arrives_as_one_message(void **state)
{
    (void)state;
    struct link_out out = {.type = WIRE_UNIT,
                           .rendition = 3,
                           .kind = WIRE_STILL,
                           .pts_ms = 70000,
                           .head = "\1\2\3\4",
                           .head_len = 4,
                           .data = "file",
                           .len = 4};
    assert_int_equal(link_send(l, &out), 0);
    uint8_t buf[64];
    ssize_t n = read(pair[1], buf, sizeof(buf));
    struct wire_msg m;
    size_t used;
    assert_int_equal(wire_parse(&m, buf, (size_t)n, &used), 0);
    assert_int_equal(used, n);
    assert_int_equal(m.type, WIRE_UNIT);
    assert_int_equal(m.rendition, 3);
    assert_int_equal(m.kind, WIRE_STILL);
    assert_int_equal(m.pts_ms, 70000);
    assert_memory_equal(m.payload, "\1\2\3\4file", 8);
}

static void a_server_that_is_gone_is_noticed_not_fatal(void **state)
{
    (void)state;
    close(pair[1]);
    pair[1] = -1;
    assert_int_equal(link_send(l, &(struct link_out){.type = WIRE_READY}), -EPIPE);
    assert_int_equal(link_send_error(l), -EPIPE);
}

static void a_server_that_only_stopped_talking_still_listens(void **state)
{
    (void)state;
    shutdown(pair[1], SHUT_WR);
    assert_int_equal(link_pump(l, true), -EPIPE);
    assert_int_equal(link_send(l, &(struct link_out){.type = WIRE_READY}), 0);
}

static void too_large_a_payload_is_not_begun(void **state)
{
    (void)state;
    struct link_out out = {.type = WIRE_UNIT, .data = "", .len = WIRE_PAYLOAD_MAX + 1};
    assert_int_equal(link_send(l, &out), -EMSGSIZE);
    assert_int_equal(link_send_error(l), 0);
}

static void lateness_has_hysteresis(void **state)
{
    (void)state;
    struct backlog b = {0};
    assert_int_equal(backlog_update(&b, 77), BACKLOG_NONE); /* nothing known */
    b = (struct backlog){.has_newest = true, .newest_ms = 10000};
    assert_int_equal(backlog_update(&b, 9500), BACKLOG_NONE);
    assert_int_equal(backlog_update(&b, 9001), BACKLOG_NONE);
    assert_int_equal(backlog_update(&b, 9000), BACKLOG_BEHIND);
    assert_int_equal(backlog_update(&b, 9500), BACKLOG_BEHIND);
    assert_int_equal(backlog_update(&b, 9600), BACKLOG_NONE);
    assert_int_equal(backlog_update(&b, 6000), BACKLOG_FAR);
    assert_int_equal(backlog_update(&b, 8500), BACKLOG_FAR);
    assert_int_equal(backlog_update(&b, 9700), BACKLOG_NONE);
}

static void a_flood_of_words_is_thinned_out(void **state)
{
    (void)state;
    fake_clock_start();
    report_to(l);
    for (int i = 0; i < 100; i++)
        report(LOG_WARN, "line %d", i);
    fake_clock_advance(1000);
    report(LOG_WARN, "after");
    report_to(NULL);
    report(LOG_WARN, "to nobody");
    fake_clock_stop();
    uint8_t buf[8192];
    size_t n = (size_t)read(pair[1], buf, sizeof(buf)), at = 0, used, lines = 0;
    struct wire_msg m = {0};
    for (; wire_parse(&m, buf + at, n - at, &used) == 0; at += used)
        lines++;
    assert_int_equal(lines, REPORT_BURST + 1);
    assert_int_equal(m.type, WIRE_LOG);
    assert_int_equal(m.kind, LOG_WARN);
    assert_memory_equal(m.payload, "after (90 lines left out)", 25);
}

static int scene(void)
{
    struct link *one;
    int err = link_new(&one, pair[0]);
    if (err)
        return err;
    say(WIRE_MEDIA, "abc", 3);
    uint8_t buf[8], container;
    struct wire_msg m;
    err = link_stream(one, &container);
    if (!err)
        err = link_media(one, &m);
    if (!err)
        err = link_send(one, &(struct link_out){.type = WIRE_READY});
    link_free(&one);
    /* What a failed run left in the socket must not reach the next. */
    while (recv(pair[0], buf, sizeof(buf), MSG_DONTWAIT) > 0)
        ;
    return err;
}

static void without_memory_nothing_leaks(void **state)
{
    (void)state;
    assert_true(oom_levels(scene) >= 4);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, on_each, after_each)
    const struct CMUnitTest tests[] = {
        CASE(media_and_control_are_told_apart),
        CASE(a_message_may_be_used_bit_by_bit),
        CASE(another_source_is_another_stream),
        CASE(media_in_no_known_container_ends_the_link),
        CASE(control_behind_unread_media_is_acted_on),
        CASE(a_message_may_come_byte_by_byte),
        CASE(media_before_the_end_is_still_read),
        CASE(a_giant_message_ends_the_link),
        CASE(a_control_function_can_end_the_link),
        CASE(what_is_sent_arrives_as_one_message),
        CASE(a_server_that_is_gone_is_noticed_not_fatal),
        CASE(a_server_that_only_stopped_talking_still_listens),
        CASE(too_large_a_payload_is_not_begun),
        CASE(lateness_has_hysteresis),
        CASE(a_flood_of_words_is_thinned_out),
        CASE(without_memory_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
