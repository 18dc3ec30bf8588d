#include <stdio.h>
#include <string.h>

#include "server/door/totp.h"
#include "tests/unit/unit.h"

/* RFC 6238, appendix B, with the last six of its eight digits. */
static const uint8_t secret[TOTP_SECRET_SIZE] = "12345678901234567890";

static const struct {
    int64_t at_s;
    const char *code;
} known[] = {
    {59,          "287082"},
    {1111111109,  "081804"},
    {1111111111,  "050471"},
    {1234567890,  "005924"},
    {2000000000,  "279037"},
    {20000000000, "353130"},
};

static void the_codes_are_those_of_the_rfc(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        assert_int_equal(totp_check(secret, known[i].code, known[i].at_s),
                         known[i].at_s / TOTP_STEP_S);
}

static void a_clock_may_be_off_by_one_step(void **state)
{
    (void)state;
    const int64_t step = 1234567890 / TOTP_STEP_S, first_s = step * TOTP_STEP_S;
    assert_int_equal(totp_check(secret, "005924", first_s - 1), step);
    assert_int_equal(totp_check(secret, "005924", first_s + 2 * TOTP_STEP_S - 1), step);
    assert_int_equal(totp_check(secret, "005924", first_s - TOTP_STEP_S - 1), 0);
    assert_int_equal(totp_check(secret, "005924", first_s + 2 * TOTP_STEP_S), 0);
}

static void what_is_no_code_is_wrong(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",       "28708",   "2870820", "28708x",
                                        "-87082", " 287082", "287083"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_int_equal(totp_check(secret, wrong[i], 59), 0);
}

static void a_secret_is_shown_in_base32_and_as_an_address(void **state)
{
    (void)state;
    char text[TOTP_SECRET_TEXT_SIZE], uri[TOTP_URI_MAX], login[64];
    totp_secret_text(text, secret);
    assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    totp_uri(uri, "wang@s1", secret);
    assert_string_equal(uri, "otpauth://totp/Airclass:wang%40s1?secret="
                             "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Airclass");
    memset(login, '@', sizeof(login) - 1);
    login[sizeof(login) - 1] = '\0';
    totp_uri(uri, login, secret);
    assert_non_null(strstr(uri, "issuer=Airclass"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codes_are_those_of_the_rfc),
        cmocka_unit_test(a_clock_may_be_off_by_one_step),
        cmocka_unit_test(what_is_no_code_is_wrong),
        cmocka_unit_test(a_secret_is_shown_in_base32_and_as_an_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
