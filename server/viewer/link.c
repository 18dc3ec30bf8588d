#include "server/viewer/link.h"

void link_init(struct link *l)
{
    *l = (struct link){.window_bytes = LINK_WINDOW_FIRST};
}

static bool is_delayed(const struct link *l)
{
    return l->min_rtt_ms && l->rtt_ms > l->min_rtt_ms + LINK_DELAY_MS;
}

/* Whether the round trip shows a queue. What is merely on its way does not count: on a long path
 * there is always something. */
static bool shows_queue(const struct link *l)
{
    return l->min_rtt_ms && l->rtt_ms > l->min_rtt_ms + l->min_rtt_ms / 8 + LINK_QUEUE_MS;
}

static uint32_t clamp(uint64_t v, uint32_t low, uint32_t high)
{
    return v < low ? low : v > high ? high : (uint32_t)v;
}

/* Up while the window is what holds us: doubling as long as each look finds the pipe empty again,
 * by an eighth while no queue shows, else by a little. (Down: in link_measured.) */
static void widen_window(struct link *l, uint32_t queued_bytes)
{
    uint64_t w = l->window_bytes;
    if (queued_bytes == 0)
        w = w * 2;
    else if (!shows_queue(l))
        w += w / 8 + 500;
    else if (!is_delayed(l))
        w += 500;
    l->window_bytes = clamp(w, LINK_WINDOW_LEAST, LINK_WINDOW_MOST);
}

void link_look(struct link *l, uint64_t now_ms, uint32_t queued_bytes, bool is_held)
{
    if (is_held)
        widen_window(l, queued_bytes);
    l->queued_bytes = queued_bytes;
    l->sent_bytes = 0;
    if (queued_bytes == 0) {
        l->waiting_since_ms = 0;
        l->measured_ms = 0;
        l->is_backlogged = l->is_full = false;
        l->rtt_ms = l->min_rtt_ms; /* an empty pipe delays nothing */
        return;
    }
    if (!l->waiting_since_ms) {
        l->waiting_since_ms = now_ms;
        l->capacity_bps = 0; /* what was seen in an earlier squeeze says nothing about this one */
    }
    l->is_backlogged = now_ms - l->waiting_since_ms >= LINK_BACKLOG_MS;
}

bool link_wants_measure(const struct link *l, uint64_t now_ms)
{
    return l->is_backlogged && (!l->measured_ms || now_ms - l->asked_ms >= LINK_MEASURE_MS);
}

/* What was acknowledged since the last measurement is what the link carries if it was full all the
 * time; else it carries at least that, and what it did in an earlier squeeze is forgotten. */
static void learn_capacity(struct link *l, uint32_t bps, bool was_full)
{
    bool is_more = l->capacity_bps && bps > l->capacity_bps;
    if (!was_full && !l->is_full)
        l->capacity_bps = 0;
    else if (is_more || (was_full && l->is_full))
        l->capacity_bps = bps;
}

void link_measured(struct link *l, uint64_t now_ms, uint32_t rtt_ms, uint32_t min_rtt_ms,
                   uint64_t acked_bytes)
{
    bool was_full = l->is_full;
    l->asked_ms = now_ms;
    l->rtt_ms = rtt_ms;
    l->min_rtt_ms = min_rtt_ms;
    l->is_full = shows_queue(l);
    if (is_delayed(l))
        l->window_bytes =
            clamp((uint64_t)l->window_bytes * 6 / 10, LINK_WINDOW_LEAST, LINK_WINDOW_MOST);
    /* A stall says nothing of the rate: nothing acknowledged in a second of 600 ms round trips is
     * one lost packet. The next measurement spans it. */
    if (l->measured_ms && acked_bytes <= l->measured_acked)
        return;
    if (l->measured_ms && now_ms > l->measured_ms) {
        uint64_t bps = (acked_bytes - l->measured_acked) * 8000 / (now_ms - l->measured_ms);
        learn_capacity(l, clamp(bps, 1000, 1000000000), was_full);
    }
    l->measured_ms = now_ms;
    l->measured_acked = acked_bytes;
}

void link_sent(struct link *l, uint32_t bytes)
{
    l->sent_bytes += bytes;
}

bool link_surely_admits(const struct link *l)
{
    return link_admits(l, l->queued_bytes + l->sent_bytes);
}

bool link_admits(const struct link *l, uint32_t queued_bytes)
{
    return queued_bytes < l->window_bytes;
}

uint32_t link_delay_ms(const struct link *l)
{
    uint32_t path_ms = l->min_rtt_ms;
    uint32_t all_ms = l->rtt_ms;
    if (l->capacity_bps)
        all_ms = clamp((uint64_t)l->queued_bytes * 8000 / l->capacity_bps, 0, UINT32_MAX);
    return all_ms > path_ms ? all_ms - path_ms : 0;
}
