#include "tests/unit/unit.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>

#include "server/base/log.h"
#include "tests/unit/lesson/folder.h"

/*
 * A second process (this program, started as "test_kill write FOLDER") makes lessons as fast as it
 * can and says each acknowledged one on its standard output. It is killed at random moments; what
 * it said must be there afterwards.
 */
enum { ROUNDS = 40, ACKS_MAX = 12, DELAY_MAX_US = 1500 };

static int write_lessons(const char *path)
{
    char error[LESSON_ERROR_MAX];
    struct lessons *ls;
    struct store *store;
    uv_loop_t loop;
    log_threshold = LOG_WARN;
    uv_loop_init(&loop);
    if (store_open(&store, &loop, path, error) || lessons_open(&ls, store, path, NULL, error)) {
        fprintf(stderr, "%s\n", error);
        return 2;
    }
    for (uint32_t n = (uint32_t)lessons_count(ls);; n++) {
        struct lesson l = {.title = "killed at any moment"};
        snprintf(l.id, sizeof(l.id), "%u", n);
        if (create_now(ls, &loop, &l))
            return 3;
        if (write(STDOUT_FILENO, &n, sizeof(n)) != sizeof(n))
            return 4;
    }
}

static pid_t start_writer(const char *path, int *out)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl("/proc/self/exe", "test_kill", "write", path, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    *out = ends[0];
    return pid;
}

/* The next number from the pipe; false at its end. */
static bool read_ack(int fd, uint32_t *n)
{
    ssize_t got = read(fd, n, sizeof(*n));
    assert_true(got == 0 || got == sizeof(*n));
    return got > 0;
}

/* Kills the writer after some acknowledgements and a moment; how many lessons it had said. */
static uint32_t kill_writer_at_random(const char *path, uint32_t said)
{
    int fd;
    uint32_t n;
    pid_t pid = start_writer(path, &fd);
    for (int left = rand() % ACKS_MAX; left > 0 && read_ack(fd, &n); left--)
        said = n + 1;
    nanosleep(&(struct timespec){.tv_nsec = rand() % DELAY_MAX_US * 1000}, NULL);
    assert_int_equal(kill(pid, SIGKILL), 0);
    while (read_ack(fd, &n))
        said = n + 1;
    close(fd);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return said;
}

static void check_lessons(struct folder *f, uint32_t said)
{
    char error[LESSON_ERROR_MAX] = "";
    struct lessons *ls = NULL;
    scene_open(&f->scene);
    if (folder_open(f, &ls, NULL, error))
        fail_msg("%s", error);
    for (uint32_t n = 0; n < said; n++) {
        char id[LESSON_ID_MAX];
        snprintf(id, sizeof(id), "%u", n);
        assert_non_null(lessons_find(ls, id));
    }
    /* At most the one that was on the disk, but not said yet. */
    assert_in_range(lessons_count(ls), said, said + 1);
    lessons_free(&ls);
    scene_close(&f->scene);
}

static void every_acknowledged_lesson_outlives_a_kill(void **state)
{
    (void)state;
    struct folder f;
    uint32_t said = 0;
    folder_make(&f);
    scene_close(&f.scene);
    srand((unsigned)getpid());
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t before = said;
        said = kill_writer_at_random(f.scene.dir, said);
        check_lessons(&f, said);
        /* The one that was not said counts for the next round. */
        assert_true(said >= before);
    }
    assert_true(said > ROUNDS);
    folder_remove(&f);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "write") == 0)
        return write_lessons(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_acknowledged_lesson_outlives_a_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
