#include "tests/unit/ingest/rtmp/encoder.h"

static void who_does_not_publish_in_time_is_closed(void **state)
{
    (void)state;
    struct script *greeted = script_new();
    struct script *drip = script_new();
    script_plain_hello(greeted);
    script_connect(greeted, "live");
    script_bytes(drip, "\3", 1);
    const struct script *const scripts[] = {NULL, drip, greeted};
    static const char *const states[] = {"detail=hello", "detail=hello", "detail=connected"};
    for (size_t i = 0; i < 3; i++) {
        struct loopback lb;
        struct rtmp_params p = lb_params();
        p.hello_timeout_ms = 30;
        open_loopback(&lb, p);
        struct client *c = client_new(&lb, scripts[i]);
        wait_closed(c);
        assert_non_null(strstr(lb.log, "why=hello_timeout"));
        assert_non_null(strstr(lb.log, states[i]));
        client_free(c);
        lb_stop(&lb);
    }
    free(drip);
    free(greeted);
}

static void a_silent_encoder_is_lost(void **state)
{
    (void)state;
    struct loopback lb;
    struct rtmp_params p = lb_params();
    p.silence_timeout_ms = 30;
    struct script *s = publishing(LOOPBACK_KEY);
    open_loopback(&lb, p);
    struct client *c = client_new(&lb, s);
    wait_closed(c);
    assert_non_null(strstr(lb.log, "why=silent"));
    assert_int_equal(lb.end, SOURCE_LOST);
    client_free(c);
    lb_stop(&lb);
    free(s);
}

struct later {
    uv_timer_t timer;
    struct client *client;
    const struct script *script;
    uint64_t sent_ms;
};

static void on_later(uv_timer_t *timer)
{
    struct later *l = timer->data;
    l->sent_ms = uv_now(timer->loop);
    send_script(l->client, l->script);
    uv_close((uv_handle_t *)timer, NULL);
}

static void silence_counts_from_the_last_byte(void **state)
{
    (void)state;
    struct loopback lb;
    struct rtmp_params p = lb_params();
    p.silence_timeout_ms = 80;
    struct script *s = publishing(LOOPBACK_KEY);
    struct script *more = script_new();
    more->chunk_size = 4096;
    script_media(more);
    open_loopback(&lb, p);
    struct client *c = client_new(&lb, s);
    struct later l = {.client = c, .script = more};
    l.timer.data = &l;
    uv_timer_init(&lb.loop, &l.timer);
    while (lb.video < 3)
        lb_turn(&lb);
    uv_timer_start(&l.timer, on_later, 40, 0);
    lb_wait_log(&lb, "why=silent");
    assert_int_equal(lb.video, 6);
    assert_true(uv_now(&lb.loop) - l.sent_ms >= 80);
    client_free(c);
    lb_stop(&lb);
    free(more);
    free(s);
}

/* The socket of one who was refused and stays is closed after a while, here two seconds. */
static void who_was_refused_and_does_not_hang_up_is_hung_up_on(void **state)
{
    (void)state;
    struct loopback lb;
    struct script *s = publishing("wrong");
    open_loopback(&lb, lb_params());
    struct client *c = calloc(1, sizeof(*c));
    c->is_deaf = true;
    client_start(c, &lb, s);
    lb_wait_log(&lb, "why=bad_key");
    assert_int_equal(metric_get(METRIC_RTMP_CONNECTIONS, 0), 1);
    while (metric_get(METRIC_RTMP_CONNECTIONS, 0) > 0)
        lb_turn(&lb);
    client_free(c);
    lb_stop(&lb);
    free(s);
}

static void who_asks_and_never_reads_is_closed(void **state)
{
    (void)state;
    struct loopback lb;
    struct script *s = script_new();
    script_plain_hello(s);
    script_connect(s, "live");
    while (s->len + 18 < SCRIPT_ROOM)
        script_message(s, 2, RTMP_USER_CONTROL, 0, 0, "\0\6\1\2\3\4", 6);
    struct script *more = script_new();
    while (more->len + 18 < SCRIPT_ROOM)
        script_message(more, 2, RTMP_USER_CONTROL, 0, 0, "\0\6\1\2\3\4", 6);

    open_loopback(&lb, lb_params());
    struct client *c = calloc(1, sizeof(*c));
    c->is_deaf = true;
    client_start(c, &lb, s);
    while (!strstr(lb.log, "why=not_reading")) {
        lb_turn(&lb);
        if (c->has_sent)
            send_script(c, more);
    }
    client_free(c);
    lb_stop(&lb);
    free(more);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_does_not_publish_in_time_is_closed),
        cmocka_unit_test(a_silent_encoder_is_lost),
        cmocka_unit_test(silence_counts_from_the_last_byte),
        cmocka_unit_test(who_was_refused_and_does_not_hang_up_is_hung_up_on),
        cmocka_unit_test(who_asks_and_never_reads_is_closed),
    };
    return cmocka_run_group_tests(tests, lb_setup, lb_teardown);
}
