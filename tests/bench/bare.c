#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "tests/bench/client/gauge.h"
#include "tests/bench/client/record.h"

/*
 * The least that a server can do: sends recorded, framed messages to all who connect, at the times
 * at which they were recorded, with one send() each. Nothing is decided, queued or counted.
 *
 *     bare PORT RECORD VIEWERS RUNG
 *
 * Starts to send when so many viewers are there; ends when the record does, or the last one leaves.
 */
enum { EVENTS = 256, BACKLOG = 4096, REQUEST_MAX = 4096, START_US = 1000000 };

struct peer {
    int fd;
    bool is_up, is_waiting; /* for the socket to take more */
    size_t at, offset;      /* next message, and how much of it is sent */
};

struct bare {
    int listener, epoll;
    struct record *records;
    size_t n_records, published;
    struct peer **peers; /* those that are up, in places up to `wanted` */
    unsigned n_up, wanted;
    const char *rung;
    uint64_t start_us; /* 0: waiting for viewers */
};

static void watch(const struct bare *b, struct peer *p, uint32_t events, int op)
{
    struct epoll_event event = {.events = events, .data.ptr = p};
    epoll_ctl(b->epoll, op, p->fd, &event);
}

static void drop(struct bare *b, struct peer *p)
{
    for (unsigned i = 0; i < b->n_up; i++) {
        if (b->peers[i] == p) {
            b->peers[i] = b->peers[--b->n_up];
            break;
        }
    }
    close(p->fd);
    free(p);
}

static void take_in(struct bare *b)
{
    int on = 1;
    for (;;) {
        int fd = accept4(b->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        struct peer *p = fd < 0 ? NULL : calloc(1, sizeof(*p));
        if (!p) {
            if (fd >= 0)
                close(fd);
            return;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        p->fd = fd;
        watch(b, p, EPOLLIN, EPOLL_CTL_ADD);
    }
}

static int frame_text(char *out, size_t size, const char *text)
{
    return snprintf(out, size, "%c%c%s", 0x81, (int)strlen(text), text);
}

static int write_answer(char *out, size_t size, const char *key, const char *rung)
{
    char joined[128];
    char text[100];
    unsigned char digest[SHA_DIGEST_LENGTH];
    unsigned char accept[64];
    snprintf(joined, sizeof(joined), "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
             (int)strcspn(key, "\r\n"), key);
    SHA1((unsigned char *)joined, strlen(joined), digest);
    EVP_EncodeBlock(accept, digest, sizeof(digest));
    int n = snprintf(out, size,
                     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"
                     "Sec-WebSocket-Protocol: airclass.v1\r\n\r\n",
                     accept);
    n += frame_text(out + n, size - (size_t)n, "{\"t\":\"welcome\"}");
    snprintf(text, sizeof(text), "{\"t\":\"rung\",\"rung\":\"%.8s\",\"picture\":\"none\"}", rung);
    return n + frame_text(out + n, size - (size_t)n, text);
}

/* What players say is read and thrown away, but for the upgrade. */
static int hear(struct bare *b, struct peer *p)
{
    static const char field[] = "Sec-WebSocket-Key: ";
    char request[REQUEST_MAX];
    char answer[1024];
    ssize_t n = recv(p->fd, request, sizeof(request) - 1, 0);
    if (n <= 0)
        return n < 0 && errno == EAGAIN ? 0 : -ECONNRESET;
    request[n] = '\0';
    const char *key = p->is_up ? NULL : strstr(request, field);
    if (!key || b->n_up == b->wanted)
        return 0;
    int len = write_answer(answer, sizeof(answer), key + strlen(field), b->rung);
    if (send(p->fd, answer, (size_t)len, MSG_NOSIGNAL) != len)
        return -EPIPE;
    p->is_up = true;
    p->at = b->published;
    b->peers[b->n_up++] = p;
    return 0;
}

static void feed(struct bare *b, struct peer *p)
{
    while (p->at < b->published) {
        const struct record *r = &b->records[p->at];
        ssize_t n = send(p->fd, r->frame + p->offset, r->len - p->offset, MSG_NOSIGNAL);
        if (n > 0)
            p->offset += (size_t)n;
        if (p->offset < r->len) {
            if (!p->is_waiting)
                watch(b, p, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
            p->is_waiting = true;
            return;
        }
        p->offset = 0;
        p->at++;
    }
    if (p->is_waiting)
        watch(b, p, EPOLLIN, EPOLL_CTL_MOD);
    p->is_waiting = false;
}

/* Publishes what is due, one message to everybody after the other. Ms until the next; -1: over. */
static int publish(struct bare *b)
{
    uint64_t now_us = gauge_now_us();
    if (!b->start_us && b->n_up == b->wanted)
        b->start_us = now_us + START_US;
    if (!b->start_us)
        return 50;
    while (b->published < b->n_records) {
        uint64_t due_us = b->start_us + b->records[b->published].at_us;
        if (due_us > now_us)
            return (int)((due_us - now_us + 999) / 1000);
        b->published++;
        for (unsigned i = 0; i < b->n_up; i++)
            feed(b, b->peers[i]);
    }
    return -1;
}

static void on_event(struct bare *b, const struct epoll_event *event)
{
    struct peer *p = event->data.ptr;
    if (!p) {
        take_in(b);
        return;
    }
    if (event->events & EPOLLOUT)
        feed(b, p);
    if (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR) && hear(b, p) != 0)
        drop(b, p);
}

static void run(struct bare *b)
{
    struct epoll_event events[EVENTS];
    for (int wait_ms = 0; wait_ms >= 0 && !(b->start_us && b->n_up == 0);) {
        int n = epoll_wait(b->epoll, events, EVENTS, wait_ms);
        for (int i = 0; i < n; i++)
            on_event(b, &events[i]);
        wait_ms = publish(b);
    }
}

static int listen_on(struct bare *b, unsigned port)
{
    int on = 1;
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    b->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    b->epoll = epoll_create1(EPOLL_CLOEXEC);
    setsockopt(b->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(b->listener, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
        listen(b->listener, BACKLOG) != 0)
        return -errno;
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(b->epoll, EPOLL_CTL_ADD, b->listener, &event);
    return 0;
}

int main(int argc, char **argv)
{
    struct bare b = {0};
    if (argc != 5) {
        fputs("bare PORT RECORD VIEWERS RUNG\n", stderr);
        return 2;
    }
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    b.wanted = (unsigned)strtoul(argv[3], NULL, 10);
    b.rung = argv[4];
    b.peers = calloc(b.wanted, sizeof(struct peer *));
    int err = b.peers ? record_load(&b.records, &b.n_records, argv[2]) : -ENOMEM;
    if (!err)
        err = listen_on(&b, (unsigned)strtoul(argv[1], NULL, 10));
    if (!err)
        run(&b);
    else
        fprintf(stderr, "bare: %s\n", strerror(-err));
    record_free(&b.records, b.n_records);
    free(b.peers);
    return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
