#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "server/viewer/control.h"

static struct control c;
static const char *why;

static int parse(const char *text)
{
    return control_parse(&c, text, strlen(text), &why);
}

static void refused(const char *text, const char *reason)
{
    why = NULL;
    if (parse(text) != -EPROTO)
        fail_msg("taken: %s", text);
    if (strcmp(why, reason) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", text, why, reason);
}

#define HELLO(rest) "{\"t\":\"hello\",\"v\":1,\"lesson\":\"demo\",\"can\":[\"opus\"]" rest "}"

static void a_full_hello_is_read(void **state)
{
    (void)state;
    assert_int_equal(parse("{\"t\":\"hello\",\"v\":1,\"lesson\":\"math-7b\",\"key\":\"abcdefgh\","
                           "\"mode\":\"save\",\"can\":[\"opus\",\"aac\",\"h264\",\"avif\",\"webp\","
                           "\"av2\"],\"pts\":4294967295,\"later\":{\"x\":[1]}}"),
                     0);
    assert_null(why);
    assert_int_equal(c.type, CONTROL_HELLO);
    assert_string_equal(c.lesson, "math-7b");
    assert_string_equal(c.key, "abcdefgh");
    assert_int_equal(c.mode, RUNG_SAVE);
    assert_true(c.can.opus && c.can.aac && c.can.h264 && c.can.avif && c.can.webp);
    assert_true(c.has_pts);
    assert_int_equal(c.pts_ms, UINT32_MAX);
}

static void a_short_hello_has_defaults(void **state)
{
    (void)state;
    assert_int_equal(parse(HELLO("")), 0);
    assert_string_equal(c.key, "");
    assert_int_equal(c.mode, RUNG_AUTO);
    assert_false(c.has_pts);
    assert_true(c.can.opus);
    assert_false(c.can.aac || c.can.h264 || c.can.avif || c.can.webp);
    assert_true(c.wants_video);
}

static void every_field_of_hello_is_checked(void **state)
{
    (void)state;
    refused("{\"t\":\"hello\",\"lesson\":\"demo\",\"can\":[]}", "unknown protocol version");
    refused("{\"t\":\"hello\",\"v\":2,\"lesson\":\"demo\",\"can\":[]}", "unknown protocol version");
    refused("{\"t\":\"hello\",\"v\":\"1\",\"lesson\":\"d\",\"can\":[]}",
            "unknown protocol version");
    refused("{\"t\":\"hello\",\"v\":1,\"can\":[]}", "bad lesson");
    refused("{\"t\":\"hello\",\"v\":1,\"lesson\":\"\",\"can\":[]}", "bad lesson");
    refused("{\"t\":\"hello\",\"v\":1,\"lesson\":7,\"can\":[]}", "bad lesson");
    refused("{\"t\":\"hello\",\"v\":1,\"lesson\":null,\"can\":[]}", "bad lesson");
    refused("{\"t\":\"hello\",\"v\":1,\"lesson\":\"0123456789012345678901234567890123456789\","
            "\"can\":[]}",
            "bad lesson"); /* 40 letters */
    assert_int_equal(parse("{\"t\":\"hello\",\"v\":1,\"lesson\":"
                           "\"012345678901234567890123456789012345678\",\"can\":[]}"),
                     0);
    refused(HELLO(",\"key\":5"), "bad key");
    refused(HELLO(",\"key\":null"), "bad key");
    refused(HELLO(",\"key\":\"0123456789012345678901234567890123456789012345678901234567890123\""),
            "bad key");
    refused(HELLO(",\"mode\":\"fast\""), "bad mode");
    refused(HELLO(",\"mode\":\"\""), "bad mode");
    refused(HELLO(",\"mode\":1"), "bad mode");
    refused(HELLO(",\"mode\":\"voicevoicevoicevoice\""), "bad mode");
    refused("{\"t\":\"hello\",\"v\":1,\"lesson\":\"demo\"}", "bad can");
    refused("{\"t\":\"hello\",\"v\":1,\"lesson\":\"demo\",\"can\":\"opus\"}", "bad can");
    refused("{\"t\":\"hello\",\"v\":1,\"lesson\":\"demo\",\"can\":[1]}", "bad can");
    refused("{\"t\":\"hello\",\"v\":1,\"lesson\":\"demo\",\"can\":[\"opus\",[]]}", "bad can");
    refused("{\"t\":\"hello\",\"v\":1,\"lesson\":\"demo\",\"can\":[\"\",\"\",\"\",\"\",\"\",\"\","
            "\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"]}",
            "bad can"); /* 17 */
    refused(HELLO(",\"pts\":-1"), "bad pts");
    refused(HELLO(",\"pts\":4294967296"), "bad pts");
    refused(HELLO(",\"pts\":1e300"), "bad pts");
    refused(HELLO(",\"pts\":\"7\""), "bad pts");
    refused(HELLO(",\"pts\":true"), "bad pts");
}

