#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server/base/bytes.h"
#include "server/base/clock.h"
#include "tests/link/hop.h"
#include "tests/link/profile.h"
#include "tests/link/tun.h"

/*
 * A weak link between two network namespaces, for kernels without netem and for what netem can't
 * do: TUN devices at both ends, and packets carried between them as a profile says. Runs until
 * SIGTERM, then says in JSON what it carried. Bounded work a turn, asleep until something is due.
 */
static const char usage[] =
    "link --profile FILE --server-ns NS --client-ns NS --device NAME --server ADDRESS\n"
    "     --client ADDRESS [--next-client ADDRESS] [--port PORT] [--seed NUMBER]\n";

enum { PACKET_MAX = 2048, BATCH = 64, DOWN = 0, UP = 1, FLOWS_MAX = 64 };

struct end {
    int fd;
    struct in_addr address;
};

struct direction {
    struct hop hop;
    uint8_t (*bytes)[PACKET_MAX]; /* by slot */
    struct end *from, *to;
    uint64_t port_packets, port_bytes; /* of the port, delivered or lost on the air */
};

/* A connection to the port, both ways, by the client's port. */
struct flow {
    uint16_t client_port;
    uint64_t packets, bytes;
};

struct link {
    struct profile profile;
    struct end server, client;
    struct direction way[2];
    const char *device;
    struct in_addr next_client;
    bool has_next;
    uint16_t port;
    struct flow flows[FLOWS_MAX]; /* the last one is all that there was no room for */
    size_t n_flows;
    uint64_t start_us;
};

static volatile sig_atomic_t is_over;

static void on_signal(int number)
{
    (void)number;
    is_over = 1;
}

/* -- packets -------------------------------------------------------------------------------- */

enum { IP4_LEAST = 20, IP4_PROTOCOL = 9, IP4_SOURCE = 12, IP4_TARGET = 16, PROTOCOL_TCP = 6 };

static bool is_ip4(const uint8_t *b, size_t len)
{
    return len >= IP4_LEAST && b[0] >> 4 == 4;
}

/* The client's port of a packet of a connection to our port, 0 of any other. */
static uint16_t client_port(const struct link *l, const uint8_t *packet, size_t len)
{
    size_t head = (size_t)(packet[0] & 15) * 4;
    if (packet[IP4_PROTOCOL] != PROTOCOL_TCP || len < head + 4)
        return 0;
    struct bytes ports = bytes_of(packet + head, 4);
    uint16_t source = bytes_u16(&ports);
    uint16_t target = bytes_u16(&ports);
    return source == l->port ? target : target == l->port ? source : 0;
}

static void count(struct link *l, struct direction *d, uint16_t port, uint32_t len)
{
    size_t i = 0;
    while (i < l->n_flows && l->flows[i].client_port != port)
        i++;
    if (i == FLOWS_MAX)
        i--;
    else if (i == l->n_flows)
        l->flows[l->n_flows++].client_port = port;
    l->flows[i].packets++;
    l->flows[i].bytes += len;
    d->port_packets++;
    d->port_bytes += len;
}

/* What still goes to or comes from an address that the client has no more leads nowhere. */
static bool is_stale(const struct link *l, const uint8_t *b, int way)
{
    return memcmp(b + (way == DOWN ? IP4_TARGET : IP4_SOURCE), &l->client.address, 4) != 0;
}

static void take_in(struct link *l, int way, uint64_t now_us)
{
    struct direction *d = &l->way[way];
    uint8_t packet[PACKET_MAX];
    for (int i = 0; i < BATCH; i++) {
        ssize_t n = read(d->from->fd, packet, sizeof(packet));
        if (n <= 0)
            return;
        if (!is_ip4(packet, (size_t)n) || is_stale(l, packet, way))
            continue;
        int slot = hop_offer(&d->hop, now_us, (uint32_t)n);
        if (slot >= 0)
            memcpy(d->bytes[slot], packet, (size_t)n);
    }
}

