#include "server/access/access.h"
#include "server/directory/directory.h"
#include "server/lesson/lesson.h"
#include "server/viewer/stay.h"
#include "tests/unit/door/visit.h"

/* A lesson of the timetable that is for 7B of S1, where the pupil and the teacher of visit.h are at
 * home: the teacher is its homeroom teacher. */
static struct directory *directory;
static struct lessons *lessons;
static struct crowd_params params;
static struct {
    unsigned questions;
    uint32_t changes;
    bool is_for_nobody;
} timetable;

static bool addresses(void *arg, const char *lesson, const char *school, const char *klass)
{
    (void)arg;
    timetable.questions++;
    return !timetable.is_for_nobody && strcmp(lesson, "math") == 0 && strcmp(school, "S1") == 0 &&
           strcmp(klass, "7B") == 0;
}

static bool is_lecturer(void *arg, const char *lesson, const char *person)
{
    (void)arg;
    (void)lesson;
    (void)person;
    return false;
}

static uint32_t changes(void *arg)
{
    (void)arg;
    return timetable.changes;
}

static const struct access_plan plan = {
    .addresses = addresses, .is_lecturer = is_lecturer, .changes = changes};

static void give_role(enum store_role role, const char *code)
{
    struct batch *b = scene_batch();
    const struct store_member m = {
        .role = role, .school = "S1", .klass = "7B", .person = {.school = "S1", .code = code}
    };
    batch_put_role(b, &m);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
}

static int open_lesson(void **state)
{
    char error[LESSON_ERROR_MAX];
    static const struct lesson math = {
        .id = "math", .stream_key = "math-stream-key", .watch_key = "math-watch-key"};
    setup(state);
    memset(&timetable, 0, sizeof(timetable));
    give_role(STORE_STUDENT, "P1");
    give_role(STORE_HOMEROOM, "T1");
    assert_int_equal(directory_open(&directory, scene.store), 0);
    assert_int_equal(lessons_open(&lessons, NULL, NULL, NULL, error), 0);
    assert_int_equal(lessons_plan(lessons, &math), 0);
    params = (struct crowd_params){
        .lessons = lessons, .directory = directory, .plan = &plan, .door = door};
    return 0;
}

static int close_lesson(void **state)
{
    lessons_free(&lessons);
    int err = teardown(state);
    directory_free(&directory);
    return err;
}

static struct stay begins(const struct caller *who, const char *key)
{
    struct stay stay;
    const struct lesson *math = lessons_find(lessons, "math");
    assert_true(stay_is_allowed(&params, who, key, math));
    stay_begin(&stay, &params, who, key, math);
    return stay;
}

static void stays(struct stay *stay, const struct caller *who)
{
    const struct stay_end *end = stay_look(stay, &params, who, "math");
    if (end)
        fail_msg("out: %s", end->why);
}

static void is_out(struct stay *stay, const struct caller *who, enum ws_close_code code)
{
    const struct stay_end *end = stay_look(stay, &params, who, "math");
    assert_non_null(end);
    assert_int_equal(end->code, code);
}

static struct caller teacher(const char *session)
{
    struct caller c = {.kind = CALLER_STAFF};
    strcpy(c.person, teacher_id);
    strcpy(c.session, session);
    return c;
}

static char code[ENTRY_CODE_TEXT_SIZE];

static void on_codes(void *arg, const struct door_codes *told)
{
    (void)arg;
    assert_int_equal(told->n, 1);
    strcpy(code, told->codes[0].code);
}