static void a_report_is_read(void **state)
{
    (void)state;
    assert_int_equal(
        parse("{\"t\":\"report\",\"pts\":12.9,\"buf\":3000,\"late\":4,\"hidden\":true}"), 0);
    assert_int_equal(c.type, CONTROL_REPORT);
    assert_int_equal(c.pts_ms, 12);
    assert_int_equal(c.buffer_ms, 3000);
    assert_true(c.is_hidden);
    assert_true(c.wants_video);
    assert_int_equal(parse("{\"t\":\"report\",\"video\":false}"), 0);
    assert_false(c.is_hidden);
    assert_false(c.wants_video);
    refused("{\"t\":\"report\",\"pts\":-0.1}", "bad report");
    refused("{\"t\":\"report\",\"buf\":[]}", "bad report");
    refused("{\"t\":\"report\",\"buf\":99999999999999999999999}", "not JSON");
    refused("{\"t\":\"report\",\"hidden\":1}", "bad report");
    refused("{\"t\":\"report\",\"hidden\":null}", "bad report");
    refused("{\"t\":\"report\",\"video\":\"no\"}", "bad report");
}

static void a_mode_is_read(void **state)
{
    (void)state;
    static const char *const words[] = {"auto", "save", "voice"};
    for (int i = 0; i < 3; i++) {
        char text[64];
        snprintf(text, sizeof(text), "{\"t\":\"mode\",\"mode\":\"%s\"}", words[i]);
        assert_int_equal(parse(text), 0);
        assert_int_equal(c.type, CONTROL_MODE);
        assert_int_equal(c.mode, i);
    }
    refused("{\"t\":\"mode\"}", "bad mode");
    refused("{\"t\":\"mode\",\"mode\":\"\"}", "bad mode");
    refused("{\"t\":\"mode\",\"mode\":\"AUTO\"}", "bad mode");
    refused("{\"t\":\"mode\",\"mode\":null}", "bad mode");
    refused("{\"t\":\"mode\",\"mode\":[\"auto\"]}", "bad mode");
}

static void everything_else_is_refused(void **state)
{
    (void)state;
    refused("", "not JSON");
    refused("{", "not JSON");
    refused("hello", "not JSON");
    refused("\"hello\"", "not JSON");
    refused("{\"t\":\"mode\",\"mode\":\"auto\"}x", "not JSON");
    refused("{\"t\":\"mode\",\"t\":\"mode\",\"mode\":\"auto\"}", "not JSON");
    refused("{\"t\":\"mode\",\"mode\":\"au\\u0000to\"}", "not JSON");
    refused("{\"t\":\"mode\",\"mode\":\"\xff\"}", "not JSON");
    refused("[]", "not a message");
    refused("{\"t\":7}", "not a message");
    refused("{\"t\":\"a-very-long-type-of-message\"}", "not a message");
    refused("{}", "unknown message");
    refused("{\"t\":\"bye\"}", "unknown message");
    assert_int_equal(control_parse(&c, "{}\0{}", 5, &why), -EPROTO);
    char deep[1024];
    memset(deep, '[', sizeof(deep));
    assert_int_equal(control_parse(&c, deep, sizeof(deep), &why), -EPROTO);
}

/* -- what we write -------------------------------------------------------------------------- */

static char out[CONTROL_TEXT_MAX];

static json_t *read_back(int n)
{
    assert_in_range(n, 2, CONTROL_TEXT_MAX);
    json_t *o = json_loadb(out, (size_t)n, 0, NULL);
    assert_non_null(o);
    return o;
}