static void put_out(struct link *l, int way, uint64_t now_us)
{
    struct direction *d = &l->way[way];
    bool is_lost;
    int slot;
    while ((slot = hop_take(&d->hop, now_us, &is_lost)) >= 0) {
        uint32_t len = d->hop.packets[slot].len;
        uint16_t port = client_port(l, d->bytes[slot], len);
        if (port)
            count(l, d, port, len);
        if (!is_lost && write(d->to->fd, d->bytes[slot], len) < 0 && errno != EAGAIN)
            perror("link: write");
    }
}

/* -- time ----------------------------------------------------------------------------------- */

static void move_client(struct link *l)
{
    if (!l->has_next)
        return;
    int err = tun_set_address(l->device, l->next_client);
    if (err)
        fprintf(stderr, "link: new address: %s\n", strerror(-err));
    struct in_addr old = l->client.address;
    l->client.address = l->next_client;
    l->next_client = old;
}

static void change(struct link *l, uint64_t now_us)
{
    struct profile_change c;
    while (profile_due(&l->profile, now_us - l->start_us, &c)) {
        if (c.what == PROFILE_ADDRESS)
            move_client(l);
        if (c.directions & PROFILE_DOWN)
            profile_apply(&c, &l->way[DOWN].hop, now_us);
        if (c.directions & PROFILE_UP)
            profile_apply(&c, &l->way[UP].hop, now_us);
    }
}

static uint64_t next_us(const struct link *l, uint64_t now_us)
{
    uint64_t next = profile_next_us(&l->profile);
    next = next == UINT64_MAX ? next : next + l->start_us;
    for (int way = 0; way < 2; way++) {
        uint64_t due = hop_next_us(&l->way[way].hop, now_us);
        next = due < next ? due : next;
    }
    return next;
}

static void sleep_until(struct link *l, uint64_t now_us, uint64_t until_us)
{
    const uint64_t most_us = 500000; /* a signal just before ppoll() is seen after this */
    uint64_t us = until_us > now_us ? until_us - now_us : 0;
    us = us < most_us ? us : most_us;
    struct timespec t = {.tv_sec = 0, .tv_nsec = (long)us * 1000};
    struct pollfd fds[] = {
        {l->server.fd, POLLIN, 0},
        {l->client.fd, POLLIN, 0}
    };
    ppoll(fds, 2, &t, NULL);
}

static void run(struct link *l)
{
    while (!is_over) {
        uint64_t now_us = clock_us();
        change(l, now_us);
        for (int way = 0; way < 2; way++) {
            take_in(l, way, now_us);
            put_out(l, way, now_us);
        }
        sleep_until(l, now_us, next_us(l, now_us));
    }
}

/* -- beginning and end ---------------------------------------------------------------------- */

static void print_way(const char *name, const struct direction *d)
{
    const struct hop_counts *c = &d->hop.counts;
    printf("\"%s\":{\"packets\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"lost\":%" PRIu64
           ",\"overflown\":%" PRIu64 ",\"cut\":%" PRIu64 ",\"portPackets\":%" PRIu64
           ",\"portBytes\":%" PRIu64 ",\"waitedMostMs\":%" PRIu64 "}",
           name, c->delivered, c->delivered_bytes, c->lost, c->overflown, c->cut, d->port_packets,
           d->port_bytes, c->waited_most_us / 1000);
}

static void print_counts(const struct link *l)
{
    struct timespec cpu;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    printf("{");
    print_way("down", &l->way[DOWN]);
    printf(",");
    print_way("up", &l->way[UP]);
    printf(",\"flows\":[");
    for (size_t i = 0; i < l->n_flows; i++)
        printf("%s{\"packets\":%" PRIu64 ",\"bytes\":%" PRIu64 "}", i > 0 ? "," : "",
               l->flows[i].packets, l->flows[i].bytes);
    printf("],\"cpuMs\":%ld}\n", (long)cpu.tv_sec * 1000 + cpu.tv_nsec / 1000000);
}

