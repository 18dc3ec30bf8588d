#include "tests/unit/unit.h"

#include <errno.h>

#include "server/ingest/rtmp/session.h"
#include "tests/unit/ingest/rtmp/script.h"

#define KEY "abcdefgh"

enum { TRANSCRIPT_ROOM = 8 << 10, OUT_ROOM = 64 << 10 };

/* What a session made of a script: a word an event, and all that it replied. */
struct run {
    char events[TRANSCRIPT_ROOM];
    size_t len;
    uint8_t out[OUT_ROOM];
    size_t out_len;
    int err;
};

static enum publish_verdict verdict;

static void say(struct run *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct run *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(r->events + r->len, sizeof(r->events) - r->len, format, args);
    va_end(args);
    assert_true(n >= 0 && (size_t)n < sizeof(r->events) - r->len);
    r->len += (size_t)n;
}

static bool on_event(struct run *r, struct rtmp_session *s, const struct rtmp_event *ev)
{
    switch (ev->kind) {
    case RTMP_EVENT_PUBLISH:
        say(r, "publish:%s ", ev->key);
        rtmp_session_answer(s, strcmp(ev->key, "wrong") ? verdict : PUBLISH_BAD_KEY);
        return true;
    case RTMP_EVENT_TAG:
        say(r, "%u@%u/%u ", ev->tag.type, ev->tag.dts_ms, ev->tag.len);
        return true;
    case RTMP_EVENT_STOP: say(r, "stop "); return true;
    case RTMP_EVENT_REPLY: return true;
    case RTMP_EVENT_END:
        say(r, "end:%s", rtmp_why_name(ev->why));
        if (ev->detail)
            say(r, "(%s)", ev->detail);
        return false;
    }
    return false;
}

static void take_out(struct run *r, struct rtmp_session *s)
{
    assert_true(r->out_len + s->out.len <= OUT_ROOM);
    put_bytes(r->out + r->out_len, s->out.bytes, s->out.len);
    r->out_len += s->out.len;
    s->out.len = 0;
}

static void play(struct run *r, const struct script *script, size_t piece)
{
    struct rtmp_session *s = malloc(sizeof(*s));
    rtmp_session_init(s);
    *r = (struct run){0};
    bool goes_on = true;
    size_t used = 0;
    size_t end = 0;
    struct rtmp_event ev;
    while (goes_on && end < script->len) {
        end = end + piece < script->len ? end + piece : script->len;
        size_t n = end - used;
        uint8_t *copy = malloc(n);
        struct bytes in = bytes_of(put_bytes(copy, script->bytes + used, n) - n, n);
        while (goes_on && (r->err = rtmp_session_next(s, &in, &ev)) == 0) {
            goes_on = on_event(r, s, &ev);
            take_out(r, s);
        }
        take_out(r, s);
        assert_true(!goes_on || bytes_left(&in) < RTMP_INPUT_LEFT_MAX);
        used = end - bytes_left(&in);
        free(copy);
    }
    rtmp_session_release(s);
    free(s);
}

/* Plays the script in pieces of many sizes: the same must come out each time. */
static void assert_plays(const struct script *script, struct run *r, const char *want)
{
    static const size_t pieces[] = {1, 2, 3, 7, 100, 1537, 1 << 20};
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        play(r, script, pieces[i]);
        assert_string_equal(r->events, want);
    }
}

/* Whether the replies hold `text`; they are chunked, so only short texts after the opening. */
static bool was_told(const struct run *r, const char *text)
{
    return memmem(r->out, r->out_len, text, strlen(text)) != NULL;
}

static struct script *greeting(void)
{
    struct script *s = script_new();
    script_plain_hello(s);
    return s;
}

static struct script *publishing(void)
{
    struct script *s = greeting();
    script_obs_opening(s, KEY);
    return s;
}

/* Plays and frees the script. */
static void check(struct script *s, const char *want, const char *told)
{
    struct run *r = malloc(sizeof(*r));
    assert_plays(s, r, want);
    if (told && !was_told(r, told))
        fail_msg("the encoder was not told \"%s\"", told);
    free(r);
    free(s);
}

#define OPENED   "publish:" KEY " "
#define MEDIA    "8@0/4 9@0/22 9@0/11 8@21/5 9@40/11 "
#define BAD_NAME "NetStream.Publish.BadName"
#define STARTED  "NetStream.Publish.Start"

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

