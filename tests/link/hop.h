#ifndef AIRCLASS_TESTS_LINK_HOP_H
#define AIRCLASS_TESTS_LINK_HOP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * One direction of an emulated link, on a clock that the caller keeps: a queue that drops what does
 * not fit, a transmitter of some rate, then a path with delay, jitter and loss. Packets never
 * overtake one another, as on the radio links that are meant. What is lost has taken its time to be
 * sent, as on the air. Pure: no packet bytes, no system calls; the caller keeps the bytes by slot.
 */
enum { HOP_SLOTS = 4096 };

struct hop_setting {
    uint32_t rate_bps; /* 0: no limit */
    uint32_t delay_us;
    uint32_t jitter_us; /* up to so much more delay, evenly spread */
    uint32_t loss_ppm;
    uint32_t burst;       /* mean number of packets lost in a row; 0 and 1: each by itself */
    uint32_t queue_bytes; /* 0: as much as there are slots */
};

struct hop_counts {
    uint64_t offered, delivered, lost, overflown, cut;
    uint64_t delivered_bytes, lost_bytes;
    uint64_t waited_most_us; /* in the queue, being sent included */
};

struct hop_packet {
    uint64_t offered_us, due_us;
    uint32_t len;
    bool is_lost;
};

struct hop {
    struct hop_setting set; /* may be changed at any time */
    struct hop_counts counts;

    struct hop_packet packets[HOP_SLOTS];
    uint64_t head, served, tail; /* to deliver next, to send next, to fill next */
    uint64_t free_us;            /* the transmitter */
    uint64_t last_due_us;
    uint64_t frozen_until_us, cut_until_us;
    uint32_t waiting_bytes;
    uint64_t random;
    bool is_in_burst;
};

/* `seed`: the same losses and jitter each time. */
void hop_init(struct hop *h, uint64_t seed);

/* A packet arrives at the queue. Its slot (0 to HOP_SLOTS - 1), which is the caller's to fill until
 * hop_take() gave it back; -ENOBUFS: the queue is full; -ENETDOWN: the link is cut. */
int hop_offer(struct hop *h, uint64_t now_us, uint32_t len);

/* The next packet at the far end, if there is one by now: its slot, else -EAGAIN. */
int hop_take(struct hop *h, uint64_t now_us, bool *is_lost);

/* When hop_take() is worth calling again; UINT64_MAX: not before the next offer. */
uint64_t hop_next_us(const struct hop *h, uint64_t now_us);

/* The link stands still: nothing is sent or comes out, the queue fills. */
void hop_freeze(struct hop *h, uint64_t until_us);

/* There is no link: what it holds and what is offered is gone. */
void hop_cut(struct hop *h, uint64_t until_us);

#endif
