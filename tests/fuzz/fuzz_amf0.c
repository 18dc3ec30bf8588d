#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/ingest/rtmp/amf0.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool claim)
{
    if (!claim)
        abort();
}

static void use_text(const struct bytes *all, struct amf0_text text)
{
    char small[16];
    require((const uint8_t *)text.p >= all->p && (const uint8_t *)text.p + text.len <= all->end);
    require(text.len <= AMF0_TEXT_MAX);
    int err = amf0_text_copy(small, sizeof(small), text);
    require(err != 0 || strlen(small) == text.len);
}

static void look_inside(const struct bytes *all, const struct bytes *at)
{
    static const char *const names[] = {"app", "flashVer", "tcUrl", ""};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct amf0_text text;
        int err = amf0_find_text(at, names[i], &text);
        require(err == 0 || err == -ENOENT || err == -EPROTO);
        if (err == 0)
            use_text(all, text);
    }
}

/* A typed read takes what a skip takes, or nothing. */
static void read_one(const struct bytes *all, const struct bytes *at, const uint8_t *behind)
{
    struct bytes b = *at;
    struct amf0_text text;
    double number;
    if (amf0_read_text(&b, &text) == 0)
        use_text(all, text);
    else if (amf0_read_number(&b, &number) != 0)
        require(b.p == at->p && !b.bad);
    require(b.p == at->p || !behind || b.p == behind);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (size > 0)
        memcpy(copy, data, size);
    const struct bytes all = bytes_of(copy, size);
    struct bytes in = all;
    while (bytes_left(&in) > 0) {
        struct bytes at = in;
        int err = amf0_skip(&in);
        require(err == 0 || err == -EPROTO);
        look_inside(&all, &at);
        read_one(&all, &at, err ? NULL : in.p);
        if (err)
            break;
        require(in.p > at.p);
    }
    free(copy);
    return 0;
}
