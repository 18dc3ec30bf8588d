#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "tests/bench/client/chain.h"
#include "tests/bench/client/gauge.h"
#include "tests/bench/client/options.h"
#include "tests/bench/client/player.h"
#include "tests/bench/client/record.h"

/*
 * A load generator: many players of one lesson in one process. Checks that all of them get the same
 * frames, and measures how much later than the first one, and what it costs the server.
 */
enum { BINARY = 2, CONNECTING_MAX = 200, EVENTS = 256, TICK_MS = 20, BUFFER = 256 << 10 };

enum phase { PHASE_JOINING, PHASE_SETTLING, PHASE_MEASURING, PHASE_OVER };

struct totals {
    uint64_t messages, bytes, frames, packets, misses, early_misses;
    int64_t rung_changes;
    double cpu_s;
    struct gauge_histogram late;   /* after the first viewer that got the same */
    struct gauge_histogram behind; /* the lesson's clock; of voice */
};

struct load {
    struct options o;
    struct player *players;
    int epoll;
    unsigned n_started, n_connecting, n_welcome, n_there, n_lost;
    enum phase phase;
    uint64_t phase_us; /* when it began */
    uint64_t started_us, wall_us;
    unsigned report_at; /* whose report is looked at next */
    FILE *record, *log;
    struct chain *chain;
    uint64_t clock_us; /* when the lesson's clock was 0, as the quickest voice has it */
    struct totals totals;
    uint8_t buffer[BUFFER];
};

static void lose(struct load *l, struct player *p, int err)
{
    fprintf(stderr, "viewers: %u ends: %s\n", (unsigned)p->number, strerror(-err));
    l->n_connecting -= p->state == PLAYER_CONNECTING || p->state == PLAYER_UPGRADING;
    l->n_lost++;
    player_leave(p);
}

static void start_more(struct load *l)
{
    while (l->n_started < l->o.viewers && l->n_connecting < CONNECTING_MAX) {
        struct player *p = &l->players[l->n_started];
        p->number = l->n_started++;
        l->n_connecting++;
        int err = player_connect(p, &l->o.join);
        struct epoll_event event = {.events = EPOLLOUT, .data.ptr = p};
        if (!err && epoll_ctl(l->epoll, EPOLL_CTL_ADD, p->fd, &event) != 0)
            err = -errno;
        if (err)
            lose(l, p, err);
    }
}

/* -- what comes --------------------------------------------------------------------------- */

static void log_unit(struct load *l, const struct player *p, const struct unit_in *u)
{
    fprintf(l->log, "%llu %u %d %d %u %u %zu\n", (unsigned long long)gauge_wall_us(), p->number,
            (int)u->track, (int)u->kind, u->pts_ms, u->end_ms, u->len);
}

/* How much longer this voice took than the quickest one, or than the clock that was given. */
static uint64_t behind_us(struct load *l, uint32_t end_ms)
{
    uint64_t zero_us = gauge_wall_us() - (uint64_t)end_ms * 1000;
    if (!l->o.clock_us && (!l->clock_us || zero_us < l->clock_us))
        l->clock_us = zero_us;
    return zero_us > l->clock_us ? zero_us - l->clock_us : 0;
}

static void count(struct load *l, const struct player_got *got)
{
    struct totals *t = &l->totals;
    bool is_voice = got->unit.track == UNIT_VOICE;
    uint64_t late_us = is_voice ? behind_us(l, got->unit.end_ms) : 0;
    if (l->phase != PHASE_MEASURING) {
        t->early_misses += got->seen.is_miss;
        return;
    }
    t->misses += got->seen.is_miss;
    *(is_voice ? &t->packets : &t->frames) += got->unit.count;
    gauge_add(&t->late, got->seen.late_us);
    if (is_voice)
        gauge_add(&t->behind, late_us);
}

static void note_message(struct load *l, const struct player *p, const struct ws_message *m,
                         bool has_config, uint64_t now_us)
{
    bool is_measured = l->phase == PHASE_MEASURING;
    l->totals.messages += is_measured;
    l->totals.bytes += is_measured ? m->len : 0;
    if (l->record && p->number == 0 && (has_config || is_measured))
        record_write(l->record, is_measured ? now_us - l->phase_us : 0, m->data, m->len);
}

static int take_message(struct load *l, struct player *p, const struct ws_message *m,
                        uint64_t now_us)
{
    struct player_got got;
    struct bytes rest = bytes_of(m->data, m->len);
    bool has_config = false;
    if (m->opcode != BINARY)
        return player_told(p, m);
    while (bytes_left(&rest) > 0) {
        int err = player_next(p, l->chain, &rest, now_us, &got);
        if (err)
            return err;
        if (l->log)
            log_unit(l, p, &got.unit);
        if (got.is_media)
            count(l, &got);
        has_config |= got.unit.kind == UNIT_CONFIG;
    }
    note_message(l, p, m, has_config, now_us);
    return 0;
}

