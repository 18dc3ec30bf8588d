#include "tests/unit/unit.h"

#include <errno.h>

#include "server/metrics/metrics.h"
#include "tests/unit/ingest/rtmp/loopback.h"
#include "tests/unit/ingest/rtmp/script.h"

/* An encoder's socket on the same loop. It sends its script, then stays until it is told or closed.
 */
struct client {
    struct loopback *lb;
    uv_tcp_t tcp;
    uv_connect_t connecting;
    uv_write_t writing;
    const struct script *script;
    bool is_deaf;  /* never reads */
    bool hangs_up; /* when all is sent */
    bool has_sent;
    bool is_closed; /* the server hung up, or we did */
    char heard[16 << 10];
    size_t heard_len;
    char scratch[16 << 10];
};

static void on_gone(uv_handle_t *handle)
{
    ((struct client *)handle->data)->is_closed = true;
}

static void hang_up(struct client *c)
{
    if (!uv_is_closing((uv_handle_t *)&c->tcp))
        uv_close((uv_handle_t *)&c->tcp, on_gone);
}

static void on_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *out)
{
    (void)hint;
    struct client *c = handle->data;
    *out = uv_buf_init(c->scratch, sizeof(c->scratch));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct client *c = stream->data;
    if (n < 0) {
        hang_up(c);
        return;
    }
    size_t room = sizeof(c->heard) - c->heard_len;
    size_t keep = (size_t)n < room ? (size_t)n : room;
    put_bytes((uint8_t *)c->heard + c->heard_len, buf->base, keep);
    c->heard_len += keep;
}

static void on_sent(uv_write_t *req, int status)
{
    struct client *c = req->handle->data;
    c->has_sent = status == 0;
    if (status < 0 || c->hangs_up)
        hang_up(c);
}

static void send_script(struct client *c, const struct script *script)
{
    uv_buf_t buf = uv_buf_init((char *)script->bytes, (unsigned)script->len);
    c->has_sent = false;
    uv_write(&c->writing, (uv_stream_t *)&c->tcp, &buf, 1, on_sent);
}

static void on_connected(uv_connect_t *req, int status)
{
    struct client *c = req->handle->data;
    if (status < 0) {
        hang_up(c);
        return;
    }
    if (!c->is_deaf)
        uv_read_start(req->handle, on_alloc, on_read);
    if (c->script)
        send_script(c, c->script);
}

static void client_start(struct client *c, struct loopback *lb, const struct script *script)
{
    struct sockaddr_in at;
    c->lb = lb;
    c->script = script;
    uv_tcp_init(&lb->loop, &c->tcp);
    c->tcp.data = c;
    uv_ip4_addr("127.0.0.1", rtmp_port(lb->rtmp), &at);
    assert_int_equal(
        uv_tcp_connect(&c->connecting, &c->tcp, (const struct sockaddr *)&at, on_connected), 0);
}

static struct client *client_new(struct loopback *lb, const struct script *script)
{
    struct client *c = calloc(1, sizeof(*c));
    client_start(c, lb, script);
    return c;
}

static bool has_heard(const struct client *c, const char *text)
{
    return memmem(c->heard, c->heard_len, text, strlen(text)) != NULL;
}

static void wait_closed(struct client *c)
{
    while (!c->is_closed)
        lb_turn(c->lb);
}

static void client_free(struct client *c)
{
    hang_up(c);
    wait_closed(c);
    free(c);
}

static struct script *publishing(const char *key)
{
    struct script *s = script_new();
    script_plain_hello(s);
    script_obs_opening(s, key);
    script_obs_metadata(s);
    script_media(s);
    return s;
}

static void open_loopback(struct loopback *lb, struct rtmp_params params)
{
    lb_start(lb, params);
    assert_int_equal(lb->open_err, 0);
}

static void an_encoder_that_hangs_up_is_lost(void **state)
{
    (void)state;
    struct loopback lb;
    struct script *s = publishing(LOOPBACK_KEY);
    open_loopback(&lb, lb_params());
    struct client *c = client_new(&lb, s);
    while (lb.video < 3 || !has_heard(c, "NetStream.Publish.Start"))
        lb_turn(&lb);
    assert_int_equal(lb.audio, 2);
    assert_int_equal(lb.script, 1);
    assert_int_equal(metric_get(METRIC_RTMP_CONNECTIONS, 0), 1);
    client_free(c);
    lb_wait_log(&lb, "why=gone");
    assert_int_equal(lb.end, SOURCE_LOST);
    lb_stop(&lb);
    assert_int_equal(metric_get(METRIC_RTMP_CONNECTIONS, 0), 0);
    free(s);
}

static void an_encoder_that_says_goodbye_has_stopped(void **state)
{
    (void)state;
    struct loopback lb;
    struct script *s = publishing(LOOPBACK_KEY);
    script_obs_goodbye(s, LOOPBACK_KEY);
    open_loopback(&lb, lb_params());
    struct client *c = client_new(&lb, s);
    while (lb.closes == 0)
        lb_turn(&lb);
    assert_int_equal(lb.end, SOURCE_STOPPED);
    client_free(c);
    lb_wait_log(&lb, "why=stopped");
    lb_stop(&lb);
    free(s);
}

