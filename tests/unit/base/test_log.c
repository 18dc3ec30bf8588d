#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/base/log.h"

static struct {
    char last[LOG_LINE_MAX + 1];
    size_t lines;
} seen;

static void sink(enum log_level level, const char *line, void *arg)
{
    (void)level;
    (void)arg;
    snprintf(seen.last, sizeof(seen.last), "%s", line);
    seen.lines++;
}

static int begin(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof(seen));
    /* Far enough that no event of an earlier test is in the same second. */
    static uint32_t round;
    fake_clock_start();
    fake_clock_advance(10000 * ++round);
    log_threshold = LOG_INFO;
    log_set_sink(sink, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    log_set_sink(NULL, NULL);
    fake_clock_stop();
    return 0;
}

static const struct log lesson = {.noun = "lesson", .id = "demo"};

static void a_line_is_level_event_who_and_facts(void **state)
{
    (void)state;
    log_info(&lesson, "session.live", LOG_STR("by", "rtmp"), LOG_NUM("viewers", 12));
    assert_string_equal(seen.last, "info session.live lesson=demo by=rtmp viewers=12");
    log_error(NULL, "net.down");
    assert_string_equal(seen.last, "error net.down");
}

static void an_error_is_said_in_words(void **state)
{
    (void)state;
    log_warn(NULL, "codec.start", LOG_ERR(-ENOENT));
    assert_string_equal(seen.last, "warn codec.start err=\"No such file or directory\"");
}

static void a_missing_text_is_empty(void **state)
{
    (void)state;
    const char *nobody = NULL;
    log_info(NULL, "x.y", LOG_STR("who", nobody));
    assert_string_equal(seen.last, "info x.y who=\"\"");
}

static void negative_and_large_numbers_are_whole(void **state)
{
    (void)state;
    log_info(NULL, "x.numbers", LOG_NUM("a", -5), LOG_NUM("b", INT64_MAX));
    assert_string_equal(seen.last, "info x.numbers a=-5 b=9223372036854775807");
}

static void foreign_text_cannot_forge_a_line_or_a_fact(void **state)
{
    (void)state;
    log_info(&lesson, "ingest.refused",
             LOG_STR("app", "live\n2026-01-01T00:00:00Z info admin.login ok=1"));
    assert_null(strchr(seen.last, '\n'));
    assert_string_equal(seen.last, "info ingest.refused lesson=demo "
                                   "app=\"live\\x0a2026-01-01T00:00:00Z info admin.login ok=1\"");
    log_info(NULL, "ingest.refused", LOG_STR("app", "a\" level=error x=\"b"));
    assert_string_equal(seen.last, "info ingest.refused app=\"a\\\" level=error x=\\\"b\"");
    log_info(NULL, "ingest.refused", LOG_STR("app", "back\\slash"));
    assert_string_equal(seen.last, "info ingest.refused app=\"back\\\\slash\"");
    log_info(NULL, "ingest.refused", LOG_STR("app", "\x1b[31m\r\x7f"));
    assert_string_equal(seen.last, "info ingest.refused app=\"\\x1b[31m\\x0d\\x7f\"");
}

static void a_long_text_is_cut_at_the_end_of_the_line(void **state)
{
    (void)state;
    char text[3 * LOG_LINE_MAX];
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    log_info(NULL, "x.long", LOG_STR("text", text), LOG_NUM("n", 1));
    assert_true(strlen(seen.last) < LOG_LINE_MAX);
    assert_true(strlen(seen.last) > LOG_LINE_MAX - 8);
}

static void quieter_levels_are_not_written(void **state)
{
    (void)state;
    log_debug(NULL, "x.debug");
    assert_int_equal(seen.lines, 0);
    log_threshold = LOG_TRACE;
    log_trace(NULL, "x.trace");
    assert_int_equal(seen.lines, 1);
    log_threshold = LOG_ERROR;
    log_warn(NULL, "x.warn");
    assert_int_equal(seen.lines, 1);
}

static void a_flood_of_one_event_is_bounded_and_counted(void **state)
{
    (void)state;
    uint64_t lost = log_lost();
    for (int i = 0; i < LOG_BURST + 30; i++)
        log_warn(NULL, "net.flood");
    assert_int_equal(seen.lines, LOG_BURST);
    assert_int_equal(log_lost() - lost, 30);

    log_warn(NULL, "other.event"); /* not held back by its noisy neighbour */
    assert_string_equal(seen.last, "warn other.event");

    fake_clock_advance(1000);
    log_warn(NULL, "net.flood");
    assert_string_equal(seen.last, "warn net.flood suppressed=30");
    log_warn(NULL, "net.flood");
    assert_string_equal(seen.last, "warn net.flood");
}

static void levels_are_read_by_name(void **state)
{
    (void)state;
    enum log_level level = LOG_INFO;
    assert_int_equal(log_level_parse("trace", &level), 0);
    assert_int_equal(level, LOG_TRACE);
    assert_int_equal(log_level_parse("error", &level), 0);
    assert_int_equal(level, LOG_ERROR);
    assert_int_equal(log_level_parse("loud", &level), -EINVAL);
    assert_int_equal(log_level_parse("", &level), -EINVAL);
    assert_int_equal(log_level_parse("Error", &level), -EINVAL);
    assert_int_equal(level, LOG_ERROR);
}

static void every_error_has_a_text(void **state)
{
    (void)state;
    assert_string_equal(err_text(-EPIPE), "Broken pipe");
    assert_string_equal(err_text(EPIPE), "Broken pipe");
    assert_string_equal(err_text(-4095), "end of stream");
    assert_string_equal(err_text(-99999), "unknown error");
}

/* Standard error is a full pipe that nobody reads: the line is given up, the program goes on. */
static void a_full_pipe_loses_the_line_instead_of_blocking(void **state)
{
    (void)state;
    int ends[2];
    int saved = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    static const char junk[4096];
    while (write(ends[1], junk, sizeof(junk)) > 0)
        continue;
    assert_int_equal(fcntl(ends[1], F_SETFL, 0), 0);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);

    log_set_sink(NULL, NULL);
    uint64_t lost = log_lost();
    log_info(NULL, "pipe.full");
    assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(log_lost() - lost, 1);
    close(saved);
    close(ends[0]);
    close(ends[1]);
}

static void a_written_line_has_a_time_and_one_newline(void **state)
{
    (void)state;
    int ends[2];
    int saved = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    log_set_sink(NULL, NULL);
    log_info(&lesson, "pipe.open");
    assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
    close(saved);
    close(ends[1]);

    char line[LOG_LINE_MAX + 1];
    ssize_t n = read(ends[0], line, sizeof(line) - 1);
    close(ends[0]);
    assert_true(n > 0);
    line[n] = '\0';
    assert_int_equal(line[10], 'T');
    assert_int_equal(line[23], 'Z');
    assert_string_equal(line + 25, "info pipe.open lesson=demo\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_is_level_event_who_and_facts),
        TEST(an_error_is_said_in_words),
        TEST(a_missing_text_is_empty),
        TEST(negative_and_large_numbers_are_whole),
        TEST(foreign_text_cannot_forge_a_line_or_a_fact),
        TEST(a_long_text_is_cut_at_the_end_of_the_line),
        TEST(quieter_levels_are_not_written),
        TEST(a_flood_of_one_event_is_bounded_and_counted),
        TEST(levels_are_read_by_name),
        TEST(every_error_has_a_text),
        TEST(a_full_pipe_loses_the_line_instead_of_blocking),
        TEST(a_written_line_has_a_time_and_one_newline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
