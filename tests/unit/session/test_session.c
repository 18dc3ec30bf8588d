#include "tests/unit/unit.h"

#include <errno.h>

#include "server/metrics/metrics.h"
#include "tests/unit/session/classroom.h"

static struct classroom room;
static struct session *seat;
static struct lane_sub sub;

static int open_room(void **state)
{
    (void)state;
    classroom_open(&room);
    sub = (struct lane_sub){.lane = NULL};
    return 0;
}

static int close_room(void **state)
{
    (void)state;
    classroom_close(&room);
    for (int i = 0; i < 4; i++)
        assert_int_equal(metric_get(METRIC_SESSIONS, (unsigned)i), 0);
    return 0;
}

static void take_seat(const char *id)
{
    assert_int_equal(session_seat(room.sessions, id, &seat), 0);
}

static enum session_state state_of(const char *id)
{
    struct session_facts facts;
    assert_true(sessions_facts(room.sessions, id, &facts));
    return facts.state;
}

static unsigned readies;

static void on_ready(void *owner)
{
    (void)owner;
    readies++;
}

static void listen_to_voice(void)
{
    struct hub *hub = session_hub(seat);
    sub = (struct lane_sub){.ready = on_ready};
    assert_int_equal(hub_join(hub, hub_lane(hub, V10, 300), &sub), 0);
}

static void leave(void)
{
    hub_leave(session_hub(seat), &sub);
    session_unseat(seat);
}

static uint64_t wanted_messages;

static bool has_messages(struct classroom *c)
{
    (void)c;
    return ring_head(sub.lane->ring) >= wanted_messages;
}

static bool is_asked_for_a_keyframe(struct classroom *c)
{
    return c->key_wishes > 0;
}

static bool is_reconnecting(struct classroom *c)
{
    (void)c;
    return state_of("demo") == SESSION_RECONNECTING;
}

static bool is_ended(struct classroom *c)
{
    (void)c;
    return state_of("demo") == SESSION_ENDED;
}

static bool is_gone(struct classroom *c)
{
    struct session_facts facts;
    return !sessions_facts(c->sessions, "demo", &facts);
}

static bool has_worker(struct classroom *c)
{
    struct session_facts facts;
    return sessions_facts(c->sessions, "demo", &facts) && facts.has_worker;
}

/* -- cases ---------------------------------------------------------------------------------- */

static void only_the_right_key_publishes(void **state)
{
    (void)state;
    struct publisher *pub = NULL;
    assert_int_equal(classroom_publish(&room, "wrong-key", &pub), PUBLISH_BAD_KEY);
    assert_int_equal(classroom_publish(&room, "", &pub), PUBLISH_BAD_KEY);
    assert_int_equal(classroom_publish(&room, "math-watch-key", &pub), PUBLISH_BAD_KEY);
    assert_null(pub);
    assert_true(is_gone(&room));
}

static void a_second_publisher_is_refused_and_disturbs_nobody(void **state)
{
    (void)state;
    struct publisher *other = NULL;
    classroom_begin(&room, "demo-stream-key", 0);
    classroom_teach(&room, 120);
    assert_int_equal(classroom_publish(&room, "demo-stream-key", &other), PUBLISH_BUSY);
    assert_null(other);
    assert_int_equal(state_of("demo"), SESSION_LIVE);
    assert_int_equal(classroom_publish(&room, "math-stream-key", &other), PUBLISH_OK);
    sessions_sink(room.sessions)->close(other, SOURCE_STOPPED);
    assert_int_equal(room.kicks, 0);
    classroom_unpublish(&room, SOURCE_STOPPED);
}

