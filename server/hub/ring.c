#include "server/hub/ring.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

struct ring {
    struct ring_limits limits;
    uint64_t tail; /* oldest still here */
    uint64_t head; /* next to come */
    uint64_t newest_start;
    bool has_start;
    uint32_t bytes;
    struct ring_entry entries[];
};

static struct ring_entry *entry_at(const struct ring *r, uint64_t seq)
{
    return (struct ring_entry *)&r->entries[seq % r->limits.messages];
}

int ring_new(struct ring **out, const struct ring_limits *limits)
{
    assert(limits->messages > 1);
    struct ring *r = calloc(1, sizeof(*r) + limits->messages * sizeof(r->entries[0]));
    if (!r)
        return -ENOMEM;
    r->limits = *limits;
    *out = r;
    return 0;
}

void ring_free(struct ring **ring)
{
    if (!*ring)
        return;
    ring_clear(*ring);
    free(*ring);
    *ring = NULL;
}

static void drop_oldest(struct ring *r)
{
    struct ring_entry *e = entry_at(r, r->tail++);
    r->bytes -= e->message->len;
    buf_unref(&e->message);
}

void ring_clear(struct ring *ring)
{
    while (ring->tail < ring->head)
        drop_oldest(ring);
    ring->has_start = false;
}

static bool is_over(const struct ring *r)
{
    const struct ring_entry *oldest = entry_at(r, r->tail);
    const struct ring_entry *newest = entry_at(r, r->head - 1);
    return r->head - r->tail >= r->limits.messages || r->bytes > r->limits.bytes ||
           newest->pts_ms - oldest->pts_ms > r->limits.ms;
}

static void trim(struct ring *r)
{
    while (r->head - r->tail > 1 && is_over(r))
        drop_oldest(r);
    if (r->has_start && r->newest_start < r->tail)
        r->has_start = false;
}

void ring_push(struct ring *ring, const struct ring_entry *entry)
{
    *entry_at(ring, ring->head) = *entry;
    buf_ref(entry->message);
    if (entry->is_start) {
        ring->newest_start = ring->head;
        ring->has_start = true;
    }
    ring->head++;
    ring->bytes += entry->message->len;
    trim(ring);
}

int ring_get(const struct ring *ring, uint64_t seq, struct ring_entry *out)
{
    if (seq >= ring->head)
        return -EAGAIN;
    if (seq < ring->tail)
        return -ESTALE;
    *out = *entry_at(ring, seq);
    return 0;
}

uint64_t ring_head(const struct ring *ring)
{
    return ring->head;
}

uint64_t ring_tail(const struct ring *ring)
{
    return ring->tail;
}

uint64_t ring_newest_start(const struct ring *ring)
{
    return ring->has_start ? ring->newest_start : ring->head;
}

bool ring_start_before(const struct ring *ring, uint32_t pts_ms, uint64_t *seq)
{
    for (uint64_t at = ring->head; at > ring->tail; at--) {
        const struct ring_entry *e = entry_at(ring, at - 1);
        if (e->is_start && (int32_t)(e->pts_ms - pts_ms) <= 0) {
            *seq = at - 1;
            return true;
        }
    }
    return false;
}

uint32_t ring_lag_ms(const struct ring *ring, uint64_t seq)
{
    if (ring->head == ring->tail || seq >= ring->head)
        return 0;
    if (seq < ring->tail)
        seq = ring->tail;
    return entry_at(ring, ring->head - 1)->pts_ms - entry_at(ring, seq)->pts_ms;
}
