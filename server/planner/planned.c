#include "server/planner/planned.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "server/base/log.h"
#include "server/planner/planner.h"

enum { USE_MAX = STORE_ID_MAX + 8 };

static_assert((int)TOKEN_LEN <= (int)crypto_generichash_BYTES_MAX, "a hash is spelled as a token");

int planned_init(struct planned *planned, const char *secret)
{
    static const char context[] = "airclass planned lessons";
    *planned = (struct planned){.n = 0};
    if (sodium_init() < 0)
        return -EIO;
    crypto_generichash_state state;
    crypto_generichash_init(&state, (const uint8_t *)context, sizeof(context) - 1,
                            PLANNED_KEY_SIZE);
    crypto_generichash_update(&state, (const uint8_t *)secret, strlen(secret));
    crypto_generichash_final(&state, planned->key, PLANNED_KEY_SIZE);
    return 0;
}

void planned_release(struct planned *planned)
{
    sodium_memzero(planned->key, sizeof(planned->key));
    free(planned->all);
    *planned = (struct planned){.n = 0};
}

/* `use` parts what is made of the same lesson: without spaces. */
static void make_token(const struct planned *p, char out[TOKEN_LEN + 1], const char *use,
                       const struct timetable_lesson *l)
{
    uint8_t raw[TOKEN_LEN];
    char text[USE_MAX + PLAN_ID_MAX + 16];
    int n = snprintf(text, sizeof(text), "%s %d %s", use, l->date, l->entry->id);
    crypto_generichash(raw, sizeof(raw), (const uint8_t *)text, (size_t)n, p->key, sizeof(p->key));
    token_spell(out, raw);
}

void planned_id(const struct planned *planned, char out[LESSON_ID_MAX],
                const struct timetable_lesson *lesson)
{
    enum { ID_LEN = 16 }; /* 80 bits: two of a million lessons never meet */
    char token[TOKEN_LEN + 1];
    int year, month, day;
    make_token(planned, token, "id", lesson);
    date_split(lesson->date, &year, &month, &day);
    snprintf(out, LESSON_ID_MAX, "%.*s-%04d%02d%02d", ID_LEN, token, year, month, day);
}

static void copy_title(char out[LESSON_TITLE_MAX], const char *title)
{
    snprintf(out, LESSON_TITLE_MAX, "%s", title);
    if (!lesson_title_is_valid(out))
        out[0] = '\0';
}

static int put_lesson(const struct planned *p, const struct planned_lesson *planned,
                      struct lessons *lessons)
{
    struct lesson l = {.is_open = false};
    char use[USE_MAX];
    memcpy(l.id, planned->id, sizeof(l.id));
    copy_title(l.title, planned->what.entry->title);
    snprintf(use, sizeof(use), "stream/%s", planned->lecturer);
    make_token(p, l.stream_key, use, &planned->what);
    make_token(p, l.watch_key, "watch", &planned->what);
    return lessons_plan(lessons, &l);
}

void planner_hash_feed(char out[PLANNER_HASH_SIZE], const char *secret)
{
    uint8_t raw[PLANNER_HASH_SIZE / 2];
    crypto_generichash(raw, sizeof(raw), (const uint8_t *)secret, strlen(secret), NULL, 0);
    sodium_bin2hex(out, PLANNER_HASH_SIZE, raw, sizeof(raw));
}

/* ---- from one day, or plan, to another ---- */

static int planned_order(const void *one, const void *other)
{
    return strcmp(((const struct planned_lesson *)one)->id,
                  ((const struct planned_lesson *)other)->id);
}

static struct planned_lesson *find(const struct planned_lesson *all, size_t n,
                                   const struct planned_lesson *key)
{
    return n > 0 ? bsearch(key, all, n, sizeof(*all), planned_order) : NULL;
}

static int find_all(struct planned_step *out, const struct planned *p, const struct plan *plan,
                    int32_t date)
{
    struct timetable_lesson *day = NULL;
    size_t of_day;
    const struct timetable_days days = {date, date};
    const struct timetable_filter everybody = {.school = NULL};
    int err = plan_lessons(plan, &days, &everybody, false, &day, &of_day);
    if (err)
        return err;
    out->all = calloc(of_day + 1, sizeof(*out->all));
    for (size_t i = 0; i < of_day && out->all; i++) {
        if (!day[i].is_online)
            continue;
        struct planned_lesson *l = &out->all[out->n++];
        l->what = day[i];
        l->lecturer = plan_person(plan, day[i].entry->lecturer) ? day[i].entry->lecturer : "";
        planned_id(p, l->id, &day[i]);
    }
    free(day);
    if (!out->all)
        return -ENOMEM;
    if (out->n > 1)
        qsort(out->all, out->n, sizeof(*out->all), planned_order);
    return 0;
}

