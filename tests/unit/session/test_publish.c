#include "tests/unit/unit.h"

#include "tests/unit/session/classroom.h"

/* Who may teach when another one does: pages of two browsers, and encoders. */
static struct classroom room;
static struct session *seat;

static struct source {
    const char *device; /* NULL: an encoder */
    struct publisher *pub;
    unsigned kicks;
    enum kick_why kick_why;
    uint32_t dts_ms;
} laptop, phone, encoder;

static int open_room(void **state)
{
    (void)state;
    classroom_open(&room);
    laptop = (struct source){.device = "laptop-0123456789"};
    phone = (struct source){.device = "phone-0123456789"};
    encoder = (struct source){.device = NULL};
    assert_int_equal(session_seat(room.sessions, "demo", &seat), 0);
    return 0;
}

static void stops(struct source *s, enum source_end why)
{
    if (s->pub)
        sessions_sink(room.sessions)->close(s->pub, why);
    s->pub = NULL;
}

static int close_room(void **state)
{
    (void)state;
    stops(&laptop, SOURCE_LOST);
    stops(&phone, SOURCE_LOST);
    stops(&encoder, SOURCE_LOST);
    session_unseat(seat);
    classroom_close(&room);
    return 0;
}

static void on_kick(void *source, enum kick_why why)
{
    struct source *s = source;
    s->kicks++;
    s->kick_why = why;
}

static enum publish_verdict ask(struct source *s, bool takes, struct publisher **out)
{
    const struct ingest_sink *sink = sessions_sink(room.sessions);
    const struct publish_claim claim = {.key = "demo-stream-key",
                                        .peer = "127.0.0.1",
                                        .device = s->device,
                                        .takes = takes,
                                        .kick = on_kick,
                                        .source = s};
    return sink->open(sink->arg, &claim, out);
}

static void may_begin(struct source *s)
{
    assert_int_equal(ask(s, false, &s->pub), PUBLISH_OK);
}

static void is_refused(struct source *s)
{
    struct publisher *none = NULL;
    assert_int_equal(ask(s, false, &none), PUBLISH_BUSY);
    assert_null(none);
}

/* Sound of `ms`, in its own time. */
static void teaches(struct source *s, uint32_t ms)
{
    static const uint8_t sound[] = {0xaf, 1, 1, 2, 3};
    for (uint32_t t = 0; t < ms; t += 60, s->dts_ms += 60) {
        const struct media_tag tag = {
            .type = MEDIA_AUDIO, .dts_ms = s->dts_ms, .body = sound, .len = sizeof(sound)};
        sessions_sink(room.sessions)->tag(s->pub, &tag);
        fake_clock_advance(60);
    }
}

static struct session_facts facts(void)
{
    struct session_facts f;
    assert_true(sessions_facts(room.sessions, "demo", &f));
    return f;
}

static void was_sent_away(const struct source *s, enum kick_why why)
{
    assert_int_equal(s->kicks, 1);
    assert_int_equal(s->kick_why, why);
}

/* -- who may begin ---------------------------------------------------------------------------- */

static void a_page_replaces_its_own_older_connection(void **state)
{
    (void)state;
    may_begin(&laptop);
    teaches(&laptop, 600);
    struct publisher *old = laptop.pub;
    may_begin(&laptop); /* the old one is not known to be dead */
    was_sent_away(&laptop, KICK_TAKEN);
    teaches(&laptop, 600);
    assert_int_equal(facts().state, SESSION_LIVE);
    sessions_sink(room.sessions)->close(old, SOURCE_REFUSED);
    assert_int_equal(facts().state, SESSION_LIVE);
    assert_int_equal(facts().source, SOURCE_PAGE);
}

static void another_page_has_to_ask(void **state)
{
    (void)state;
    may_begin(&laptop);
    is_refused(&phone); /* nothing was taught yet: it is about to begin */
    teaches(&laptop, 600);
    is_refused(&phone);
    fake_clock_advance(60000); /* a long hole in its uplink */
    is_refused(&phone);
    assert_int_equal(laptop.kicks, 0);
    assert_int_equal(ask(&phone, true, &phone.pub), PUBLISH_OK);
    was_sent_away(&laptop, KICK_TAKEN);
    teaches(&phone, 600);
    assert_int_equal(facts().state, SESSION_LIVE);
    is_refused(&laptop);
}

