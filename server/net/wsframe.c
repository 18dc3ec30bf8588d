#include "server/net/wsframe.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "server/base/bytes.h"
#include "server/net/utf8.h"
#include "server/net/ws.h"

static int broken(struct ws_input *out, int status, const char *why)
{
    *out = (struct ws_input){.status = status, .why = why};
    return -EPROTO;
}

static bool is_control(uint8_t opcode)
{
    return opcode & 0x8;
}

/* What the first two bytes of a frame tell. */
static int check_start(const struct ws_reader *r, struct ws_input *out)
{
    uint8_t opcode = r->head[0] & 0x0f;
    bool is_final = r->head[0] & 0x80;
    uint8_t len = r->head[1] & 0x7f;

    if (r->head[0] & 0x70)
        return broken(out, WS_STATUS_PROTOCOL, "reserved bits");
    if (!(r->head[1] & 0x80))
        return broken(out, WS_STATUS_PROTOCOL, "not masked");
    switch (opcode) {
    case WS_OPCODE_CLOSE:
    case WS_OPCODE_PING:
    case WS_OPCODE_PONG:
        if (!is_final || len > WS_CONTROL_MAX)
            return broken(out, WS_STATUS_PROTOCOL, "long control frame");
        return 0;
    case WS_OPCODE_BINARY: return broken(out, WS_STATUS_BINARY, "binary message");
    case WS_OPCODE_TEXT:
        return r->in_message ? broken(out, WS_STATUS_PROTOCOL, "message within a message") : 0;
    case WS_OPCODE_CONTINUATION:
        if (!r->in_message)
            return broken(out, WS_STATUS_PROTOCOL, "continuation of nothing");
        return r->fragments < WS_FRAGMENTS_MAX
                   ? 0
                   : broken(out, WS_STATUS_PROTOCOL, "too many fragments");
    default: return broken(out, WS_STATUS_PROTOCOL, "unknown opcode");
    }
}

static size_t extra_len(uint8_t len7)
{
    return len7 == 127 ? 8 : len7 == 126 ? 2 : 0;
}

/* Bytes of the head, as far as it is known yet. */
static size_t head_need(const struct ws_reader *r)
{
    return r->head_len < 2 ? 2 : 2 + extra_len(r->head[1] & 0x7f) + sizeof(r->mask);
}

static uint64_t payload_len(const struct ws_reader *r)
{
    uint64_t len = r->head[1] & 0x7f;
    size_t extra = extra_len((uint8_t)len);
    if (extra)
        len = 0;
    for (size_t i = 0; i < extra; i++)
        len = len << 8 | r->head[2 + i];
    return len;
}

static int start_message(struct ws_reader *r)
{
    if (r->opcode == WS_OPCODE_TEXT) {
        r->in_message = true;
        r->fragments = 0;
        r->text_len = 0;
        r->text = malloc(WS_TEXT_MAX + 1);
        if (!r->text)
            return -ENOMEM;
    }
    r->fragments++;
    return 0;
}

static int start_payload(struct ws_reader *r, struct ws_input *out)
{
    uint64_t len = payload_len(r);
    size_t extra = extra_len(r->head[1] & 0x7f);

    if ((extra == 2 && len < 126) || (extra == 8 && len < 65536))
        return broken(out, WS_STATUS_PROTOCOL, "length not in its shortest form");
    r->opcode = r->head[0] & 0x0f;
    r->is_final = r->head[0] & 0x80;
    memcpy(r->mask, r->head + 2 + extra, sizeof(r->mask));
    r->mask_at = 0;
    r->head_len = 0;
    r->in_payload = true;
    if (is_control(r->opcode)) {
        r->control_len = 0;
        r->left = (uint32_t)len;
        return 0;
    }
    uint32_t so_far = r->opcode == WS_OPCODE_TEXT ? 0 : r->text_len;
    if (len > WS_TEXT_MAX - so_far)
        return broken(out, WS_STATUS_TOO_BIG, "message too big");
    r->left = (uint32_t)len;
    return start_message(r);
}

static void take_payload(struct ws_reader *r, const uint8_t *data, size_t n)
{
    uint8_t *to =
        is_control(r->opcode) ? r->control + r->control_len : (uint8_t *)r->text + r->text_len;
    assert(is_control(r->opcode) || r->text);
    for (size_t i = 0; i < n; i++)
        to[i] = data[i] ^ r->mask[r->mask_at++ & 3];
    if (is_control(r->opcode))
        r->control_len = (uint8_t)(r->control_len + n);
    else
        r->text_len += (uint32_t)n;
    r->left -= (uint32_t)n;
}

