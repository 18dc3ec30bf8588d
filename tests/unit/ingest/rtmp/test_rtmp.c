#include "tests/unit/ingest/rtmp/encoder.h"

static bool has_heard(const struct client *c, const char *text)
{
    return memmem(c->heard, c->heard_len, text, strlen(text)) != NULL;
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
        cmocka_unit_test(a_kick_from_inside_a_tag_ends_it_without_another_tag),
        cmocka_unit_test(a_kick_from_inside_open_ends_it_without_a_tag),
        cmocka_unit_test(connections_over_a_limit_are_closed_at_once),
        cmocka_unit_test(garbage_disturbs_nobody),
        cmocka_unit_test(closing_the_listener_loses_its_publishers),
        cmocka_unit_test(a_port_in_use_is_an_error),
        cmocka_unit_test(failing_allocations_end_one_connection_and_leak_nothing),
    };
    return cmocka_run_group_tests(tests, lb_setup, lb_teardown);
}