static bool is_reconnecting(struct classroom *c)
{
    (void)c;
    return session_state(seat) == SESSION_RECONNECTING;
}

static void a_page_that_lost_its_connection_is_waited_for(void **state)
{
    (void)state;
    may_begin(&laptop);
    teaches(&laptop, 600);
    stops(&laptop, SOURCE_LOST);
    assert_int_equal(facts().state, SESSION_LIVE); /* it may be loading anew */
    is_refused(&phone);
    fake_clock_advance(1600);
    classroom_run(&room, is_reconnecting);
    is_refused(&phone);
    may_begin(&laptop);
    teaches(&laptop, 600);
    stops(&laptop, SOURCE_LOST);
    assert_true(sessions_end(room.sessions, "demo", phone.device));
    while (ask(&phone, false, &phone.pub) == PUBLISH_NOT_NOW) /* the old worker ends */
        uv_run(&room.loop, UV_RUN_ONCE);
    assert_non_null(phone.pub);
}

static void an_encoder_does_not_disturb_a_page(void **state)
{
    (void)state;
    may_begin(&laptop);
    teaches(&laptop, 600);
    is_refused(&encoder);
    fake_clock_advance(9000); /* it tries again and again */
    is_refused(&encoder);
    fake_clock_advance(1000);
    may_begin(&encoder);
    was_sent_away(&laptop, KICK_LATE);
    teaches(&encoder, 600);
    assert_int_equal(facts().source, SOURCE_ENCODER);
}

static void an_encoder_that_stopped_is_followed_by_a_page(void **state)
{
    (void)state;
    may_begin(&encoder);
    teaches(&encoder, 600);
    is_refused(&laptop);
    stops(&encoder, SOURCE_STOPPED);
    may_begin(&laptop);
    teaches(&laptop, 600);
    stops(&laptop, SOURCE_STOPPED);
    may_begin(&encoder); /* and back, all in one session */
    teaches(&encoder, 600);
    assert_int_equal(facts().state, SESSION_LIVE);
    assert_int_equal(session_pts_ms(seat), 1800);
}

static void a_page_can_send_an_encoder_away(void **state)
{
    (void)state;
    may_begin(&encoder);
    teaches(&encoder, 600);
    assert_int_equal(ask(&laptop, true, &laptop.pub), PUBLISH_OK);
    assert_int_equal(encoder.kicks, 1);
    is_refused(&encoder); /* encoders come back unasked */
}

static void a_new_key_sends_the_encoder_away_and_not_the_page(void **state)
{
    (void)state;
    may_begin(&laptop);
    teaches(&laptop, 60);
    sessions_kick(room.sessions, "demo");
    assert_int_equal(laptop.kicks, 0);
    stops(&laptop, SOURCE_STOPPED);
    may_begin(&encoder);
    sessions_kick(room.sessions, "demo");
    was_sent_away(&encoder, KICK_VOID);
}

/* -- its clock and its voice ------------------------------------------------------------------ */

static uint32_t voice_of(const struct source *s)
{
    uint32_t pts_ms = UINT32_MAX;
    sessions_voice(room.sessions, "demo", s->device, &pts_ms);
    return pts_ms;
}

static void voice_that_comes_again_is_left_out(void **state)
{
    (void)state;
    laptop.dts_ms = 50000;
    may_begin(&laptop);
    assert_int_equal(voice_of(&laptop), UINT32_MAX);
    teaches(&laptop, 6000);
    assert_int_equal(voice_of(&laptop), 55940);
    assert_int_equal(voice_of(&phone), UINT32_MAX);
    struct publisher *old = laptop.pub;
    may_begin(&laptop);
    sessions_sink(room.sessions)->close(old, SOURCE_REFUSED);
    assert_int_equal(voice_of(&laptop), 55940);
    laptop.dts_ms = 51020; /* five seconds of it are said again */
    teaches(&laptop, 4920);
    assert_int_equal(voice_of(&laptop), 55940);
    teaches(&laptop, 120);
    assert_int_equal(voice_of(&laptop), 56000);
    laptop.dts_ms = 0; /* that is no repetition, but another clock */
    teaches(&laptop, 60);
    assert_int_equal(voice_of(&laptop), 0);
}

