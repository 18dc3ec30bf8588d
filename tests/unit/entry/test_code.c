#include "tests/unit/unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "server/entry/code.h"
#include "server/entry/keys.h"

static const char letters[] = "0123456789ACDEFGHJKMNPQRTVWXY";

static struct entry_code a_code(void)
{
    struct entry_code code;
    assert_int_equal(entry_code_make(&code), 0);
    return code;
}

static void assert_reads_as(const char *typed, const struct entry_code *want)
{
    struct entry_code code;
    assert_int_equal(entry_code_read(&code, typed), 0);
    assert_string_equal(code.letters, want->letters);
}

static void codes_differ_and_use_the_whole_alphabet(void **state)
{
    (void)state;
    enum { CODES = 300 };
    struct entry_code code[CODES];
    int seen[128] = {0};
    for (int i = 0; i < CODES; i++) {
        code[i] = a_code();
        assert_int_equal(strlen(code[i].letters), ENTRY_CODE_LEN);
        assert_int_equal(strspn(code[i].letters, letters), ENTRY_CODE_LEN);
        for (int k = 0; k < ENTRY_CODE_LEN; k++)
            seen[(int)code[i].letters[k]]++;
        for (int k = 0; k < i; k++)
            assert_string_not_equal(code[i].letters, code[k].letters);
    }
    /* 3,600 letters, 124 of each: half of that is eight standard deviations away. */
    for (const char *p = letters; *p; p++)
        assert_in_range(seen[(int)*p], 62, 186);
}

static void what_is_printed_is_read(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        struct entry_code code = a_code();
        char text[ENTRY_CODE_TEXT_SIZE];
        entry_code_print(text, &code);
        assert_int_equal(strlen(text), 14);
        assert_int_equal(text[4], '-');
        assert_int_equal(text[9], '-');
        assert_reads_as(text, &code);
    }
}

/* With 0, 1, 2, 5, 8 and V, so that every look-alike can be typed for it; the check letter is found
 * by trying. */
static struct entry_code with_look_alikes(void)
{
    struct entry_code code = {.letters = ""};
    char typed[ENTRY_CODE_LEN + 1] = "01258VK7QXA";
    for (const char *p = letters; *p; p++) {
        typed[ENTRY_CODE_LEN - 1] = *p;
        if (entry_code_read(&code, typed) == 0)
            return code;
    }
    fail();
    return code;
}

static void people_type_as_they_like(void **state)
{
    (void)state;
    struct entry_code code = with_look_alikes();
    char end = code.letters[ENTRY_CODE_LEN - 1];
    static const char *const fronts[] = {
        "01258VK7QXA",
        "oIzsbuk7qxa",
        "OlZSBUK7QXA",
        " 0125-8vk7 qxa",
        "０１２５８ＶＫ７ＱＸＡ",
        "ｏｌｚｓｂｕｋ７ｑｘａ",
        "0125—8VK7—QXA",
        "0125－8VK7　QXA",
        "0125．8VK7＿QXAー",
        "\u00a00125\u20108VK7\u2009QXA\ufeff",
    };
    for (size_t i = 0; i < sizeof(fronts) / sizeof(fronts[0]); i++) {
        char typed[ENTRY_TYPED_MAX];
        snprintf(typed, sizeof(typed), "%s%c\n", fronts[i], end);
        assert_reads_as(typed, &code);
    }
}

static void one_wrong_letter_is_always_noticed(void **state)
{
    (void)state;
    struct entry_code code = a_code();
    for (int at = 0; at < ENTRY_CODE_LEN; at++) {
        for (const char *p = letters; *p; p++) {
            struct entry_code wrong = code;
            struct entry_code out;
            wrong.letters[at] = *p;
            bool is_right = *p == code.letters[at];
            assert_int_equal(entry_code_read(&out, wrong.letters), is_right ? 0 : -EBADMSG);
        }
    }
}

static void two_exchanged_letters_are_always_noticed(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct entry_code code = a_code();
        for (int a = 0; a < ENTRY_CODE_LEN - 1; a++) {
            for (int b = a + 1; b < ENTRY_CODE_LEN - 1; b++) {
                struct entry_code wrong = code;
                struct entry_code out;
                wrong.letters[a] = code.letters[b];
                wrong.letters[b] = code.letters[a];
                bool is_right = code.letters[a] == code.letters[b];
                assert_int_equal(entry_code_read(&out, wrong.letters), is_right ? 0 : -EBADMSG);
            }
        }
    }
}

static void what_is_no_code_is_refused(void **state)
{
    (void)state;
    struct entry_code out = {.letters = "untouched"};
    char huge[ENTRY_TYPED_MAX + 2];
    memset(huge, ' ', sizeof(huge));
    huge[sizeof(huge) - 1] = '\0';
    static const char *const bad[] = {"",   "K7QX",     "K7QX04PMWH3RK",   "K7QX04PMWH3!", "王芳",
                                      "=1", "\xff\xff", "K7QX04PMWH3\x01", "<b>K7QX04PM"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(entry_code_read(&out, bad[i]), -EINVAL);
    assert_int_equal(entry_code_read(&out, huge), -EINVAL);
    assert_string_equal(out.letters, "untouched");
}

static void the_stored_hash_depends_on_code_and_key(void **state)
{
    (void)state;
    static const uint8_t secret[2][ENTRY_KEY_SIZE] = {{1}, {2}};
    struct entry_keys keys[2];
    uint8_t hash[4][ENTRY_HASH_SIZE];
    struct entry_code one = a_code();
    struct entry_code other = a_code();
    assert_int_equal(entry_keys_make(&keys[0], secret[0]), 0);
    assert_int_equal(entry_keys_make(&keys[1], secret[1]), 0);
    entry_code_hash(hash[0], &one, keys[0].code);
    entry_code_hash(hash[1], &one, keys[0].code);
    entry_code_hash(hash[2], &other, keys[0].code);
    entry_code_hash(hash[3], &one, keys[1].code);
    assert_memory_equal(hash[0], hash[1], ENTRY_HASH_SIZE);
    assert_memory_not_equal(hash[0], hash[2], ENTRY_HASH_SIZE);
    assert_memory_not_equal(hash[0], hash[3], ENTRY_HASH_SIZE);
    assert_memory_not_equal(keys[0].code, keys[0].pass, ENTRY_KEY_SIZE);
}

/* What is printed on paper must open the door after the next update too. */
static void hashes_stay_what_they_are(void **state)
{
    (void)state;
    static const uint8_t secret[ENTRY_KEY_SIZE] = "0123456789abcdef0123456789abcde";
    struct entry_keys keys;
    struct entry_code code = with_look_alikes();
    uint8_t hash[ENTRY_HASH_SIZE];
    char text[2 * 8 + 1];
    assert_int_equal(entry_keys_make(&keys, secret), 0);
    entry_code_hash(hash, &code, keys.code);
    for (size_t i = 0; i < 8; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    assert_string_equal(text, "20a9a007839865df");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_differ_and_use_the_whole_alphabet),
        cmocka_unit_test(what_is_printed_is_read),
        cmocka_unit_test(people_type_as_they_like),
        cmocka_unit_test(one_wrong_letter_is_always_noticed),
        cmocka_unit_test(two_exchanged_letters_are_always_noticed),
        cmocka_unit_test(what_is_no_code_is_refused),
        cmocka_unit_test(the_stored_hash_depends_on_code_and_key),
        cmocka_unit_test(hashes_stay_what_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
