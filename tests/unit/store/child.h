#ifndef AIRCLASS_TESTS_UNIT_STORE_CHILD_H
#define AIRCLASS_TESTS_UNIT_STORE_CHILD_H

#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/unit/store/scene.h"

/* A second process, which is this program started with other arguments, and says numbers on its
 * standard output. It is killed at a random moment. */
struct child {
    pid_t pid;
    int out;
};

static inline struct child child_start(const char *what, const char *dir)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct child c = {.pid = fork(), .out = ends[0]};
    assert_true(c.pid >= 0);
    if (c.pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl("/proc/self/exe", "child", what, dir, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    return c;
}

static inline void child_say(uint32_t n)
{
    if (write(STDOUT_FILENO, &n, sizeof(n)) != sizeof(n))
        _exit(4);
}

/* The next number; false at the end. */
static inline bool child_hear(struct child *c, uint32_t *n)
{
    ssize_t got = read(c->out, n, sizeof(*n));
    assert_true(got == 0 || got == sizeof(*n));
    return got > 0;
}

static inline void child_wait_us(long us)
{
    nanosleep(&(struct timespec){.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000}, NULL);
}

/* Waits for its end, as it should be. */
static inline void child_await(struct child *c)
{
    int status;
    assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
    close(c->out);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* True when the signal ended it, false when it had ended by itself, as it should. */
static inline bool child_kill(struct child *c)
{
    int status;
    kill(c->pid, SIGKILL);
    assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
    close(c->out);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

#endif
