#include "tests/unit/ingest/rtmp/play.h"

#define MEDIA    "8@0/4 9@0/22 9@0/11 8@21/5 9@40/11 "
#define BAD_NAME "NetStream.Publish.BadName"

static void obs_publishes_and_stops(void **state)
{
    (void)state;
    struct script *s = publishing();
    script_obs_metadata(s);
    script_media(s);
    script_obs_goodbye(s, KEY);
    check(s, OPENED "18@0/86 " MEDIA "stop ", STARTED);
}

static void a_digest_handshake_leads_to_the_same(void **state)
{
    (void)state;
    static const unsigned schemas[] = {8, 772};
    for (size_t i = 0; i < 2; i++) {
        struct script *s = script_new();
        uint8_t hello[HANDSHAKE_HELLO];
        script_digest_hello(hello, schemas[i]);
        script_bytes(s, hello, sizeof(hello));
        script_bytes(s, hello, HANDSHAKE_PART);
        script_obs_opening(s, KEY);
        script_media(s);
        check(s, OPENED MEDIA, STARTED);
    }
}

/* The replies to an opening, read back with our own reader. */
static void an_opening_is_answered_in_order(void **state)
{
    (void)state;
    struct script *s = publishing();
    struct run *r = malloc(sizeof(*r));
    play(r, s, s->len);

    static const struct {
        uint8_t type;
        const char *name;
    } want[] = {
        {RTMP_WINDOW_ACK_SIZE,    NULL         },
        {RTMP_SET_PEER_BANDWIDTH, NULL         },
        {RTMP_COMMAND,            "_result"    },
        {RTMP_COMMAND,            "_result"    },
        {RTMP_COMMAND,            "_result"    },
        {RTMP_COMMAND,            "onFCPublish"},
        {RTMP_COMMAND,            "_result"    },
        {RTMP_USER_CONTROL,       NULL         },
        {RTMP_COMMAND,            "onStatus"   }
    };
    struct chunk_reader reader;
    struct rtmp_message msg;
    struct bytes in = bytes_of(r->out + HANDSHAKE_ANSWER, r->out_len - HANDSHAKE_ANSWER);
    chunk_reader_init(&reader);
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        struct amf0_text name = {0};
        assert_int_equal(chunk_reader_next(&reader, &in, &msg), 0);
        assert_int_equal(msg.type, want[i].type);
        struct bytes body = bytes_of(msg.body, msg.len);
        if (want[i].name) {
            assert_int_equal(amf0_read_text(&body, &name), 0);
            assert_true(amf0_text_is(name, want[i].name));
            while (bytes_left(&body) > 0)
                assert_int_equal(amf0_skip(&body), 0);
        }
    }
    assert_int_equal(chunk_reader_next(&reader, &in, &msg), -EAGAIN);
    assert_int_equal(reader.chunk_size, REPLY_CHUNK_SIZE);
    assert_int_equal(bytes_left(&in), 0);
    chunk_reader_release(&reader);
    free(r);
    free(s);
}

static void an_encoder_may_publish_again_after_it_stopped(void **state)
{
    (void)state;
    struct script *s = publishing();
    script_media(s);
    script_obs_goodbye(s, KEY);
    script_media(s); /* late media belongs to nobody */
    script_call(s, "createStream", 8, NULL, NULL);
    script_call(s, "publish", 9, KEY, "live");
    SCRIPT_MEDIA(s, RTMP_AUDIO, 99, media_aac);
    script_call(s, "closeStream", 0, NULL, NULL);
    check(s, OPENED MEDIA "stop " OPENED "8@99/5 stop ", "NetStream.Unpublish.Success");
}

static void a_key_ends_where_its_query_begins(void **state)
{
    (void)state;
    struct script *s = greeting();
    script_obs_opening(s, KEY "?token=1&x=2");
    check(s, OPENED, STARTED);
}

static void refusals_say_why(void **state)
{
    (void)state;
    static const struct {
        enum publish_verdict verdict;
        const char *key, *events, *told;
    } cases[] = {
        {PUBLISH_OK,      "wrong", "publish:wrong end:bad_key", "The stream key is wrong."     },
        {PUBLISH_OK,      "",      "end:bad_key",               BAD_NAME                       },
        {PUBLISH_OK,      "?x=y",  "end:bad_key",               BAD_NAME                       },
        {PUBLISH_BUSY,    KEY,     OPENED "end:busy",           "Another encoder is publishing"},
        {PUBLISH_NOT_NOW, KEY,     OPENED "end:not_now",        "does not take a stream now"   },
        {PUBLISH_OVER,    KEY,     OPENED "end:over",           "has ended the lesson"         },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct script *s = greeting();
        script_obs_opening(s, cases[i].key);
        script_media(s);
        verdict = cases[i].verdict;
        check(s, cases[i].events, cases[i].told);
    }
    verdict = PUBLISH_OK;
}

