#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "server/base/bytes.h"
#include "server/hub/packer.h"
#include "server/hub/unit.h"

static struct packed out[2];

static void drop_out(void)
{
    buf_unref(&out[0].message);
    buf_unref(&out[1].message);
}

static void add(struct packer *p, uint32_t pts_ms, const char *packet)
{
    assert_int_equal(packer_add(p, pts_ms, 60000, packet, strlen(packet), out), 0);
}

static void is_bundle(const struct packed *p, uint32_t pts_ms, uint32_t duration_ms,
                      const char *payload)
{
    assert_non_null(p->message);
    assert_int_equal(p->pts_ms, pts_ms);
    assert_int_equal(p->duration_ms, duration_ms);
    struct bytes b = bytes_of(p->message->data, p->message->len);
    assert_int_equal(bytes_u8(&b), UNIT_VOICE << 4 | UNIT_BUNDLE);
    assert_int_equal(bytes_u24(&b), strlen(payload));
    assert_int_equal(bytes_u32(&b), pts_ms);
    assert_int_equal(bytes_left(&b), strlen(payload));
    assert_memory_equal(b.p, payload, strlen(payload));
}

static void five_packets_of_60_ms_make_a_bundle_of_300(void **state)
{
    (void)state;
    struct packer p = {.span_ms = 300};
    static const char *const packets[] = {"a", "bb", "c", "d", "e"};
    for (uint32_t i = 0; i < 5; i++) {
        add(&p, 1000 + 60 * i, packets[i]);
        assert_null(out[0].message);
        assert_int_equal(out[1].message != NULL, i == 4);
    }
    is_bundle(&out[1], 1000, 300, "\1a\2bb\1c\1d\1e");
    drop_out();
    packer_release(&p);
}

static void a_hole_ends_a_bundle_early(void **state)
{
    (void)state;
    struct packer p = {.span_ms = 300};
    add(&p, 0, "a");
    add(&p, 63, "b"); /* rounding, no hole */
    assert_null(out[0].message);
    add(&p, 183, "c");
    is_bundle(&out[0], 0, 123, "\1a\1b");
    assert_null(out[1].message);
    drop_out();
    add(&p, 100, "d"); /* backwards is a hole as well */
    is_bundle(&out[0], 183, 60, "\1c");
    drop_out();
    assert_int_equal(packer_flush(&p, &out[0]), 0);
    is_bundle(&out[0], 100, 60, "\1d");
    drop_out();
    assert_int_equal(packer_flush(&p, &out[0]), 0);
    assert_null(out[0].message);
    packer_release(&p);
}

static void one_packet_may_end_one_bundle_and_be_another(void **state)
{
    (void)state;
    struct packer p = {.span_ms = 60};
    assert_int_equal(packer_add(&p, 0, 20000, "a", 1, out), 0);
    assert_null(out[1].message);
    assert_int_equal(packer_add(&p, 500, 60000, "b", 1, out), 0);
    is_bundle(&out[0], 0, 20, "\1a");
    is_bundle(&out[1], 500, 60, "\1b");
    drop_out();
    packer_release(&p);
}

static void bundles_go_on_across_the_clocks_wrap(void **state)
{
    (void)state;
    struct packer p = {.span_ms = 120};
    add(&p, UINT32_MAX - 29, "a");
    add(&p, 30, "b");
    assert_null(out[0].message);
    is_bundle(&out[1], UINT32_MAX - 29, 120, "\1a\1b");
    drop_out();
    packer_release(&p);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct packer p = {.span_ms = 300};
    static const uint8_t big[UNIT_PACKET_MAX + 1];
    assert_int_equal(packer_add(&p, 0, 60000, big, UNIT_PACKET_MAX + 1, out), -EMSGSIZE);
    assert_int_equal(packer_add(&p, 0, 60000, big, UNIT_PACKET_MAX, out), 0);
    assert_int_equal(packer_flush(&p, &out[0]), 0);
    assert_int_equal(out[0].message->len, UNIT_HEADER + 2 + UNIT_PACKET_MAX);
    drop_out();
    packer_release(&p);
}

/* A worker under foreign rule: packets that last no time never fill a bundle. */
static void what_never_ends_is_given_up(void **state)
{
    (void)state;
    struct packer p = {.span_ms = 300};
    static const uint8_t big[UNIT_PACKET_MAX];
    int err = 0;
    for (int i = 0; i <= PACKER_BYTES_MAX / UNIT_PACKET_MAX && !err; i++) {
        err = packer_add(&p, 0, 0, big, UNIT_PACKET_MAX, out);
        assert_null(out[1].message);
    }
    assert_int_equal(err, -EMSGSIZE);
    add(&p, 0, "a"); /* and it goes on */
    assert_int_equal(packer_flush(&p, &out[0]), 0);
    is_bundle(&out[0], 0, 60, "\1a");
    drop_out();
    packer_release(&p);
}

static int scene(void)
{
    struct packer p = {.span_ms = 120};
    int err = 0;
    for (uint32_t i = 0; i < 4 && !err; i++) { /* with a hole, so that both messages are made */
        err = packer_add(&p, i * 60 + (i > 1 ? 500 : 0), 60000, "abc", 3, out);
        if (!err)
            drop_out();
        else
            assert_int_equal(p.len, 0);
    }
    packer_release(&p);
    return err;
}

static void failing_allocations_lose_a_message_and_nothing_else(void **state)
{
    (void)state;
    assert_true(oom_levels(scene) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_packets_of_60_ms_make_a_bundle_of_300),
        cmocka_unit_test(a_hole_ends_a_bundle_early),
        cmocka_unit_test(one_packet_may_end_one_bundle_and_be_another),
        cmocka_unit_test(bundles_go_on_across_the_clocks_wrap),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(what_never_ends_is_given_up),
        cmocka_unit_test(failing_allocations_lose_a_message_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