/* It goes on pushing media for a while, as encoders do, and still hears why. */
static void a_wrong_key_is_told_before_the_connection_closes(void **state)
{
    (void)state;
    struct loopback lb;
    struct script *s = publishing("wrong");
    static uint8_t big[256] = {0x27, 1};
    for (int i = 0; i < 2000; i++)
        SCRIPT_MEDIA(s, RTMP_VIDEO, 0, big);
    open_loopback(&lb, lb_params());
    struct client *c = client_new(&lb, s);
    wait_closed(c);
    assert_true(has_heard(c, "The stream key is wrong."));
    assert_non_null(strstr(lb.log, "why=bad_key"));
    assert_null(strstr(lb.log, "key=wrong"));
    assert_int_equal(lb.opens, 0);
    client_free(c);
    lb_stop(&lb);
    free(s);
}

static void a_second_encoder_is_refused_and_the_first_goes_on(void **state)
{
    (void)state;
    struct loopback lb;
    struct script *s = publishing(LOOPBACK_KEY);
    open_loopback(&lb, lb_params());
    struct client *first = client_new(&lb, s);
    while (lb.video < 3)
        lb_turn(&lb);
    struct client *second = client_new(&lb, s);
    wait_closed(second);
    assert_true(has_heard(second, "NetStream.Publish.BadName"));
    assert_non_null(strstr(lb.log, "why=busy"));

    struct script *more = script_new();
    more->chunk_size = 4096;
    script_media(more);
    send_script(first, more);
    while (lb.video < 6)
        lb_turn(&lb);
    assert_int_equal(lb.closes, 0);
    client_free(first);
    client_free(second);
    lb_stop(&lb);
    free(more);
    free(s);
}

static void an_hevc_encoder_is_told_and_its_publisher_given_back(void **state)
{
    (void)state;
    struct loopback lb;
    struct script *s = publishing(LOOPBACK_KEY);
    SCRIPT_MEDIA(s, RTMP_VIDEO, 50, media_hevc);
    open_loopback(&lb, lb_params());
    struct client *c = client_new(&lb, s);
    wait_closed(c);
    assert_true(has_heard(c, "HEVC is not supported"));
    assert_non_null(strstr(lb.log, "why=codec detail=HEVC"));
    assert_int_equal(lb.end, SOURCE_REFUSED);
    client_free(c);
    lb_stop(&lb);
    free(s);
}

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

static void a_kick_from_inside_a_tag_ends_it_without_another_tag(void **state)
{
    (void)state;
    struct loopback lb;
    struct script *s = publishing(LOOPBACK_KEY);
    open_loopback(&lb, lb_params());
    lb.kick_at_tag = 2;
    struct client *c = client_new(&lb, s);
    wait_closed(c);
    assert_int_equal(lb.script + lb.audio + lb.video, 2);
    assert_int_equal(lb.end, SOURCE_REFUSED);
    assert_true(has_heard(c, "The server ended this stream."));
    assert_non_null(strstr(lb.log, "why=kicked"));
    client_free(c);
    lb_stop(&lb);
    free(s);
}

static void a_kick_from_inside_open_ends_it_without_a_tag(void **state)
{
    (void)state;
    struct loopback lb;
    struct script *s = publishing(LOOPBACK_KEY);
    open_loopback(&lb, lb_params());
    lb.kick_in_open = true;
    struct client *c = client_new(&lb, s);
    wait_closed(c);
    assert_int_equal(lb.script + lb.audio + lb.video, 0);
    assert_int_equal(lb.end, SOURCE_REFUSED);
    client_free(c);
    lb_stop(&lb);
    free(s);
}

