#include "tests/unit/unit.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "server/entry/pass.h"

static const uint8_t key[ENTRY_KEY_SIZE] = {7};

enum { NOW = 1800000000 };

static struct pass a_pass(void)
{
    struct pass p = {
        .role = 6, .device = PASS_PHONE, .version = 3, .device_id = 0x0123456789abcdef};
    p.issued_s = NOW;
    p.expires_s = NOW + 1000;
    strcpy(p.school, "s1");
    strcpy(p.person, "01HZX3");
    return p;
}

static int read_at(struct pass *out, const char *text, uint32_t now_s)
{
    return pass_read(out, text, strlen(text), key, now_s);
}

static void what_was_made_is_read(void **state)
{
    (void)state;
    struct pass p = a_pass();
    struct pass got;
    char text[PASS_TEXT_SIZE];
    assert_int_equal(pass_make(text, &p, key), 0);
    assert_int_equal(read_at(&got, text, NOW + 1), 0);
    assert_int_equal(got.role, 6);
    assert_int_equal(got.device, PASS_PHONE);
    assert_int_equal(got.version, 3);
    assert_int_equal(got.issued_s, NOW);
    assert_int_equal(got.expires_s, NOW + 1000);
    assert_true(got.device_id == 0x0123456789abcdef);
    assert_string_equal(got.school, "s1");
    assert_string_equal(got.person, "01HZX3");
}

static void the_longest_ids_fit(void **state)
{
    (void)state;
    struct pass p = a_pass();
    struct pass got;
    char text[PASS_TEXT_SIZE];
    memset(p.school, 's', PASS_ID_SIZE - 1);
    memset(p.person, 'p', PASS_ID_SIZE - 1);
    assert_int_equal(pass_make(text, &p, key), 0);
    assert_int_equal(read_at(&got, text, NOW), 0);
    assert_string_equal(got.school, p.school);
    assert_string_equal(got.person, p.person);
    memset(p.person, 'p', PASS_ID_SIZE);
    assert_int_equal(pass_make(text, &p, key), -EINVAL);
}

static void a_pass_is_true_from_its_issue_to_its_end(void **state)
{
    (void)state;
    struct pass p = a_pass();
    struct pass got = {.role = 99};
    char text[PASS_TEXT_SIZE];
    assert_int_equal(pass_make(text, &p, key), 0);
    assert_int_equal(read_at(&got, text, NOW + 1000), -ETIME);
    assert_int_equal(read_at(&got, text, NOW - PASS_EARLY_S - 1), -ETIME);
    assert_int_equal(got.role, 99);
    assert_int_equal(read_at(&got, text, NOW + 999), 0);
    assert_int_equal(read_at(&got, text, NOW - PASS_EARLY_S), 0);
}

static void no_letter_may_be_changed(void **state)
{
    (void)state;
    struct pass p = a_pass();
    struct pass got;
    char text[PASS_TEXT_SIZE];
    assert_int_equal(pass_make(text, &p, key), 0);
    for (size_t i = 0; text[i]; i++) {
        char was = text[i];
        text[i] = was == 'A' ? 'B' : 'A';
        assert_int_equal(read_at(&got, text, NOW), -EBADMSG);
        text[i] = was;
    }
    for (size_t len = 0; len < strlen(text); len++)
        assert_int_equal(pass_read(&got, text, len, key, NOW), -EBADMSG);
    strcat(text, "A");
    assert_int_equal(read_at(&got, text, NOW), -EBADMSG);
}

static void another_key_opens_nothing(void **state)
{
    (void)state;
    static const uint8_t other[ENTRY_KEY_SIZE] = {8};
    struct pass p = a_pass();
    struct pass got;
    char text[PASS_TEXT_SIZE];
    assert_int_equal(pass_make(text, &p, other), 0);
    assert_int_equal(read_at(&got, text, NOW), -EBADMSG);
    assert_int_equal(read_at(&got, "", NOW), -EBADMSG);
    assert_int_equal(read_at(&got, "AAAA====", NOW), -EBADMSG);
}

static void a_pass_that_says_nothing_is_not_made(void **state)
{
    (void)state;
    char text[PASS_TEXT_SIZE];
    struct pass p = a_pass();
    p.person[0] = '\0';
    assert_int_equal(pass_make(text, &p, key), -EINVAL);
    p = a_pass();
    p.role = 0;
    assert_int_equal(pass_make(text, &p, key), -EINVAL);
    p = a_pass();
    p.device = 9;
    assert_int_equal(pass_make(text, &p, key), -EINVAL);
    p = a_pass();
    p.expires_s = p.issued_s;
    assert_int_equal(pass_make(text, &p, key), -EINVAL);
    p = a_pass();
    p.school[0] = '\0';
    assert_int_equal(pass_make(text, &p, key), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_made_is_read),
        cmocka_unit_test(the_longest_ids_fit),
        cmocka_unit_test(a_pass_is_true_from_its_issue_to_its_end),
        cmocka_unit_test(no_letter_may_be_changed),
        cmocka_unit_test(another_key_opens_nothing),
        cmocka_unit_test(a_pass_that_says_nothing_is_not_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
