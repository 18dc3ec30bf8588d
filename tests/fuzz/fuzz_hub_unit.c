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

/* One whole unit of this kind. */
static void check_unit(const uint8_t *bytes, size_t size, enum unit_track track,
                       enum unit_kind kind)
{
    struct bytes b = bytes_of(bytes, size);
    if (bytes_u8(&b) != ((unsigned)track << 4 | (unsigned)kind))
        abort();
    uint32_t len = bytes_u24(&b);
    bytes_u32(&b);
    if (b.bad || bytes_left(&b) != len)
        abort();
}

/* Cut as for a thin link, each piece in a block of its own. */
static void check_still(const struct still *still)
{
    enum { MOST = 1000, HEAD = UNIT_HEADER + UNIT_PIECE_HEADER };
    for (uint32_t at = 0, len; at < still_len(still); at += len) {
        uint32_t left = still_len(still) - at;
        len = left < MOST ? left : MOST;
        uint8_t *piece = malloc(HEAD + len);
        if (!piece)
            return;
        if (still_write_piece(still, at, len, piece) != piece + HEAD + len)
            abort();
        check_unit(piece, HEAD + len, UNIT_STILL, UNIT_PIECE);
        free(piece);
    }
}

/* As a feed relies on: a config beside the media, and frames with something to cut. */
static void check_media(const struct lane *lane, const struct ring_entry *e)
{
    enum unit_track track = lane->kind == LANE_VOICE ? UNIT_VOICE : UNIT_VIDEO;
    enum unit_kind kind = lane->kind == LANE_VOICE ? UNIT_BUNDLE
                          : e->is_start            ? UNIT_KEY
                                                   : UNIT_DELTA;
    check_unit(e->message->data, e->message->len, track, kind);
    check_unit(lane->config->data, lane->config->len, track, UNIT_CONFIG);
    if (e->message->len <= UNIT_HEADER)
        abort();
}

static void on_ready(void *owner)
{
    const struct lane_sub *sub = owner;
    const struct lane *lane = sub->lane;
    struct ring_entry e;
    if (lane->kind == LANE_STILL) {
        if (lane->still) /* else the news was cleared before it was told */
            check_still(lane->still);
        return;
    }
    uint64_t seq = ring_head(lane->ring);
    if (seq == ring_tail(lane->ring) || ring_get(lane->ring, seq - 1, &e) != 0)
        return;
    check_media(lane, &e);
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