static void connections_over_a_limit_are_closed_at_once(void **state)
{
    (void)state;
    static const char *const whys[] = {"why=full\n", "why=full_address"};
    for (int i = 0; i < 2; i++) {
        struct loopback lb;
        struct rtmp_params p = lb_params();
        *(i == 0 ? &p.max_connections : &p.max_per_address) = 2;
        struct script *s = publishing(LOOPBACK_KEY);
        open_loopback(&lb, p);
        struct client *in[2] = {client_new(&lb, NULL), client_new(&lb, s)};
        while (lb.video < 3)
            lb_turn(&lb);
        struct client *out[3];
        for (int k = 0; k < 3; k++)
            out[k] = client_new(&lb, NULL);
        for (int k = 0; k < 3; k++)
            wait_closed(out[k]);
        assert_non_null(strstr(lb.log, whys[i]));
        assert_false(in[0]->is_closed || in[1]->is_closed);

        client_free(in[0]); /* makes room for one more */
        lb_wait_log(&lb, "why=gone");
        struct client *late = client_new(&lb, s);
        while (!has_heard(late, "NetStream.Publish.BadName"))
            lb_turn(&lb);
        client_free(in[1]);
        client_free(late);
        for (int k = 0; k < 3; k++)
            client_free(out[k]);
        lb_stop(&lb);
        free(s);
    }
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

static void garbage_disturbs_nobody(void **state)
{
    (void)state;
    struct loopback lb;
    struct script *good = publishing(LOOPBACK_KEY);
    open_loopback(&lb, lb_params());
    struct client *teacher = client_new(&lb, good);
    while (lb.video < 3)
        lb_turn(&lb);
    uint32_t seed = 1;
    for (int i = 0; i < 40; i++) {
        struct script *bad = publishing("x");
        for (size_t at = i % 2 ? 0 : 3073; at < bad->len; at += 1 + seed % 97) {
            seed = seed * 1103515245 + 12345;
            bad->bytes[at] = (uint8_t)(seed >> 16);
        }
        struct client *c = calloc(1, sizeof(*c));
        c->hangs_up = true;
        client_start(c, &lb, bad);
        wait_closed(c);
        client_free(c);
        free(bad);
    }
    assert_int_equal(lb.closes, 0);
    assert_false(teacher->is_closed);
    client_free(teacher);
    lb_stop(&lb);
    free(good);
}

static void closing_the_listener_loses_its_publishers(void **state)
{
    (void)state;
    struct loopback lb;
    struct script *s = publishing(LOOPBACK_KEY);
    open_loopback(&lb, lb_params());
    struct client *c = client_new(&lb, s);
    struct client *idle = client_new(&lb, NULL);
    while (lb.video < 3)
        lb_turn(&lb);
    int64_t before = metric_get(METRIC_RTMP_CONNECTIONS, 0);
    assert_int_equal(before, 2);
    rtmp_close(lb.rtmp, lb_is_closed, &lb);
    wait_closed(c);
    wait_closed(idle);
    assert_true(lb.is_closed);
    assert_int_equal(lb.end, SOURCE_LOST);
    assert_non_null(strstr(lb.log, "why=shutdown"));
    free(c);
    free(idle);
    lb.rtmp = NULL;
    lb.is_closed = false;
    lb_stop(&lb);
    free(s);
}

static void a_port_in_use_is_an_error(void **state)
{
    (void)state;
    struct loopback lb;
    open_loopback(&lb, lb_params());
    struct rtmp *second = NULL;
    struct rtmp_params p = lb_params();
    p.loop = &lb.loop;
    p.sink = &lb.sink;
    p.port = rtmp_port(lb.rtmp);
    assert_int_equal(rtmp_open(&second, &p), -EADDRINUSE);
    p.port = 0;
    p.bind = "not an address";
    assert_int_equal(rtmp_open(&second, &p), -EINVAL);
    assert_null(second);
    lb_stop(&lb);
}

static struct script *oom_script;
static struct client oom_client;

static int publish_without_memory(void)
{
    static struct loopback lb;
    lb_start(&lb, lb_params());
    bool is_refused = lb.open_err == -ENOMEM;
    if (!is_refused) {
        oom_client = (struct client){.hangs_up = true};
        client_start(&oom_client, &lb, oom_script);
        wait_closed(&oom_client);
        lb_wait_log(&lb, "rtmp.closed");
        is_refused = strstr(lb.log, "why=no_memory") != NULL;
    }
    lb_stop(&lb);
    return is_refused ? -ENOMEM : 0;
}

static void failing_allocations_end_one_connection_and_leak_nothing(void **state)
{
    (void)state;
    oom_script = publishing(LOOPBACK_KEY);
    assert_true(oom_levels(publish_without_memory) >= 10);
    free(oom_script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_encoder_that_hangs_up_is_lost),
        cmocka_unit_test(an_encoder_that_says_goodbye_has_stopped),
        cmocka_unit_test(a_wrong_key_is_told_before_the_connection_closes),
        cmocka_unit_test(a_second_encoder_is_refused_and_the_first_goes_on),
        cmocka_unit_test(an_hevc_encoder_is_told_and_its_publisher_given_back),
        cmocka_unit_test(who_does_not_publish_in_time_is_closed),
        cmocka_unit_test(a_silent_encoder_is_lost),
        cmocka_unit_test(silence_counts_from_the_last_byte),
        cmocka_unit_test(who_was_refused_and_does_not_hang_up_is_hung_up_on),
        cmocka_unit_test(a_kick_from_inside_a_tag_ends_it_without_another_tag),
        cmocka_unit_test(a_kick_from_inside_open_ends_it_without_a_tag),
        cmocka_unit_test(connections_over_a_limit_are_closed_at_once),
        cmocka_unit_test(who_asks_and_never_reads_is_closed),
        cmocka_unit_test(garbage_disturbs_nobody),
        cmocka_unit_test(closing_the_listener_loses_its_publishers),
        cmocka_unit_test(a_port_in_use_is_an_error),
        cmocka_unit_test(failing_allocations_end_one_connection_and_leak_nothing),
    };
    return cmocka_run_group_tests(tests, lb_setup, lb_teardown);
}