static void make_code(void)
{
    const char *persons[] = {pupil_id};
    const struct door_order order = {
        .actor = teacher_id, .subject = "S1/7B", .school = "S1", .persons = persons, .n = 1};
    assert_int_equal(door_make_codes(door, &order, on_codes, NULL), 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
}

/* Who the pass that was just told lets in. */
static struct caller comes_in(void)
{
    struct door_pass pass;
    struct caller c = {.kind = CALLER_PUPIL};
    assert_true(door_check_pass(door, said.secret, &pass));
    if (pass.is_guest)
        c.kind = CALLER_GUEST;
    strcpy(c.person, pass.person);
    strcpy(c.school, pass.school);
    strcpy(c.klass, pass.klass);
    c.device = pass.device;
    c.device_kind = (int)pass.kind;
    return c;
}

static struct caller pupil(void)
{
    struct door_visit v = visit(1);
    assert_int_equal(ASK(door_enter(door, &v, code, PASS_PHONE, on_told, NULL)), 0);
    return comes_in();
}

static struct caller guest(int64_t minutes)
{
    struct door_visit v = visit(1);
    char day[PASS_TEXT_SIZE];
    const struct store_guest made = {
        .school = "S1", .klass = "7B", .name = "x", .until_ms = clock_wall_ms() + minutes * MINUTE};
    assert_int_equal(ASK(door_make_guest(door, teacher_id, &made, on_told, NULL)), 0);
    keep(day, sizeof(day));
    assert_int_equal(ASK(door_enter_guest(door, &v, day, on_told, NULL)), 0);
    return comes_in();
}

/* -- tests ------------------------------------------------------------------------------------- */

/* 5,000 viewers are looked at four times a second. */
static void nobody_is_asked_about_again_while_nothing_changes(void **state)
{
    (void)state;
    struct caller who = teacher("");
    struct stay stay = begins(&who, "");
    stays(&stay, &who);
    timetable.questions = 0;
    for (int i = 0; i < 100; i++)
        stays(&stay, &who);
    assert_int_equal(timetable.questions, 0);
    timetable.changes++;
    stays(&stay, &who);
    stays(&stay, &who);
    assert_int_equal(timetable.questions, 1);
}

static void who_shows_a_key_stays_whoever_they_are(void **state)
{
    (void)state;
    struct caller who = teacher("");
    struct stay stay = begins(&who, "math-watch-key");
    timetable.is_for_nobody = true;
    timetable.changes++;
    stays(&stay, &who);
}

static void a_lesson_that_is_theirs_no_more_sends_them_away(void **state)
{
    (void)state;
    struct caller who = teacher("");
    struct stay stay = begins(&who, "");
    stays(&stay, &who);
    timetable.is_for_nobody = true;
    timetable.changes++;
    is_out(&stay, &who, WS_CLOSE_NOT_ALLOWED);
}

static void a_session_that_was_ended_sends_them_away(void **state)
{
    (void)state;
    char token[PASS_TEXT_SIZE];
    struct door_session s;
    make_account();
    keep(token, sizeof(token));
    assert_true(door_find_session(door, token, &s));
    struct caller who = teacher(s.id), colleague = teacher("");
    struct stay stay = begins(&who, ""), other = begins(&colleague, "");
    stays(&stay, &who);
    assert_int_equal(ASK(door_end_session(door, teacher_id, s.id, on_told, NULL)), 0);
    is_out(&stay, &who, WS_CLOSE_NOT_ALLOWED);
    stays(&other, &colleague);
}

/* The request that became the connection was answered, the hello comes later. */
static void what_ended_before_the_hello_has_ended(void **state)
{
    (void)state;
    make_code();
    struct caller early = pupil(), now = pupil();
    struct stay current = begins(&now, "");
    stays(&current, &now);
    struct stay stay = begins(&early, "");
    is_out(&stay, &early, WS_CLOSE_REPLACED);
    stays(&current, &now);
    make_code();
    stay = begins(&now, "");
    is_out(&stay, &now, WS_CLOSE_RESET);
    is_out(&current, &now, WS_CLOSE_RESET);
}

static void a_day_pass_lets_nobody_stay_behind_its_end(void **state)
{
    (void)state;
    struct caller who = guest(10);
    struct stay stay = begins(&who, "");
    stays(&stay, &who);
    fake_clock_advance(10 * MINUTE + 1);
    struct stay late = begins(&who, "");
    is_out(&late, &who, WS_CLOSE_RESET);
    make_code(); /* whatever changes at the door */
    is_out(&stay, &who, WS_CLOSE_RESET);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, open_lesson, close_lesson)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(nobody_is_asked_about_again_while_nothing_changes),
        CASE(who_shows_a_key_stays_whoever_they_are),
        CASE(a_lesson_that_is_theirs_no_more_sends_them_away),
        CASE(a_session_that_was_ended_sends_them_away),
        CASE(what_ended_before_the_hello_has_ended),
        CASE(a_day_pass_lets_nobody_stay_behind_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
