#include "tests/bench/client/ws_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/bytes.h"

enum { TEXT_MAX = 1024, SHORT = 126, MASKED = 0x80, FIN = 0x80, ROOM_FIRST = 1024 };

size_t ws_client_upgrade(char out[WS_CLIENT_OUT_MAX], unsigned port)
{
    return (size_t)snprintf(out, WS_CLIENT_OUT_MAX,
                            "GET /ws HTTP/1.1\r\n"
                            "Host: 127.0.0.1:%u\r\n"
                            "Upgrade: websocket\r\n"
                            "Connection: Upgrade\r\n"
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                            "Sec-WebSocket-Version: 13\r\n"
                            "Sec-WebSocket-Protocol: airclass.v1\r\n\r\n",
                            port);
}

int ws_client_upgraded(const char *answer, size_t len)
{
    static const char yes[] = "HTTP/1.1 101";
    const char *end = memmem(answer, len, "\r\n\r\n", 4);
    if (!end)
        return 0;
    return strncmp(answer, yes, strlen(yes)) == 0 ? (int)(end + 4 - answer) : -1;
}

size_t ws_client_text(uint8_t out[WS_CLIENT_OUT_MAX], const char *text, size_t len)
{
    static const uint8_t mask[4] = {0x5a, 0x17, 0xc3, 0x88};
    if (len > TEXT_MAX)
        len = TEXT_MAX;
    uint8_t *p = put_u8(out, FIN | 1);
    if (len < SHORT)
        p = put_u8(p, (uint8_t)(MASKED | len));
    else
        p = put_u16(put_u8(p, MASKED | SHORT), (uint16_t)len);
    p = put_bytes(p, mask, sizeof(mask));
    for (size_t i = 0; i < len; i++)
        *p++ = (uint8_t)text[i] ^ mask[i % 4];
    return (size_t)(p - out);
}

/* 0 when the header is whole; -EAGAIN. Uses one byte a call. */
static int take_head(struct ws_input *in, uint8_t byte)
{
    in->head[in->head_len++] = byte;
    if (in->head_len < 2)
        return -EAGAIN;
    unsigned code = in->head[1];
    unsigned need = code < SHORT ? 2 : code == SHORT ? 4 : 10;
    if (in->head_len < need)
        return -EAGAIN;
    struct bytes b = bytes_of(in->head + 2, need - 2);
    uint64_t left = code < SHORT ? code : code == SHORT ? bytes_u16(&b) : 0;
    if (need == 10)
        left = (uint64_t)bytes_u32(&b) << 32 | bytes_u32(&b);
    if (code > SHORT + 1 || !(in->head[0] & FIN)) /* a server masks nothing; ours never splits */
        return -EPROTO;
    if (left > WS_CLIENT_MESSAGE_MAX)
        return -EMSGSIZE;
    in->left = (size_t)left;
    in->len = 0;
    in->head_len = 0;
    in->is_inside = true;
    return 0;
}

static int reserve(struct ws_input *in, size_t need)
{
    size_t room = in->room ? in->room : ROOM_FIRST;
    if (need <= in->room)
        return 0;
    while (room < need)
        room *= 2;
    uint8_t *message = realloc(in->message, room);
    if (!message)
        return -ENOMEM;
    in->message = message;
    in->room = room;
    return 0;
}

int ws_input_next(struct ws_input *in, const uint8_t *data, size_t len, size_t *used,
                  struct ws_message *out)
{
    *used = 0;
    while (!in->is_inside) {
        if (*used == len)
            return -EAGAIN;
        int err = take_head(in, data[(*used)++]);
        if (err && err != -EAGAIN)
            return err;
    }
    size_t n = len - *used < in->left ? len - *used : in->left;
    int err = reserve(in, in->len + n + 1);
    if (err)
        return err;
    put_bytes(in->message + in->len, data + *used, n);
    *used += n;
    in->len += n;
    in->left -= n;
    if (in->left > 0)
        return -EAGAIN;
    in->is_inside = false;
    in->message[in->len] = '\0'; /* so that a text can be printed */
    *out = (struct ws_message){.opcode = in->head[0] & 0x0f, .data = in->message, .len = in->len};
    return 0;
}

void ws_input_release(struct ws_input *in)
{
    free(in->message);
    *in = (struct ws_input){0};
}
