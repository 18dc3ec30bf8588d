#include "tests/unit/unit.h"

#include <errno.h>

#include "server/ingest/rtmp/handshake.h"
#include "tests/unit/ingest/rtmp/script.h"

static const uint8_t server_key[] =
    "Genuine Adobe Flash Media Server 001\xf0\xee\xc2\x4a\x80\x68\xbe"
    "\xe8\x2e\x00\xd0\xd1\x02\x9e\x7e\x57\x6e\xec\x5d\x2d\x29\x80\x6f"
    "\xab\x93\xb8\xe6\x36\xcf\xeb\x31\xae";

static void sign(uint8_t *out, const uint8_t *key, int key_len, const uint8_t *data, size_t len)
{
    unsigned n;
    assert_non_null(HMAC(EVP_sha256(), key, key_len, data, len, out, &n));
}

static unsigned digest_place(const uint8_t *part, unsigned at)
{
    return at + 4 + (part[at] + part[at + 1] + part[at + 2] + part[at + 3]) % 728u;
}

static void a_plain_hello_is_echoed(void **state)
{
    (void)state;
    uint8_t hello[HANDSHAKE_HELLO] = {3, 1, 2, 3, 4, 0, 0, 0, 0, 9, 9, 9};
    uint8_t noise[HANDSHAKE_PART] = {7, 7, 7};
    uint8_t out[HANDSHAKE_ANSWER];
    bool has_digest = true;
    assert_int_equal(handshake_answer(out, &has_digest, hello, noise), 0);
    assert_false(has_digest);
    assert_int_equal(out[0], 3);
    assert_memory_equal(out + 1 + 8, noise, 16);
    assert_memory_equal(out + 1 + HANDSHAKE_PART, hello + 1, HANDSHAKE_PART);
}

static void both_digest_schemas_get_digests_that_verify(void **state)
{
    (void)state;
    static const unsigned schemas[] = {8, 772};
    for (size_t i = 0; i < 2; i++) {
        uint8_t hello[HANDSHAKE_HELLO];
        uint8_t noise[HANDSHAKE_PART];
        uint8_t out[HANDSHAKE_ANSWER];
        bool has_digest = false;
        memset(noise, 0xa5, sizeof(noise));
        script_digest_hello(hello, schemas[i]);
        assert_int_equal(handshake_answer(out, &has_digest, hello, noise), 0);
        assert_true(has_digest);

        const uint8_t *s1 = out + 1;
        unsigned at = digest_place(s1, schemas[i]);
        uint8_t rest[HANDSHAKE_PART - HANDSHAKE_DIGEST];
        memcpy(rest, s1, at);
        memcpy(rest + at, s1 + at + HANDSHAKE_DIGEST, sizeof(rest) - at);
        uint8_t want[HANDSHAKE_DIGEST];
        sign(want, server_key, 36, rest, sizeof(rest));
        assert_memory_equal(s1 + at, want, sizeof(want));

        const uint8_t *s2 = s1 + HANDSHAKE_PART;
        uint8_t key[HANDSHAKE_DIGEST];
        sign(key, server_key, 68, hello + 1 + digest_place(hello + 1, schemas[i]), sizeof(key));
        sign(want, key, sizeof(key), s2, HANDSHAKE_PART - HANDSHAKE_DIGEST);
        assert_memory_equal(s2 + HANDSHAKE_PART - HANDSHAKE_DIGEST, want, sizeof(want));
    }
}

static void a_wrong_digest_is_answered_plainly(void **state)
{
    (void)state;
    uint8_t hello[HANDSHAKE_HELLO];
    uint8_t noise[HANDSHAKE_PART] = {0};
    uint8_t out[HANDSHAKE_ANSWER];
    bool has_digest = true;
    script_digest_hello(hello, 8);
    hello[HANDSHAKE_PART] ^= 1;
    assert_int_equal(handshake_answer(out, &has_digest, hello, noise), 0);
    assert_false(has_digest);
    assert_memory_equal(out + 1 + HANDSHAKE_PART, hello + 1, HANDSHAKE_PART);
}

static void other_versions_are_refused(void **state)
{
    (void)state;
    static const uint8_t versions[] = {0, 2, 6 /* RTMPE */, 'G', 0x16 /* TLS */, 255};
    for (size_t i = 0; i < sizeof(versions); i++) {
        uint8_t hello[HANDSHAKE_HELLO] = {versions[i]};
        uint8_t noise[HANDSHAKE_PART] = {0};
        uint8_t out[HANDSHAKE_ANSWER];
        bool has_digest;
        assert_int_equal(handshake_answer(out, &has_digest, hello, noise), -EPROTO);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_hello_is_echoed),
        cmocka_unit_test(both_digest_schemas_get_digests_that_verify),
        cmocka_unit_test(a_wrong_digest_is_answered_plainly),
        cmocka_unit_test(other_versions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
