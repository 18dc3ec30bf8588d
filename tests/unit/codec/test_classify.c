#include "tests/unit/unit.h"

#include "codec/classify.h"
#include "tests/unit/codec/drawn.h"

static struct drawn picture;
static struct thumb thumb;

static enum wire_content see(struct classify *c, uint32_t ms)
{
    drawn_thumb(&picture, &thumb);
    return classify_push(c, &thumb, ms);
}

static enum wire_content see_slides(struct classify *c, uint32_t *ms, int n)
{
    enum wire_content content = c->content;
    for (int i = 0; i < n; i++, *ms += 200) {
        drawn_page(&picture, 1 + *ms / 8000);
        drawn_pointer(&picture, 100 + (int)(*ms / 4) % 900, 300);
        content = see(c, *ms);
    }
    return content;
}

static enum wire_content see_camera(struct classify *c, uint32_t *ms, int n)
{
    enum wire_content content = c->content;
    for (int i = 0; i < n; i++, *ms += 200) {
        drawn_camera(&picture, i);
        content = see(c, *ms);
    }
    return content;
}

static void a_thumbnail_shows_where_it_is_bright(void **state)
{
    (void)state;
    memset(picture.luma, 0, sizeof(picture.luma));
    drawn_box(&picture, 640, 0, 640, 720, 200);
    drawn_thumb(&picture, &thumb);
    assert_int_equal(thumb.mean[0], 0);
    assert_int_equal(thumb.mean[THUMB_W - 1], 200);
    assert_int_equal(thumb.point[THUMB_CELLS - 1], 200);
    assert_in_range(thumb.flat, THUMB_CELLS - 2 * THUMB_H, THUMB_CELLS);
}

static void the_smallest_picture_has_a_thumbnail(void **state)
{
    (void)state;
    uint8_t *small = malloc(SIZE_MIN * SIZE_MIN); /* a block of its own: over-reads show */
    memset(small, 77, SIZE_MIN * SIZE_MIN);
    thumb_take(&thumb, small, SIZE_MIN, (struct size){SIZE_MIN, SIZE_MIN});
    assert_int_equal(thumb.mean[THUMB_CELLS - 1], 77);
    assert_int_equal(thumb.flat, THUMB_CELLS);
    free(small);
}

static void slides_with_a_pointer_are_slides(void **state)
{
    (void)state;
    struct classify c = {0};
    uint32_t ms = 0;
    assert_int_equal(see_slides(&c, &ms, 3), WIRE_CONTENT_UNKNOWN);
    assert_int_equal(see_slides(&c, &ms, 7), WIRE_CONTENT_SLIDES);
    assert_int_equal(see_slides(&c, &ms, 200), WIRE_CONTENT_SLIDES); /* five pages turned */
}

static void a_noisy_picture_is_a_camera(void **state)
{
    (void)state;
    struct classify c = {0};
    uint32_t ms = 0;
    assert_int_equal(see_camera(&c, &ms, 10), WIRE_CONTENT_CAMERA);
    assert_int_equal(see_camera(&c, &ms, 50), WIRE_CONTENT_CAMERA);
}

static void a_settled_opinion_turns_only_after_seconds(void **state)
{
    (void)state;
    struct classify c = {0};
    uint32_t ms = 0;
    see_slides(&c, &ms, 50);
    assert_int_equal(see_camera(&c, &ms, 10), WIRE_CONTENT_SLIDES); /* a glimpse of 2 s */
    assert_int_equal(see_slides(&c, &ms, 30), WIRE_CONTENT_SLIDES);
    assert_int_equal(see_camera(&c, &ms, 25), WIRE_CONTENT_CAMERA); /* meant: 5 s */
    assert_int_equal(see_slides(&c, &ms, 10), WIRE_CONTENT_CAMERA);
    assert_int_equal(see_slides(&c, &ms, 20), WIRE_CONTENT_SLIDES);
}

static void a_camera_whose_noise_is_coded_away_is_still_a_camera(void **state)
{
    (void)state;
    struct classify c = {0};
    for (uint32_t ms = 0; ms < 5000; ms += 200) { /* walls of one tone, and somebody who moves */
        memset(picture.luma, 150, sizeof(picture.luma));
        for (int i = 0; i < 24; i++)
            drawn_box(&picture, 200 + i * 25, 200, 25, 500, (uint8_t)((i * 53 + ms / 7) % 200));
        see(&c, ms);
    }
    assert_true(thumb.flat > THUMB_CELLS / 2);
    assert_int_equal(c.content, WIRE_CONTENT_CAMERA);
}

static void a_page_full_of_text_is_no_camera(void **state)
{
    (void)state;
    struct classify c = {0};
    memset(picture.luma, 235, sizeof(picture.luma));
    for (int y = 8; y < DRAWN_H; y += 24)
        for (int x = 20; x < 1260; x += 14)
            drawn_box(&picture, x, y, 3 + (x + y) % 7, 20, 30);
    for (uint32_t ms = 0; ms < 3000; ms += 200)
        see(&c, ms);
    assert_in_range(thumb.flat, THUMB_CELLS * 30 / 100, THUMB_CELLS * 44 / 100);
    assert_int_equal(c.content, WIRE_CONTENT_SLIDES);
}

static void what_speaks_against_the_answer_is_doubt(void **state)
{
    (void)state;
    struct classify c = {0};
    uint32_t ms = 0;
    assert_true(classify_is_in_doubt(&c));
    see_camera(&c, &ms, 30);
    assert_false(classify_is_in_doubt(&c));
    see_slides(&c, &ms, 2); /* the first differs from the camera, the second is at rest */
    assert_int_equal(c.content, WIRE_CONTENT_CAMERA);
    assert_true(classify_is_in_doubt(&c));
    see_slides(&c, &ms, 30);
    assert_false(classify_is_in_doubt(&c));
}

static void keyframes_alone_are_enough(void **state)
{
    (void)state;
    struct classify c = {0};
    for (uint32_t i = 0; i < 3; i++) {
        drawn_page(&picture, 1);
        see(&c, i * 2000);
    }
    assert_int_equal(c.content, WIRE_CONTENT_SLIDES);
}

static void one_picture_gives_a_guess(void **state)
{
    (void)state;
    struct classify c = {0};
    assert_int_equal(classify_guess(&c), WIRE_CONTENT_UNKNOWN);
    drawn_page(&picture, 1);
    see(&c, 0);
    assert_int_equal(c.content, WIRE_CONTENT_UNKNOWN);
    assert_int_equal(classify_guess(&c), WIRE_CONTENT_SLIDES);
    c = (struct classify){0};
    drawn_camera(&picture, 0);
    see(&c, 0);
    assert_int_equal(classify_guess(&c), WIRE_CONTENT_CAMERA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thumbnail_shows_where_it_is_bright),
        cmocka_unit_test(the_smallest_picture_has_a_thumbnail),
        cmocka_unit_test(slides_with_a_pointer_are_slides),
        cmocka_unit_test(a_noisy_picture_is_a_camera),
        cmocka_unit_test(a_settled_opinion_turns_only_after_seconds),
        cmocka_unit_test(a_camera_whose_noise_is_coded_away_is_still_a_camera),
        cmocka_unit_test(a_page_full_of_text_is_no_camera),
        cmocka_unit_test(what_speaks_against_the_answer_is_doubt),
        cmocka_unit_test(keyframes_alone_are_enough),
        cmocka_unit_test(one_picture_gives_a_guess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
