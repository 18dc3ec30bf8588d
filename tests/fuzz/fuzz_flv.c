#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/ingest/flv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct media_tag *tag)
{
    struct media_info info;
    int err = flv_inspect(&info, tag);
    if (err != 0 && err != -EPROTO)
        abort();
    if (err == 0 && tag->len == 0 && !info.is_empty)
        abort();
    if (info.unsupported && strlen(info.unsupported) == 0)
        abort();

    uint8_t header[FLV_TAG_HEADER];
    uint8_t trailer[FLV_TAG_TRAILER];
    flv_write_tag_header(header, tag, tag->dts_ms);
    flv_write_tag_trailer(trailer, tag);
}

/* A byte for the type, four for the time, then the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { HEAD = 5 };
    if (size < HEAD)
        return 0;
    struct media_tag tag = {.type = data[0], .len = (uint32_t)(size - HEAD)};
    memcpy(&tag.dts_ms, data + 1, sizeof(tag.dts_ms));
    uint8_t *body = malloc(tag.len ? tag.len : 1);
    memcpy(body, data + HEAD, tag.len);
    tag.body = body;
    check(&tag);
    free(body);
    return 0;
}
