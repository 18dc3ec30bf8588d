#include "server/api/handlers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/lesson_page.h"
#include "server/api/plan_json.h"
#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/session/session.h"

/* How today's lessons go, for who looks after all of them: a page of the list, and how many there
 * are of each phase. */

enum phase { LATER, LATE, LIVE, ELSEWHERE, OVER, PHASES };
static const char *const phases[PHASES] = {"later", "late", "live", "elsewhere", "over"};

enum {
    NOW = 1u << LATE | 1u << LIVE | 1u << ELSEWHERE,
    ALL = (1u << PHASES) - 1,
    EARLY_S = 10 * 60, /* a teacher who is there before counts as teaching; home/time.ts */
};

/* -- what is there ----------------------------------------------------------------------------- */

/* The session of a lesson of today. */
struct taught {
    const struct timetable_lesson *what;
    enum session_state state;
    size_t viewers;
};

/* Few of the day's thousands have one: they are gone through once, and found by the lesson. */
struct room {
    const struct planner *planner;
    struct taught *all;
    size_t n;
    bool has_no_memory;
};

static void add_taught(void *arg, const char *id, const struct session_facts *facts)
{
    struct room *room = arg;
    const struct timetable_lesson *what = planner_lesson(room->planner, id);
    struct taught *grown = what ? realloc(room->all, (room->n + 1) * sizeof(*grown)) : NULL;
    if (grown) {
        room->all = grown;
        grown[room->n++] = (struct taught){what, facts->state, facts->viewers};
    }
    room->has_no_memory |= what && !grown;
}

static int taught_order(const void *one, const void *other)
{
    const struct timetable_lesson *a = ((const struct taught *)one)->what;
    const struct timetable_lesson *b = ((const struct taught *)other)->what;
    if (a->start_s != b->start_s)
        return a->start_s < b->start_s ? -1 : 1;
    return strcmp(a->entry->id, b->entry->id);
}

static struct room look_around(const struct api_app *app)
{
    struct room room = {.planner = app->planner};
    sessions_each(app->sessions, add_taught, &room);
    if (room.n > 1)
        qsort(room.all, room.n, sizeof(*room.all), taught_order);
    return room;
}

static struct taught find_taught(const struct room *room, const struct timetable_lesson *l)
{
    const struct taught key = {.what = l, .state = SESSION_WAITING};
    const struct taught *found =
        room->n ? bsearch(&key, room->all, room->n, sizeof(key), taught_order) : NULL;
    return found ? *found : key;
}

/* By the clock, and by what the live lesson does. Only the clock can say what goes on at others'.
 */
static enum phase phase_of(const struct timetable_lesson *l, enum session_state state,
                           int64_t now_s)
{
    bool is_taught = state == SESSION_LIVE || state == SESSION_RECONNECTING;
    if (is_taught && now_s >= l->start_s - EARLY_S)
        return LIVE;
    if (now_s < l->start_s)
        return LATER;
    if (now_s >= l->end_s || state == SESSION_ENDED)
        return OVER;
    return l->is_online ? LATE : ELSEWHERE;
}

/* -- the page ---------------------------------------------------------------------------------- */

struct page {
    const struct api_app *app;
    int64_t now_s;
    unsigned wanted; /* phases, a bit each */
    struct lesson_page page;
    json_t *items;
    const struct timetable_lesson *last; /* of the page; what follows is on the next */
    bool has_next;
    size_t classes; /* that it names */
    size_t count[PHASES];
};

/* False: no memory. */
static bool add(struct page *p, const struct timetable_lesson *l, enum phase phase, size_t viewers)
{
    json_t *o = item_json(p->app, l, NULL);
    json_object_set_new(o, "phase", json_string(phases[phase]));
    json_object_set_new(o, "viewers", json_integer((json_int_t)viewers));
    p->last = l;
    p->classes += l->entry->n_classes;
    return json_array_append_new(p->items, o) == 0;
}

static bool fill(struct page *p, const struct room *room, const struct timetable_lesson *lesson,
                 size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct taught t = find_taught(room, &lesson[i]);
        enum phase phase = phase_of(&lesson[i], t.state, p->now_s);
        p->count[phase]++;
        if (!(p->wanted >> phase & 1u) || !lesson_page_is_behind(&p->page, &lesson[i]))
            continue;
        p->has_next = json_array_size(p->items) == p->page.limit || p->classes >= PAGE_CLASSES_MAX;
        if (p->has_next)
            p->wanted = 0; /* the others are only counted */
        else if (!add(p, &lesson[i], phase, t.viewers))
            return false;
    }
    return true;
}

/* NULL: no memory. */
static json_t *page_json(struct page *p, const struct timetable_lesson *lesson, size_t n)
{
    char next[LESSON_NEXT_SIZE];
    struct room room = look_around(p->app);
    p->items = json_array();
    bool is_filled = !room.has_no_memory && fill(p, &room, lesson, n);
    free(room.all);
    if (!is_filled) {
        json_decref(p->items);
        return NULL;
    }
    json_t *counts = json_object();
    for (size_t i = 0; i < PHASES; i++)
        json_object_set_new(counts, phases[i], json_integer((json_int_t)p->count[i]));
    if (p->has_next)
        lesson_page_next(next, p->last);
    return json_pack("{s:o, s:o, s:s?}", "items", p->items, "counts", counts, "next",
                     p->has_next ? next : NULL);
}

/* -- what is asked for ------------------------------------------------------------------------- */

static bool read_state(const char *text, unsigned *wanted)
{
    *wanted = !text || *text ? 0 : ALL;
    if (text && strcmp(text, "now") == 0)
        *wanted = NOW;
    for (size_t i = 0; i < PHASES && text && !*wanted; i++) {
        if (strcmp(text, phases[i]) == 0)
            *wanted = 1u << i;
    }
    return *wanted != 0;
}

static bool read_page(struct http_request *req, struct page *p)
{
    if (!lesson_page_read(req, &p->page))
        return false;
    if (read_state(http_query(req, "state"), &p->wanted))
        return true;
    http_fail(req, 400, "bad_query", "Expected ?state=now, later, late, live, elsewhere or over.");
    return false;
}

void api_list_today(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct plan *plan = planner_plan(app->planner);
    const int64_t now_ms = planner_now_ms(app->planner);
    const int32_t today = plan_date(plan, now_ms);
    const char *school = http_query(req, "school");
    const struct timetable_filter filter = {.school = school && *school ? school : NULL,
                                            .is_reached = true};
    struct page p = {.app = app, .now_s = now_ms / 1000};
    struct timetable_lesson *lessons = NULL;
    size_t n;
    if (!read_page(req, &p))
        return;
    int err =
        plan_lessons(plan, &(struct timetable_days){today, today}, &filter, false, &lessons, &n);
    if (err == -E2BIG)
        http_fail(req, 400, "too_many", "Too many lessons: name a school.");
    else
        reply_json(req, 200, err ? NULL : page_json(&p, lessons, n));
    free(lessons);
}