static void a_key_that_is_too_long_is_wrong_not_cut(void **state)
{
    (void)state;
    char name[RTMP_KEY_MAX + 2];
    memset(name, 'k', sizeof(name));
    name[sizeof(name) - 1] = 0;
    struct script *s = greeting();
    script_obs_opening(s, name);
    check(s, "end:bad_key", BAD_NAME);
}

static void only_the_application_live_is_served(void **state)
{
    (void)state;
    static const struct {
        const char *app, *events;
    } cases[] = {
        {"live",     OPENED       },
        {"live/",    OPENED       },
        {"live//",   OPENED       },
        {"live?a=b", OPENED       },
        {"",         "end:bad_app"},
        {"/",        "end:bad_app"},
        {"liv",      "end:bad_app"},
        {"live/x",   "end:bad_app"},
        {"Live",     "end:bad_app"}
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct script *s = greeting();
        script_connect(s, cases[i].app);
        script_call(s, "publish", 2, KEY, "live");
        check(s, cases[i].events, strcmp(cases[i].events, OPENED) ? "Connect.Rejected" : STARTED);
    }
}

static void a_second_publish_is_refused_and_the_first_goes_on(void **state)
{
    (void)state;
    struct script *s = publishing();
    script_call(s, "publish", 6, KEY, "live");
    SCRIPT_MEDIA(s, RTMP_AUDIO, 5, media_aac);
    check(s, OPENED "8@5/5 ", BAD_NAME);
}

static void the_encoders_name_is_made_harmless(void **state)
{
    (void)state;
    struct rtmp_session *s = malloc(sizeof(*s));
    struct script *script = greeting();
    struct script_command c;
    command_begin(&c, "connect", 1);
    amf0_begin_object(&c.w);
    command_property(&c, "app", "live");
    command_property(&c, "flashVer",
                     "a\nb\x1b[31m\xff 0123456789012345678901234567890123456789012345678901234567");
    amf0_end_object(&c.w);
    command_end(&c, script, 0);
    struct bytes in = bytes_of(script->bytes, script->len);
    struct rtmp_event ev;
    rtmp_session_init(s);
    assert_int_equal(rtmp_session_next(s, &in, &ev), -EAGAIN);
    assert_string_equal(s->encoder,
                        "a?b?[31m? 012345678901234567890123456789012345678901234567890123");
    rtmp_session_release(s);
    free(script);
    free(s);
}

static void a_kicked_encoder_is_told(void **state)
{
    (void)state;
    struct rtmp_session *s = malloc(sizeof(*s));
    struct script *script = publishing();
    struct run *r = calloc(1, sizeof(*r));
    struct bytes in = bytes_of(script->bytes, script->len);
    struct rtmp_event ev;
    rtmp_session_init(s);
    verdict = PUBLISH_OK;
    while (rtmp_session_next(s, &in, &ev) == 0) {
        on_event(r, s, &ev);
        take_out(r, s);
    }
    rtmp_session_kick(s);
    take_out(r, s);
    assert_true(was_told(r, "The server ended this stream."));
    assert_int_equal(rtmp_session_next(s, &in, &ev), 0);
    assert_int_equal(ev.kind, RTMP_EVENT_END);
    assert_int_equal(ev.why, RTMP_KICKED);
    rtmp_session_release(s);
    free(r);
    free(script);
    free(s);
}

static struct script *oom_script;

static int publish_without_memory(void)
{
    static struct run r;
    static struct rtmp_session s;
    struct bytes in = bytes_of(oom_script->bytes, oom_script->len);
    struct rtmp_event ev;
    int err = 0;
    r.len = 0;
    rtmp_session_init(&s);
    while (err == 0 && rtmp_session_next(&s, &in, &ev) == 0) {
        if (ev.kind == RTMP_EVENT_END)
            err = ev.why == RTMP_NO_MEMORY ? -ENOMEM : -EIO;
        else
            on_event(&r, &s, &ev);
        s.out.len = 0;
    }
    rtmp_session_release(&s);
    return err;
}

static void failing_allocations_end_the_session_and_leak_nothing(void **state)
{
    (void)state;
    oom_script = publishing();
    script_media(oom_script);
    assert_true(oom_levels(publish_without_memory) >= 10);
    free(oom_script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(obs_publishes_and_stops),
        cmocka_unit_test(a_digest_handshake_leads_to_the_same),
        cmocka_unit_test(an_opening_is_answered_in_order),
        cmocka_unit_test(an_encoder_may_publish_again_after_it_stopped),
        cmocka_unit_test(a_key_ends_where_its_query_begins),
        cmocka_unit_test(refusals_say_why),
        cmocka_unit_test(a_key_that_is_too_long_is_wrong_not_cut),
        cmocka_unit_test(only_the_application_live_is_served),
        cmocka_unit_test(a_second_publish_is_refused_and_the_first_goes_on),
        cmocka_unit_test(the_encoders_name_is_made_harmless),
        cmocka_unit_test(a_kicked_encoder_is_told),
        cmocka_unit_test(failing_allocations_end_the_session_and_leak_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