static void a_lesson_is_live_with_its_first_media(void **state)
{
    (void)state;
    take_seat("demo");
    listen_to_voice();
    assert_int_equal(session_state(seat), SESSION_WAITING);
    assert_int_equal(session_pts_ms(seat), 0);
    assert_int_equal(classroom_publish(&room, "demo-stream-key", &room.pub), PUBLISH_OK);
    assert_int_equal(session_state(seat), SESSION_WAITING);
    classroom_unpublish(&room, SOURCE_LOST);
    assert_int_equal(session_state(seat), SESSION_WAITING); /* it never was */
    classroom_begin(&room, "demo-stream-key", 77000);
    assert_int_equal(session_state(seat), SESSION_LIVE);
    classroom_teach(&room, 3000);
    wanted_messages = 9;
    readies = 0;
    classroom_run(&room, has_messages);
    assert_true(readies > 0);
    struct ring_entry e;
    assert_int_equal(ring_get(sub.lane->ring, 0, &e), 0);
    assert_int_equal(e.pts_ms, 0); /* the session clock, not the encoder's */
    assert_in_range(session_pts_ms(seat), 3000, 3000);
    classroom_unpublish(&room, SOURCE_STOPPED);
    leave();
}

static void a_source_that_comes_back_goes_on_in_the_same_session(void **state)
{
    (void)state;
    take_seat("demo");
    listen_to_voice();
    classroom_begin(&room, "demo-stream-key", 5000);
    classroom_teach(&room, 3000);
    wanted_messages = 9;
    classroom_run(&room, has_messages);
    classroom_unpublish(&room, SOURCE_LOST);
    assert_int_equal(session_state(seat), SESSION_RECONNECTING);
    fake_clock_advance(20000);
    wanted_messages = ring_head(sub.lane->ring) + 9;
    classroom_begin(&room, "demo-stream-key", 0); /* it counts from 0 again */
    assert_int_equal(session_state(seat), SESSION_LIVE);
    classroom_teach(&room, 3000);
    classroom_run(&room, has_messages);
    struct ring_entry e;
    assert_int_equal(ring_get(sub.lane->ring, ring_head(sub.lane->ring) - 1, &e), 0);
    assert_in_range(e.pts_ms + e.duration_ms, 23000 + 2400, 26060);
    classroom_unpublish(&room, SOURCE_STOPPED);
    leave();
}

static void sound_alone_is_a_lesson_without_a_picture_until_one_comes(void **state)
{
    (void)state;
    static const uint8_t avc[] = {0x17, 1, 0, 0, 0, 0, 0, 0, 1, 0x65};
    take_seat("demo");
    assert_true(session_has_picture(seat)); /* nothing is known yet */
    classroom_begin(&room, "demo-stream-key", 0);
    classroom_teach(&room, 3000);
    assert_true(session_has_picture(seat)); /* it may still come */
    classroom_teach(&room, 3000);
    assert_false(session_has_picture(seat));

    const struct media_tag picture = {
        .type = MEDIA_VIDEO, .dts_ms = room.dts_ms, .body = avc, .len = sizeof(avc)};
    sessions_sink(room.sessions)->tag(room.pub, &picture);
    assert_true(session_has_picture(seat));
    classroom_teach(&room, 9000); /* a screen that stands still */
    assert_true(session_has_picture(seat));
    classroom_unpublish(&room, SOURCE_STOPPED);
    leave();
}

static void a_silent_source_is_away_within_two_seconds(void **state)
{
    (void)state;
    classroom_begin(&room, "demo-stream-key", 0);
    classroom_teach(&room, 600);
    fake_clock_advance(1400);
    for (int i = 0; i < 40; i++)
        uv_run(&room.loop, UV_RUN_NOWAIT);
    assert_int_equal(state_of("demo"), SESSION_LIVE);
    fake_clock_advance(350);
    classroom_run(&room, is_reconnecting);
    classroom_teach(&room, 60);
    assert_int_equal(state_of("demo"), SESSION_LIVE);
    classroom_unpublish(&room, SOURCE_STOPPED);
}

static void a_source_that_stays_away_ends_the_session(void **state)
{
    (void)state;
    take_seat("demo");
    classroom_begin(&room, "demo-stream-key", 0);
    classroom_teach(&room, 600);
    classroom_run(&room, has_worker);
    classroom_unpublish(&room, SOURCE_LOST);
    fake_clock_advance(LINGER_S * 1000 - 1000);
    for (int i = 0; i < 40; i++)
        uv_run(&room.loop, UV_RUN_NOWAIT);
    assert_int_equal(state_of("demo"), SESSION_RECONNECTING);
    fake_clock_advance(1500);
    classroom_run(&room, is_ended);
    struct session_facts facts;
    assert_true(sessions_facts(room.sessions, "demo", &facts));
    assert_int_equal(facts.viewers, 1);
    assert_int_equal(facts.source, SOURCE_NONE);
    session_unseat(seat);
    classroom_run(&room, is_gone);
}

