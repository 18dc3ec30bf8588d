#include "server/viewer/link.h"

void link_init(struct link *l)
{
    *l = (struct link){.window_bytes = LINK_WINDOW_FIRST};
}

static uint32_t clamp(uint64_t v, uint32_t low, uint32_t high)
{
    return v < low ? low : v > high ? high : (uint32_t)v;
}

/* Bytes that `bps` carries in `ms`. */
static uint64_t bytes_in(uint64_t bps, uint64_t ms)
{
    return bps * ms / 8000;
}

static uint32_t rate_of(uint64_t bytes, uint32_t ms)
{
    return ms ? clamp(bytes * 8000 / ms, 0, 1000000000) : 0;
}

/* The `back`th look before the newest (0). */
static const struct link_seen *seen(const struct link *l, uint32_t back)
{
    return &l->seen[(l->n_seen - 1 - back) % LINK_LOOKS];
}

/* How many looks are remembered. */
static uint32_t depth(const struct link *l)
{
    return l->n_seen < LINK_LOOKS ? l->n_seen : LINK_LOOKS;
}

static uint32_t acked_since(const struct link *l, uint32_t back)
{
    return seen(l, 0)->acked - seen(l, back)->acked;
}

static uint32_t ms_since(const struct link *l, uint32_t back)
{
    return seen(l, 0)->at_ms - seen(l, back)->at_ms;
}

/* For how long the oldest byte that is not acknowledged has been under way, to half a look. */
static uint32_t oldest_ms(const struct link *l)
{
    uint32_t n = depth(l), back = 0;
    if (l->queued_bytes == 0)
        return 0;
    while (back + 1 < n && (int32_t)(seen(l, back + 1)->sent - l->acked) > 0)
        back++;
    uint32_t age = ms_since(l, back);
    return back + 1 < n ? age + (ms_since(l, back + 1) - age) / 2 : age;
}

/* How many looks back lies the first that is at least `span_ms` ago; as far as is remembered. */
static uint32_t looks_for(const struct link *l, uint32_t span_ms)
{
    uint32_t n = depth(l), back = 0;
    while (back + 1 < n && ms_since(l, back) < span_ms)
        back++;
    return back;
}

static uint32_t goodput_bps(const struct link *l, uint32_t span_ms)
{
    uint32_t back = looks_for(l, span_ms);
    return rate_of(acked_since(l, back), ms_since(l, back));
}

static void note(struct link *l, uint64_t now_ms, uint32_t queued_bytes)
{
    uint32_t acked = l->sent - queued_bytes;
    bool has_advanced = (int32_t)(acked - l->acked) > 0; /* more may be queued than we know of */
    if (has_advanced)
        l->acked = acked;
    if (has_advanced || queued_bytes == 0 || !l->n_seen)
        l->advanced_ms = now_ms;
    l->is_stuck = now_ms - l->advanced_ms > l->min_rtt_ms + LINK_STUCK_MS;
    l->queued_bytes = queued_bytes;
    l->sent_bytes = 0;
    l->seen[l->n_seen++ % LINK_LOOKS] =
        (struct link_seen){.at_ms = (uint32_t)now_ms, .sent = l->sent, .acked = l->acked};
    if (queued_bytes == 0)
        l->waiting_since_ms = 0;
    else if (!l->waiting_since_ms)
        l->waiting_since_ms = now_ms;
    l->is_backlogged = queued_bytes > 0 && now_ms - l->waiting_since_ms >= LINK_BACKLOG_MS;
}

static bool has_short_round_trip(const struct link *l)
{
    return l->rtt_ms <= l->min_rtt_ms + l->min_rtt_ms / 8 + LINK_RTT_MS;
}

/* On a long path bytes are old after a loss for as long as the path; but then the round trip of
 * what comes behind it is no longer than ever. What is older than a loss explains is in a queue,
 * if only in our own socket, which the round trip does not show. */
static bool is_loss_likely(const struct link *l, uint32_t age_ms)
{
    return age_ms <= 2 * l->min_rtt_ms + LINK_STUCK_MS && l->min_rtt_ms >= LINK_LONG_MS &&
           has_short_round_trip(l);
}

/* By the age of the oldest byte; and once that says that there is a queue, by what it takes to get
 * through at the present rate, which says at once what the age will have grown to. */