static int take_bytes(struct load *l, struct player *p, const uint8_t *data, size_t len)
{
    uint64_t now_us = gauge_now_us();
    struct ws_message message;
    size_t used;
    for (; len > 0; data += used, len -= used) {
        int err = ws_input_next(&p->in, data, len, &used, &message);
        if (err == -EAGAIN)
            return 0;
        if (!err)
            err = take_message(l, p, &message, now_us);
        if (err)
            return err;
    }
    return 0;
}

/* The answer to the upgrade; what follows it in the same segment is the first message. */
static int take_answer(struct load *l, struct player *p, size_t len)
{
    int head = player_upgraded(p, &l->o.join, (const char *)l->buffer, len);
    if (head <= 0)
        return head;
    l->n_connecting--;
    p->report_us = gauge_now_us() + PLAYER_REPORT_US * (p->number % 100 + 1) / 100;
    return take_bytes(l, p, l->buffer + head, len - (size_t)head);
}

static int read_some(struct load *l, struct player *p)
{
    ssize_t n = recv(p->fd, l->buffer, sizeof(l->buffer), 0);
    if (n < 0)
        return errno == EAGAIN ? 0 : -errno;
    if (n == 0)
        return -ECONNRESET;
    if (p->state == PLAYER_UPGRADING)
        return take_answer(l, p, (size_t)n);
    return take_bytes(l, p, l->buffer, (size_t)n);
}

static void on_event(struct load *l, struct player *p)
{
    int err;
    if (p->state == PLAYER_GONE)
        return;
    if (p->state == PLAYER_CONNECTING) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = p};
        epoll_ctl(l->epoll, EPOLL_CTL_MOD, p->fd, &event);
        err = player_upgrade(p, &l->o.join);
    } else {
        err = read_some(l, p);
    }
    if (err)
        lose(l, p, err);
}

/* -- time ----------------------------------------------------------------------------------- */

/* A slice of the players each tick, so that their reports don't come in bursts. */
static void report_some(struct load *l, uint64_t now_us)
{
    unsigned n = l->o.viewers * TICK_MS * 4 / 2000 + 1;
    bool is_stuck = l->o.is_stuck && l->phase == PHASE_MEASURING;
    for (unsigned i = 0; i < n && i < l->n_started; i++) {
        struct player *p = &l->players[l->report_at++ % l->n_started];
        if (p->state == PLAYER_SEATED && !is_stuck && now_us >= p->report_us)
            player_report(p, now_us);
    }
}

static void count_arrived(struct load *l)
{
    l->n_welcome = l->n_there = 0;
    for (unsigned i = 0; i < l->n_started; i++) {
        const struct player *p = &l->players[i];
        bool is_there = !l->o.rung[0] || (strcmp(p->rung, l->o.rung) == 0 && p->has_picture);
        l->n_welcome += p->is_welcome;
        l->n_there += p->is_welcome && is_there;
    }
}

static void stop_reading(struct load *l)
{
    for (unsigned i = 0; i < l->n_started; i++) {
        if (l->players[i].state == PLAYER_SEATED)
            epoll_ctl(l->epoll, EPOLL_CTL_DEL, l->players[i].fd, NULL);
    }
}

static int64_t rung_changes(const struct load *l)
{
    int64_t n = 0;
    for (unsigned i = 0; i < l->n_started; i++)
        n += l->players[i].rung_changes;
    return n;
}

static void enter(struct load *l, enum phase phase, uint64_t now_us)
{
    double cpu_s = l->o.pid ? gauge_cpu_s(l->o.pid) : 0;
    if (phase == PHASE_MEASURING) {
        l->totals.cpu_s = -cpu_s;
        l->totals.rung_changes = -rung_changes(l);
        chain_forget_holes(l->chain);
        if (l->o.is_stuck)
            stop_reading(l);
        puts("ready");
        fflush(stdout);
    } else if (phase == PHASE_OVER) {
        l->totals.cpu_s += cpu_s;
        l->totals.rung_changes += rung_changes(l);
        l->wall_us = now_us - l->phase_us;
    }
    l->phase = phase;
    l->phase_us = now_us;
}

/* -ETIMEDOUT when they don't get there. */
static int tick(struct load *l, uint64_t now_us)
{
    uint64_t passed_us = now_us - l->phase_us;
    start_more(l);
    report_some(l, now_us);
    switch (l->phase) {
    case PHASE_JOINING:
        count_arrived(l);
        if (l->n_there + l->n_lost >= l->o.viewers)
            enter(l, PHASE_SETTLING, now_us);
        else if (passed_us > l->o.patience_s * 1000000ull)
            return -ETIMEDOUT;
        break;
    case PHASE_SETTLING:
        if (passed_us >= l->o.settle_s * 1000000ull)
            enter(l, PHASE_MEASURING, now_us);
        break;
    case PHASE_MEASURING:
        if (passed_us >= l->o.seconds * 1000000ull)
            enter(l, PHASE_OVER, now_us);
        break;
    case PHASE_OVER: break;
    }
    return 0;
}

