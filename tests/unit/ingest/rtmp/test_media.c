#include "tests/unit/ingest/rtmp/play.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codecs_we_cannot_take_end_the_stream_by_name),
        cmocka_unit_test(broken_media_ends_the_stream),
        cmocka_unit_test(empty_media_is_left_out),
        cmocka_unit_test(players_are_turned_away),
        cmocka_unit_test(aggregates_are_split_into_their_tags),
        cmocka_unit_test(amf3_envelopes_are_opened),
        cmocka_unit_test(broken_metadata_is_left_out_and_forgiven),
        cmocka_unit_test(recorded_encoders_are_understood_however_the_network_cuts_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