static void mute(struct source *s)
{
    sessions_sink(room.sessions)->mute(s->pub, true, NULL);
}

static void mute_at(struct source *s, bool is_muted, uint32_t pts_ms)
{
    sessions_sink(room.sessions)->mute(s->pub, is_muted, &pts_ms);
}

/* What was said before is still on its way to ears; what is said while it is so changes nothing. */
static void a_mute_is_of_the_moment_that_the_page_says(void **state)
{
    (void)state;
    may_begin(&laptop);
    teaches(&laptop, 6000);
    uint32_t began_ms = laptop.dts_ms - session_pts_ms(seat);
    assert_int_equal(session_muted_ms(seat), 0);
    mute_at(&laptop, true, began_ms + 5500);
    assert_int_equal(session_muted_ms(seat), 5500);
    mute_at(&laptop, true, began_ms + 5900);
    assert_int_equal(session_muted_ms(seat), 5500);
    mute_at(&laptop, false, began_ms + 5800);
    assert_int_equal(session_muted_ms(seat), 5800);
    mute_at(&laptop, true, began_ms + 90000); /* of another clock */
    assert_int_equal(session_muted_ms(seat), session_pts_ms(seat));
    mute_at(&laptop, false, began_ms + 5800);
    mute(&laptop);
    assert_int_equal(session_muted_ms(seat), session_pts_ms(seat));
    assert_int_equal(ask(&phone, true, &phone.pub), PUBLISH_OK);
    assert_int_equal(session_muted_ms(seat), 0);
}

static void who_is_muted_stays_so_until_it_says_otherwise_or_another_one_teaches(void **state)
{
    (void)state;
    may_begin(&laptop);
    teaches(&laptop, 600);
    mute(&laptop);
    assert_true(session_is_muted(seat));
    stops(&laptop, SOURCE_LOST);
    may_begin(&laptop); /* loaded anew */
    assert_true(session_is_muted(seat));
    assert_int_equal(ask(&phone, true, &phone.pub), PUBLISH_OK);
    assert_false(session_is_muted(seat));
    mute(&laptop); /* sent away already */
    assert_false(session_is_muted(seat));
    mute(&phone);
    assert_true(sessions_end(room.sessions, "demo", phone.device));
    assert_false(session_is_muted(seat));
}

static void another_source_makes_the_voice_unknown(void **state)
{
    (void)state;
    may_begin(&laptop);
    teaches(&laptop, 600);
    assert_int_equal(ask(&phone, true, &phone.pub), PUBLISH_OK);
    assert_int_equal(voice_of(&laptop), UINT32_MAX);
    teaches(&phone, 600);
    assert_int_equal(voice_of(&phone), 540);
    fake_clock_advance(10000);
    may_begin(&encoder);
    teaches(&encoder, 600);
    assert_int_equal(voice_of(&phone), UINT32_MAX);
}

/* -- the end ---------------------------------------------------------------------------------- */

