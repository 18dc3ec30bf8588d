#include "tests/unit/unit.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/metrics/metrics.h"

static char *text_of_all(void)
{
    char *text = NULL;
    size_t len = 0;
    assert_int_equal(metrics_text(&text, &len), 0);
    assert_int_equal(strlen(text), len);
    return text;
}

static void a_counter_without_a_label_adds_up(void **state)
{
    (void)state;
    int64_t before = metric_get(METRIC_WS_BYTES_SENT, 0);
    metric_add(METRIC_WS_BYTES_SENT, 0, 5000000000);
    metric_add(METRIC_WS_BYTES_SENT, 0, 7);
    assert_int_equal(metric_get(METRIC_WS_BYTES_SENT, 0) - before, 5000000007);
}

static void a_gauge_goes_up_and_down(void **state)
{
    (void)state;
    metric_set(METRIC_WORKER_RUNNING, 0, 3);
    metric_add(METRIC_WORKER_RUNNING, 0, -1);
    char *text = text_of_all();
    assert_non_null(strstr(text, "\nairclass_worker_running 2\n"));
    free(text);
}

static void a_listed_value_is_told_apart(void **state)
{
    (void)state;
    metric_add_named(METRIC_WS_CLOSED, "too_slow", 4);
    metric_add_named(METRIC_SESSIONS, "live", 2);
    char *text = text_of_all();
    assert_non_null(strstr(text, "\nairclass_ws_closed_total{reason=\"too_slow\"} 4\n"));
    assert_non_null(strstr(text, "\nairclass_ws_closed_total{reason=\"too_many\"} 0\n"));
    assert_non_null(strstr(text, "\nairclass_sessions{state=\"live\"} 2\n"));
    free(text);
}

static void an_unlisted_value_counts_as_other(void **state)
{
    (void)state;
    metric_add_named(METRIC_WORKER_RESTARTS, "bored", 1);
    metric_add_named(METRIC_WORKER_RESTARTS, NULL, 1);
    /* A prefix of a listed one is not listed. */
    metric_add_named(METRIC_WORKER_RESTARTS, "sig", 1);
    assert_int_equal(metric_get_named(METRIC_WORKER_RESTARTS, "other"), 3);
    assert_int_equal(metric_get_named(METRIC_WORKER_RESTARTS, "signal"), 0);
}

static void a_histogram_tells_of_each_bound_how_many_are_not_above_it(void **state)
{
    (void)state;
    for (int64_t ms = 0; ms <= 4; ms++)
        metric_observe(METRIC_LOOP_WAIT_MS, ms);
    metric_observe(METRIC_LOOP_WAIT_MS, 500);
    metric_observe(METRIC_LOOP_WAIT_MS, 501);
    char *text = text_of_all();
    assert_non_null(strstr(text, "\n# TYPE airclass_loop_wait_milliseconds histogram\n"));
    assert_non_null(strstr(text, "\nairclass_loop_wait_milliseconds_bucket{le=\"1\"} 2\n"));
    assert_non_null(strstr(text, "\nairclass_loop_wait_milliseconds_bucket{le=\"2\"} 3\n"));
    assert_non_null(strstr(text, "\nairclass_loop_wait_milliseconds_bucket{le=\"200\"} 5\n"));
    assert_non_null(strstr(text, "\nairclass_loop_wait_milliseconds_bucket{le=\"500\"} 6\n"));
    assert_non_null(strstr(text, "\nairclass_loop_wait_milliseconds_bucket{le=\"+Inf\"} 7\n"
                                 "airclass_loop_wait_milliseconds_sum 1011\n"
                                 "airclass_loop_wait_milliseconds_count 7\n"));
    free(text);
}

static void the_program_tells_its_version_and_its_size(void **state)
{
    (void)state;
    char *text = text_of_all();
    assert_non_null(strstr(text, "\nairclass_build_info{version=\""));
    const char *memory = strstr(text, "\nprocess_resident_memory_bytes ");
    assert_non_null(memory);
    assert_true(atol(strchr(memory, ' ')) > 100000);
    const char *fds = strstr(text, "\nprocess_open_fds ");
    assert_non_null(fds);
    assert_true(atol(strchr(fds, ' ')) >= 3);
    free(text);
}

static bool is_name(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!islower((unsigned char)s[i]) && !isdigit((unsigned char)s[i]) && s[i] != '_')
            return false;
    }
    return len > 0;
}

static void check_line(const char *line, size_t len)
{
    if (line[0] == '#') {
        assert_true(strncmp(line, "# HELP ", 7) == 0 || strncmp(line, "# TYPE ", 7) == 0);
        return;
    }
    size_t name = strcspn(line, "{ ");
    assert_true(name < len && is_name(line, name));
    const char *number = memrchr(line, ' ', len);
    assert_non_null(number);
    char *end;
    strtod(number, &end);
    assert_ptr_equal(end, line + len);
}

static void every_line_has_prometheus_form(void **state)
{
    (void)state;
    char *text = text_of_all();
    for (const char *line = text; *line;) {
        size_t len = strcspn(line, "\n");
        assert_int_equal(line[len], '\n');
        check_line(line, len);
        line += len + 1;
    }
    free(text);
}

static void only_counters_end_in_total(void **state)
{
    (void)state;
#define METRIC(id, name, type, help, label, values)                                                \
    assert_int_equal(strcmp(#type, "counter") == 0, strcmp(name + strlen(name) - 6, "_total") == 0);
#define AIRCLASS_VERSION ""
#include "server/metrics/metrics.def"
#undef METRIC
}

static int render(void)
{
    char *text = NULL;
    size_t len;
    int err = metrics_text(&text, &len);
    free(text);
    return err;
}

static void a_failed_allocation_leaves_nothing_behind(void **state)
{
    (void)state;
    assert_true(oom_levels(render) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_counter_without_a_label_adds_up),
        cmocka_unit_test(a_gauge_goes_up_and_down),
        cmocka_unit_test(a_listed_value_is_told_apart),
        cmocka_unit_test(an_unlisted_value_counts_as_other),
        cmocka_unit_test(a_histogram_tells_of_each_bound_how_many_are_not_above_it),
        cmocka_unit_test(the_program_tells_its_version_and_its_size),
        cmocka_unit_test(every_line_has_prometheus_form),
        cmocka_unit_test(only_counters_end_in_total),
        cmocka_unit_test(a_failed_allocation_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