static bool can_publish(struct classroom *c)
{
    return classroom_publish(c, "demo-stream-key", &c->pub) == PUBLISH_OK;
}

static void an_ended_session_can_be_taught_again(void **state)
{
    (void)state;
    take_seat("demo");
    classroom_begin(&room, "demo-stream-key", 0);
    classroom_teach(&room, 600);
    classroom_unpublish(&room, SOURCE_LOST);
    fake_clock_advance(LINGER_S * 1000 + 500);
    classroom_run(&room, is_ended);
    classroom_run(&room, can_publish); /* as soon as the old worker is gone */
    classroom_teach(&room, 600);
    assert_int_equal(session_state(seat), SESSION_LIVE);
    assert_true(session_pts_ms(seat) > 60000); /* the clock went on */
    classroom_unpublish(&room, SOURCE_STOPPED);
    session_unseat(seat);
}

static void a_publisher_without_media_leaves_nothing_behind(void **state)
{
    (void)state;
    assert_int_equal(classroom_publish(&room, "demo-stream-key", &room.pub), PUBLISH_OK);
    classroom_unpublish(&room, SOURCE_LOST);
    classroom_run(&room, is_gone);
}

static void a_kicked_source_is_not_heard_any_more(void **state)
{
    (void)state;
    classroom_begin(&room, "demo-stream-key", 0);
    classroom_teach(&room, 600);
    struct session_facts before, after;
    assert_true(sessions_facts(room.sessions, "demo", &before));
    sessions_kick(room.sessions, "demo");
    sessions_kick(room.sessions, "demo");
    sessions_kick(room.sessions, "nobody");
    assert_int_equal(room.kicks, 1);
    classroom_teach(&room, 600);
    assert_true(sessions_facts(room.sessions, "demo", &after));
    assert_int_equal(before.source_bytes, after.source_bytes);
    classroom_unpublish(&room, SOURCE_REFUSED);
    assert_int_equal(state_of("demo"), SESSION_RECONNECTING);
}

static void a_silent_source_gives_way_to_one_with_the_same_key(void **state)
{
    (void)state;
    struct publisher *old;
    take_seat("demo");
    classroom_begin(&room, "demo-stream-key", 0);
    classroom_teach(&room, 600);
    old = room.pub;
    fake_clock_advance(2100); /* its phone has changed networks */
    classroom_begin(&room, "demo-stream-key", 0);
    assert_int_equal(room.kicks, 1);
    classroom_teach(&room, 600);
    assert_int_equal(session_state(seat), SESSION_LIVE);
    sessions_sink(room.sessions)->close(old, SOURCE_REFUSED); /* its end is noticed at last */
    assert_int_equal(session_state(seat), SESSION_LIVE);
    classroom_unpublish(&room, SOURCE_STOPPED);
    assert_int_equal(session_state(seat), SESSION_RECONNECTING);
    leave();
}

static void a_lesson_that_is_removed_is_void(void **state)
{
    (void)state;
    take_seat("demo");
    listen_to_voice();
    classroom_begin(&room, "demo-stream-key", 0);
    classroom_teach(&room, 600);
    sessions_void(room.sessions, "demo");
    assert_true(session_is_void(seat));
    assert_int_equal(session_state(seat), SESSION_ENDED);
    assert_int_equal(room.kicks, 1);
    assert_true(is_gone(&room));
    classroom_teach(&room, 600); /* what was on its way */
    classroom_unpublish(&room, SOURCE_REFUSED);
    struct session *other;
    assert_int_equal(session_seat(room.sessions, "demo", &other), 0); /* made again */
    assert_ptr_not_equal(other, seat);
    session_unseat(other);
    leave();
    sessions_void(room.sessions, "nobody");
}