static void the_end_is_told_at_once_and_what_comes_later_begins_anew(void **state)
{
    (void)state;
    assert_true(sessions_end(room.sessions, "demo", laptop.device));
    assert_int_equal(session_state(seat), SESSION_WAITING); /* nothing has begun */
    assert_true(sessions_end(room.sessions, "nobody", laptop.device));
    may_begin(&laptop);
    teaches(&laptop, 6000);
    assert_int_equal(facts().live_ms, 6000);
    assert_false(sessions_end(room.sessions, "demo", phone.device));
    assert_int_equal(session_state(seat), SESSION_LIVE);
    assert_true(sessions_end(room.sessions, "demo", laptop.device)); /* on another connection */
    was_sent_away(&laptop, KICK_TAKEN);
    assert_int_equal(session_state(seat), SESSION_ENDED);
    assert_int_equal(facts().live_ms, 0);
    fake_clock_advance(5000);
    while (ask(&encoder, false, &encoder.pub) == PUBLISH_NOT_NOW)
        uv_run(&room.loop, UV_RUN_ONCE);
    teaches(&encoder, 600);
    assert_int_equal(session_state(seat), SESSION_LIVE);
    assert_int_equal(facts().live_ms, 600);
    assert_true(sessions_end(room.sessions, "demo", phone.device));
    was_sent_away(&encoder, KICK_TAKEN);
    assert_int_equal(session_state(seat), SESSION_ENDED);
}

/* What it is told, once the codec process of before has ended. */
static enum publish_verdict tries(struct source *s)
{
    enum publish_verdict verdict;
    while ((verdict = ask(s, false, &s->pub)) == PUBLISH_NOT_NOW)
        uv_run(&room.loop, UV_RUN_ONCE);
    return verdict;
}

static void an_encoder_that_goes_on_trying_does_not_begin_again_what_was_ended(void **state)
{
    (void)state;
    enum { MINUTE_MS = 60000 };
    may_begin(&encoder);
    teaches(&encoder, 600);
    assert_true(sessions_end(room.sessions, "demo", phone.device));
    stops(&encoder, SOURCE_REFUSED);
    assert_true(facts().is_over);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(tries(&encoder), PUBLISH_OVER);
        fake_clock_advance(15 * MINUTE_MS);
    }
    sessions_admit(room.sessions, "demo");
    assert_false(facts().is_over);
    assert_int_equal(tries(&encoder), PUBLISH_OK);
    teaches(&encoder, 600);
    assert_true(sessions_end(room.sessions, "demo", phone.device));
    stops(&encoder, SOURCE_REFUSED);
    fake_clock_advance(20 * MINUTE_MS); /* nothing tries any more: the next one is meant */
    assert_int_equal(tries(&encoder), PUBLISH_OK);
}

/* The ordinary day: stopped in OBS, ended on the page, and begun in OBS for the next lesson. */
static void an_encoder_that_was_stopped_by_its_teacher_may_begin_the_next_lesson(void **state)
{
    (void)state;
    may_begin(&encoder);
    teaches(&encoder, 600);
    stops(&encoder, SOURCE_STOPPED);
    assert_true(sessions_end(room.sessions, "demo", phone.device));
    assert_false(facts().is_over);
    assert_int_equal(tries(&encoder), PUBLISH_OK);
    teaches(&encoder, 600);
    assert_true(sessions_end(room.sessions, "demo", phone.device));
    stops(&encoder, SOURCE_STOPPED); /* its last word, when it was sent away already */
    assert_int_equal(tries(&encoder), PUBLISH_OVER);
}

static void an_encoder_that_waited_behind_a_page_does_not_follow_its_end(void **state)
{
    (void)state;
    may_begin(&laptop);
    teaches(&laptop, 600);
    is_refused(&encoder);
    assert_true(sessions_end(room.sessions, "demo", laptop.device));
    stops(&laptop, SOURCE_REFUSED);
    assert_int_equal(tries(&encoder), PUBLISH_OVER);
    assert_int_equal(tries(&laptop), PUBLISH_OK); /* the page begins it anew, and then it is on */
    teaches(&laptop, 600);
    assert_false(facts().is_over);
}

static bool is_ended(struct classroom *c)
{
    (void)c;
    return session_state(seat) == SESSION_ENDED;
}

static bool is_live_again(struct classroom *c)
{
    (void)c;
    teaches(&laptop, 60);
    return session_state(seat) == SESSION_LIVE;
}

