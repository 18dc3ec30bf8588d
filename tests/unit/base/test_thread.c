#include "tests/unit/unit.h"

#include <sys/resource.h>

#include <uv.h>

#include "server/base/thread.h"

enum { LAST = 19 }; /* behind which nobody is */

struct seen {
    int before, after, again;
};

static void step_back_twice(void *arg)
{
    struct seen *seen = arg;
    seen->before = getpriority(PRIO_PROCESS, 0);
    thread_step_back();
    seen->after = getpriority(PRIO_PROCESS, 0);
    thread_step_back();
    seen->again = getpriority(PRIO_PROCESS, 0);
}

static void one_thread_steps_back_once_and_no_other(void **state)
{
    (void)state;
    uv_thread_t thread;
    struct seen seen;
    int ours = getpriority(PRIO_PROCESS, 0);
    assert_int_equal(uv_thread_create(&thread, step_back_twice, &seen), 0);
    uv_thread_join(&thread);
    assert_int_equal(seen.before, ours);
    assert_int_equal(seen.after, ours + 10 < LAST ? ours + 10 : LAST);
    assert_int_equal(seen.again, seen.after);
    assert_int_equal(getpriority(PRIO_PROCESS, 0), ours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thread_steps_back_once_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