static void codecs_we_cannot_take_end_the_stream_by_name(void **state)
{
    (void)state;
    struct script *s = publishing();
    SCRIPT_MEDIA(s, RTMP_AUDIO, 0, media_aac_config);
    SCRIPT_MEDIA(s, RTMP_VIDEO, 0, media_hevc);
    check(s, OPENED "8@0/4 end:codec(HEVC)", "HEVC is not supported");
}

static void broken_media_ends_the_stream(void **state)
{
    (void)state;
    struct script *s = publishing();
    script_message(s, 4, RTMP_VIDEO, 1, 0, "\x17\x01\0", 3);
    check(s, OPENED "end:bad_media(video)", NULL);
}

static void empty_media_is_left_out(void **state)
{
    (void)state;
    struct script *s = publishing();
    script_message(s, 4, RTMP_AUDIO, 1, 0, NULL, 0);
    script_message(s, 4, RTMP_VIDEO, 1, 0, "\x17\x02\0\0\0", 5);
    SCRIPT_MEDIA(s, RTMP_AUDIO, 5, media_aac);
    check(s, OPENED "8@5/5 ", NULL);
}

static void players_are_turned_away(void **state)
{
    (void)state;
    struct script *s = greeting();
    script_connect(s, "live");
    script_call(s, "createStream", 2, NULL, NULL);
    script_call(s, "play", 3, KEY, NULL);
    check(s, "end:play", "NetStream.Play.Failed");
}

static void put_tag(struct script *s, uint8_t type, uint32_t ms, const void *body, size_t len)
{
    uint8_t header[FLV_TAG_HEADER];
    uint8_t trailer[FLV_TAG_TRAILER];
    const struct media_tag tag = {.type = type, .len = (uint32_t)len};
    flv_write_tag_header(header, &tag, ms);
    flv_write_tag_trailer(trailer, &tag);
    script_bytes(s, header, sizeof(header));
    script_bytes(s, body, len);
    script_bytes(s, trailer, sizeof(trailer));
}

static void aggregates_are_split_into_their_tags(void **state)
{
    (void)state;
    struct script *inner = script_new();
    put_tag(inner, MEDIA_AUDIO, 1000, media_aac, sizeof(media_aac));
    put_tag(inner, MEDIA_VIDEO, 1010, media_avc_key, sizeof(media_avc_key));
    put_tag(inner, 99, 1015, "?", 1);
    put_tag(inner, MEDIA_SCRIPT, 1020, "\2\0\1a\5", 5);
    put_tag(inner, MEDIA_AUDIO, 990, media_aac, sizeof(media_aac)); /* before the first */
    struct script *s = publishing();
    script_message(s, 4, RTMP_AGGREGATE, 1, 5000, inner->bytes, inner->len);
    script_message(s, 4, RTMP_AGGREGATE, 1, 6000, inner->bytes, inner->len - FLV_TAG_TRAILER);
    script_message(s, 4, RTMP_AGGREGATE, 1, 6000, NULL, 0);
    SCRIPT_MEDIA(s, RTMP_AUDIO, 7000, media_aac);
    script_message(s, 4, RTMP_AGGREGATE, 1, 8000, inner->bytes, 25);
    check(s,
          OPENED
          "8@5000/5 9@5010/11 18@5020/5 8@4990/5 8@6000/5 9@6010/11 18@6020/5 8@5990/5 8@7000/5 "
          "8@8000/5 end:bad_message(aggregate)",
          NULL);
    free(inner);
}

static void amf3_envelopes_are_opened(void **state)
{
    (void)state;
    struct script *s = greeting();
    script_connect(s, "live");
    struct script_command c = {.body = {0}};
    c.w = (struct amf0_writer){.p = c.body + 1, .end = c.body + sizeof(c.body)};
    amf0_put_text(&c.w, "publish");
    amf0_put_number(&c.w, 2);
    amf0_put_null(&c.w);
    amf0_put_text(&c.w, KEY);
    script_message(s, 3, RTMP_COMMAND_AMF3, 1, 0, c.body, (size_t)(c.w.p - c.body));
    script_message(s, 4, RTMP_DATA_AMF3, 1, 0, "\0\2\0\1a\5", 6);
    check(s, OPENED "18@0/5 ", STARTED);
}

static void broken_metadata_is_left_out_and_forgiven(void **state)
{
    (void)state;
    struct script *s = publishing();
    script_message(s, 4, RTMP_DATA, 1, 0, "\2\0\1a\3\0\1b", 8);
    script_message(s, 4, RTMP_DATA, 1, 0, NULL, 0);
    script_message(s, 4, RTMP_DATA, 1, 0, "\2\0\15@setDataFrame", 16);
    SCRIPT_MEDIA(s, RTMP_AUDIO, 5, media_aac);
    check(s, OPENED "8@5/5 ", NULL);
}

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

