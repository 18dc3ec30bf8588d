#include "tests/unit/door/visit.h"

/* A browser in which somebody has signed in before, and a flood of strangers. */
static char known[DOOR_KNOWN_SIZE];

struct entering {
    int times, err;
    char known[DOOR_KNOWN_SIZE];
};

static void on_entered(void *arg, const struct door_told *told)
{
    struct entering *e = arg;
    e->times++;
    e->err = told->err;
    snprintf(e->known, sizeof(e->known), "%s", told->known);
}

static int begin(struct entering *e, uint8_t host, const char *as, const char *password,
                 const char *mark)
{
    struct door_visit v = visit(host);
    v.known = mark;
    *e = (struct entering){0};
    return door_sign_in(door, &v, as, password, "", on_entered, e);
}

static int come(uint8_t host, const char *as, const char *password, const char *mark)
{
    struct entering e;
    int err = begin(&e, host, as, password, mark);
    if (err)
        return err;
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(e.times, 1);
    if (!e.err)
        memcpy(known, e.known, sizeof(known));
    return e.err;
}

static int known_setup(void **state)
{
    setup(state);
    make_account();
    assert_int_equal(come(1, login, good, NULL), 0);
    assert_true(strlen(known) > 100);
    return 0;
}

static void flood(int n)
{
    for (int i = 0; i < n; i++) {
        char name[24];
        struct door_visit v = visit((uint8_t)(i + 1));
        snprintf(name, sizeof(name), "nobody%d", i);
        door_sign_in(door, &v, name, good, "", on_told, NULL);
    }
}

static void a_known_browser_comes_in_through_a_flood(void **state)
{
    (void)state;
    struct entering stranger, teacher;
    flood(200);
    assert_int_equal(begin(&stranger, 250, login, good, NULL), -EAGAIN);
    assert_int_equal(begin(&teacher, 250, login, good, known), 0);
    memset(&said, 0, sizeof(said));
    while (!teacher.times)
        uv_run(&scene.loop, UV_RUN_ONCE);
    assert_int_equal(teacher.err, 0);
    assert_in_range(said.times, 0, 40); /* the flood still waits */
    uv_run(&scene.loop, UV_RUN_DEFAULT);
}

static void what_strangers_guess_does_not_lock_a_known_browser(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(come((uint8_t)(i + 10), login, "wrong horse", NULL), -EACCES);
    assert_int_equal(come(20, login, good, NULL), -EBUSY);
    assert_int_equal(come(20, login, good, known), 0);
    /* Nor does it let them in again. */
    assert_int_equal(come(20, login, good, NULL), -EBUSY);
}

/* Also from the address of a flood: a school behind one router. */
static void an_address_that_guesses_does_not_lock_a_known_browser(void **state)
{
    (void)state;
    char name[16];
    for (int i = 0; i < 30; i++) {
        snprintf(name, sizeof(name), "nobody%d", i);
        assert_int_equal(come(7, name, good, NULL), -EACCES);
    }
    assert_int_equal(come(7, login, good, NULL), -EBUSY);
    assert_int_equal(come(7, login, good, known), 0);
}

static void a_known_browser_has_five_guesses_and_then_those_of_strangers(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(come(1, login, "wrong horse", known), -EACCES);
    assert_int_equal(come(1, login, good, known), -EBUSY);
    fake_clock_advance(MINUTE);
    assert_int_equal(come(1, login, good, known), 0);
}

static void only_what_was_made_here_for_this_login_is_known(void **state)
{
    (void)state;
    char other[DOOR_KNOWN_SIZE];
    for (int i = 0; i < 5; i++)
        assert_int_equal(come((uint8_t)(i + 10), login, "wrong horse", NULL), -EACCES);
    memcpy(other, known, sizeof(other));
    other[40] = other[40] == 'A' ? 'B' : 'A';
    assert_int_equal(come(20, login, good, other), -EBUSY);
    assert_int_equal(come(20, login, good, ""), -EBUSY);
    assert_int_equal(come(20, login, good, "nonsense"), -EBUSY);
    assert_int_equal(come(20, "wang", good, known), -EACCES); /* a stranger's guess at another */
    start_again();
    assert_int_equal(come(20, login, good, known), 0);
}

static void a_known_browser_is_forgotten_after_weeks(void **state)
{
    (void)state;
    for (int day = 0; day < DOOR_KNOWN_DAYS; day++)
        fake_clock_advance(24 * HOUR);
    fake_clock_advance(1000);
    for (int i = 0; i < 5; i++)
        assert_int_equal(come((uint8_t)(i + 10), login, "wrong horse", NULL), -EACCES);
    assert_int_equal(come(20, login, good, known), -EBUSY);
}

static void it_opens_nothing(void **state)
{
    (void)state;
    struct door_pass pass;
    assert_false(is_in(known));
    assert_false(door_check_pass(door, known, &pass));
    assert_int_equal(come(20, login, "wrong horse", known), -EACCES);
}

