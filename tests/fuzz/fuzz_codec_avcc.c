#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/avcc.h"

/* What an encoder might write, as an access unit and as parameter sets. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *in = malloc(size ? size : 1), *out = malloc(avcc_bound(size));
    uint8_t config[256];
    if (in && out) {
        memcpy(in, data, size);
        size_t len = avcc_from_annexb(out, in, size);
        assert(len <= avcc_bound(size));
        for (size_t at = 0; at < len;) {
            size_t unit = (size_t)out[at] << 24 | (size_t)out[at + 1] << 16 |
                          (size_t)out[at + 2] << 8 | out[at + 3];
            assert(unit > 0 && unit <= len - at - 4);
            at += 4 + unit;
        }
        int n = avcc_config(config, sizeof(config), in, size);
        assert(n <= (int)sizeof(config));
    }
    free(in);
    free(out);
    return 0;
}
