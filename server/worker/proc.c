#include "server/worker/proc.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

enum {
    READ_ROOM_FIRST = 64 << 10,
    READ_ROOM_MOST = WIRE_HEADER + WIRE_PAYLOAD_MAX,
    SMALL_MAX = 2048,
};

struct proc {
    uv_process_t process;
    uv_pipe_t socket;
    int open_handles;
    bool has_exited, is_broken, is_garbled;
    bool is_silent; /* no more events */
    int64_t status;
    int signal;
    uint8_t *in; /* bytes of messages that are not whole yet */
    size_t in_len, in_room;
    const struct proc_events *events;
    void *arg;
    void (*closed)(void *arg);
    void *closed_arg;
};

struct write {
    uv_write_t req;
    struct buf *payload;
    uint8_t header[WIRE_HEADER];
    uint8_t small[];
};

static void destroy(struct proc *p)
{
    void (*closed)(void *arg) = p->closed;
    void *closed_arg = p->closed_arg;
    const struct proc_events *events = p->events;
    void *arg = p->arg;
    int64_t status = p->status;
    int signal = p->signal;
    bool is_silent = p->is_silent;
    bool is_garbled = p->is_garbled;
    free(p->in);
    free(p);
    if (closed)
        closed(closed_arg);
    else if (!is_silent)
        events->on_end(arg, status, signal, is_garbled);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct proc *p = handle->data;
    if (--p->open_handles == 0)
        destroy(p);
}

/* Both the exit and the socket's end are waited for, in whatever order they come. */
static void end_socket(struct proc *p)
{
    p->is_broken = true;
    if (!uv_is_closing((uv_handle_t *)&p->socket))
        uv_close((uv_handle_t *)&p->socket, on_handle_closed);
}

static void on_process_exit(uv_process_t *process, int64_t status, int signal)
{
    struct proc *p = process->data;
    p->has_exited = true;
    p->status = status;
    p->signal = signal;
    uv_close((uv_handle_t *)process, on_handle_closed);
    /* What it said last may still lie in the socket: on_read ends it at EOF. A grandchild cannot
     * hold it open: the sandbox knows no fork. */
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct proc *p = handle->data;
    (void)suggested;
    if (p->in_len == p->in_room) {
        size_t room = p->in_room ? p->in_room * 2 : READ_ROOM_FIRST;
        if (room > READ_ROOM_MOST)
            room = READ_ROOM_MOST;
        uint8_t *in = room > p->in_room ? realloc(p->in, room) : NULL;
        if (in) {
            p->in = in;
            p->in_room = room;
        }
    }
    /* No room: libuv reports ENOBUFS to on_read, which ends the process. */
    *buf = uv_buf_init((char *)p->in + p->in_len, (unsigned)(p->in_room - p->in_len));
}

/* Tells the whole messages at the front of the buffer; false when the stream makes no sense. */
static bool tell_messages(struct proc *p)
{
    size_t done = 0;
    bool is_sane = true;
    while (!p->is_silent) {
        struct wire_msg m;
        size_t used;
        int err = wire_parse(&m, p->in + done, p->in_len - done, &used);
        if (err) {
            is_sane = err == -EAGAIN;
            break;
        }
        done += used;
        p->events->on_message(p->arg, &m);
    }
    if (done > 0)
        memmove(p->in, p->in + done, p->in_len - done);
    p->in_len -= done;
    if (done > 0 && !p->is_silent)
        p->events->on_batch(p->arg);
    return is_sane;
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct proc *p = stream->data;
    (void)buf;
    if (n > 0) {
        p->in_len += (size_t)n;
        if (tell_messages(p))
            return;
        p->is_garbled = true;
    }
    if (n == 0)
        return;
    proc_kill(p);
    end_socket(p);
}

static int spawn(struct proc *p, uv_loop_t *loop, const char *program, uint32_t memory_mb)
{
    char memory[16];
    snprintf(memory, sizeof(memory), "%u", memory_mb);
    char *args[] = {(char *)program, (char *)"--memory-mb", memory, NULL};
    char *env[] = {(char *)"LC_ALL=C.UTF-8", NULL}; /* nothing of ours is its business */
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE | UV_WRITABLE_PIPE,
         .data.stream = (uv_stream_t *)&p->socket                       },
        {.flags = UV_IGNORE                                           },
        {.flags = UV_INHERIT_FD,                                                 .data.fd = 2},
    };
    /* Detached: Ctrl-C in the terminal is for the server, which ends its workers in order. */
    const uv_process_options_t options = {.exit_cb = on_process_exit,
                                          .file = program,
                                          .args = args,
                                          .env = env,
                                          .flags = UV_PROCESS_DETACHED,
                                          .stdio_count = 3,
                                          .stdio = stdio};
    return uv_spawn(loop, &p->process, &options);
}

int proc_start(struct proc **out, struct uv_loop_s *loop, const char *program, uint32_t memory_mb,
               const struct proc_events *events, void *arg)
{
    struct proc *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->events = events;
    p->arg = arg;
    uv_pipe_init(loop, &p->socket, 0);
    p->socket.data = p->process.data = p;
    p->open_handles = 2;
    int err = spawn(p, loop, program, memory_mb);
    if (err) {
        p->is_silent = p->has_exited = true; /* it never was */
        uv_close((uv_handle_t *)&p->process, on_handle_closed);
        end_socket(p);
        return err;
    }
    err = uv_read_start((uv_stream_t *)&p->socket, on_alloc, on_read);
    if (err) {
        proc_close(p, NULL, NULL);
        return err;
    }
    *out = p;
    return 0;
}

static void on_written(uv_write_t *req, int status)
{
    struct write *w = req->data;
    (void)status; /* a broken socket shows at reading too */
    buf_unref(&w->payload);
    free(w);
}

int proc_send(struct proc *p, const struct wire_msg *m, struct buf *payload)
{
    if (p->is_broken || p->has_exited)
        return -EPIPE;
    size_t small = payload ? 0 : m->len;
    assert(small <= SMALL_MAX);
    struct write *w = malloc(sizeof(*w) + small);
    if (!w)
        return -ENOMEM;
    struct wire_msg head = *m;
    if (payload)
        head.len = payload->len;
    wire_write_header(w->header, &head);
    if (small > 0)
        memcpy(w->small, m->payload, small);
    w->req.data = w;
    w->payload = payload ? buf_ref(payload) : NULL;
    uv_buf_t bufs[2] = {
        uv_buf_init((char *)w->header, WIRE_HEADER),
        payload ? uv_buf_init((char *)payload->data, payload->len)
                : uv_buf_init((char *)w->small, (unsigned)small),
    };
    int err = uv_write(&w->req, (uv_stream_t *)&p->socket, bufs, 2, on_written);
    if (err)
        on_written(&w->req, err);
    return err;
}

size_t proc_queued(const struct proc *p)
{
    return uv_stream_get_write_queue_size((const uv_stream_t *)&p->socket);
}

int proc_pid(const struct proc *p)
{
    return uv_process_get_pid(&p->process);
}

void proc_kill(struct proc *p)
{
    if (!p->has_exited)
        uv_process_kill(&p->process, SIGKILL);
}

void proc_close(struct proc *p, void (*closed)(void *arg), void *arg)
{
    p->is_silent = true;
    p->closed = closed;
    p->closed_arg = arg;
    proc_kill(p);
    end_socket(p);
}
