#include "server/viewer/link.h"

void link_init(struct link *l)
{
    *l = (struct link){.window_bytes = LINK_WINDOW_FIRST};
}

static bool is_delayed(const struct link *l)
{
    return l->min_rtt_ms && l->rtt_ms > l->min_rtt_ms + LINK_DELAY_MS;
}

static uint32_t clamp(uint64_t v, uint32_t low, uint32_t high)
{
    return v < low ? low : v > high ? high : (uint32_t)v;
}

/* Down by a fifth while the queue shows in the round trip; up while the window is what holds us:
 * doubling as long as each look finds the pipe empty again, else by a little. */
static void move_window(struct link *l, uint32_t queued_bytes, bool is_held)
{
    uint64_t w = l->window_bytes;
    if (is_delayed(l) && queued_bytes > 0)
        w = w * 4 / 5;
    else if (is_held && queued_bytes == 0)
        w = w * 2;
    else if (is_held)
        w += 500;
    l->window_bytes = clamp(w, LINK_WINDOW_LEAST, LINK_WINDOW_MOST);
}

void link_look(struct link *l, uint64_t now_ms, uint32_t queued_bytes, bool is_held)
{
    move_window(l, queued_bytes, is_held);
    l->queued_bytes = queued_bytes;
    l->sent_bytes = 0;
    if (queued_bytes == 0) {
        l->waiting_since_ms = 0;
        l->measured_ms = 0;
        l->is_backlogged = false;
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
    return l->is_backlogged && (!l->measured_ms || now_ms - l->measured_ms >= LINK_MEASURE_MS);
}

void link_measured(struct link *l, uint64_t now_ms, uint32_t rtt_ms, uint32_t min_rtt_ms,
                   uint64_t acked_bytes)
{
    l->rtt_ms = rtt_ms;
    l->min_rtt_ms = min_rtt_ms;
    if (l->measured_ms && now_ms > l->measured_ms && acked_bytes >= l->measured_acked) {
        uint64_t bps = (acked_bytes - l->measured_acked) * 8000 / (now_ms - l->measured_ms);
        l->capacity_bps = clamp(bps, 1000, 1000000000);
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
    return l->capacity_bps ? (uint32_t)((uint64_t)l->queued_bytes * 8000 / l->capacity_bps) : 0;
}
