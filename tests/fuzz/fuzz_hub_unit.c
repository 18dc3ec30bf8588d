#include <stdlib.h>
#include <string.h>

#include "codec/wire/wire.h"
#include "server/base/bytes.h"
#include "server/hub/hub.h"
#include "server/hub/unit.h"

/* What a worker under foreign rule says, through wire_parse() into a hub with a listener on every
 * lane, and out again as a player would read it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ladder ladder;
static struct lane_sub subs[64];

static void on_want(void *arg, uint32_t mask)
{
    (void)arg;
    (void)mask;
}

static void on_key(void *arg, uint8_t rendition)
{
    (void)arg;
    (void)rendition;
}

static const struct hub_events events = {.on_want = on_want, .on_key = on_key};

/* A message is whole units of known kinds. */
static void check_message(const struct buf *m)
{
    struct bytes b = bytes_of(m->data, m->len);
    if (m->len == 0)
        abort();
    while (bytes_left(&b) > 0) {
        uint8_t head = bytes_u8(&b);
        uint32_t len = bytes_u24(&b);
        bytes_u32(&b);
        if (!bytes_take(&b, len) || head >> 4 > UNIT_STILL || (head & 15) > UNIT_GAP)
            abort();
    }
}

static void on_ready(void *owner)
{
    const struct lane_sub *sub = owner;
    const struct lane *lane = sub->lane;
    struct ring_entry e;
    if (lane->kind == LANE_STILL) {
        struct buf *piece;
        if (!lane->still) /* the news was cleared before it was told */
            return;
        uint32_t last = still_pieces(lane->still, STILL_THIN) - 1;
        if (still_piece(lane->still, STILL_THIN, last, &piece) == 0)
            check_message(piece);
        return;
    }
    check_message(lane->config);
    uint64_t seq = ring_head(lane->ring);
    if (seq == ring_tail(lane->ring) || ring_get(lane->ring, seq - 1, &e) != 0)
        return;
    check_message(e.message);
    ring_start_before(lane->ring, e.pts_ms, &seq);
    ring_lag_ms(lane->ring, ring_tail(lane->ring));
}

static size_t join_all(struct hub *hub)
{
    size_t n = 0;
    for (size_t i = 0; i < ladder.n_rungs; i++) {
        const struct rung *r = &ladder.rungs[i];
        const struct rung_choice *choices[] = {&r->voice, &r->slides, &r->camera};
        for (size_t j = 0; j < 3; j++) {
            for (size_t k = 0; k < choices[j]->n && n < sizeof(subs) / sizeof(subs[0]); k++) {
                subs[n] = (struct lane_sub){.ready = on_ready, .owner = &subs[n]};
                struct lane *lane = hub_lane(hub, choices[j]->rendition[k], r->bundle_ms);
                if (hub_join(hub, lane, &subs[n]) == 0)
                    n++;
            }
        }
    }
    return n;
}

static void give_all(struct hub *hub, const uint8_t *bytes, size_t size)
{
    struct wire_msg m;
    size_t used;
    for (size_t at = 0; wire_parse(&m, bytes + at, size - at, &used) == 0; at += used) {
        hub_unit(hub, &m);
        if (m.flags & 1)
            hub_flush(hub);
        if (m.flags & 2)
            hub_clear(hub);
        while (hub_pump(hub)) {
        }
        hub_tick(hub);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[LADDER_ERROR_MAX];
    struct hub *hub;
    if (ladder.n_rungs == 0 && ladder_load(&ladder, NULL, error) != 0)
        abort();
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        return 0;
    if (size > 0)
        memcpy(copy, data, size);
    if (hub_new(&hub, &ladder, &events) == 0) {
        join_all(hub);
        give_all(hub, copy, size);
        hub_free(&hub);
    }
    free(copy);
    return 0;
}
