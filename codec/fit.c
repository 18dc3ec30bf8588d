#include "codec/fit.h"

#include <stdbool.h>

/* Tags carry whole milliseconds: a picture of 30 fps comes at 33 ms, just before its slot at 33.3,
 * and capture jitters by a few milliseconds on top. */
enum { SLOT_EARLY_MS = 8 };

/* The even number nearest to num/den that is at most `most`. */
static int even_near(int64_t num, int64_t den, int most)
{
    int64_t even = (num + den) / (2 * den) * 2;
    if (even > most)
        even = most - most % 2;
    return even < SIZE_MIN ? SIZE_MIN : (int)even;
}

static bool is_sane_aspect(int num, int den)
{
    return num > 0 && den > 0 && num / den < 4 && den / num < 4;
}

struct size fit_into(struct size source, int aspect_num, int aspect_den, struct size box)
{
    int64_t w = source.width, h = source.height;
    if (is_sane_aspect(aspect_num, aspect_den))
        w = w * aspect_num / aspect_den;
    if (w <= box.width && h <= box.height)
        return (struct size){even_near(w, 1, (int)w), even_near(h, 1, (int)h)};
    if (w * box.height > h * box.width) /* wider than the box */
        return (struct size){even_near(box.width, 1, box.width),
                             even_near(h * box.width, w, box.height)};
    return (struct size){even_near(w * box.height, h, box.width),
                         even_near(box.height, 1, box.height)};
}

uint64_t slot_of(uint32_t pts_ms, uint32_t fps)
{
    return ((uint64_t)pts_ms + SLOT_EARLY_MS) * fps / 1000;
}