static const char *text_of(const json_t *o, const char *name)
{
    return json_string_value(json_object_get(o, name));
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    const struct rung r7 = {.name = "R7", .wire_kbps = 380};
    const struct control_welcome w = {
        .lesson = "demo", .title = "一次函数 \"y=kx\"\n", .state = "live", .pts_ms = UINT32_MAX};
    json_t *o = read_back(control_write_welcome(out, &w));
    assert_string_equal(text_of(o, "t"), "welcome");
    assert_null(json_object_get(o, "muted"));
    assert_int_equal(json_integer_value(json_object_get(o, "v")), 1);
    assert_string_equal(text_of(o, "title"), w.title);
    assert_string_equal(text_of(o, "state"), "live");
    assert_int_equal(json_integer_value(json_object_get(o, "pts")), UINT32_MAX);
    json_decref(o);

    o = read_back(control_write_rung(out, &r7, "video", "good"));
    assert_string_equal(text_of(o, "t"), "rung");
    assert_string_equal(text_of(o, "rung"), "R7");
    assert_int_equal(json_integer_value(json_object_get(o, "kbps")), 380);
    assert_string_equal(text_of(o, "picture"), "video");
    assert_string_equal(text_of(o, "why"), "good");
    json_decref(o);

    o = read_back(control_write_state(out, "ended", false, 0));
    assert_string_equal(text_of(o, "state"), "ended");
    assert_null(json_object_get(o, "muted"));
    assert_null(json_object_get(o, "pts"));
    json_decref(o);
    o = read_back(control_write_state(out, "live", true, 4000000000));
    assert_true(json_is_true(json_object_get(o, "muted")));
    assert_int_equal(json_integer_value(json_object_get(o, "pts")), 4000000000);
    json_decref(o);
    o = read_back(control_write_resent(out, 5000000000));
    assert_string_equal(text_of(o, "t"), "resent");
    assert_int_equal(json_integer_value(json_object_get(o, "bytes")), 5000000000);
    json_decref(o);
    o = read_back(control_write_break(out, 300000));
    assert_string_equal(text_of(o, "t"), "break");
    assert_string_equal(text_of(o, "kind"), "eyes");
    assert_int_equal(json_integer_value(json_object_get(o, "ms")), 300000);
    json_decref(o);
    struct control_day day = {108, 12, 120, false};
    o = read_back(control_write_day(out, &day));
    assert_string_equal(text_of(o, "t"), "day");
    assert_int_equal(json_integer_value(json_object_get(o, "group")), 108);
    assert_int_equal(json_integer_value(json_object_get(o, "voice")), 12);
    assert_int_equal(json_integer_value(json_object_get(o, "limit")), 120);
    assert_null(json_object_get(o, "voiceOnly"));
    json_decref(o);
    day = (struct control_day){.limit = UINT32_MAX, .is_voice_only = true};
    o = read_back(control_write_day(out, &day));
    assert_true(json_is_null(json_object_get(o, "limit")));
    assert_true(json_is_true(json_object_get(o, "voiceOnly")));
    json_decref(o);
    o = read_back(control_write_timetable(out));
    assert_string_equal(text_of(o, "t"), "timetable");
    json_decref(o);
    o = read_back(control_write_bye(out, "silent"));
    assert_string_equal(text_of(o, "why"), "silent");
    json_decref(o);
}

static void the_longest_title_fits(void **state)
{
    (void)state;
    char title[256];
    memset(title, '\1', sizeof(title) - 1); /* six bytes each in JSON */
    title[255] = '\0';
    const struct control_welcome w = {
        .lesson = "0123456789012345678901234567890123456", .title = title, .state = "reconnecting"};
    json_decref(read_back(control_write_welcome(out, &w)));
}

static void what_is_no_text_is_not_written(void **state)
{
    (void)state;
    assert_true(control_write_bye(out, "\xff\xfe") < 0);
    char big[CONTROL_TEXT_MAX + 1];
    memset(big, 'x', sizeof(big));
    big[CONTROL_TEXT_MAX] = '\0';
    assert_int_equal(control_write_bye(out, big), -EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_hello_is_read),
        cmocka_unit_test(a_short_hello_has_defaults),
        cmocka_unit_test(every_field_of_hello_is_checked),
        cmocka_unit_test(a_report_is_read),
        cmocka_unit_test(a_mode_is_read),
        cmocka_unit_test(everything_else_is_refused),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(the_longest_title_fits),
        cmocka_unit_test(what_is_no_text_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
