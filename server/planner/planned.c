#include "server/planner/planned.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "server/base/log.h"
#include "server/planner/planner.h"

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

/* `use` parts what is made of the same lesson. */
static void make_token(const struct planned *p, char out[TOKEN_LEN + 1], const char *use,
                       const struct timetable_lesson *l)
{
    uint8_t raw[TOKEN_LEN];
    char text[PLAN_ID_MAX + 32];
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

static int add_lesson(const struct planned *p, const struct planned_lesson *planned,
                      struct lessons *lessons)
{
    struct lesson l = {.is_open = false};
    memcpy(l.id, planned->id, sizeof(l.id));
    copy_title(l.title, planned->what.entry->title);
    make_token(p, l.stream_key, "stream", &planned->what);
    make_token(p, l.watch_key, "watch", &planned->what);
    return lessons_plan(lessons, &l);
}

void planner_hash_feed(char out[PLANNER_HASH_SIZE], const char *secret)
{
    uint8_t raw[PLANNER_HASH_SIZE / 2];
    crypto_generichash(raw, sizeof(raw), (const uint8_t *)secret, strlen(secret), NULL, 0);
    sodium_bin2hex(out, PLANNER_HASH_SIZE, raw, sizeof(raw));
}

/* ---- a day ---- */

static int planned_order(const void *one, const void *other)
{
    return strcmp(((const struct planned_lesson *)one)->id,
                  ((const struct planned_lesson *)other)->id);
}

static int find_all(const struct planned *p, const struct plan *plan, int32_t date,
                    struct planned_lesson **out, size_t *n)
{
    struct timetable_lesson *day;
    size_t of_day;
    const struct timetable_days days = {date, date};
    const struct timetable_filter everybody = {.school = NULL};
    int err = plan_lessons(plan, &days, &everybody, false, &day, &of_day);
    if (err)
        return err;
    struct planned_lesson *all = calloc(of_day + 1, sizeof(*all));
    *n = 0;
    for (size_t i = 0; i < of_day && all; i++) {
        if (!day[i].is_online)
            continue;
        all[*n].what = day[i];
        planned_id(p, all[(*n)++].id, &day[i]);
    }
    free(day);
    if (!all)
        return -ENOMEM;
    qsort(all, *n, sizeof(*all), planned_order);
    *out = all;
    return 0;
}

static void drop_old(const struct planned *p, const struct planned_lesson *now, size_t n,
                     struct lessons *lessons)
{
    for (size_t i = 0; i < p->n; i++) {
        if (!bsearch(&p->all[i], now, n, sizeof(*now), planned_order))
            lessons_unplan(lessons, p->all[i].id);
    }
}

int planned_sync(struct planned *planned, const struct plan *plan, int32_t date,
                 struct lessons *lessons)
{
    struct planned_lesson *now;
    size_t n;
    int err = find_all(planned, plan, date, &now, &n);
    if (err)
        return err;
    drop_old(planned, now, n, lessons);
    free(planned->all);
    planned->all = now;
    planned->n = n;
    for (size_t i = 0; i < n; i++) {
        err = lessons_find(lessons, now[i].id) ? 0 : add_lesson(planned, &now[i], lessons);
        if (err)
            log_error(NULL, "planner.no-lesson", LOG_STR("lesson", now[i].id), LOG_ERR(err));
    }
    return 0;
}

const struct planned_lesson *planned_find(const struct planned *planned, const char *id)
{
    struct planned_lesson key = {.id = ""};
    if (planned->n == 0 || strnlen(id, LESSON_ID_MAX) == LESSON_ID_MAX)
        return NULL;
    snprintf(key.id, sizeof(key.id), "%s", id);
    return bsearch(&key, planned->all, planned->n, sizeof(key), planned_order);
}
