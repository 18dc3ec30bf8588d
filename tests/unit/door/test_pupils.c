#include "tests/unit/door/visit.h"

static int enter(uint8_t host, const char *code, enum pass_device kind)
{
    struct door_visit v = visit(host);
    return ASK(door_enter(door, &v, code, kind, on_told, NULL));
}

static char made_code[DOOR_TOKEN_SIZE];

static void on_codes(void *arg, const struct door_codes *told)
{
    (void)arg;
    assert_int_equal(told->err, 0);
    assert_int_equal(told->n, 1);
    assert_string_equal(told->codes[0].person, pupil_id);
    snprintf(made_code, sizeof(made_code), "%s", told->codes[0].code);
}

static void make_code(void)
{
    const char *persons[] = {pupil_id};
    made_code[0] = '\0';
    const struct door_order order = {
        .actor = teacher_id, .subject = "S1/7B", .school = "S1", .persons = persons, .n = 1};
    assert_int_equal(door_make_codes(door, &order, on_codes, NULL), 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_true(made_code[0] != '\0');
}

static bool passes(const char *text)
{
    struct door_pass pass;
    return door_check_pass(door, text, &pass);
}

/* -- pupils ------------------------------------------------------------------------------------ */

static void a_pupil_comes_in_with_a_code_and_stays_in(void **state)
{
    (void)state;
    char pass[PASS_TEXT_SIZE];
    struct door_pass p;
    make_code();
    assert_int_equal(enter(1, made_code, PASS_PHONE), 0);
    assert_string_equal(said.person, pupil_id);
    keep(pass, sizeof(pass));
    assert_true(door_check_pass(door, pass, &p));
    assert_string_equal(p.person, pupil_id);
    assert_false(p.is_guest);
    start_again();
    assert_true(passes(pass));
    pass[5] = pass[5] == 'A' ? 'B' : 'A';
    assert_false(passes(pass));
    assert_false(passes(""));
}

static void move(const char *from, const char *from_class, const char *to, const char *to_class)
{
    struct store_member m = {
        .person = {.school = "S1", .code = "P1"},
          .role = STORE_STUDENT
    };
    struct batch *b = scene_batch();
    batch_put_place(b, &(struct store_place){.school = to, .name = "校"});
    batch_put_place(b, &(struct store_place){.school = to, .klass = to_class, .name = "班"});
    m.school = from;
    m.klass = from_class;
    batch_drop_role(b, &m);
    m.school = to;
    m.klass = to_class;
    batch_put_role(b, &m);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
}

/* Of the same school as well as of the same sheet of paper. */
static void a_code_opens_in_the_school_that_made_it(void **state)
{
    (void)state;
    char pass[PASS_TEXT_SIZE];
    make_code();
    assert_int_equal(enter(1, made_code, PASS_PHONE), 0);
    keep(pass, sizeof(pass));
    move("S1", "7B", "S1", "8B");
    assert_int_equal(enter(1, made_code, PASS_TV), 0);
    move("S1", "8B", "S2", "1");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(enter(1, made_code, PASS_PHONE), -EACCES);
        assert_true(passes(pass));
        start_again();
    }
    move("S2", "1", "S1", "7B");
    assert_int_equal(enter(1, made_code, PASS_PHONE), 0);
}

static void keep_seen(void *arg, const struct store_answer *answer)
{
    assert_int_equal(answer->n, 1);
    *(int64_t *)arg = answer->entries[0].devices[PASS_PHONE - 1].seen_ms;
}