static void nonsense_from_a_source_is_left_out(void **state)
{
    (void)state;
    static const uint8_t hevc[] = {0x1c, 1, 0, 0, 0};
    classroom_begin(&room, "demo-stream-key", 0);
    classroom_tag(&room, (const uint8_t *)"", 0);
    classroom_tag(&room, (const uint8_t *)"\xaf", 1);
    const struct media_tag tags[] = {
        {.type = MEDIA_VIDEO,  .body = hevc, .len = sizeof(hevc)},
        {.type = MEDIA_SCRIPT, .body = hevc, .len = sizeof(hevc)},
        {.type = 77,           .body = hevc, .len = sizeof(hevc)}
    };
    for (size_t i = 0; i < 3; i++)
        sessions_sink(room.sessions)->tag(room.pub, &tags[i]);
    classroom_teach(&room, 600);
    classroom_unpublish(&room, SOURCE_STOPPED);
}

static void all_of_it_can_be_closed_while_it_runs(void **state)
{
    (void)state;
    classroom_begin(&room, "demo-stream-key", 0);
    classroom_teach(&room, 600);
    classroom_run(&room, has_worker);
    classroom_unpublish(&room, SOURCE_REFUSED); /* net and ingests are closed first */
    take_seat("math");
    session_unseat(seat);
    /* The rest is close_room(). */
}

static void nothing_begins_while_it_closes(void **state)
{
    (void)state;
    struct publisher *pub;
    struct session *s;
    classroom_begin(&room, "demo-stream-key", 0);
    classroom_unpublish(&room, SOURCE_STOPPED);
    sessions_close(room.sessions, classroom_on_closed, &room);
    assert_int_equal(classroom_publish(&room, "demo-stream-key", &pub), PUBLISH_NOT_NOW);
    assert_int_equal(session_seat(room.sessions, "math", &s), -ESHUTDOWN);
    uv_run(&room.loop, UV_RUN_DEFAULT);
    assert_true(room.is_closed);
    room.is_closed = false; /* for close_room() */
    const struct sessions_params p = {
        .loop = &room.loop, .lessons = room.lessons, .ladder = &room.ladder};
    assert_int_equal(sessions_new(&room.sessions, &p), 0);
}

/* The worker by script needs one whenever it is to make one. */
static void a_source_is_asked_for_the_keyframe_that_the_worker_needs(void **state)
{
    (void)state;
    take_seat("demo");
    listen_to_voice();
    classroom_begin(&room, "demo-stream-key", 0);
    classroom_teach(&room, 3000);
    wanted_messages = 9;
    classroom_run(&room, has_messages);
    assert_int_equal(room.key_wishes, 0);
    hub_want_key(session_hub(seat), hub_lane(session_hub(seat), LOW, 300));
    classroom_run(&room, is_asked_for_a_keyframe);
    assert_int_equal(room.key_wishes, 1);
    leave();
    classroom_unpublish(&room, SOURCE_STOPPED);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_room, close_room)

int main(int argc, char **argv)
{
    child_main(argc, argv);
    const struct CMUnitTest tests[] = {
        CASE(only_the_right_key_publishes),
        CASE(a_second_publisher_is_refused_and_disturbs_nobody),
        CASE(a_lesson_is_live_with_its_first_media),
        CASE(a_source_that_comes_back_goes_on_in_the_same_session),
        CASE(sound_alone_is_a_lesson_without_a_picture_until_one_comes),
        CASE(a_silent_source_is_away_within_two_seconds),
        CASE(a_source_that_stays_away_ends_the_session),
        CASE(an_ended_session_can_be_taught_again),
        CASE(a_publisher_without_media_leaves_nothing_behind),
        CASE(a_kicked_source_is_not_heard_any_more),
        CASE(a_silent_source_gives_way_to_one_with_the_same_key),
        CASE(a_lesson_that_is_removed_is_void),
        CASE(nonsense_from_a_source_is_left_out),
        CASE(a_source_is_asked_for_the_keyframe_that_the_worker_needs),
        CASE(all_of_it_can_be_closed_while_it_runs),
        CASE(nothing_begins_while_it_closes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
