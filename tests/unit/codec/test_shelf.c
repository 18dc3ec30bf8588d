#include "tests/unit/unit.h"

#include <errno.h>

#include "codec/shelf.h"
#include "tests/unit/codec/drawn.h"

static struct drawn picture;
static struct thumb thumb;

static const struct thumb *page(uint32_t seed)
{
    drawn_page(&picture, seed);
    drawn_thumb(&picture, &thumb);
    return &thumb;
}

static void put(struct shelf *s, uint32_t seed)
{
    char name = (char)('a' + seed);
    assert_int_equal(shelf_put(s, page(seed), &name, 1), 0);
}

static char find(struct shelf *s, uint32_t seed)
{
    const struct page *p = shelf_find(s, page(seed));
    return p ? (char)p->data[0] : '-';
}

static void a_page_is_found_again(void **state)
{
    (void)state;
    struct shelf s = {0};
    assert_int_equal(find(&s, 1), '-');
    put(&s, 1);
    put(&s, 2);
    assert_int_equal(find(&s, 1), 'b');
    assert_int_equal(find(&s, 2), 'c');
    assert_int_equal(find(&s, 3), '-');
    shelf_release(&s);
    assert_int_equal(find(&s, 1), '-');
}

static void the_noise_of_coding_hides_no_page(void **state)
{
    (void)state;
    struct shelf s = {0};
    put(&s, 1);
    drawn_page(&picture, 1);
    drawn_noise(&picture, 21);
    drawn_thumb(&picture, &thumb);
    assert_non_null(shelf_find(&s, &thumb));
    shelf_release(&s);
}

static void a_decimal_point_is_a_difference(void **state)
{
    (void)state;
    struct shelf s = {0};
    put(&s, 1);
    drawn_page(&picture, 1);
    drawn_box(&picture, 700, 660, 4, 4, 30);
    drawn_thumb(&picture, &thumb);
    assert_null(shelf_find(&s, &thumb));
    shelf_release(&s);
}

static void what_was_not_asked_for_the_longest_makes_room(void **state)
{
    (void)state;
    struct shelf s = {0};
    for (uint32_t i = 0; i < SHELF_PAGES; i++)
        put(&s, i);
    assert_int_equal(find(&s, 0), 'a'); /* the newest by that */
    put(&s, SHELF_PAGES);
    assert_int_equal(find(&s, 0), 'a');
    assert_int_equal(find(&s, 1), '-');
    assert_int_equal(find(&s, 2), 'c');
    shelf_release(&s);
}

static int scene(void)
{
    struct shelf s = {0};
    int err = shelf_put(&s, page(1), "a", 1);
    if (!err)
        err = shelf_put(&s, page(2), "b", 1);
    shelf_release(&s);
    return err;
}

static void without_memory_it_stays_as_it_was(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(scene), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_found_again),
        cmocka_unit_test(the_noise_of_coding_hides_no_page),
        cmocka_unit_test(a_decimal_point_is_a_difference),
        cmocka_unit_test(what_was_not_asked_for_the_longest_makes_room),
        cmocka_unit_test(without_memory_it_stays_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
