#include "server/board/page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct stroke {
    uint16_t id;
    uint32_t at_ms;  /* of its newest event */
    uint32_t points; /* without the first one */
    uint32_t len, room;
    uint8_t *events;
};

static void stroke_free(struct page *p, struct stroke *s)
{
    p->bytes -= STROKE_BYTES + s->len;
    if (p->open == s)
        p->open = NULL;
    free(s->events);
    free(s);
}

void page_clear(struct page *p)
{
    while (p->n > 0)
        stroke_free(p, p->strokes[--p->n]);
}

void page_release(struct page *p)
{
    page_clear(p);
    free(p->strokes);
    *p = (struct page){0};
}

/* The place of the first stroke whose id is not below `id`: the last one, most of the time. */
static size_t place_of(const struct page *p, uint16_t id)
{
    size_t low = 0, high = p->n;
    if (p->n > 0 && p->strokes[p->n - 1]->id < id)
        return p->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->strokes[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool has_at(const struct page *p, size_t place, uint16_t id)
{
    return place < p->n && p->strokes[place]->id == id;
}

static void erase(struct page *p, uint16_t id)
{
    size_t place = place_of(p, id);
    if (!has_at(p, place, id))
        return;
    stroke_free(p, p->strokes[place]);
    p->n--;
    memmove(&p->strokes[place], &p->strokes[place + 1], (p->n - place) * sizeof(struct stroke *));
}

static int grow_list(struct page *p)
{
    if (p->n < p->room)
        return 0;
    size_t room = p->room ? p->room * 2 : 32;
    struct stroke **strokes = realloc(p->strokes, room * sizeof(struct stroke *));
    if (!strokes)
        return -ENOMEM;
    p->strokes = strokes;
    p->room = room;
    return 0;
}

static int append(struct page *p, struct stroke *s, const struct event *e, uint32_t at_ms)
{
    if (s->room - s->len < e->len) {
        uint32_t room = 2 * s->room + e->len;
        uint8_t *events = realloc(s->events, room);
        if (!events)
            return -ENOMEM;
        s->events = events;
        s->room = room;
    }
    put_bytes(s->events + s->len, e->bytes, e->len);
    s->len += e->len;
    s->at_ms = at_ms;
    s->points += e->points;
    p->bytes += e->len;
    return 0;
}

static int begin(struct page *p, const struct event *e, uint32_t at_ms)
{
    erase(p, e->id); /* said again, or drawn again by redo */
    p->open = NULL;
    int err = grow_list(p);
    struct stroke *s = err ? NULL : calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->id = e->id;
    p->bytes += STROKE_BYTES;
    err = append(p, s, e, at_ms);
    if (err) {
        stroke_free(p, s);
        return err;
    }
    size_t place = place_of(p, e->id);
    memmove(&p->strokes[place + 1], &p->strokes[place], (p->n - place) * sizeof(struct stroke *));
    p->strokes[place] = p->open = s;
    p->n++;
    return 0;
}

static int end(struct page *p, const struct event *e, uint32_t at_ms)
{
    struct stroke *s = p->open;
    p->open = NULL;
    return s ? append(p, s, e, at_ms) : 0;
}

int page_apply(struct page *p, const struct event *e, uint32_t at_ms)
{
    switch (e->op) {
    case EVENT_BEGIN: return begin(p, e, at_ms);
    case EVENT_POINTS: return p->open ? append(p, p->open, e, at_ms) : 0;
    case EVENT_END: return end(p, e, at_ms);
    case EVENT_ERASE: erase(p, e->id); return 0;
    case EVENT_CLEAR: page_clear(p); return 0;
    default: return 0;
    }
}

uint32_t page_open_points(const struct page *p)
{
    return p->open ? p->open->points : 0;
}

size_t page_length(const struct page *p, bool has_times)
{
    return p->bytes - p->n * STROKE_BYTES + (has_times ? p->n * EVENT_AT_BYTES : 0);
}

static uint8_t *write_stroke(const struct stroke *s, bool has_times, uint8_t *out)
{
    if (has_times)
        out = event_write_at(out, s->at_ms);
    return put_bytes(out, s->events, s->len);
}

/* What comes next goes on with the open stroke, whose id need not be the highest. */
uint8_t *page_write(const struct page *p, bool has_times, uint8_t *out)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->strokes[i] != p->open)
            out = write_stroke(p->strokes[i], has_times, out);
    }
    return p->open ? write_stroke(p->open, has_times, out) : out;
}