static void see_queue(struct link *l, uint64_t now_ms)
{
    uint32_t age_ms = oldest_ms(l);
    if (age_ms <= l->min_rtt_ms + LINK_QUEUE_MS) {
        l->queue_ms = age_ms > l->min_rtt_ms ? age_ms - l->min_rtt_ms : 0;
        return;
    }
    if (l->advanced_ms != now_ms) /* nothing was acknowledged: no news */
        return;
    if (is_loss_likely(l, age_ms)) {
        l->queue_ms = 0;
        return;
    }
    uint32_t bps = goodput_bps(l, LINK_FULL_MS);
    bool is_telling = bytes_in(bps, LINK_FULL_MS) >= LINK_PACKET;
    uint64_t through_ms = is_telling ? (uint64_t)l->queued_bytes * 8000 / bps : 0;
    l->queue_ms = (uint32_t)(through_ms > age_ms ? through_ms : age_ms) - l->min_rtt_ms;
}

/* Whether what went through lately is less than what was sent, by more than a packet. */
static bool falls_behind(const struct link *l)
{
    uint32_t back = looks_for(l, LINK_RECENT_MS);
    uint32_t sent = seen(l, 0)->sent - seen(l, back)->sent;
    return acked_since(l, back) + LINK_PACKET < sent;
}

/* Once there has been a queue of ours for a while, what goes through is what the link carries. */
static void learn_capacity(struct link *l, uint64_t now_ms, bool is_held)
{
    l->is_pressed = l->queue_ms >= LINK_QUEUE_MS && (is_held || falls_behind(l));
    if (!l->is_pressed) {
        l->full_since_ms = 0;
        l->capacity_bps = 0;
        return;
    }
    if (!l->full_since_ms || l->is_stuck) /* a stall says nothing of the rate */
        l->full_since_ms = now_ms;
    uint64_t full_ms = now_ms - l->full_since_ms;
    if (full_ms < LINK_FULL_MS)
        return;
    uint32_t span_ms = full_ms < LINK_RECENT_MS ? (uint32_t)full_ms : LINK_RECENT_MS;
    uint32_t bps = goodput_bps(l, span_ms);
    if (bytes_in(bps, span_ms) < LINK_TELLING_BYTES)
        return; /* lost packets: says nothing about the rate either */
    l->capacity_bps = l->limit_bps = bps;
    l->limit_ms = now_ms;
}

/* What the link has carried at least: bytes that were sent after some look and are acknowledged now
 * took no longer than since then, less what the path takes. Neither a loss nor acknowledgements in
 * bunches can make that too much; and a still, or the voice that a new player gets at once, is
 * burst enough. */
static uint32_t burst_bps(const struct link *l)
{
    enum { LEAST_MS = 50 };
    uint32_t best = 0;
    for (uint32_t back = 1; back < depth(l); back++) {
        int32_t bytes = (int32_t)(l->acked - seen(l, back)->sent);
        uint32_t ms = ms_since(l, back);
        if (bytes > 0 && ms >= l->min_rtt_ms + LEAST_MS) {
            uint32_t bps = rate_of((uint32_t)bytes, ms - l->min_rtt_ms);
            best = bps > best ? bps : best;
        }
    }
    return best;
}

static void prove(struct link *l, uint64_t now_ms, uint32_t bps)
{
    l->proven_bps = bps;
    l->proven_ms = now_ms;
}

static void learn_proof(struct link *l, uint64_t now_ms)
{
    uint32_t bps = l->burst_bps = burst_bps(l);
    if (bps >= l->proven_bps)
        prove(l, now_ms, bps);
    else if (now_ms - l->proven_ms >= LINK_MEMORY_MS)
        prove(l, now_ms, bps > l->proven_bps / 2 ? bps : l->proven_bps / 2);
    if (l->capacity_bps && l->capacity_bps < l->proven_bps)
        prove(l, now_ms, l->capacity_bps);
    bool is_old = now_ms - l->limit_ms >= LINK_MEMORY_MS;
    bool is_disproved = l->proven_bps > l->limit_bps + l->limit_bps / 8; /* a moment beats a mean */
    if (is_old || is_disproved)
        l->limit_bps = 0;
}

/* In steps of a round trip, and only while about as much as that gets through. */
static bool may_widen(const struct link *l, uint64_t now_ms)
{
    uint32_t step_ms = l->min_rtt_ms + LINK_LOOK_MS;
    return l->queue_ms < LINK_DELAY_MS / 2 && !l->is_stuck && now_ms - l->widened_ms >= step_ms &&
           acked_since(l, looks_for(l, step_ms)) >= l->window_bytes / 2;
}

/* LEDBAT-like (RFC 6817 in spirit): as wide as the last seconds' best rate needs, or in a queue,
 * the present one; wider while it is what holds us back and no queue shows. What has not been used
 * for a while is taken back: it may not be true any more. */
