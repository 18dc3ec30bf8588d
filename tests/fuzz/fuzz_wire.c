#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/wire/spec.h"
#include "codec/wire/wire.h"

/* A stream of messages; each payload is also read as a set-up, and a good one written back. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_set_up(const uint8_t *payload, size_t len)
{
    struct rendition_spec specs[WIRE_RENDITIONS_MAX];
    uint8_t again[SETUP_MAX];
    size_t n = 0;
    if (setup_parse(specs, &n, payload, len))
        return;
    assert(n <= WIRE_RENDITIONS_MAX);
    for (size_t i = 0; i < n; i++)
        assert(!spec_check(&specs[i]) && memchr(specs[i].name, 0, sizeof(specs[i].name)));
    assert(setup_write(again, specs, n) == len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    size_t at = 0, used = 0;
    struct wire_msg m;
    while (wire_parse(&m, copy + at, size - at, &used) == 0) {
        assert(used == WIRE_HEADER + m.len && used <= size - at);
        try_set_up(m.payload, m.len);
        at += used;
    }
    free(copy);
    return 0;
}
