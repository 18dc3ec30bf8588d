#include "server/entry/pass.h"

#include <errno.h>
#include <string.h>

#include <sodium.h>

#include "server/base/bytes.h"

enum {
    FORM = 1,
    SEAL_LEN = 32,
    FIXED_LEN = 3 + 3 * 4 + 8,
    RAW_MAX = FIXED_LEN + 2 * PASS_ID_SIZE + SEAL_LEN,
    BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};

static void seal(uint8_t out[SEAL_LEN], const uint8_t *raw, size_t len,
                 const uint8_t key[ENTRY_KEY_SIZE])
{
    crypto_generichash(out, SEAL_LEN, raw, len, key, ENTRY_KEY_SIZE);
}

static bool is_sound(const struct pass *p)
{
    return p->role != 0 && p->device >= PASS_PHONE && p->device <= PASS_OFFICE && p->person[0] &&
           p->expires_s > p->issued_s;
}

static uint8_t *put_text(uint8_t *p, const char *text)
{
    size_t len = strlen(text);
    return put_bytes(put_u8(p, (uint8_t)len), text, len);
}

int pass_make(char out[PASS_TEXT_SIZE], const struct pass *pass, const uint8_t key[ENTRY_KEY_SIZE])
{
    uint8_t raw[RAW_MAX];
    bool is_ended = memchr(pass->school, 0, PASS_ID_SIZE) && memchr(pass->person, 0, PASS_ID_SIZE);
    if (!is_ended || !is_sound(pass))
        return -EINVAL;
    uint8_t *p = put_u8(raw, FORM);
    p = put_u8(p, pass->role);
    p = put_u8(p, pass->device);
    p = put_u32(p, pass->version);
    p = put_u32(p, pass->issued_s);
    p = put_u32(p, pass->expires_s);
    p = put_u32(p, (uint32_t)(pass->device_id >> 32));
    p = put_u32(p, (uint32_t)pass->device_id);
    p = put_text(put_text(p, pass->school), pass->person);
    seal(p, raw, (size_t)(p - raw), key);
    sodium_bin2base64(out, PASS_TEXT_SIZE, raw, (size_t)(p - raw) + SEAL_LEN, BASE64);
    return 0;
}

static void take_text(struct bytes *b, char out[PASS_ID_SIZE])
{
    size_t len = bytes_u8(b);
    if (len >= PASS_ID_SIZE) {
        b->bad = true;
        return;
    }
    const uint8_t *text = bytes_take(b, len);
    if (text && !memchr(text, 0, len))
        memcpy(out, text, len);
    else
        b->bad = true;
}

/* Bytes whose seal is right; a form that we don't know is as bad as a wrong seal. */
static int parse(struct pass *out, const uint8_t *raw, size_t len)
{
    struct bytes b = bytes_of(raw, len);
    struct pass pass = {.role = 0};
    bool is_ours = bytes_u8(&b) == FORM;
    pass.role = bytes_u8(&b);
    pass.device = bytes_u8(&b);
    pass.version = bytes_u32(&b);
    pass.issued_s = bytes_u32(&b);
    pass.expires_s = bytes_u32(&b);
    pass.device_id = (uint64_t)bytes_u32(&b) << 32;
    pass.device_id |= bytes_u32(&b);
    take_text(&b, pass.school);
    take_text(&b, pass.person);
    if (!is_ours || b.bad || bytes_left(&b) > 0 || !is_sound(&pass))
        return -EBADMSG;
    *out = pass;
    return 0;
}

int pass_read(struct pass *out, const char *text, size_t len, const uint8_t key[ENTRY_KEY_SIZE],
              uint32_t now_s)
{
    uint8_t raw[RAW_MAX];
    uint8_t right[SEAL_LEN];
    size_t n;
    struct pass pass;
    if (len >= PASS_TEXT_SIZE ||
        sodium_base642bin(raw, sizeof(raw), text, len, NULL, &n, NULL, BASE64) != 0 || n < SEAL_LEN)
        return -EBADMSG;
    seal(right, raw, n - SEAL_LEN, key);
    if (sodium_memcmp(right, raw + n - SEAL_LEN, SEAL_LEN) != 0)
        return -EBADMSG;
    int err = parse(&pass, raw, n - SEAL_LEN);
    if (err)
        return err;
    if (now_s >= pass.expires_s || pass.issued_s > (uint64_t)now_s + PASS_EARLY_S)
        return -ETIME;
    *out = pass;
    return 0;
}
