#include "server/viewer/crowd.h"

#include <errno.h>
#include <stdlib.h>

#include <uv.h>

#include "server/base/clock.h"
#include "server/metrics/metrics.h"
#include "server/viewer/link.h"
#include "server/viewer/parcel.h"
#include "server/viewer/viewer.h"

enum {
    TEXT_MAX = 1024, /* docs/protocol.md */
    TEXTS_PER_S = 20,
    SLICES = 10, /* so many ticks look at everybody once: 500 of 5,000 in 5 ms */
    TICK_MS = LINK_LOOK_MS / SLICES,
    ROOM_MIN = 64,
};

struct crowd {
    struct crowd_params params;
    struct ws_events events;
    struct ws_protocol protocol;
    uv_timer_t timer;
    uint64_t next_tick_ms;
    struct parcel parcel; /* in which all viewers' messages are put together */
    struct viewer **viewers;
    size_t n, room;
    size_t slice; /* the next tick looks at every SLICESth viewer from this one on */
    void (*closed)(void *arg);
    void *closed_arg;
};

const struct crowd_params *crowd_params_of(const struct crowd *crowd)
{
    return &crowd->params;
}

struct parcel *crowd_parcel(struct crowd *crowd)
{
    return &crowd->parcel;
}

const struct ws_protocol *crowd_protocol(const struct crowd *crowd)
{
    return &crowd->protocol;
}

size_t crowd_size(const struct crowd *crowd)
{
    return crowd->n;
}

static int add(struct crowd *crowd, struct viewer *v)
{
    if (crowd->n == crowd->room) {
        size_t room = crowd->room ? crowd->room * 2 : ROOM_MIN;
        struct viewer **viewers = realloc(crowd->viewers, room * sizeof(struct viewer *));
        if (!viewers)
            return -ENOMEM;
        crowd->viewers = viewers;
        crowd->room = room;
    }
    *viewer_place(v) = crowd->n;
    crowd->viewers[crowd->n++] = v;
    return 0;
}

static void take_out(struct crowd *crowd, struct viewer *v)
{
    size_t place = *viewer_place(v);
    struct viewer *last = crowd->viewers[--crowd->n];
    crowd->viewers[place] = last;
    *viewer_place(last) = place;
}

static bool on_open(struct ws *ws, void *arg)
{
    struct crowd *crowd = arg;
    struct viewer *v;
    if (crowd->n >= crowd->params.max_viewers) {
        metric_add_named(METRIC_VIEWERS_JOINED, "too_many", 1);
        return false;
    }
    if (viewer_new(&v, crowd, ws) != 0)
        return false;
    if (add(crowd, v) != 0) {
        viewer_free(&v);
        return false;
    }
    return true;
}

static void on_text(void *user, const char *text, size_t len)
{
    viewer_text(user, text, len);
}

static void on_writable(void *user)
{
    viewer_writable(user);
}

static void on_close(void *user)
{
    struct viewer *v = user;
    take_out(viewer_crowd(v), v);
    viewer_free(&v);
}

/* Looks at a part of the crowd; everybody's turn comes once in LINK_LOOK_MS, however few they are.
 */
static void look_slice(struct crowd *crowd)
{
    uint64_t now = clock_ms();
    for (size_t i = crowd->slice; i < crowd->n; i += SLICES)
        viewer_look(crowd->viewers[i], now);
    crowd->slice = (crowd->slice + 1) % SLICES;
}

/* One-shot timers against a schedule of our own: libuv's repeat counts from when the callback ran,
 * and loses 40 % of the ticks when the loop is busy. What is overdue waits for the loop's next
 * turn: a timer of 0 ms that a timer starts would run in this one, and so would all slices of a
 * late loop. */
static void on_tick(uv_timer_t *timer)
{
    struct crowd *crowd = timer->data;
    look_slice(crowd);
    uv_update_time(crowd->params.loop);
    uint64_t now = uv_now(crowd->params.loop);
    crowd->next_tick_ms += TICK_MS;
    if (crowd->next_tick_ms + LINK_LOOK_MS < now) /* hopelessly late: begin anew */
        crowd->next_tick_ms = now;
    uv_timer_start(timer, on_tick, crowd->next_tick_ms > now ? crowd->next_tick_ms - now : 1, 0);
}

int crowd_new(struct crowd **out, const struct crowd_params *p)
{
    struct crowd *crowd = calloc(1, sizeof(*crowd));
    if (!crowd)
        return -ENOMEM;
    int err = parcel_init(&crowd->parcel);
    if (err) {
        free(crowd);
        return err;
    }
    crowd->params = *p;
    crowd->events = (struct ws_events){.on_open = on_open,
                                       .on_text = on_text,
                                       .on_writable = on_writable,
                                       .on_close = on_close,
                                       .arg = crowd};
    crowd->protocol = (struct ws_protocol){.name = "airclass.v1",
                                           .events = &crowd->events,
                                           .text_max = TEXT_MAX,
                                           .texts_per_s = TEXTS_PER_S};
    uv_timer_init(p->loop, &crowd->timer);
    crowd->timer.data = crowd;
    crowd->next_tick_ms = uv_now(p->loop) + TICK_MS;
    uv_timer_start(&crowd->timer, on_tick, TICK_MS, 0);
    *out = crowd;
    return 0;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct crowd *crowd = handle->data;
    void (*closed)(void *arg) = crowd->closed;
    void *arg = crowd->closed_arg;
    free(crowd->viewers);
    parcel_release(&crowd->parcel);
    free(crowd);
    closed(arg);
}

void crowd_close(struct crowd *crowd, void (*closed)(void *arg), void *arg)
{
    crowd->closed = closed;
    crowd->closed_arg = arg;
    uv_close((uv_handle_t *)&crowd->timer, on_timer_closed);
}