/* The wall clock of the profile's beginning, so that others can tell its times. */
static void print_start(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    printf("{\"startedAt\":%" PRId64 "}\n", (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000);
    fflush(stdout);
}

static int load(struct link *l, const char *path)
{
    char error[PROFILE_ERROR_MAX];
    FILE *file = fopen(path, "r");
    if (!file) {
        fprintf(stderr, "link: %s: %s\n", path, strerror(errno));
        return -errno;
    }
    int err = profile_read(&l->profile, file, error);
    if (err)
        fprintf(stderr, "link: %s: %s\n", path, error);
    fclose(file);
    return err;
}

struct options {
    const char *profile, *server_ns, *client_ns;
    uint64_t seed;
};

static int put_options(struct link *l, struct options *o, int argc, char **argv)
{
    static const struct option known[] = {
        {"profile",     1, NULL, 'f'},
        {"server-ns",   1, NULL, 'S'},
        {"client-ns",   1, NULL, 'C'},
        {"device",      1, NULL, 'd'},
        {"server",      1, NULL, 's'},
        {"client",      1, NULL, 'c'},
        {"port",        1, NULL, 'p'},
        {"next-client", 1, NULL, 'n'},
        {"seed",        1, NULL, 'r'},
        {NULL,          0, NULL, 0  }
    };
    int c, is_good = 1;
    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (c) {
        case 'f': o->profile = optarg; break;
        case 'S': o->server_ns = optarg; break;
        case 'C': o->client_ns = optarg; break;
        case 'd': l->device = optarg; break;
        case 's': is_good &= inet_pton(AF_INET, optarg, &l->server.address); break;
        case 'c': is_good &= inet_pton(AF_INET, optarg, &l->client.address); break;
        case 'n': l->has_next = inet_pton(AF_INET, optarg, &l->next_client); break;
        case 'p': l->port = (uint16_t)atoi(optarg); break;
        case 'r': o->seed = strtoull(optarg, NULL, 10); break;
        default: return -EINVAL;
        }
    }
    bool has_all = o->profile && o->server_ns && o->client_ns && l->device;
    return has_all && is_good && l->server.address.s_addr && l->client.address.s_addr ? 0 : -EINVAL;
}

static int connect_ends(struct link *l, const struct options *o)
{
    const char *what = "";
    l->server.fd = tun_open(o->server_ns, l->device, l->server.address, &what);
    /* The client's last: its address may change later, and that takes being in its namespace. */
    if (l->server.fd >= 0)
        l->client.fd = tun_open(o->client_ns, l->device, l->client.address, &what);
    int err = l->server.fd < 0 ? l->server.fd : l->client.fd < 0 ? l->client.fd : 0;
    if (err)
        fprintf(stderr, "link: %s: %s\n", what, strerror(-err));
    return err;
}

static int open_ways(struct link *l, uint64_t seed)
{
    for (int way = 0; way < 2; way++) {
        struct direction *d = &l->way[way];
        hop_init(&d->hop, seed * 2 + (uint64_t)way);
        d->from = way == DOWN ? &l->server : &l->client;
        d->to = way == DOWN ? &l->client : &l->server;
        d->bytes = calloc(HOP_SLOTS, sizeof(*d->bytes));
        if (!d->bytes)
            return -ENOMEM;
    }
    return 0;
}

int main(int argc, char **argv)
{
    static struct link l;
    struct options o = {.seed = 1};
    if (put_options(&l, &o, argc, argv) != 0) {
        fputs(usage, stderr);
        return 2;
    }
    if (load(&l, o.profile) != 0 || open_ways(&l, o.seed) != 0 || connect_ends(&l, &o) != 0)
        return 1;
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    l.start_us = clock_us();
    print_start();
    run(&l);
    print_counts(&l);
    free(l.way[DOWN].bytes);
    free(l.way[UP].bytes);
    return 0;
}
