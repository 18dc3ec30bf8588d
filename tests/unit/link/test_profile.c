#include "tests/unit/unit.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/link/profile.h"

enum { SECOND = 1000000 };

static int read_text(struct profile *p, const char *text, char error[PROFILE_ERROR_MAX])
{
    FILE *file = fmemopen((void *)text, strlen(text), "r");
    assert_non_null(file);
    int err = profile_read(p, file, error);
    fclose(file);
    return err;
}

static void a_line_sets_several_things_at_once(void **state)
{
    (void)state;
    struct profile p;
    char error[PROFILE_ERROR_MAX];
    struct hop *hop = malloc(sizeof(*hop));
    assert_non_null(hop);
    hop_init(hop, 1);
    const char *text = "title weak\n# a comment\n\n"
                       "down rate=24k delay=300ms jitter=0.04s loss=1.5% burst=3 queue=12k # so\n";
    assert_int_equal(read_text(&p, text, error), 0);
    struct profile_change c;
    while (profile_due(&p, 0, &c)) {
        assert_int_equal(c.directions, PROFILE_DOWN);
        profile_apply(&c, hop, 0);
    }
    assert_int_equal(hop->set.rate_bps, 24000);
    assert_int_equal(hop->set.delay_us, 300000);
    assert_int_equal(hop->set.jitter_us, 40000);
    assert_int_equal(hop->set.loss_ppm, 15000);
    assert_int_equal(hop->set.burst, 3);
    assert_int_equal(hop->set.queue_bytes, 12000);
    free(hop);
}

static void changes_come_in_the_order_of_their_times(void **state)
{
    (void)state;
    struct profile p;
    char error[PROFILE_ERROR_MAX];
    const char *text = "at 20s both rate=512k\nat 10s both rate=48k\nboth rate=512k\n";
    assert_int_equal(read_text(&p, text, error), 0);
    struct profile_change c;
    assert_true(profile_due(&p, 0, &c));
    assert_false(profile_due(&p, 10 * SECOND - 1, &c));
    assert_int_equal(profile_next_us(&p), 10 * SECOND);
    assert_true(profile_due(&p, 30 * SECOND, &c));
    assert_int_equal(c.value, 48000);
    assert_true(profile_due(&p, 30 * SECOND, &c));
    assert_int_equal(c.value, 512000);
    assert_false(profile_due(&p, 30 * SECOND, &c));
    assert_int_equal(profile_next_us(&p), UINT64_MAX);
}

static void a_change_may_come_again_and_again(void **state)
{
    (void)state;
    struct profile p;
    char error[PROFILE_ERROR_MAX];
    assert_int_equal(read_text(&p, "at 25s every 1min both stall=5s\n", error), 0);
    struct profile_change c;
    assert_true(profile_due(&p, 25 * SECOND, &c));
    assert_int_equal(c.what, PROFILE_STALL);
    assert_int_equal(c.value, 5 * SECOND);
    assert_false(profile_due(&p, 85 * SECOND - 1, &c));
    assert_true(profile_due(&p, 85 * SECOND, &c));
}

static void a_new_address_has_no_direction(void **state)
{
    (void)state;
    struct profile p;
    char error[PROFILE_ERROR_MAX];
    assert_int_equal(read_text(&p, "at 30s both cut=20s\nat 31s address\n", error), 0);
    struct profile_change c;
    assert_true(profile_due(&p, 60 * SECOND, &c));
    assert_int_equal(c.what, PROFILE_CUT);
    assert_true(profile_due(&p, 60 * SECOND, &c));
    assert_int_equal(c.what, PROFILE_ADDRESS);
    assert_int_equal(c.directions, 0);
}

static void what_is_not_understood_is_refused_with_its_line(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "down\n",
        "sideways rate=1k\n",
        "down rate\n",
        "down rate=\n",
        "down rate=-1\n",
        "down rate=9k8\n",
        "down rate=nan\n",
        "down delay=300\n",
        "down loss=0.1\n",
        "down loss=101%\n",
        "at down rate=1k\n",
        "at 5s\n",
        "at 5 down rate=1k\n",
        "every 0s both stall=1s\n",
        "address now\n",
        "down colour=1\n",
        "down rate=1e30\n",
        "at 5s every both stall=1s\n",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct profile p;
        char error[PROFILE_ERROR_MAX], text[128];
        snprintf(text, sizeof(text), "down rate=1k\n%s", wrong[i]);
        assert_int_equal(read_text(&p, text, error), -EINVAL);
        assert_non_null(strstr(error, "line 2: "));
        assert_null(strchr(error, '\n'));
    }
}

static void too_many_changes_are_refused(void **state)
{
    (void)state;
    struct profile p;
    char error[PROFILE_ERROR_MAX], text[PROFILE_CHANGES_MAX * 16 + 32] = "";
    for (int i = 0; i < PROFILE_CHANGES_MAX; i++)
        strcat(text, "down rate=1k\n");
    assert_int_equal(read_text(&p, text, error), 0);
    strcat(text, "down rate=1k\n");
    assert_int_equal(read_text(&p, text, error), -E2BIG);
}

static void the_profiles_that_are_measured_can_be_read(void **state)
{
    (void)state;
    DIR *folder = opendir("tests/link/profiles");
    if (!folder)
        skip(); /* started elsewhere */
    int n = 0;
    for (struct dirent *e; (e = readdir(folder));) {
        if (e->d_name[0] == '.')
            continue;
        struct profile p;
        char path[512], error[PROFILE_ERROR_MAX];
        snprintf(path, sizeof(path), "tests/link/profiles/%s", e->d_name);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        if (profile_read(&p, file, error) != 0)
            fail_msg("%s: %s", path, error);
        assert_true(p.n > 0);
        fclose(file);
        n++;
    }
    closedir(folder);
    assert_true(n > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_sets_several_things_at_once),
        cmocka_unit_test(changes_come_in_the_order_of_their_times),
        cmocka_unit_test(a_change_may_come_again_and_again),
        cmocka_unit_test(a_new_address_has_no_direction),
        cmocka_unit_test(what_is_not_understood_is_refused_with_its_line),
        cmocka_unit_test(too_many_changes_are_refused),
        cmocka_unit_test(the_profiles_that_are_measured_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