static int run(struct load *l)
{
    struct epoll_event events[EVENTS];
    uint64_t next_us = l->started_us = l->phase_us = gauge_now_us();
    int err = 0;
    while (!err && l->phase != PHASE_OVER && l->n_lost < l->o.viewers) {
        int n = epoll_wait(l->epoll, events, EVENTS, TICK_MS);
        for (int i = 0; i < n; i++)
            on_event(l, events[i].data.ptr);
        uint64_t now_us = gauge_now_us();
        if (now_us < next_us)
            continue;
        next_us = now_us + TICK_MS * 1000;
        err = tick(l, now_us);
    }
    return err;
}

/* -- begin and end -------------------------------------------------------------------------- */

static void print_rungs(const struct load *l)
{
    printf("rungs=");
    for (unsigned i = 0; i < l->o.viewers; i++) {
        const char *rung = l->players[i].rung;
        unsigned same = 0, before = 0;
        for (unsigned j = 0; j < l->o.viewers; j++) {
            bool is_same = strcmp(l->players[j].rung, rung) == 0;
            same += is_same;
            before += is_same && j < i;
        }
        if (before == 0)
            printf("%s%s:%u", i ? "," : "", rung[0] ? rung : "none", same);
    }
    putchar('\n');
}

static void print_histogram(const char *name, const struct gauge_histogram *h)
{
    printf("%s_p50_ms=%.1f\n%s_p99_ms=%.1f\n%s_max_ms=%.1f\n", name, gauge_percentile(h, 0.5), name,
           gauge_percentile(h, 0.99), name, (double)h->max_us / 1000);
}

static void print_results(const struct load *l)
{
    const struct totals *t = &l->totals;
    struct chain_holes holes = chain_holes(l->chain);
    double wall_s = (double)l->wall_us / 1e6;
    double viewer_s = wall_s * (l->o.viewers - l->n_lost);
    printf("viewers=%u\nlost=%u\nwall_s=%.3f\n", l->o.viewers, l->n_lost, wall_s);
    printf("cpu_s=%.3f\ncpu_us_per_viewer_s=%.2f\n", t->cpu_s,
           viewer_s > 0 ? t->cpu_s * 1e6 / viewer_s : 0);
    printf("messages=%llu\nbytes=%llu\nframes=%llu\npackets=%llu\n",
           (unsigned long long)t->messages, (unsigned long long)t->bytes,
           (unsigned long long)t->frames, (unsigned long long)t->packets);
    printf("misses=%llu\nearly_misses=%llu\nvoice_hole_ms=%u\nvideo_step_ms=%u\n",
           (unsigned long long)t->misses, (unsigned long long)t->early_misses, holes.voice_ms,
           holes.video_ms);
    print_histogram("late", &t->late);
    print_histogram("behind", &t->behind);
    printf("clock_us=%llu\nrung_changes=%lld\n", (unsigned long long)l->clock_us,
           (long long)t->rung_changes);
    print_rungs(l);
}

static int open_all(struct load *l)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    l->clock_us = l->o.clock_us;
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->players = calloc(l->o.viewers, sizeof(*l->players));
    if (l->epoll < 0 || !l->players)
        return -ENOMEM;
    for (unsigned i = 0; i < l->o.viewers; i++)
        l->players[i].fd = -1;
    if (l->o.record && !(l->record = fopen(l->o.record, "wbe")))
        return -errno;
    if (l->o.log && !(l->log = fopen(l->o.log, "we")))
        return -errno;
    if (l->log)
        setvbuf(l->log, NULL, _IOLBF, 0);
    return chain_new(&l->chain);
}

static void close_all(struct load *l)
{
    for (unsigned i = 0; l->players && i < l->n_started; i++)
        player_leave(&l->players[i]);
    free(l->players);
    chain_free(&l->chain);
    if (l->record)
        fclose(l->record);
    if (l->log)
        fclose(l->log);
}

int main(int argc, char **argv)
{
    static struct load load;
    int status = options_read(&load.o, argc, argv);
    if (status)
        return status;
    int err = open_all(&load);
    if (!err)
        err = run(&load);
    if (err == -ETIMEDOUT)
        fprintf(stderr, "viewers: only %u of %u got there (%u welcome, %u lost)\n", load.n_there,
                load.o.viewers, load.n_welcome, load.n_lost);
    else if (err)
        fprintf(stderr, "viewers: %s\n", strerror(-err));
    if (load.players && load.chain)
        print_results(&load);
    close_all(&load);
    return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
