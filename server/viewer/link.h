#ifndef AIRCLASS_SERVER_VIEWER_LINK_H
#define AIRCLASS_SERVER_VIEWER_LINK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What we believe of the way to one viewer: how much may be under way at once, and how much it
 * carries. Pure: numbers and a clock value in, belief out.
 *
 * The window is LEDBAT-like (RFC 6817 in spirit): it bounds everything but voice, because what
 * makes voice late is what already sits in the kernel and in the link's buffer. Measured at
 * 24 kbit/s, 600 ms, 1 % loss: p99 lateness of voice 36 s with a plain queue, 19 s with priorities
 * and TCP_NOTSENT_LOWAT, 2.6 s with a window.
 */
struct link {
    uint32_t window_bytes;
    uint32_t capacity_bps; /* goodput seen while the link was full all the time; 0: not known */
    uint32_t rtt_ms, min_rtt_ms;
    bool is_full;       /* the last measurement showed a queue */
    bool is_backlogged; /* something has been waiting at every look for LINK_BACKLOG_MS */

    uint64_t waiting_since_ms; /* 0: nothing waited at the last look */
    uint64_t asked_ms;         /* of the last measurement */
    uint64_t measured_ms;      /* when `measured_acked` was read; 0: not measuring */
    uint64_t measured_acked;
    uint32_t queued_bytes; /* at the last look */
    uint32_t sent_bytes;   /* since then */
};

enum {
    LINK_WINDOW_FIRST = 12000, /* an ordinary first congestion window, 10 segments, minus headers */
    LINK_WINDOW_LEAST = 1500,
    LINK_WINDOW_MOST = 256 << 10,
    LINK_BACKLOG_MS = 400,
    LINK_MEASURE_MS = 1000, /* shorter than this, acknowledgements come in bunches */
    LINK_LOOK_MS = 250,     /* how often link_look() is meant to be called */
    LINK_DELAY_MS = 300,    /* queueing delay that the window aims to stay below */
    LINK_QUEUE_MS = 60,     /* more than this over the least round trip is a queue */
};

void link_init(struct link *l);

/* One look at the socket's queue, every LINK_LOOK_MS. `is_held` says that something of ours waits
 * outside because of the window. */
void link_look(struct link *l, uint64_t now_ms, uint32_t queued_bytes, bool is_held);

/* Whether link_measured() is due: only while backlogged, once in LINK_MEASURE_MS. */
bool link_wants_measure(const struct link *l, uint64_t now_ms);

/* What the kernel says: smoothed and least round trip, bytes acknowledged since the beginning. */
void link_measured(struct link *l, uint64_t now_ms, uint32_t rtt_ms, uint32_t min_rtt_ms,
                   uint64_t acked_bytes);

/* So much was handed to the socket. */
void link_sent(struct link *l, uint32_t bytes);

/* Whether more than voice may go out now, given what is queued. */
bool link_admits(const struct link *l, uint32_t queued_bytes);

/* The same without asking the kernel: true when even all that can be queued, were nothing
 * acknowledged since the last look, is within the window. Spares most viewers a system call for
 * each message, which is a tenth of what the message costs. */
bool link_surely_admits(const struct link *l);

/* How long what is queued waits on its way, beside what the path itself takes: by the capacity if
 * it is known, else as the round trip shows it. */
uint32_t link_delay_ms(const struct link *l);

#endif
