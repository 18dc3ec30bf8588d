#include "tests/unit/unit.h"

#include <string.h>

#include "server/base/token.h"

static void a_token_has_26_letters_without_look_alikes(void **state)
{
    (void)state;
    char token[TOKEN_LEN + 1];
    for (int i = 0; i < 200; i++) {
        assert_int_equal(token_make(token), 0);
        assert_int_equal(strlen(token), TOKEN_LEN);
        assert_int_equal(strspn(token, "abcdefghjkmnpqrstuvwxyz023456789"), TOKEN_LEN);
    }
}

static void every_letter_comes_up_and_no_token_twice(void **state)
{
    (void)state;
    enum { TOKENS = 400 };
    char token[TOKENS][TOKEN_LEN + 1];
    bool seen[128] = {false};
    for (int i = 0; i < TOKENS; i++) {
        assert_int_equal(token_make(token[i]), 0);
        for (int j = 0; j < TOKEN_LEN; j++)
            seen[(int)token[i][j]] = true;
        for (int j = 0; j < i; j++)
            assert_string_not_equal(token[i], token[j]);
    }
    for (const char *c = "abcdefghjkmnpqrstuvwxyz023456789"; *c; c++)
        assert_true(seen[(int)*c]);
}

static void equal_means_every_letter(void **state)
{
    (void)state;
    assert_true(token_equal("abcdefgh", "abcdefgh"));
    assert_true(token_equal("", ""));
    assert_false(token_equal("abcdefgh", "abcdefgx"));
    assert_false(token_equal("abcdefgh", "xbcdefgh"));
    assert_false(token_equal("abcdefgh", "abcdefg"));
    assert_false(token_equal("", "a"));
}

static void nothing_equals_nothing(void **state)
{
    (void)state;
    assert_false(token_equal(NULL, "a"));
    assert_false(token_equal("a", NULL));
    assert_false(token_equal(NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_has_26_letters_without_look_alikes),
        cmocka_unit_test(every_letter_comes_up_and_no_token_twice),
        cmocka_unit_test(equal_means_every_letter),
        cmocka_unit_test(nothing_equals_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
