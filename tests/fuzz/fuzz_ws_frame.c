#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/net/utf8.h"
#include "server/net/ws.h"
#include "server/net/wsframe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_input(const struct ws_input *in)
{
    if (in->opcode == WS_OPCODE_TEXT) {
        assert(in->len <= WS_TEXT_MAX && in->data[in->len] == '\0');
        assert(utf8_is_valid(in->data, in->len));
    } else {
        assert(in->opcode & 0x8 && in->len <= WS_CONTROL_MAX);
    }
}

/* The stream of one connection; the first byte says in what pieces it comes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ws_reader r = {.head_len = 0};
    struct ws_input in;
    int err = 0;
    if (!size)
        return 0;
    size_t piece = data[0] + 1u;
    for (size_t at = 1; at < size && (err == 0 || err == -EAGAIN);) {
        size_t len = size - at < piece ? size - at : piece;
        size_t used;
        uint8_t *copy = malloc(len);
        assert(copy);
        memcpy(copy, data + at, len);
        err = ws_reader_feed(&r, copy, len, &used, &in);
        free(copy);
        assert(used <= len && (err != -EAGAIN || used == len));
        if (!err)
            check_input(&in);
        else if (err == -EPROTO)
            assert(in.why && in.status >= 1002 && in.status <= 1009);
        at += used;
    }
    ws_reader_release(&r);
    return 0;
}
