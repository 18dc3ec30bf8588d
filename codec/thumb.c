#include "codec/thumb.h"

#include <stdlib.h>
#include <string.h>

enum { FLAT_REACH = 320 }; /* of the width: 4 pixels of 720p, where a glyph's stroke is 2 to 4 */

struct span {
    int from, to;
};

static struct span cell_span(int i, int cells, int pixels)
{
    struct span s = {i * pixels / cells, (i + 1) * pixels / cells};
    if (s.to <= s.from)
        s.to = s.from + 1;
    return s;
}

static void mean_row(uint8_t *mean, const uint8_t *luma, ptrdiff_t stride, struct span rows,
                     int width)
{
    for (int i = 0; i < THUMB_W; i++) {
        struct span columns = cell_span(i, THUMB_W, width);
        unsigned sum = 0, n = 0;
        /* Every second line: the others say the same and cost as much. */
        for (int y = rows.from; y < rows.to; y += 2) {
            const uint8_t *line = luma + y * stride;
            for (int x = columns.from; x < columns.to; x++)
                sum += line[x];
            n += (unsigned)(columns.to - columns.from);
        }
        mean[i] = (uint8_t)((sum + n / 2) / n);
    }
}

static int clamp(int v, int most)
{
    return v < 0 ? 0 : v > most ? most : v;
}

static unsigned is_flat(const uint8_t *luma, ptrdiff_t stride, struct size size, int x, int y)
{
    int reach = size.width < FLAT_REACH ? 1 : size.width / FLAT_REACH;
    int right = clamp(x + reach, size.width - 1);
    int down = clamp(y + reach, size.height - 1);
    uint8_t here = luma[y * stride + x];
    return here == luma[y * stride + right] && here == luma[down * stride + x] &&
           here == luma[down * stride + right];
}

void thumb_take(struct thumb *t, const uint8_t *luma, ptrdiff_t stride, struct size size)
{
    unsigned flat = 0;
    for (int j = 0; j < THUMB_H; j++) {
        struct span rows = cell_span(j, THUMB_H, size.height);
        int y = (rows.from + rows.to) / 2;
        y = clamp(y, size.height - 1);
        mean_row(t->mean + (ptrdiff_t)j * THUMB_W, luma, stride, rows, size.width);
        for (int i = 0; i < THUMB_W; i++) {
            struct span columns = cell_span(i, THUMB_W, size.width);
            int x = clamp((columns.from + columns.to) / 2, size.width - 1);
            t->point[j * THUMB_W + i] = luma[y * stride + x];
            flat += is_flat(luma, stride, size, x, y);
        }
    }
    t->flat = (uint16_t)flat;
}

unsigned thumb_diff(const uint8_t a[THUMB_CELLS], const uint8_t b[THUMB_CELLS], int threshold)
{
    unsigned n = 0;
    for (int i = 0; i < THUMB_CELLS; i++)
        n += abs(a[i] - b[i]) > threshold;
    return n;
}