/* When their phone was seen last; 0: nobody knows of one. */
static int64_t phone_seen_ms(void)
{
    int64_t seen_ms = -1;
    const struct store_question q = {.school = "S1", .klass = "7B"};
    assert_int_equal(store_list_entries(scene.store, &q, keep_seen, &seen_ms), 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    return seen_ms;
}

static void a_device_is_forgotten_when_its_pass_has_ended(void **state)
{
    (void)state;
    char pass[PASS_TEXT_SIZE];
    make_code();
    assert_int_equal(enter(1, made_code, PASS_PHONE), 0);
    keep(pass, sizeof(pass));
    for (int i = 0; i < DOOR_PASS_DAYS - 1; i++)
        fake_clock_advance(24 * HOUR);
    start_again();
    assert_true(passes(pass));
    assert_true(phone_seen_ms() > 0);
    for (int i = 0; i < 3; i++)
        fake_clock_advance(24 * HOUR);
    start_again();
    assert_false(passes(pass));
    assert_int_equal(phone_seen_ms(), 0);
}

static void a_code_that_was_mistyped_is_no_guess(void **state)
{
    (void)state;
    struct door_visit v = visit(1);
    make_code();
    char wrong[DOOR_TOKEN_SIZE];
    snprintf(wrong, sizeof(wrong), "%s", made_code);
    wrong[0] = wrong[0] == '2' ? '3' : '2';
    for (int i = 0; i < 100; i++)
        assert_int_equal(door_enter(door, &v, wrong, PASS_PHONE, on_told, NULL), -EBADMSG);
    assert_int_equal(enter(1, made_code, PASS_PHONE), 0);
}

static void ten_thousand_guesses_at_codes_meet_a_lock(void **state)
{
    (void)state;
    int asked = 0, refused = 0;
    make_code();
    for (int i = 0; i < 10000; i++) {
        struct entry_code guess;
        char text[ENTRY_CODE_TEXT_SIZE];
        struct door_visit v = visit(66);
        assert_int_equal(entry_code_make(&guess), 0);
        entry_code_print(text, &guess);
        memset(&said, 0, sizeof(said));
        int err = door_enter(door, &v, text, PASS_PHONE, on_told, NULL);
        refused += err == -EBUSY;
        if (err == 0) {
            asked++;
            assert_int_equal(waited(0), -EACCES);
        }
        fake_clock_advance(2); /* 500 a second */
    }
    assert_int_equal(asked + refused, 10000);
    assert_int_equal(asked, 30);
    assert_int_equal(enter(67, made_code, PASS_PHONE), 0);
}

static void one_phone_and_one_tv_the_newest_wins(void **state)
{
    (void)state;
    char phone[2][PASS_TEXT_SIZE], tv[PASS_TEXT_SIZE];
    struct door_pass p;
    struct door_turn turn;
    make_code();
    enter(1, made_code, PASS_PHONE);
    keep(phone[0], sizeof(phone[0]));
    enter(1, made_code, PASS_TV);
    keep(tv, sizeof(tv));
    assert_true(door_check_pass(door, phone[0], &p));
    door_take_turn(door, &p, &turn);
    assert_int_equal(door_standing(door, &turn), DOOR_STILL_IN);
    uint32_t before = door_changes(door);
    enter(1, made_code, PASS_PHONE);
    keep(phone[1], sizeof(phone[1]));
    assert_true(door_changes(door) != before);
    assert_int_equal(door_standing(door, &turn), DOOR_REPLACED);
    assert_false(passes(phone[0]));
    assert_true(passes(phone[1]));
    assert_true(passes(tv));
}

static void another_connection_of_a_device_replaces_the_older(void **state)
{
    (void)state;
    struct door_pass p;
    struct door_turn first, second;
    make_code();
    enter(1, made_code, PASS_PHONE);
    assert_true(door_check_pass(door, said.secret, &p));
    door_take_turn(door, &p, &first);
    door_take_turn(door, &p, &second);
    assert_int_equal(door_standing(door, &first), DOOR_REPLACED);
    assert_int_equal(door_standing(door, &second), DOOR_STILL_IN);
}

static void a_device_that_signs_out_is_out_and_the_other_stays(void **state)
{
    (void)state;
    char phone[PASS_TEXT_SIZE], tv[PASS_TEXT_SIZE];
    struct door_pass p;
    struct door_turn turn;
    make_code();
    enter(1, made_code, PASS_PHONE);
    keep(phone, sizeof(phone));
    enter(2, made_code, PASS_TV);
    keep(tv, sizeof(tv));
    assert_true(door_check_pass(door, phone, &p));
    door_take_turn(door, &p, &turn);
    uint32_t before = door_changes(door);
    assert_int_equal(ASK(door_leave(door, pupil_id, p.device, on_told, NULL)), 0);
    assert_int_not_equal(door_changes(door), before);
    assert_int_equal(door_standing(door, &turn), DOOR_RESET);
    assert_false(passes(phone));
    assert_true(passes(tv));
    start_again();
    assert_false(passes(phone));
    assert_true(passes(tv));
    enter(1, made_code, PASS_PHONE);
    keep(phone, sizeof(phone));
    assert_int_equal(ASK(door_leave(door, pupil_id, p.device, on_told, NULL)), 0);
    assert_true(passes(phone)); /* another one by now */
}

static void a_new_code_puts_the_old_devices_out_at_once(void **state)
{
    (void)state;
    char old[ENTRY_CODE_TEXT_SIZE], pass[PASS_TEXT_SIZE];
    struct door_pass p;
    struct door_turn turn;
    make_code();
    memcpy(old, made_code, sizeof(old));
    enter(1, made_code, PASS_PHONE);
    keep(pass, sizeof(pass));
    assert_true(door_check_pass(door, pass, &p));
    door_take_turn(door, &p, &turn);
    make_code();
    assert_false(passes(pass));
    assert_int_equal(door_standing(door, &turn), DOOR_RESET);
    assert_int_equal(enter(1, old, PASS_PHONE), -EACCES);
    assert_int_equal(enter(1, made_code, PASS_PHONE), 0);
    start_again();
    assert_false(passes(pass));
    assert_true(passes(said.secret));
}

static void a_pass_ends_with_the_school_year(void **state)
{
    (void)state;
    make_code();
    enter(1, made_code, PASS_PHONE);
    for (int day = 0; day < DOOR_PASS_DAYS; day++) {
        assert_true(passes(said.secret));
        fake_clock_advance(24 * HOUR);
    }
    assert_false(passes(said.secret));
}

/* -- guests ------------------------------------------------------------------------------------ */

static int make_guest(int64_t until_ms)
{
    const struct store_guest g = {
        .school = "S1", .klass = "7B", .name = "督学", .until_ms = until_ms};
    return ASK(door_make_guest(door, teacher_id, &g, on_told, NULL));
}

static int enter_guest(const char *code)
{
    struct door_visit v = visit(1);
    return ASK(door_enter_guest(door, &v, code, on_told, NULL));
}

static void a_day_pass_lets_in_three_devices_until_it_ends(void **state)
{
    (void)state;
    char code[ENTRY_CODE_TEXT_SIZE], pass[PASS_TEXT_SIZE];
    struct door_pass p;
    assert_int_equal(make_guest(clock_wall_ms() + 2 * HOUR), 0);
    keep(code, sizeof(code));
    assert_int_equal(enter(1, code, PASS_PHONE), -EACCES); /* it is no pupil's */
    for (int i = 0; i < DOOR_GUEST_DEVICES; i++)
        assert_int_equal(enter_guest(code), 0);
    keep(pass, sizeof(pass));
    assert_int_equal(enter_guest(code), -EPERM);
    start_again();
    assert_true(door_check_pass(door, pass, &p));
    assert_true(p.is_guest);
    assert_string_equal(p.school, "S1");
    assert_string_equal(p.klass, "7B");
    fake_clock_advance(2 * HOUR);
    assert_false(passes(pass));
}

static void a_day_pass_can_be_withdrawn(void **state)
{
    (void)state;
    char id[STORE_ID_MAX], code[ENTRY_CODE_TEXT_SIZE], pass[PASS_TEXT_SIZE];
    struct door_pass p;
    struct door_turn turn;
    make_guest(clock_wall_ms() + 2 * HOUR);
    snprintf(id, sizeof(id), "%s", said.person);
    keep(code, sizeof(code));
    enter_guest(code);
    keep(pass, sizeof(pass));
    assert_true(door_check_pass(door, pass, &p));
    door_take_turn(door, &p, &turn);
    assert_int_equal(door_standing(door, &turn), DOOR_STILL_IN);
    const struct store_guest g = {.id = id, .school = "S1", .klass = "7B"};
    assert_int_equal(ASK(door_drop_guest(door, teacher_id, &g, on_told, NULL)), 0);
    assert_false(passes(pass));
    assert_int_equal(door_standing(door, &turn), DOOR_RESET);
    assert_int_equal(ASK(door_drop_guest(door, teacher_id, &g, on_told, NULL)), -ENOENT);
}

static bool has_only_8a(void *arg, const char *school, const char *klass)
{
    (void)arg;
    return strcmp(school, "S1") == 0 && strcmp(klass, "8A") == 0;
}

static bool has_all(void *arg, const char *school, const char *klass)
{
    (void)arg;
    (void)school;
    (void)klass;
    return true;
}

static void a_day_pass_goes_with_its_class(void **state)
{
    (void)state;
    char code[ENTRY_CODE_TEXT_SIZE], pass[PASS_TEXT_SIZE];
    assert_int_equal(make_guest(clock_wall_ms() + HOUR), 0);
    keep(code, sizeof(code));
    assert_int_equal(enter_guest(code), 0);
    keep(pass, sizeof(pass));
    uint32_t before = door_changes(door);
    door_review_guests(door, has_all, NULL);
    assert_true(passes(pass));
    assert_int_equal(door_changes(door), before);
    door_review_guests(door, has_only_8a, NULL);
    assert_false(passes(pass));
    assert_int_not_equal(door_changes(door), before);
}

static void day_passes_have_limits(void **state)
{
    (void)state;
    assert_int_equal(make_guest(clock_wall_ms()), -EINVAL);
    assert_int_equal(make_guest(clock_wall_ms() + (DOOR_GUEST_DAYS * 24 + 1) * (int64_t)HOUR),
                     -EINVAL);
    for (int i = 0; i < DOOR_GUESTS_MAX; i++)
        assert_int_equal(make_guest(clock_wall_ms() + HOUR), 0);
    assert_int_equal(make_guest(clock_wall_ms() + HOUR), -ENOSPC);
}

/* -- what is told to whom ---------------------------------------------------------------------- */

static void the_audit_log_holds_ids_and_nothing_that_opens(void **state)
{
    (void)state;
    char pass[PASS_TEXT_SIZE];
    make_account();
    sign_in(1, good, "");
    make_code();
    enter(1, made_code, PASS_PHONE);
    keep(pass, sizeof(pass));
    make_guest(clock_wall_ms() + HOUR);
    const struct answered *a =
        scene_ask(&scene, store_list_audit, &(struct store_question){0}, scene_on_audit);
    char expected[1024];
    snprintf(expected, sizeof(expected),
             "1 console door.invite %s \n2 %s door.accept %s \n3 %s door.sign_in %s \n"
             "4 %s codes.make S1/7B 1 codes\n5 %s guest.make S1/7B %s\n",
             teacher_id, teacher_id, teacher_id, teacher_id, teacher_id, teacher_id, teacher_id,
             said.person);
    assert_string_equal(a->text, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pupil_comes_in_with_a_code_and_stays_in),
        TEST(a_code_opens_in_the_school_that_made_it),
        TEST(a_device_is_forgotten_when_its_pass_has_ended),
        TEST(a_code_that_was_mistyped_is_no_guess),
        TEST(ten_thousand_guesses_at_codes_meet_a_lock),
        TEST(one_phone_and_one_tv_the_newest_wins),
        TEST(another_connection_of_a_device_replaces_the_older),
        TEST(a_device_that_signs_out_is_out_and_the_other_stays),
        TEST(a_new_code_puts_the_old_devices_out_at_once),
        TEST(a_pass_ends_with_the_school_year),
        TEST(a_day_pass_lets_in_three_devices_until_it_ends),
        TEST(a_day_pass_can_be_withdrawn),
        TEST(a_day_pass_goes_with_its_class),
        TEST(day_passes_have_limits),
        TEST(the_audit_log_holds_ids_and_nothing_that_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
