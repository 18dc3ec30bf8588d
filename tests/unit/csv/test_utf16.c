#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "server/csv/utf16.h"

static void assert_becomes(const char *bytes, size_t len, const char *want)
{
    char *text = NULL, *copy = malloc(len);
    size_t n;
    memcpy(copy, bytes, len);
    assert_true(utf16_is_one(copy, len));
    assert_int_equal(utf16_to_utf8(copy, len, &text, &n), 0);
    assert_int_equal(n, strlen(want));
    assert_memory_equal(text, want, n);
    free(text);
    free(copy);
}

#define BECOMES(bytes, want) assert_becomes(bytes, sizeof(bytes) - 1, want)

static void both_orders_and_characters_of_two_units_are_read(void **state)
{
    (void)state;
    BECOMES("\xff\xfe\x41\0\xe9\0\x8b\x73\x75\xd8\xd4\xdf", "Aé王\xf0\xad\x9f\x94");
    BECOMES("\xfe\xff\0\x41\0\xe9\x73\x8b\xd8\x75\xdf\xd4", "Aé王\xf0\xad\x9f\x94");
    BECOMES("\xff\xfe", "");
}

static void what_is_broken_becomes_a_byte_that_is_no_text(void **state)
{
    (void)state;
    BECOMES("\xff\xfe\x75\xd8\x41\0", "\xff"
                                      "A");
    BECOMES("\xff\xfe\xd4\xdf\x75\xd8", "\xff\xff");
    BECOMES("\xff\xfe\x41", "\xff");
}

static void without_its_mark_it_is_not_known(void **state)
{
    (void)state;
    assert_false(utf16_is_one("A\0B\0", 4));
    assert_false(utf16_is_one("\xff", 1));
    assert_false(utf16_is_one("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_orders_and_characters_of_two_units_are_read),
        cmocka_unit_test(what_is_broken_becomes_a_byte_that_is_no_text),
        cmocka_unit_test(without_its_mark_it_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
