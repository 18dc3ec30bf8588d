#include "tests/link/hop.h"

#include <errno.h>
#include <string.h>

void hop_init(struct hop *h, uint64_t seed)
{
    memset(h, 0, sizeof(*h));
    h->random = seed * 2654435761u + 88172645463325252u;
}

/* xorshift64: as even as this needs, and the same everywhere. */
static uint32_t random_below(struct hop *h, uint32_t bound)
{
    h->random ^= h->random << 13;
    h->random ^= h->random >> 7;
    h->random ^= h->random << 17;
    return bound ? (uint32_t)((h->random >> 16) % bound) : 0;
}

/* Two states after Gilbert: all is lost in the bad one, nothing in the good one. The mean is
 * loss_ppm whatever the length of the bursts. */
static bool is_lost(struct hop *h)
{
    const uint32_t million = 1000000;
    if (h->set.loss_ppm == 0)
        return h->is_in_burst = false;
    if (h->set.burst <= 1 || h->set.loss_ppm >= million)
        return random_below(h, million) < h->set.loss_ppm;
    uint64_t enter =
        (uint64_t)h->set.loss_ppm * million / h->set.burst / (million - h->set.loss_ppm);
    if (h->is_in_burst)
        h->is_in_burst = random_below(h, million) >= million / h->set.burst;
    else
        h->is_in_burst = random_below(h, million) < enter;
    return h->is_in_burst;
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t start_us(const struct hop *h)
{
    const struct hop_packet *p = &h->packets[h->served % HOP_SLOTS];
    return later(later(p->offered_us, h->free_us), h->frozen_until_us);
}

static void serve(struct hop *h, uint64_t now_us)
{
    while (h->served < h->tail) {
        uint64_t start = start_us(h);
        if (start > now_us)
            return;
        struct hop_packet *p = &h->packets[h->served++ % HOP_SLOTS];
        uint64_t takes = h->set.rate_bps ? p->len * UINT64_C(8000000) / h->set.rate_bps : 0;
        h->free_us = start + takes;
        h->waiting_bytes -= p->len;
        h->counts.waited_most_us = later(h->counts.waited_most_us, h->free_us - p->offered_us);
        p->is_lost = is_lost(h);
        p->due_us = h->free_us + h->set.delay_us;
        if (h->set.jitter_us)
            p->due_us += random_below(h, h->set.jitter_us);
        h->last_due_us = p->due_us = later(p->due_us, h->last_due_us);
    }
}

int hop_offer(struct hop *h, uint64_t now_us, uint32_t len)
{
    serve(h, now_us);
    h->counts.offered++;
    if (now_us < h->cut_until_us) {
        h->counts.cut++;
        return -ENETDOWN;
    }
    bool is_full =
        h->set.queue_bytes && h->waiting_bytes + len > h->set.queue_bytes && h->waiting_bytes > 0;
    if (is_full || h->tail - h->head == HOP_SLOTS) {
        h->counts.overflown++;
        return -ENOBUFS;
    }
    int slot = (int)(h->tail++ % HOP_SLOTS);
    h->packets[slot] = (struct hop_packet){.offered_us = now_us, .len = len};
    h->waiting_bytes += len;
    return slot;
}

int hop_take(struct hop *h, uint64_t now_us, bool *was_lost)
{
    serve(h, now_us);
    struct hop_packet *p = &h->packets[h->head % HOP_SLOTS];
    if (h->head == h->served || p->due_us > now_us || now_us < h->frozen_until_us)
        return -EAGAIN;
    *was_lost = p->is_lost;
    if (p->is_lost) {
        h->counts.lost++;
        h->counts.lost_bytes += p->len;
    } else {
        h->counts.delivered++;
        h->counts.delivered_bytes += p->len;
    }
    return (int)(h->head++ % HOP_SLOTS);
}

uint64_t hop_next_us(const struct hop *h, uint64_t now_us)
{
    uint64_t next = UINT64_MAX;
    if (h->head < h->served)
        next = later(h->packets[h->head % HOP_SLOTS].due_us, h->frozen_until_us);
    if (h->served < h->tail && start_us(h) < next)
        next = start_us(h);
    return next == UINT64_MAX ? next : later(next, now_us);
}

void hop_freeze(struct hop *h, uint64_t until_us)
{
    h->frozen_until_us = later(h->frozen_until_us, until_us);
}

void hop_cut(struct hop *h, uint64_t until_us)
{
    h->counts.cut += h->tail - h->head;
    h->head = h->served = h->tail;
    h->waiting_bytes = 0;
    h->cut_until_us = later(h->cut_until_us, until_us);
}
