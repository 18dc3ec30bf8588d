#include "tests/unit/unit.h"

#include <stdbool.h>

#include "codec/fit.h"

static void assert_fit(int w, int h, int num, int den, int bw, int bh, int ew, int eh)
{
    struct size s = fit_into((struct size){w, h}, num, den, (struct size){bw, bh});
    assert_int_equal(s.width, ew);
    assert_int_equal(s.height, eh);
}

static void a_wide_source_fills_the_box(void **state)
{
    (void)state;
    assert_fit(1280, 720, 1, 1, 640, 360, 640, 360);
    assert_fit(1280, 720, 0, 0, 854, 480, 854, 480);
    assert_fit(1920, 1080, 1, 1, 960, 540, 960, 540);
}

static void another_shape_is_kept(void **state)
{
    (void)state;
    assert_fit(1024, 768, 1, 1, 640, 360, 480, 360);
    assert_fit(720, 1280, 1, 1, 640, 360, 202, 360);
    assert_fit(1920, 800, 1, 1, 640, 360, 640, 266);
}

static void a_small_source_is_not_blown_up(void **state)
{
    (void)state;
    assert_fit(320, 180, 1, 1, 640, 360, 320, 180);
    assert_fit(321, 181, 1, 1, 640, 360, 320, 180);
}

static void pixels_that_are_not_square_are_straightened(void **state)
{
    (void)state;
    assert_fit(720, 576, 16, 15, 640, 480, 640, 480);  /* PAL at 4:3 */
    assert_fit(720, 576, 64, 45, 640, 360, 640, 360);  /* PAL at 16:9 */
    assert_fit(1280, 720, 1, 100, 640, 360, 640, 360); /* nonsense counts as square */
}

static void every_size_is_even_and_inside(void **state)
{
    (void)state;
    for (int w = SIZE_MIN; w < 2000; w += 37)
        for (int h = SIZE_MIN; h < 1200; h += 23) {
            struct size s = fit_into((struct size){w, h}, 1, 1, (struct size){854, 480});
            assert_int_equal(s.width % 2 + s.height % 2, 0);
            assert_in_range(s.width, SIZE_MIN, 854);
            assert_in_range(s.height, SIZE_MIN, 480);
        }
}

static unsigned taken(uint32_t source_fps, uint32_t fps)
{
    unsigned n = 0;
    uint64_t next = 0;
    for (uint32_t i = 0; i < source_fps * 10; i++) {
        uint64_t slot = slot_of(i * 1000 / source_fps, fps);
        if (slot < next)
            continue;
        next = slot + 1;
        n++;
    }
    return n;
}

static void the_rate_is_kept_and_never_exceeded(void **state)
{
    (void)state;
    assert_int_equal(taken(25, 10), 100);
    assert_int_equal(taken(30, 30), 300);
    assert_int_equal(taken(30, 15), 150);
    assert_int_equal(taken(15, 15), 150);
    assert_int_equal(taken(25, 5), 50);
    assert_int_equal(taken(10, 15), 100);
}

static void slow_renditions_take_pictures_that_faster_ones_take(void **state)
{
    (void)state;
    uint64_t next5 = 0, next10 = 0;
    for (uint32_t pts = 17; pts < 20000; pts += 40) {
        bool takes5 = slot_of(pts, 5) >= next5, takes10 = slot_of(pts, 10) >= next10;
        if (takes5)
            next5 = slot_of(pts, 5) + 1;
        if (takes10)
            next10 = slot_of(pts, 10) + 1;
        assert_true(!takes5 || takes10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wide_source_fills_the_box),
        cmocka_unit_test(another_shape_is_kept),
        cmocka_unit_test(a_small_source_is_not_blown_up),
        cmocka_unit_test(pixels_that_are_not_square_are_straightened),
        cmocka_unit_test(every_size_is_even_and_inside),
        cmocka_unit_test(the_rate_is_kept_and_never_exceeded),
        cmocka_unit_test(slow_renditions_take_pictures_that_faster_ones_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