struct recording {
    const char *name; /* in tests/fuzz/corpus/rtmp_session: what came behind the handshake */
    int audio, video, script;
    const char *last; /* the last event */
};

static int count(const struct run *r, const char *kind)
{
    int n = 0;
    for (const char *p = r->events; (p = strstr(p, kind)); p++)
        n += p == r->events || p[-1] == ' ';
    return n;
}

static void check_recording(const struct recording *want)
{
    char path[128];
    static uint8_t bytes[SCRIPT_ROOM / 2];
    snprintf(path, sizeof(path), "tests/fuzz/corpus/rtmp_session/%s", want->name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    struct script *s = greeting();
    script_bytes(s, bytes, fread(bytes, 1, sizeof(bytes), f));
    fclose(f);

    struct run *whole = malloc(sizeof(*whole));
    struct run *pieces = malloc(sizeof(*pieces));
    play(whole, s, s->len);
    play(pieces, s, 1);
    assert_string_equal(whole->events, pieces->events);
    assert_int_equal(count(whole, "8@"), want->audio);
    assert_int_equal(count(whole, "9@"), want->video);
    assert_int_equal(count(whole, "18@"), want->script);
    size_t last_len = strlen(want->last);
    assert_true(whole->len >= last_len);
    assert_string_equal(whole->events + whole->len - last_len, want->last);
    free(whole);
    free(pieces);
    free(s);
}

/* ffmpeg 5.1, GStreamer 1.22's rtmp2sink and rtmpsink (librtmp), rtmpdump 2.4. */
static void recorded_encoders_are_understood_however_the_network_cuts_them(void **state)
{
    (void)state;
    static const struct recording recordings[] = {
        {"ffmpeg-av",      15, 4, 1, "8@603/98 stop "           },
        {"ffmpeg-v",       0,  4, 1, "9@400/270 stop "          },
        {"ffmpeg-a",       9,  0, 1, "8@325/95 stop "           },
        {"ffmpeg-long",    15, 4, 1, "8@20000557/98 stop "      }, /* past 0xffffff ms */
        {"ffmpeg-bframes", 0,  9, 1, "9@1400/99 stop "          },
        {"ffmpeg-mp3",     0,  0, 1, "end:codec(MP3)"           },
        {"ffmpeg-flv1",    0,  0, 1, "end:codec(Sorenson H.263)"},
        {"gst-rtmp2",      8,  4, 3, "18@400/339 stop "         },
        {"gst-librtmp",    8,  4, 3, "18@400/339 stop "         },
        {"rtmpdump",       0,  0, 0, "end:play"                 },
    };
    for (size_t i = 0; i < sizeof(recordings) / sizeof(recordings[0]); i++)
        check_recording(&recordings[i]);
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
        cmocka_unit_test(codecs_we_cannot_take_end_the_stream_by_name),
        cmocka_unit_test(broken_media_ends_the_stream),
        cmocka_unit_test(empty_media_is_left_out),
        cmocka_unit_test(players_are_turned_away),
        cmocka_unit_test(aggregates_are_split_into_their_tags),
        cmocka_unit_test(amf3_envelopes_are_opened),
        cmocka_unit_test(broken_metadata_is_left_out_and_forgiven),
        cmocka_unit_test(pings_are_answered_and_unknown_calls_refused),
        cmocka_unit_test(a_flood_of_pings_does_not_overflow_the_replies),
        cmocka_unit_test(received_bytes_are_acknowledged_by_the_encoders_window),
        cmocka_unit_test(a_tiny_window_is_not_acknowledged_by_the_byte),
        cmocka_unit_test(what_is_no_rtmp_ends_at_once),
        cmocka_unit_test(commands_before_connect_and_bad_ones_end),
        cmocka_unit_test(broken_chunks_and_too_long_messages_end),
        cmocka_unit_test(strangers_get_little_memory),
        cmocka_unit_test(a_second_publish_is_refused_and_the_first_goes_on),
        cmocka_unit_test(the_encoders_name_is_made_harmless),
        cmocka_unit_test(recorded_encoders_are_understood_however_the_network_cuts_them),
        cmocka_unit_test(a_kicked_encoder_is_told),
        cmocka_unit_test(failing_allocations_end_the_session_and_leak_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
