#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libavformat/avformat.h>

#include "codec/encoder.h"
#include "codec/sandbox.h"

/*
 * What somebody could try who has taken over the worker: each attempt runs in a process of its own
 * behind the same sandbox_close() that the worker uses, with a socket as descriptor 0.
 */

enum { MEMORY_MB = 768, DONE = 0, REFUSED = 3, GOT_THROUGH = 4 };

typedef int attempt_fn(void);

static pid_t parent;

static int run(attempt_fn *attempt)
{
    int pair[2], status;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(pair[1], 0);
        if (sandbox_close(MEMORY_MB))
            _exit(99);
        _exit(attempt());
    }
    close(pair[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    close(pair[0]);
    return status;
}

static void skip_if_incomplete(void)
{
    if (!sandbox_is_complete()) {
        print_message("skipped: a build with a sanitizer has no system call filter\n");
        skip();
    }
}

static void dies(attempt_fn *attempt, const char *what)
{
    int status = run(attempt);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
        fail_msg("%s: status %#x instead of SIGSYS", what, (unsigned)status);
}

static void is_allowed(attempt_fn *attempt, const char *what)
{
    int status = run(attempt);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != DONE)
        fail_msg("%s: status %#x", what, (unsigned)status);
}

static int try_open(void)
{
    return open("/etc/passwd", O_RDONLY) < 0 ? REFUSED : GOT_THROUGH;
}

static int try_create(void)
{
    return open("/tmp/airclass-sandbox", O_CREAT | O_WRONLY, 0600) < 0 ? REFUSED : GOT_THROUGH;
}

static int try_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) < 0 ? REFUSED : GOT_THROUGH;
}

static int try_exec(void)
{
    execl("/bin/true", "true", (char *)NULL);
    return REFUSED;
}

static int try_fork(void)
{
    return fork() < 0 ? REFUSED : GOT_THROUGH;
}

static int try_map_code(void)
{
    void *p =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? REFUSED : GOT_THROUGH;
}

static int try_make_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(p, 4096, PROT_READ | PROT_EXEC) ? REFUSED : GOT_THROUGH;
}

static int try_map_file(void)
{
    void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0);
    return p == MAP_FAILED ? REFUSED : GOT_THROUGH;
}

static int try_kill_parent(void)
{
    return kill(parent, 0) ? REFUSED : GOT_THROUGH;
}

static int try_ptrace(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? REFUSED : GOT_THROUGH;
}

static int try_other_descriptor(void)
{
    return write(1, "x", 1) < 0 ? REFUSED : GOT_THROUGH;
}

static int try_write_socket(void)
{
    return write(0, "x", 1) < 0 ? REFUSED : GOT_THROUGH;
}

static int try_send_elsewhere(void)
{
    struct sockaddr to = {.sa_family = AF_UNIX};
    return sendto(0, "x", 1, 0, &to, sizeof(to)) < 0 ? REFUSED : GOT_THROUGH;
}

static int try_receive_descriptor(void)
{
    char byte, room[64];
    struct iovec iov = {&byte, 1};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = room, .msg_controllen = 64};
    return recvmsg(0, &m, MSG_DONTWAIT) < 0 ? REFUSED : GOT_THROUGH;
}

static int try_duplicate(void)
{
    return dup2(0, 5) < 0 ? REFUSED : GOT_THROUGH;
}

static int try_undo_limits(void)
{
    return setuid(0) ? REFUSED : GOT_THROUGH;
}

static int try_ioctl(void)
{
    return isatty(2) ? GOT_THROUGH : REFUSED;
}

static int try_open_url(void)
{
    AVFormatContext *format = NULL;
    return avformat_open_input(&format, "http://127.0.0.1:9/x.flv", NULL, NULL) ? REFUSED
                                                                                : GOT_THROUGH;
}

static int try_open_file_by_libav(void)
{
    AVFormatContext *format = NULL;
    return avformat_open_input(&format, "file:/etc/passwd", NULL, NULL) ? REFUSED : GOT_THROUGH;
}

static int do_talk(void)
{
    char byte;
    if (send(0, "x", 1, MSG_NOSIGNAL) != 1)
        return REFUSED;
    return recv(0, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN ? DONE : REFUSED;
}

static int do_complain(void)
{
    return write(2, "", 0) == 0 ? DONE : REFUSED;
}

static int do_use_memory(void)
{
    char *p = malloc(32 << 20);
    if (!p)
        return REFUSED;
    memset(p, 1, 32 << 20);
    char *more = realloc(p, 64 << 20);
    free(more ? more : p);
    return more ? DONE : REFUSED;
}

static int do_meet_the_limit(void)
{
    return malloc((size_t)MEMORY_MB << 20) ? GOT_THROUGH : DONE;
}

static int do_encode_everything(void)
{
    return encoders_warm_up() ? REFUSED : DONE;
}

static void nothing_can_be_opened_or_created(void **state)
{
    (void)state;
    skip_if_incomplete();
    dies(try_open, "open");
    dies(try_create, "create");
    dies(try_socket, "socket");
    dies(try_duplicate, "dup2");
}

static void no_program_and_no_process_can_be_started(void **state)
{
    (void)state;
    skip_if_incomplete();
    dies(try_exec, "execve");
    dies(try_fork, "fork");
}

static void no_code_can_be_made(void **state)
{
    (void)state;
    skip_if_incomplete();
    dies(try_map_code, "mmap(PROT_EXEC)");
    dies(try_make_code, "mprotect(PROT_EXEC)");
    dies(try_map_file, "mmap of a file");
}

static void other_processes_are_out_of_reach(void **state)
{
    (void)state;
    skip_if_incomplete();
    dies(try_kill_parent, "kill");
    dies(try_ptrace, "ptrace");
    dies(try_undo_limits, "setuid");
}

static void only_the_one_socket_can_be_used_and_only_to_talk(void **state)
{
    (void)state;
    skip_if_incomplete();
    dies(try_other_descriptor, "write to 1");
    dies(try_write_socket, "write to 0");
    dies(try_send_elsewhere, "sendto with an address");
    dies(try_receive_descriptor, "recvmsg");
    dies(try_ioctl, "ioctl");
}

static void libav_can_open_no_url_and_no_file(void **state)
{
    (void)state;
    skip_if_incomplete();
    dies(try_open_url, "http");
    dies(try_open_file_by_libav, "file");
}

static void what_the_worker_needs_works(void **state)
{
    (void)state;
    skip_if_incomplete();
    is_allowed(do_talk, "send and recv");
    is_allowed(do_complain, "write to 2");
    is_allowed(do_use_memory, "memory");
    is_allowed(do_meet_the_limit, "limit of memory");
    is_allowed(do_encode_everything, "one encoding of each kind");
}

/* As the worker does before it closes the sandbox; the attempts inherit it. */
static int warm_up(void **state)
{
    (void)state;
    parent = getpid();
    av_log_set_level(AV_LOG_QUIET);
    return encoders_warm_up();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_can_be_opened_or_created),
        cmocka_unit_test(no_program_and_no_process_can_be_started),
        cmocka_unit_test(no_code_can_be_made),
        cmocka_unit_test(other_processes_are_out_of_reach),
        cmocka_unit_test(only_the_one_socket_can_be_used_and_only_to_talk),
        cmocka_unit_test(libav_can_open_no_url_and_no_file),
        cmocka_unit_test(what_the_worker_needs_works),
    };
    return cmocka_run_group_tests(tests, warm_up, NULL);
}
