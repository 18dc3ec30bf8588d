#ifndef AIRCLASS_TESTS_UNIT_LINK_TCP_H
#define AIRCLASS_TESTS_UNIT_LINK_TCP_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "tests/link/hop.h"

/*
 * One direction of a TCP connection over an emulated link, on a clock that the caller keeps: as
 * much of it as makes voice late on a weak link. Every packet is acknowledged at once; a loss is
 * repaired when something sent later is heard of (as RFC 8985 does), a lost tail by the timer; the
 * reader gets bytes in order. Counts bytes, holds none. What Linux has besides (tail loss probes,
 * delayed acknowledgements, the reordering window) is left out.
 */
enum {
    TCP_PACKET = 1448,
    TCP_HEADER = 52, /* IPv4 and TCP with time stamps */
    TCP_SEGMENTS = 4096,
    TCP_WINDOW_FIRST = 10, /* packets */
    TCP_RTO_LEAST_US = 200000,
    TCP_RTO_MOST_US = 120000000,
};

struct tcp_setting {
    uint32_t rate_bps, rtt_ms, loss_ppm; /* loss in each direction */
    bool is_greedy;                      /* no congestion window, but after a timeout */
    uint64_t seed;
};

struct tcp_segment {
    uint64_t end; /* the byte behind it */
    uint64_t sent_us;
    uint64_t come_no; /* the how many-th that reached the reader; 0: it has not */
    bool is_heard;    /* the sender knows that it has */
    bool is_due;      /* to be sent again */
};

struct tcp_flight {
    uint64_t segment, sent_us;
};

struct tcp_ack {
    uint64_t next, come_no; /* all before `next` has come, and so have the first `come_no` */
    struct tcp_flight of;
};

struct tcp {
    struct hop down, up;
    struct tcp_flight flights[HOP_SLOTS]; /* by slot of `down` */
    struct tcp_ack acks[HOP_SLOTS];       /* by slot of `up` */
    uint64_t now_us;

    /* sender; segments are numbered from 0 */
    uint64_t written, cut, acked; /* bytes */
    struct tcp_segment segments[TCP_SEGMENTS];
    uint64_t first, end;    /* not acknowledged in order yet; to be cut next */
    uint64_t in_flight;     /* packets */
    uint64_t n_due;         /* packets to be sent again */
    struct tcp_flight rack; /* the latest sent that has been heard of */
    double window, threshold;
    uint64_t recovers_at; /* when all before this segment is acknowledged */
    bool is_recovering, was_full;
    bool is_greedy;                     /* the window counts only after a timeout */
    uint64_t timed_out_us;              /* 0: recovered since */
    double window_then, threshold_then; /* before the timeout */
    double srtt_us, rttvar_us;
    uint64_t timer_us; /* 0: off */
    uint32_t backoff;

    /* reader */
    uint64_t next, n_come;
    uint64_t delivered; /* bytes in order */
};

static inline void tcp_init(struct tcp *t, const struct tcp_setting *s)
{
    memset(t, 0, sizeof(*t));
    hop_init(&t->down, s->seed);
    hop_init(&t->up, s->seed + 1);
    t->down.set = (struct hop_setting){.rate_bps = s->rate_bps, .loss_ppm = s->loss_ppm};
    t->up.set = (struct hop_setting){.loss_ppm = s->loss_ppm};
    t->down.set.delay_us = t->up.set.delay_us = s->rtt_ms * 500;
    t->is_greedy = s->is_greedy;
    t->window = TCP_WINDOW_FIRST;
    t->threshold = 1e9;
    t->srtt_us = s->rtt_ms * 1000.0; /* by the handshake */
    t->rttvar_us = t->srtt_us / 2;
}

/* What the sender holds: not acknowledged, or not even sent. */
static inline uint32_t tcp_queued(const struct tcp *t)
{
    return (uint32_t)(t->written - t->acked);
}

static inline struct tcp_segment *tcp_segment(struct tcp *t, uint64_t number)
{
    return &t->segments[number % TCP_SEGMENTS];
}