static void a_page_that_is_silent_for_very_long_begins_anew(void **state)
{
    (void)state;
    may_begin(&laptop);
    teaches(&laptop, 600);
    fake_clock_advance(2000);
    while (session_state(seat) != SESSION_RECONNECTING)
        uv_run(&room.loop, UV_RUN_ONCE);
    fake_clock_advance(LINGER_S * 1000 + 500);
    classroom_run(&room, is_ended);
    assert_int_equal(laptop.kicks, 0); /* it is connected all the while */
    classroom_run(&room, is_live_again);
}

/* -- who watches ------------------------------------------------------------------------------ */

static void viewers_are_counted_by_what_they_receive(void **state)
{
    (void)state;
    struct seat_view a = {.is_set = false}, b = a;
    const struct seat_view none = a;
    session_count(seat, &a, &(struct seat_view){.is_set = true, .rung = RUNG_1});
    session_count(seat, &b,
                  &(struct seat_view){.is_set = true, .rung = RUNG_HIGH, .has_picture = true});
    assert_int_equal(facts().viewers, 1);
    assert_int_equal(facts().voice_only, 1);
    assert_int_equal(facts().of_rung[RUNG_1], 1);
    assert_int_equal(facts().of_rung[RUNG_HIGH], 1);
    session_count(seat, &a,
                  &(struct seat_view){.is_set = true, .rung = RUNG_HIGH, .has_picture = true});
    assert_int_equal(facts().voice_only, 0);
    assert_int_equal(facts().of_rung[RUNG_1], 0);
    assert_int_equal(facts().of_rung[RUNG_HIGH], 2);
    session_count(seat, &a, &none);
    session_count(seat, &b, &none);
    session_count(seat, &b, &none);
    assert_int_equal(facts().of_rung[RUNG_HIGH], 0);
    assert_int_equal(facts().voice_only, 0);
}

static void those_on_their_way_back_are_counted(void **state)
{
    (void)state;
    session_viewer_broke(seat);
    session_viewer_broke(seat);
    assert_int_equal(facts().away, 2);
    session_viewer_back(seat);
    assert_int_equal(facts().away, 1);
    fake_clock_advance(30000);
    assert_int_equal(facts().away, 0);
}

static void a_lesson_without_a_session_waits(void **state)
{
    (void)state;
    struct session_facts f;
    assert_false(sessions_facts(room.sessions, "math", &f));
    assert_int_equal(f.state, SESSION_WAITING);
    assert_int_equal(f.source, SOURCE_NONE);
    assert_string_equal(source_kind_name(f.source), "none");
    assert_string_equal(source_kind_name(SOURCE_ENCODER), "rtmp");
    assert_string_equal(source_kind_name(SOURCE_PAGE), "browser");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_room, close_room)

int main(int argc, char **argv)
{
    child_main(argc, argv);
    const struct CMUnitTest tests[] = {
        CASE(a_page_replaces_its_own_older_connection),
        CASE(another_page_has_to_ask),
        CASE(a_page_that_lost_its_connection_is_waited_for),
        CASE(an_encoder_does_not_disturb_a_page),
        CASE(an_encoder_that_stopped_is_followed_by_a_page),
        CASE(a_page_can_send_an_encoder_away),
        CASE(a_new_key_sends_the_encoder_away_and_not_the_page),
        CASE(voice_that_comes_again_is_left_out),
        CASE(another_source_makes_the_voice_unknown),
        CASE(who_is_muted_stays_so_until_it_says_otherwise_or_another_one_teaches),
        CASE(a_mute_is_of_the_moment_that_the_page_says),
        CASE(the_end_is_told_at_once_and_what_comes_later_begins_anew),
        CASE(an_encoder_that_goes_on_trying_does_not_begin_again_what_was_ended),
        CASE(an_encoder_that_was_stopped_by_its_teacher_may_begin_the_next_lesson),
        CASE(an_encoder_that_waited_behind_a_page_does_not_follow_its_end),
        CASE(a_page_that_is_silent_for_very_long_begins_anew),
        CASE(viewers_are_counted_by_what_they_receive),
        CASE(those_on_their_way_back_are_counted),
        CASE(a_lesson_without_a_session_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
