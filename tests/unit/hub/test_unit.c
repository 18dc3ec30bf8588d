#include "tests/unit/unit.h"

#include <errno.h>

#include "server/base/bytes.h"
#include "server/hub/unit.h"

/* As a player reads it (docs/protocol.md §1.1). */
static uint32_t read_len(const uint8_t *p, size_t *used)
{
    *used = p[0] < 252 ? 1 : 2;
    return p[0] < 252 ? p[0] : p[0] + 4u * p[1];
}

static void every_length_of_a_packet_reads_back(void **state)
{
    (void)state;
    for (uint32_t len = 0; len <= UNIT_PACKET_MAX; len++) {
        uint8_t bytes[2];
        size_t used;
        const uint8_t *end = unit_write_packet_len(bytes, len);
        assert_int_equal(read_len(bytes, &used), len);
        assert_int_equal(end - bytes, used);
    }
}

static void lengths_below_252_take_one_byte(void **state)
{
    (void)state;
    uint8_t b[2];
    assert_ptr_equal(unit_write_packet_len(b, 251), b + 1);
    assert_int_equal(b[0], 251);
    assert_ptr_equal(unit_write_packet_len(b, 252), b + 2);
    assert_int_equal(b[0], 252);
    assert_int_equal(b[1], 0);
    assert_int_equal(UNIT_PACKET_MAX, 1275);
    unit_write_packet_len(b, 1275);
    assert_int_equal(b[0], 255);
    assert_int_equal(b[1], 255);
}

static void a_message_is_header_and_both_parts(void **state)
{
    (void)state;
    struct buf *m;
    assert_int_equal(unit_message(&m, UNIT_STILL, UNIT_PIECE, 0x01020304, "head", 4, "tail!", 5),
                     0);
    assert_int_equal(m->len, UNIT_HEADER + 9);
    static const uint8_t header[] = {0x24, 0, 0, 9, 1, 2, 3, 4};
    assert_memory_equal(m->data, header, sizeof(header));
    assert_memory_equal(m->data + UNIT_HEADER, "headtail!", 9);
    buf_unref(&m);
    assert_int_equal(unit_message(&m, UNIT_VIDEO, UNIT_GAP, 0, NULL, 0, NULL, 0), 0);
    assert_int_equal(m->len, UNIT_HEADER);
    buf_unref(&m);
    assert_int_equal(unit_message(&m, UNIT_VIDEO, UNIT_KEY, 0, NULL, UNIT_PAYLOAD_MAX, NULL, 1),
                     -EMSGSIZE);
}

static int message_scene(void)
{
    struct buf *m;
    int err = unit_message(&m, UNIT_VOICE, UNIT_CONFIG, 0, "x", 1, NULL, 0);
    if (!err)
        buf_unref(&m);
    return err;
}

static void a_failing_allocation_is_told(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(message_scene), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_of_a_packet_reads_back),
        cmocka_unit_test(lengths_below_252_take_one_byte),
        cmocka_unit_test(a_message_is_header_and_both_parts),
        cmocka_unit_test(a_failing_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