/* Codes that a peer may say in a close frame. */
static bool is_close_code(unsigned code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

static int check_close(const struct ws_reader *r, struct ws_input *out)
{
    if (r->control_len == 0)
        return 0;
    if (r->control_len == 1 || !is_close_code((unsigned)r->control[0] << 8 | r->control[1]))
        return broken(out, WS_STATUS_PROTOCOL, "bad close code");
    if (!utf8_is_valid(r->control + 2, r->control_len - 2u))
        return broken(out, WS_STATUS_NO_UTF8, "close reason is no UTF-8");
    return 0;
}

static int end_of_control(const struct ws_reader *r, struct ws_input *out)
{
    int err = r->opcode == WS_OPCODE_CLOSE ? check_close(r, out) : 0;
    if (err)
        return err;
    *out = (struct ws_input){
        .opcode = r->opcode, .data = (const char *)r->control, .len = r->control_len};
    return 0;
}

static int end_of_frame(struct ws_reader *r, struct ws_input *out)
{
    r->in_payload = false;
    if (is_control(r->opcode))
        return end_of_control(r, out);
    if (!r->is_final)
        return -EAGAIN;
    assert(r->text);
    r->in_message = false;
    r->text[r->text_len] = '\0';
    if (!utf8_is_valid(r->text, r->text_len))
        return broken(out, WS_STATUS_NO_UTF8, "text is no UTF-8");
    *out = (struct ws_input){.opcode = WS_OPCODE_TEXT, .data = r->text, .len = r->text_len};
    return 0;
}

/* One step: a byte of the head, or as much of the payload as there is. -EAGAIN: go on. */
static int step(struct ws_reader *r, const uint8_t *data, size_t len, size_t *used,
                struct ws_input *out)
{
    int err = -EAGAIN;
    if (r->in_payload) {
        size_t n = len < r->left ? len : r->left;
        take_payload(r, data, n);
        *used += n;
    } else {
        r->head[r->head_len++] = *data;
        *used += 1;
        if (r->head_len == 2 && (err = check_start(r, out)) < 0)
            return err;
        if (r->head_len < 2 || r->head_len < head_need(r))
            return -EAGAIN;
        err = start_payload(r, out);
        if (err)
            return err;
    }
    return r->left ? -EAGAIN : end_of_frame(r, out);
}

int ws_reader_feed(struct ws_reader *r, const uint8_t *data, size_t len, size_t *used,
                   struct ws_input *out)
{
    *used = 0;
    if (!r->in_message)
        ws_reader_release(r); /* what was handed out last time */
    while (*used < len) {
        int err = step(r, data + *used, len - *used, used, out);
        if (err != -EAGAIN)
            return err;
    }
    return -EAGAIN;
}

void ws_reader_release(struct ws_reader *r)
{
    free(r->text);
    r->text = NULL;
}

size_t ws_header_write(uint8_t *end, uint8_t opcode, size_t len)
{
    size_t header = len < 126 ? 2 : len < 65536 ? 4 : WS_HEADER_MAX;
    uint8_t *p = put_u8(end - header, 0x80 | opcode);
    if (header == 2) {
        put_u8(p, (uint8_t)len);
    } else if (header == 4) {
        put_u16(put_u8(p, 126), (uint16_t)len);
    } else {
        p = put_u32(put_u8(p, 127), (uint32_t)((uint64_t)len >> 32));
        put_u32(p, (uint32_t)len);
    }
    return header;
}

void ws_accept(char out[WS_ACCEPT_SIZE], const char *key, size_t key_len)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char hash[EVP_MAX_MD_SIZE];
    char text[128];
    unsigned hash_len = 0;
    if (key_len > sizeof(text) - sizeof(guid))
        key_len = sizeof(text) - sizeof(guid);
    memcpy(text, key, key_len);
    memcpy(text + key_len, guid, sizeof(guid) - 1);
    EVP_Digest(text, key_len + sizeof(guid) - 1, hash, &hash_len, EVP_sha1(), NULL);
    EVP_EncodeBlock((unsigned char *)out, hash, 20);
}