/* -- sending ---------------------------------------------------------------------------------- */

static inline void tcp_set_timer(struct tcp *t)
{
    double var = 4 * t->rttvar_us > TCP_RTO_LEAST_US ? 4 * t->rttvar_us : TCP_RTO_LEAST_US;
    double rto = (t->srtt_us + var) * (double)(1u << t->backoff);
    t->timer_us = t->now_us + (uint64_t)(rto < TCP_RTO_MOST_US ? rto : TCP_RTO_MOST_US);
}

static inline void tcp_transmit(struct tcp *t, uint64_t number)
{
    struct tcp_segment *s = tcp_segment(t, number);
    uint64_t start = number > t->first ? tcp_segment(t, number - 1)->end : t->acked;
    int slot = hop_offer(&t->down, t->now_us, (uint32_t)(s->end - start) + TCP_HEADER);
    s->sent_us = t->now_us;
    if (slot >= 0)
        t->flights[slot] = (struct tcp_flight){.segment = number, .sent_us = t->now_us};
    if (s->is_due) {
        s->is_due = false;
        t->n_due--;
        tcp_set_timer(t);
    }
    t->in_flight++;
    if (!t->timer_us)
        tcp_set_timer(t);
}

static inline bool tcp_has_room(struct tcp *t)
{
    bool is_limited = t->timed_out_us || !t->is_greedy;
    t->was_full = is_limited && t->in_flight > 0 && (double)t->in_flight + 1 > t->window;
    return !t->was_full;
}

static inline void tcp_send(struct tcp *t)
{
    for (uint64_t i = t->first; t->n_due > 0 && i < t->end; i++) {
        if (!tcp_segment(t, i)->is_due)
            continue;
        if (!tcp_has_room(t))
            return;
        tcp_transmit(t, i);
    }
    while (t->cut < t->written && t->end - t->first < TCP_SEGMENTS && tcp_has_room(t)) {
        uint64_t left = t->written - t->cut;
        t->cut += left < TCP_PACKET ? left : TCP_PACKET;
        *tcp_segment(t, t->end) = (struct tcp_segment){.end = t->cut};
        tcp_transmit(t, t->end++);
    }
}

/* The socket takes a message of so many bytes. */
static inline void tcp_write(struct tcp *t, uint32_t bytes)
{
    t->written += bytes;
    tcp_send(t);
}

/* -- hearing ---------------------------------------------------------------------------------- */

static inline void tcp_time(struct tcp *t, double rtt_us)
{
    double off = t->srtt_us > rtt_us ? t->srtt_us - rtt_us : rtt_us - t->srtt_us;
    t->rttvar_us += (off - t->rttvar_us) / 4;
    t->srtt_us += (rtt_us - t->srtt_us) / 8;
}

static inline void tcp_hear(struct tcp *t, struct tcp_segment *s)
{
    if (s->is_heard)
        return;
    s->is_heard = true;
    if (s->is_due) {
        s->is_due = false;
        t->n_due--;
    } else {
        t->in_flight--;
    }
    if (t->was_full && (!t->is_recovering || t->timed_out_us))
        t->window += t->window < t->threshold ? 1 : 1 / t->window;
}

static inline void tcp_lose(struct tcp *t, struct tcp_segment *s)
{
    s->is_due = true;
    t->n_due++;
    t->in_flight--;
    if (t->is_recovering)
        return;
    t->is_recovering = true;
    t->recovers_at = t->end;
    t->threshold = t->window * 0.7 > 2 ? t->window * 0.7 : 2; /* as CUBIC */
    t->window = t->threshold;
}

/* What was sent before something that has been heard of, and has not been itself, is lost. */
static inline void tcp_find_holes(struct tcp *t, const struct tcp_ack *a)
{
    for (uint64_t i = t->first; i < t->end; i++) {
        struct tcp_segment *s = tcp_segment(t, i);
        if (s->come_no && s->come_no <= a->come_no)
            tcp_hear(t, s);
        bool is_earlier =
            s->sent_us < t->rack.sent_us || (s->sent_us == t->rack.sent_us && i < t->rack.segment);
        if (!s->is_heard && !s->is_due && is_earlier)
            tcp_lose(t, s);
    }
}

