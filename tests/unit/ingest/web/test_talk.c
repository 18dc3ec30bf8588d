#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "server/ingest/web/talk.h"
#include "tests/unit/hub/media.h"

static struct talk m;
static const char *why;
static char text[TALK_TEXT_MAX];

static int parse(const char *json)
{
    return talk_parse(&m, json, strlen(json), &why);
}

static void refused(const char *json, const char *reason)
{
    why = NULL;
    if (parse(json) != -EPROTO)
        fail_msg("taken: %s", json);
    if (strcmp(why, reason) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", json, why, reason);
}

#define NEW_KEY "a-key-of-26-letters-or-more"

#define HELLO(rest)                                                                                \
    "{\"t\":\"hello\",\"v\":1,\"key\":\"demo-stream-key\",\"device\":\"laptop_1\"" rest "}"

static void hello_is_read(void **state)
{
    (void)state;
    assert_int_equal(parse(HELLO("")), 0);
    assert_null(why);
    assert_int_equal(m.type, TALK_HELLO);
    assert_string_equal(m.key, "demo-stream-key");
    assert_string_equal(m.device, "laptop_1");
    assert_true(m.teaches);
    assert_false(m.takes || m.rehearses);
    assert_int_equal(parse(HELLO(",\"media\":false,\"take\":true,\"rehearse\":true,\"x\":[]")), 0);
    assert_false(m.teaches);
    assert_true(m.takes && m.rehearses);
}

static void a_key_that_is_to_be_is_none_that_is_guessed(void **state)
{
    (void)state;
    assert_int_equal(parse(HELLO(",\"next\":\"" NEW_KEY "\"")), 0);
    assert_string_equal(m.next_key, NEW_KEY);
    assert_int_equal(parse(HELLO(",\"next\":\"\"")), 0);
    assert_string_equal(m.next_key, "");
    refused(HELLO(",\"next\":\"abcdefghijklmnopqrstuvwxy\""), "bad key");
    refused(HELLO(",\"next\":\"" NEW_KEY "%\""), "bad key");
    refused(HELLO(",\"next\":7"), "bad key");
    refused("{\"t\":\"rotate\"}", "bad key");
    refused("{\"t\":\"rotate\",\"key\":\"\"}", "bad key");
    refused("{\"t\":\"rotate\",\"key\":\"demo-stream-key\"}", "bad key");
    refused("{\"t\":\"rotate\",\"key\":\"0123456789012345678901234567890123456789\"}", "bad key");
}

static void every_field_of_hello_is_checked(void **state)
{
    (void)state;
    refused("{\"t\":\"hello\",\"key\":\"k\",\"device\":\"laptop_1\"}", "unknown protocol version");
    refused("{\"t\":\"hello\",\"v\":2,\"key\":\"k\",\"device\":\"laptop_1\"}",
            "unknown protocol version");
    refused("{\"t\":\"hello\",\"v\":1,\"key\":7,\"device\":\"laptop_1\"}", "bad key");
    refused("{\"t\":\"hello\",\"v\":1,\"key\":\"0123456789012345678901234567890123456789\","
            "\"device\":\"laptop_1\"}",
            "bad key");
    refused("{\"t\":\"hello\",\"v\":1,\"key\":\"k\"}", "bad device");
    refused("{\"t\":\"hello\",\"v\":1,\"key\":\"k\",\"device\":\"laptop1\"}", "bad device");
    refused("{\"t\":\"hello\",\"v\":1,\"key\":\"k\",\"device\":\"laptop one\"}", "bad device");
    refused("{\"t\":\"hello\",\"v\":1,\"key\":\"k\","
            "\"device\":\"01234567890123456789012345678901234567890\"}",
            "bad device");
    refused(HELLO(",\"media\":1"), "bad hello");
    refused(HELLO(",\"take\":\"yes\""), "bad hello");
    refused(HELLO(",\"rehearse\":null"), "bad hello");
    assert_int_equal(parse("{\"t\":\"hello\",\"v\":1,\"key\":\"k\","
                           "\"device\":\"0123456789012345678901234567890123456789\"}"),
                     0);
}

static void the_other_words_are_read(void **state)
{
    (void)state;
    assert_int_equal(parse("{\"t\":\"end\"}"), 0);
    assert_int_equal(m.type, TALK_END);
    assert_int_equal(parse("{\"t\":\"admit\"}"), 0);
    assert_int_equal(m.type, TALK_ADMIT);
    assert_int_equal(parse("{\"t\":\"rotate\",\"key\":\"" NEW_KEY "\",\"x\":1}"), 0);
    assert_int_equal(m.type, TALK_ROTATE);
    assert_string_equal(m.next_key, NEW_KEY);
    assert_int_equal(parse("{\"t\":\"source\"}"), 0);
    assert_int_equal(m.type, TALK_SOURCE);
    assert_int_equal(m.content, WIRE_CONTENT_UNKNOWN);
    assert_false(m.is_muted);
    assert_int_equal(parse("{\"t\":\"source\",\"content\":\"auto\",\"muted\":true}"), 0);
    assert_true(m.is_muted);
    assert_false(m.has_pts);
    assert_int_equal(m.content, WIRE_CONTENT_UNKNOWN);
    assert_int_equal(parse("{\"t\":\"source\",\"muted\":true,\"pts\":4294967295}"), 0);
    assert_true(m.has_pts);
    assert_int_equal(m.pts_ms, UINT32_MAX);
    assert_int_equal(parse("{\"t\":\"source\",\"content\":\"slides\"}"), 0);
    assert_int_equal(m.content, WIRE_CONTENT_SLIDES);
    assert_int_equal(parse("{\"t\":\"source\",\"content\":\"camera\"}"), 0);
    assert_int_equal(m.content, WIRE_CONTENT_CAMERA);
    refused("{\"t\":\"source\",\"content\":\"film\"}", "bad source");
    refused("{\"t\":\"source\",\"content\":3}", "bad source");
    refused("{\"t\":\"source\",\"muted\":1}", "bad source");
    refused("{\"t\":\"source\",\"muted\":true,\"pts\":-1}", "bad source");
}

static void a_break_lasts_some_minutes(void **state)
{
    (void)state;
    assert_int_equal(parse("{\"t\":\"break\",\"minutes\":20}"), 0);
    assert_int_equal(m.type, TALK_BREAK);
    assert_int_equal(m.break_min, 20);
    assert_int_equal(parse("{\"t\":\"break\",\"minutes\":0}"), 0);
    assert_int_equal(m.break_min, 0);
    refused("{\"t\":\"break\"}", "bad break");
    refused("{\"t\":\"break\",\"minutes\":21}", "bad break");
    refused("{\"t\":\"break\",\"minutes\":-1}", "bad break");
    refused("{\"t\":\"break\",\"minutes\":\"5\"}", "bad break");
}

static void what_is_no_message_is_refused(void **state)
{
    (void)state;
    refused("", "not JSON");
    refused("hello", "not JSON");
    refused("{\"t\":\"end\",\"t\":\"end\"}", "not JSON");
    refused("[]", "not a message");
    refused("{\"t\":1}", "not a message");
    refused("{}", "unknown message");
    refused("{\"t\":\"End\"}", "unknown message");
    refused("{\"t\":\"report\"}", "unknown message");
    refused("{\"t\":\"mode\",\"mode\":\"auto\"}", "unknown message");
}

static void says(int n, const char *expected)
{
    assert_true(n > 0 && n < TALK_TEXT_MAX);
    text[n] = '\0';
    assert_string_equal(text, expected);
}

static void a_welcome_says_all_that_a_page_shows(void **state)
{
    (void)state;
    struct session_facts facts = {.state = SESSION_LIVE, .live_ms = 61000};
    const struct lesson open = {.id = "demo", .title = "分数", .is_open = true};
    const struct lesson closed = {.id = "math", .title = "math", .watch_key = "watch-key"};
    struct talk_welcome w = {.lesson = &open, .facts = &facts};
    says(
        talk_write_welcome(text, &w),
        "{\"t\":\"welcome\",\"v\":1,\"lesson\":\"demo\",\"title\":\"分数\",\"watch\":\"/watch/demo\","
        "\"state\":\"live\",\"since\":61000,\"voice\":null}");
    w = (struct talk_welcome){
        .lesson = &closed,
        .rehearsal = &(const struct lesson){.id = "r", .watch_key = "rk"},
        .facts = &facts,
        .rtmp_port = 1935,
        .has_voice = true,
        .voice_ms = UINT32_MAX
    };
    says(talk_write_welcome(text, &w),
         "{\"t\":\"welcome\",\"v\":1,\"lesson\":\"math\",\"title\":\"math\","
         "\"watch\":\"/watch/math#k=watch-key\",\"state\":\"live\",\"since\":61000,"
         "\"rtmp\":{\"port\":1935,\"path\":\"live\"},\"voice\":4294967295,"
         "\"rehearsal\":{\"id\":\"r\",\"key\":\"rk\"}}");
    w = (struct talk_welcome){
        .lesson = &open, .facts = &facts, .rtmp_port = 1935, .rtmp_key = "stream-key"};
    talk_write_welcome(text, &w);
    assert_non_null(
        strstr(text, "\"rtmp\":{\"port\":1935,\"path\":\"live\",\"key\":\"stream-key\"}"));
}

static void an_ack_says_what_was_taken(void **state)
{
    (void)state;
    struct talk_ack ack = {.bytes = 7};
    says(talk_write_ack(text, &ack), "{\"t\":\"ack\",\"voice\":null,\"video\":null,\"bytes\":7}");
    ack = (struct talk_ack){.has_voice = true,
                            .has_frame = true,
                            .voice_ms = 0,
                            .frame_ms = 4000000000,
                            .bytes = 5000000000};
    says(talk_write_ack(text, &ack),
         "{\"t\":\"ack\",\"voice\":0,\"video\":4000000000,\"bytes\":5000000000}");
}

static void a_status_counts_pupils(void **state)
{
    (void)state;
    struct ladder ladder;
    media_ladder(&ladder);
    struct session_facts facts = {.state = SESSION_RECONNECTING,
                                  .source = SOURCE_PAGE,
                                  .content = WIRE_CONTENT_SLIDES,
                                  .is_muted = true,
                                  .live_ms = 5,
                                  .viewers = 14,
                                  .voice_only = 2,
                                  .away = 3,
                                  .width = 1280,
                                  .height = 720,
                                  .fps_x100 = 750};
    facts.of_rung[RUNG_1] = 2;
    facts.of_rung[RUNG_STILL] = 12;
    says(
        talk_write_status(text, &facts, &ladder),
        "{\"t\":\"status\",\"state\":\"reconnecting\",\"since\":5,\"pupils\":14,\"voiceOnly\":2,"
        "\"reconnecting\":3,\"rungs\":{\"R1\":2,\"R2\":12},\"source\":{\"kind\":\"browser\","
        "\"width\":1280,\"height\":720,\"fps\":7.5,\"content\":\"slides\",\"muted\":true},\"hands\":0}");
    facts.break_ms = 59000;
    assert_non_null(memmem(text, (size_t)talk_write_status(text, &facts, &ladder),
                           "\"break\":59000", strlen("\"break\":59000")));
}

static void short_words_are_written(void **state)
{
    (void)state;
    says(talk_write_word(text, "busy"), "{\"t\":\"busy\"}");
    says(talk_write_bye(text, "not now"), "{\"t\":\"bye\",\"why\":\"not now\"}");
    says(talk_write_rotated(text, "new-key", 0, NULL), "{\"t\":\"rotated\",\"key\":\"new-key\"}");
    says(talk_write_rotated(text, "new-key", 1935, NULL),
         "{\"t\":\"rotated\",\"key\":\"new-key\",\"rtmp\":{\"port\":1935,\"path\":\"live\"}}");
    says(talk_write_rotated(text, "old-key", 1935, "busy"), "{\"t\":\"rotated\",\"why\":\"busy\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_is_read),
        cmocka_unit_test(a_key_that_is_to_be_is_none_that_is_guessed),
        cmocka_unit_test(every_field_of_hello_is_checked),
        cmocka_unit_test(the_other_words_are_read),
        cmocka_unit_test(a_break_lasts_some_minutes),
        cmocka_unit_test(what_is_no_message_is_refused),
        cmocka_unit_test(a_welcome_says_all_that_a_page_shows),
        cmocka_unit_test(an_ack_says_what_was_taken),
        cmocka_unit_test(a_status_counts_pupils),
        cmocka_unit_test(short_words_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