/* A lesson that is to be made, with what says when. */
struct coming {
    bool is_over;
    int64_t start_s;
    uint32_t index;
};

static int coming_order(const void *one, const void *other)
{
    const struct coming *a = one, *b = other;
    if (a->is_over != b->is_over)
        return a->is_over - b->is_over;
    return (a->start_s > b->start_s) - (a->start_s < b->start_s);
}

static bool is_same(const struct planned_lesson *a, const struct planned_lesson *b)
{
    return strcmp(a->lecturer, b->lecturer) == 0 &&
           strcmp(a->what.entry->title, b->what.entry->title) == 0;
}

static int find_coming(struct planned_step *out, const struct planned *p, int64_t now_s)
{
    struct coming *coming = calloc(out->n + 1, sizeof(*coming));
    out->come = calloc(out->n + 1, sizeof(*out->come));
    if (!coming || !out->come) {
        free(coming);
        return -ENOMEM;
    }
    for (size_t i = 0; i < out->n; i++) {
        const struct planned_lesson *before = find(p->all, p->n, &out->all[i]);
        const struct timetable_lesson *l = &out->all[i].what;
        out->all[i].is_made = before && before->is_made && is_same(before, &out->all[i]);
        if (!out->all[i].is_made)
            coming[out->n_come++] = (struct coming){l->end_s <= now_s, l->start_s, (uint32_t)i};
    }
    if (out->n_come > 1)
        qsort(coming, out->n_come, sizeof(*coming), coming_order);
    for (size_t i = 0; i < out->n_come; i++)
        out->come[i] = coming[i].index;
    free(coming);
    return 0;
}

static int find_gone(struct planned_step *out, const struct planned *p)
{
    out->gone = calloc(p->n + 1, sizeof(*out->gone));
    for (size_t i = 0; i < p->n && out->gone; i++) {
        if (!find(out->all, out->n, &p->all[i]))
            out->gone[out->n_gone++] = (uint32_t)i;
    }
    return out->gone ? 0 : -ENOMEM;
}

static int find_told(struct planned_step *out, planned_concerns_fn *concerns, void *arg)
{
    out->told = calloc(out->n + 1, sizeof(*out->told));
    for (size_t i = 0; i < out->n && concerns && out->told; i++) {
        if (concerns(arg, out->all[i].what.entry))
            out->told[out->n_told++] = (uint32_t)i;
    }
    return out->told ? 0 : -ENOMEM;
}

void planned_step_release(struct planned_step *step)
{
    free(step->all);
    free(step->come);
    free(step->told);
    free(step->gone);
    *step = (struct planned_step){.n = 0};
}

int planned_prepare(struct planned_step *out, const struct planned *planned,
                    const struct plan *plan, int64_t now_ms, planned_concerns_fn *concerns,
                    void *arg)
{
    *out = (struct planned_step){.n = 0};
    int err = find_all(out, planned, plan, plan_date(plan, now_ms));
    if (!err)
        err = find_coming(out, planned, now_ms / 1000);
    if (!err)
        err = find_gone(out, planned);
    if (!err)
        err = find_told(out, concerns, arg);
    if (err)
        planned_step_release(out);
    return err;
}

void planned_begin(struct planned *planned, struct planned_step *step)
{
    struct planned_lesson *before = planned->all;
    planned->all = step->all;
    planned->n = step->n;
    step->all = before;
}

static void make(struct planned *p, struct planned_lesson *l, struct lessons *lessons)
{
    int err = put_lesson(p, l, lessons);
    if (err)
        log_error(NULL, "planner.no-lesson", LOG_STR("lesson", l->id), LOG_ERR(err));
    l->is_made = !err;
}

/* The next thing that is to be done. */
static void go(struct planned *p, struct planned_step *s, struct lessons *lessons,
               const struct planned_events *events)
{
    size_t i = s->at++;
    if (i < s->n_come) {
        make(p, &p->all[s->come[i]], lessons);
        return;
    }
    i -= s->n_come;
    if (i >= s->n_told)
        lessons_unplan(lessons, s->all[s->gone[i - s->n_told]].id);
    else if (events->on_changed)
        events->on_changed(events->arg, p->all[s->told[i]].id);
}

bool planned_go_on(struct planned *planned, struct planned_step *step, size_t max,
                   struct lessons *lessons, const struct planned_events *events)
{
    size_t n = step->n_come + step->n_told + step->n_gone;
    size_t end = n - step->at < max ? n : step->at + max;
    while (step->at < end)
        go(planned, step, lessons, events);
    return step->at < n;
}

const struct planned_lesson *planned_find(const struct planned *planned, const char *id)
{
    struct planned_lesson key = {.id = ""};
    if (strnlen(id, LESSON_ID_MAX) == LESSON_ID_MAX)
        return NULL;
    snprintf(key.id, sizeof(key.id), "%s", id);
    return find(planned->all, planned->n, &key);
}