static inline void tcp_recover(struct tcp *t)
{
    t->is_recovering = false;
    t->timed_out_us = 0;
}

/* Something sent before the timeout arrived all the same: nothing was lost, it only took long. */
static inline void tcp_undo_timeout(struct tcp *t)
{
    for (uint64_t i = t->first; i < t->end; i++) {
        struct tcp_segment *s = tcp_segment(t, i);
        t->in_flight += s->is_due;
        s->is_due = false;
    }
    t->n_due = 0;
    t->window = t->window_then;
    t->threshold = t->threshold_then;
    tcp_recover(t);
}

static inline void tcp_on_ack(struct tcp *t, const struct tcp_ack *a)
{
    if (t->timed_out_us && a->of.sent_us < t->timed_out_us)
        tcp_undo_timeout(t);
    tcp_time(t, (double)(t->now_us - a->of.sent_us));
    if (a->of.sent_us >= t->rack.sent_us)
        t->rack = a->of;
    if (a->next > t->first) {
        while (t->first < a->next) {
            struct tcp_segment *s = tcp_segment(t, t->first++);
            tcp_hear(t, s);
            t->acked = s->end;
        }
        t->backoff = 0;
        if (t->first >= t->recovers_at)
            tcp_recover(t);
        t->timer_us = 0;
        if (t->first < t->end)
            tcp_set_timer(t);
    }
    if (a->of.segment >= t->first)
        tcp_find_holes(t, a);
}

static inline void tcp_on_timer(struct tcp *t)
{
    if (!t->timed_out_us) {
        t->window_then = t->window;
        t->threshold_then = t->threshold;
    }
    t->timed_out_us = t->now_us;
    for (uint64_t i = t->first; i < t->end; i++) {
        struct tcp_segment *s = tcp_segment(t, i);
        if (!s->is_heard && !s->is_due)
            tcp_lose(t, s);
    }
    t->window = 1;
    t->backoff += t->backoff < 10;
    tcp_set_timer(t);
}

static inline void tcp_on_packet(struct tcp *t, const struct tcp_flight *f)
{
    if (f->segment >= t->next && !tcp_segment(t, f->segment)->come_no)
        tcp_segment(t, f->segment)->come_no = ++t->n_come;
    while (t->next < t->end && tcp_segment(t, t->next)->come_no)
        t->delivered = tcp_segment(t, t->next++)->end;
    int slot = hop_offer(&t->up, t->now_us, TCP_HEADER);
    if (slot >= 0)
        t->acks[slot] = (struct tcp_ack){.next = t->next, .come_no = t->n_come, .of = *f};
}

/* -- time ------------------------------------------------------------------------------------- */

static inline uint64_t tcp_next_us(const struct tcp *t)
{
    uint64_t down = hop_next_us(&t->down, t->now_us);
    uint64_t up = hop_next_us(&t->up, t->now_us);
    uint64_t next = down < up ? down : up;
    return t->timer_us && t->timer_us < next ? t->timer_us : next;
}

static inline void tcp_step(struct tcp *t)
{
    bool is_lost;
    int slot;
    while ((slot = hop_take(&t->down, t->now_us, &is_lost)) >= 0) {
        if (!is_lost)
            tcp_on_packet(t, &t->flights[slot]);
    }
    while ((slot = hop_take(&t->up, t->now_us, &is_lost)) >= 0) {
        if (!is_lost)
            tcp_on_ack(t, &t->acks[slot]);
    }
    if (t->timer_us && t->timer_us <= t->now_us)
        tcp_on_timer(t);
    tcp_send(t);
}

/* All that happens until then. */
static inline void tcp_run(struct tcp *t, uint64_t until_us)
{
    for (uint64_t next = tcp_next_us(t); next <= until_us; next = tcp_next_us(t)) {
        t->now_us = next;
        tcp_step(t);
    }
    t->now_us = until_us;
}

#endif