/* Who comes to the same computer after Wang Li, one after the other. */
static const char *const colleagues[] = {"zhao", "qian", "sun.li", "zhou"};
enum { COLLEAGUES = sizeof(colleagues) / sizeof(*colleagues) };

static void make_colleagues(void)
{
    char id[STORE_ID_MAX], invite[DOOR_TOKEN_SIZE];
    for (int i = 0; i < COLLEAGUES; i++) {
        const struct store_person who = {.school = "S1", .code = colleagues[i], .name = "老师"};
        struct batch *b = scene_batch();
        batch_put_person(b, &who);
        assert_int_equal(scene_apply(&scene, b, NULL), 0);
        find(who.code, id);
        assert_int_equal(ASK(door_invite(door, "console", id, on_told, NULL)), 0);
        keep(invite, sizeof(invite));
        assert_int_equal(accept_as(invite, colleagues[i], good), 0);
    }
}

static void come_all(int n)
{
    for (int i = 0; i < n; i++)
        assert_int_equal(come(1, colleagues[i], good, known), 0);
}

/* Strangers guess until nobody who is not known comes in as them. */
static void guess_away(const char *as)
{
    static uint8_t host = 10;
    for (int i = 0; i < 5; i++)
        assert_int_equal(come(host++, as, "wrong horse", NULL), -EACCES);
    assert_int_equal(come(host++, as, good, NULL), -EBUSY);
}

static void a_computer_that_four_share_knows_them_all(void **state)
{
    (void)state;
    make_colleagues();
    come_all(3);
    guess_away(login);
    assert_int_equal(come(20, login, good, known), 0);
    for (int i = 0; i < 3; i++) {
        guess_away(colleagues[i]);
        assert_int_equal(come(20, colleagues[i], good, known), 0);
    }
    assert_int_equal(come(20, login, good, known), 0);
    assert_true(strlen(known) < 500);
    guess_away(colleagues[3]);
    assert_int_equal(come(20, colleagues[3], good, known), -EBUSY);
}

static void a_fifth_takes_the_place_of_who_was_longest_away(void **state)
{
    (void)state;
    char before[DOOR_KNOWN_SIZE];
    make_colleagues();
    come_all(3);
    assert_int_equal(come(1, login, good, known), 0); /* so that it is the first of the others */
    assert_int_equal(come(1, colleagues[3], good, known), 0);
    assert_true(strlen(known) < 500);
    memcpy(before, known, sizeof(before));
    guess_away(colleagues[0]);
    assert_int_equal(come(20, colleagues[0], good, before), -EBUSY);
    guess_away(login);
    assert_int_equal(come(20, login, good, before), 0);
    for (int i = 1; i < COLLEAGUES; i++) {
        guess_away(colleagues[i]);
        assert_int_equal(come(20, colleagues[i], good, before), 0);
    }
}

/* Each of them has five guesses of their own, and a guess at one is none at another. */
static void who_guesses_as_one_of_them_locks_nobody_else(void **state)
{
    (void)state;
    make_colleagues();
    come_all(1);
    for (int i = 0; i < 10; i++)
        assert_int_equal(come(1, login, "wrong horse", known), -EACCES);
    assert_int_equal(come(1, login, good, known), -EBUSY);
    assert_int_equal(come(1, colleagues[0], good, known), 0);
}

static void what_was_not_made_here_is_left_out_of_the_list(void **state)
{
    (void)state;
    char shown[DOOR_KNOWN_SIZE];
    make_colleagues();
    snprintf(shown, sizeof(shown), "nonsense..%.300s", known);
    assert_int_equal(come(1, colleagues[0], good, shown), 0);
    assert_null(strstr(known, "nonsense"));
    guess_away(login);
    assert_int_equal(come(20, login, good, known), 0);
    /* Not more of them are looked at than are made. */
    snprintf(shown, sizeof(shown), "....%.300s", known);
    assert_int_equal(come(20, login, good, shown), -EBUSY);
    memset(shown, '.', sizeof(shown) - 1);
    shown[sizeof(shown) - 1] = '\0';
    assert_int_equal(come(20, login, good, shown), -EBUSY);
}

#define KNOWN(f) cmocka_unit_test_setup_teardown(f, known_setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KNOWN(a_known_browser_comes_in_through_a_flood),
        KNOWN(what_strangers_guess_does_not_lock_a_known_browser),
        KNOWN(an_address_that_guesses_does_not_lock_a_known_browser),
        KNOWN(a_known_browser_has_five_guesses_and_then_those_of_strangers),
        KNOWN(only_what_was_made_here_for_this_login_is_known),
        KNOWN(a_known_browser_is_forgotten_after_weeks),
        KNOWN(it_opens_nothing),
        KNOWN(a_computer_that_four_share_knows_them_all),
        KNOWN(a_fifth_takes_the_place_of_who_was_longest_away),
        KNOWN(who_guesses_as_one_of_them_locks_nobody_else),
        KNOWN(what_was_not_made_here_is_left_out_of_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
