#ifndef AIRCLASS_TESTS_UNIT_VIEWER_SCENE_H
#define AIRCLASS_TESTS_UNIT_VIEWER_SCENE_H

#include "tests/unit/unit.h"

#include <string.h>

#include "server/base/clock.h"
#include "server/viewer/feed.h"
#include "tests/unit/hub/media.h"
#include "tests/unit/viewer/fake_ws.h"

/*
 * One feed between a small hub and a scripted socket. Include it in one file of a test. The link is
 * as it is at first: a window of 4,000 bytes, pieces of 1,000.
 */
static struct ladder ladder;
static struct hub *hub;
static struct ws ws;
static struct parcel parcel;
static struct feed feed;
static unsigned keys[WIRE_RENDITIONS_MAX]; /* so often was each asked for */

static inline void on_want(void *arg, uint32_t mask)
{
    (void)arg;
    (void)mask;
}

static inline void on_key(void *arg, uint8_t rendition)
{
    (void)arg;
    keys[rendition]++;
}

static const struct hub_events events = {.on_want = on_want, .on_key = on_key};

static inline int open_scene(void **state)
{
    (void)state;
    fake_clock_start();
    media_ladder(&ladder);
    memset(keys, 0, sizeof(keys));
    assert_int_equal(hub_new(&hub, &ladder, &events), 0);
    media_configs(hub);
    fake_init(&ws);
    assert_int_equal(parcel_init(&parcel), 0);
    feed_init(&feed, &ws, hub, &parcel);
    return 0;
}

static inline int close_scene(void **state)
{
    (void)state;
    feed_release(&feed);
    assert_int_equal(parcel.len, 0); /* nothing is left in it for another viewer */
    parcel_release(&parcel);
    hub_free(&hub);
    fake_clock_stop();
    return 0;
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

/* Another player on the same socket. */
static inline void begin_anew(void)
{
    feed_release(&feed);
    fake_forget(&ws);
    feed_init(&feed, &ws, hub, &parcel);
}

static inline struct lane *lane(uint8_t rendition, uint16_t bundle_ms)
{
    struct lane *l = hub_lane(hub, rendition, bundle_ms);
    assert_non_null(l);
    return l;
}

/* -- what the feed is to send ----------------------------------------------------------------- */

static inline void listens(uint8_t rendition, uint16_t bundle_ms)
{
    assert_int_equal(feed_set_voice(&feed, lane(rendition, bundle_ms)), 0);
}

static inline void watches(uint8_t rendition)
{
    assert_int_equal(feed_set_video(&feed, lane(rendition, 0), false), 0);
}

static inline void watches_stills(void)
{
    assert_int_equal(feed_set_still(&feed, lane(AVIF, 0)), 0);
}

/* -- what happens ----------------------------------------------------------------------------- */

static inline void pump(void)
{
    while (hub_pump(hub)) {
    }
}

/* A look of the viewer after `ms`. */
static inline void look(uint32_t ms)
{
    fake_clock_advance(ms);
    feed_look(&feed, clock_ms());
}

enum { LITTLE = 100 }; /* bytes of a frame that fits anywhere */

/* Small frames, ten a second. */
static inline void frames(uint8_t rendition, uint32_t from_ms, uint32_t to_ms)
{
    for (uint32_t t = from_ms; t < to_ms; t += 100)
        media_frame(hub, rendition, t, false, LITTLE);
}

/* What was sent since the last time. */
static inline void sent(const char *expected)
{
    char letters[4096];
    fake_letters(&ws, letters, sizeof(letters));
    assert_string_equal(letters, expected);
    fake_forget(&ws);
}

/* The first unit of message `i`. */
static inline struct fake_unit first_unit(size_t i)
{
    struct fake_unit u;
    assert_true(i < ws.n_sent);
    struct bytes b = bytes_of(ws.sent[i].bytes, ws.sent[i].len);
    assert_true(fake_unit(&b, &u));
    return u;
}

/* -- how scenes begin ------------------------------------------------------------------------- */

/* Video that runs: a keyframe at 0 and a frame at 200 ms are there, and acknowledged. */
static inline void video_runs(uint8_t rendition)
{
    watches(rendition);
    media_frame(hub, rendition, 0, true, LITTLE);
    media_frame(hub, rendition, 200, false, LITTLE);
    pump();
    sent("DKd");
    ws.queued = 0;
}

/* Voice that runs: the bundle up to 300 ms is there. */
static inline void voice_runs(void)
{
    listens(V10, 300);
    media_voice(hub, V10, 0, 300);
    pump();
    sent("Cv");
    ws.queued = 0;
}

/* Somebody else who listens, so that a lane is not empty when the feed joins. */
static inline void on_other(void *owner)
{
    (void)owner;
}

static inline void others_listen(uint8_t rendition, uint16_t bundle_ms)
{
    static struct lane_sub other;
    other = (struct lane_sub){.ready = on_other};
    assert_int_equal(hub_join(hub, lane(rendition, bundle_ms), &other), 0);
}

#endif
