#ifndef AIRCLASS_SERVER_VIEWER_LINK_H
#define AIRCLASS_SERVER_VIEWER_LINK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What we believe of the way to one viewer: how much may be under way at once, and how much it
 * carries. Pure: numbers and a clock value in, belief out.
 *
 * Everything but voice waits outside while more than a window is under way, because what makes
 * voice late is what already sits in the kernel and in the link's buffer. Measured at 24 kbit/s,
 * 600 ms, 1 % loss: p99 lateness of voice 36 s with a plain queue, 19 s with priorities and
 * TCP_NOTSENT_LOWAT, 2 s with a window.
 *
 * A look costs one cheap ioctl: what was acknowledged follows from what was sent and what is still
 * queued. How long the oldest byte has been under way shows a queue at once, when the kernel's
 * smoothed round trip does not yet; and a lost packet, which makes those behind it old as well,
 * shows as a pause in the acknowledgements, during which nothing is concluded. A queue that lets
 * through all that we send is somebody else's: to send less would not make it shorter.
 *
 * A lesson of small stills has no burst that proves anything to looks 250 ms apart. There, what a
 * usual message adds to the round trip of the handshake says what the link carries at least.
 */
enum {
    LINK_LOOK_MS = 250, /* how often link_look() is meant to be called */
    LINK_LOOKS = 32,    /* so far back it can tell a byte's age */

    LINK_WINDOW_FIRST = 4000,
    LINK_WINDOW_LEAST =
        2500, /* 0.8 s of a 24 kbit/s link: two packets, or a loss costs a timeout */
    /* 1 s of a link that has just broken down to 48 kbit/s. On top comes what the path itself holds
     * at the proven rate, within bounds: that of twice the highest rung, and more. */
    LINK_WINDOW_MOST = 6 << 10,
    LINK_PATH_LEAST_BPS = 640000,
    LINK_PATH_MOST_BPS = 4000000,

    LINK_MEASURE_MS = 1000,       /* how often the kernel is asked for more, while backlogged ... */
    LINK_MEASURE_CALM_MS = 10000, /* ... and else */
    LINK_BACKLOG_MS = 400,
    LINK_DELAY_MS = 300,       /* queueing delay that the window allows */
    LINK_STUCK_MS = 400,       /* so long after a round trip without news: a loss, or a stall */
    LINK_LONG_MS = 300,        /* a long path, on which ... */
    LINK_RTT_MS = 60,          /* ... a smoothed round trip must be so much over the least */
    LINK_QUEUE_MS = 250,       /* an age of so much over the least round trip is a queue */
    LINK_FULL_MS = 500,        /* a queue for so long tells what the link carries ... */
    LINK_RECENT_MS = 2000,     /* ... by what went through in this time ... */
    LINK_TELLING_BYTES = 2000, /* ... if it was more than this */
    LINK_MEMORY_MS = 60000,    /* what went through, or did not, counts so long */
    LINK_PACKET = 1448,

    /* What a round trip may prove, and when: the smoothed one takes its time to forget the
     * handshake's (3 to 5 s on 24 kbit/s were too little), and the kernel forgets the least one
     * after 300 s (tcp_min_rtt_wlen): what it finds then was no tiny packet's. */
    LINK_TRIP_MOST_BPS = 100000,
    LINK_TRIP_FROM_MS = 10000,
    LINK_TRIP_UNTIL_MS = 240000,
};

struct link_seen {
    uint32_t at_ms, sent, acked; /* all since the beginning; they may wrap */
};

struct link {
    uint32_t window_bytes;
    uint32_t capacity_bps; /* goodput while there is a queue; 0: not known */
    uint32_t burst_bps;  /* it has carried so much in the last seconds, if only for a moment ... */
    uint32_t proven_bps; /* ... and so much lately */
    uint32_t limit_bps;  /* the last capacity, for a while; 0: none, or it has carried more since */
    uint32_t rtt_ms, min_rtt_ms;
    uint32_t queue_ms;  /* so long waits what is under way, beside what the path itself takes */
    bool is_pressed;    /* by us: it carries less than we send, or would send */
    bool is_backlogged; /* something has been under way at every look for LINK_BACKLOG_MS */
    bool is_stuck;      /* nothing has been acknowledged for longer than the path explains */

    struct link_seen seen[LINK_LOOKS];
    uint32_t n_seen; /* ever */
    uint32_t sent, acked;
    uint32_t mark;             /* what had been sent at link_mark() */
    uint64_t advanced_ms;      /* when something was last acknowledged, or nothing under way */
    uint64_t waiting_since_ms; /* 0: nothing was under way at the last look */
    uint64_t full_since_ms;    /* 0: no queue */
    uint64_t widened_ms;
    uint64_t proven_ms, limit_ms;
    uint64_t begun_ms;    /* of the first measurement */
    uint64_t measured_ms; /* 0: never */
    uint32_t n_measured;
    uint32_t queued_bytes; /* at the last look */
    uint32_t sent_bytes;   /* since then */
};

void link_init(struct link *l);

/* One look at the socket's queue, every LINK_LOOK_MS or two. `is_held` says that something of ours
 * has waited outside because of the window. */
void link_look(struct link *l, uint64_t now_ms, uint32_t queued_bytes, bool is_held);

/* Whether link_measured() is due: at first, and then the oftener while backlogged. */
bool link_wants_measure(const struct link *l, uint64_t now_ms);

/* What the kernel says: smoothed and least round trip. */
void link_measured(struct link *l, uint64_t now_ms, uint32_t rtt_ms, uint32_t min_rtt_ms);

/* So much was handed to the socket. */
void link_sent(struct link *l, uint32_t bytes);

/* From now on something else is sent; what was sent before drains until it is acknowledged. */
void link_mark(struct link *l);
bool link_is_draining(const struct link *l);

/* Whether more than voice may go out now, given what is queued. */
bool link_admits(const struct link *l, uint32_t queued_bytes);

/* The same without asking the kernel: true when even all that can be queued, were nothing
 * acknowledged since the last look, is within the window. Spares most viewers a system call for
 * each message, which is a tenth of what the message costs. */
bool link_surely_admits(const struct link *l);

/* How large one piece of a picture may be: about LINK_PIECE_MS of what is proven, for voice that
 * comes meanwhile stands behind it. Large where nothing has ever queued: bursts that are gone by
 * the next look prove little of what a good link carries. */
enum { LINK_PIECE_MS = 100, LINK_PIECE_LEAST = 1000, LINK_PIECE_MOST = 8000 };
uint32_t link_piece_bytes(const struct link *l);

#endif
