#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "codec/decode.h"
#include "codec/encoder.h"
#include "codec/link.h"
#include "codec/pipeline.h"
#include "codec/report.h"
#include "codec/sandbox.h"

/*
 * airclass-codec: one live session's pictures and sound, started by airclass with a socket as
 * descriptor 0. Ends when the socket does.
 */

enum {
    SOCKET = 0,
    MEMORY_MB_DEFAULT = 768, /* of address space; libraries alone map 250 */
    MEMORY_MB_LEAST = 384,
};

static int usage(void)
{
    fputs("usage: airclass-codec [--memory-mb N]\n"
          "Started by airclass, with a stream socket as standard input.\n",
          stderr);
    return 2;
}

static int arguments_parse(int argc, char **argv, size_t *memory_mb)
{
    *memory_mb = MEMORY_MB_DEFAULT;
    if (argc == 1)
        return 0;
    if (argc != 3 || strcmp(argv[1], "--memory-mb") != 0)
        return -EINVAL;
    char *end;
    errno = 0;
    unsigned long n = strtoul(argv[2], &end, 10);
    if (errno || end == argv[2] || *end || n < MEMORY_MB_LEAST || n > 1 << 20)
        return -EINVAL;
    *memory_mb = n;
    return 0;
}

static int socket_check(void)
{
    int type = 0;
    socklen_t len = sizeof(type);
    if (getsockopt(SOCKET, SOL_SOCKET, SO_TYPE, &type, &len))
        return -errno;
    int flags = fcntl(SOCKET, F_GETFL);
    if (flags < 0 || fcntl(SOCKET, F_SETFL, flags & ~O_NONBLOCK))
        return -errno;
    return type == SOCK_STREAM ? 0 : -EPROTOTYPE;
}

static int live(struct link *link, size_t memory_mb)
{
    struct pipeline *pipeline = NULL;
    report_to(link);
    int err = encoders_warm_up();
    if (!err)
        err = decoders_warm_up();
    if (!err)
        err = sandbox_close(memory_mb);
    if (err) {
        report_fail("the worker can't start: %s", err_text(err));
        return err;
    }
    err = pipeline_new(&pipeline, link);
    if (!err)
        err = pipeline_run(pipeline);
    report_to(NULL);
    pipeline_free(&pipeline);
    return err;
}

int main(int argc, char **argv)
{
    size_t memory_mb;
    struct link *link = NULL;
    if (arguments_parse(argc, argv, &memory_mb) || socket_check())
        return usage();
    /* Ctrl-C in the server's terminal is for the server. */
    signal(SIGINT, SIG_IGN);
    int err = link_new(&link, SOCKET);
    if (!err)
        err = live(link, memory_mb);
    link_free(&link);
    return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