static void set_window(struct link *l, uint64_t now_ms, bool is_held)
{
    uint64_t span_ms = (uint64_t)l->min_rtt_ms + LINK_DELAY_MS;
    uint64_t recent = bytes_in(l->burst_bps, span_ms);
    uint64_t w = l->window_bytes;
    if (l->queue_ms > LINK_DELAY_MS) {
        w = recent = bytes_in(goodput_bps(l, LINK_MEASURE_MS), span_ms);
    } else if (!is_held && w > LINK_WINDOW_FIRST) {
        w -= w / 8;
    } else if (is_held && may_widen(l, now_ms)) {
        w += l->limit_bps ? LINK_PACKET / 2 : w / 2;
        l->widened_ms = now_ms;
    }
    uint32_t path_bps = clamp(l->proven_bps, LINK_PATH_LEAST_BPS, LINK_PATH_MOST_BPS);
    uint64_t most = LINK_WINDOW_MOST + bytes_in(path_bps, l->min_rtt_ms);
    l->window_bytes = clamp(w > recent ? w : recent, LINK_WINDOW_LEAST, (uint32_t)most);
}

void link_look(struct link *l, uint64_t now_ms, uint32_t queued_bytes, bool is_held)
{
    note(l, now_ms, queued_bytes);
    see_queue(l, now_ms);
    learn_capacity(l, now_ms, is_held);
    learn_proof(l, now_ms);
    set_window(l, now_ms, is_held);
}

bool link_wants_measure(const struct link *l, uint64_t now_ms)
{
    uint32_t every_ms = l->is_backlogged ? LINK_MEASURE_MS : LINK_MEASURE_CALM_MS;
    return !l->measured_ms || now_ms - l->measured_ms >= every_ms;
}

/* What was sent between two looks, if anything was: a message, mostly. */
static uint32_t usual_bytes(const struct link *l)
{
    uint32_t n = 0;
    uint32_t sum = 0;
    for (uint32_t back = 0; back + 1 < depth(l); back++) {
        uint32_t bytes = seen(l, back)->sent - seen(l, back + 1)->sent;
        n += bytes > 0;
        sum += bytes;
    }
    return n ? sum / n : 0;
}

/* Half of what it seems, for the smoothed round trip has not quite forgotten the handshake's; and
 * only where nothing else is known. */
static void prove_by_round_trip(struct link *l, uint64_t now_ms)
{
    uint64_t age_ms = now_ms - l->begun_ms;
    if (age_ms < LINK_TRIP_FROM_MS || age_ms > LINK_TRIP_UNTIL_MS || l->limit_bps || l->is_stuck ||
        l->queue_ms >= LINK_QUEUE_MS || l->rtt_ms < l->min_rtt_ms)
        return;
    uint32_t bps = rate_of(usual_bytes(l) / 2, l->rtt_ms - l->min_rtt_ms + 1);
    bps = clamp(bps, 0, LINK_TRIP_MOST_BPS);
    if (bps > l->proven_bps)
        prove(l, now_ms, bps);
}

void link_measured(struct link *l, uint64_t now_ms, uint32_t rtt_ms, uint32_t min_rtt_ms)
{
    enum { RTT_MOST_MS = 60000 };
    if (!l->measured_ms)
        l->begun_ms = now_ms;
    l->rtt_ms = clamp(rtt_ms, 0, RTT_MOST_MS);
    l->min_rtt_ms = clamp(min_rtt_ms, 0, RTT_MOST_MS);
    l->measured_ms = now_ms;
    l->n_measured++;
    prove_by_round_trip(l, now_ms);
}

void link_sent(struct link *l, uint32_t bytes)
{
    l->sent_bytes += bytes;
    l->sent += bytes;
}

void link_mark(struct link *l)
{
    l->mark = l->sent;
}

bool link_is_draining(const struct link *l)
{
    return (int32_t)(l->mark - l->acked) > 0;
}

bool link_surely_admits(const struct link *l)
{
    return link_admits(l, l->queued_bytes + l->sent_bytes);
}

bool link_admits(const struct link *l, uint32_t queued_bytes)
{
    return queued_bytes < l->window_bytes;
}

uint32_t link_piece_bytes(const struct link *l)
{
    bool is_known = l->n_measured > 1; /* the handshake's round trip had nothing to carry */
    if (is_known && !l->limit_bps && !l->is_backlogged && has_short_round_trip(l))
        return LINK_PIECE_MOST;
    return clamp(bytes_in(l->proven_bps, LINK_PIECE_MS), LINK_PIECE_LEAST, LINK_PIECE_MOST);
}
