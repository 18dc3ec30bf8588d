#include "server/attendance/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) ((element)->is_lost = true)
#include <uthash.h>

/* What a lesson is called, once for all its visits. */
struct lecture {
    char id[STORE_ID_MAX];
    char title[STORE_NAME_MAX];
    bool is_lost;
    UT_hash_handle hh;
};

/* Seconds since the ledger was begun: those that were saved, those that are on their way. */
struct tally {
    uint32_t group_s, voice_s;
};

struct pupil;

struct ledger_visit {
    struct pupil *pupil;
    const struct lecture *lecture;
    struct ledger_visit *next;
    size_t connections;
    uint32_t first_s, last_s;
    struct tally now, sent, saved;
};

struct pupil {
    char id[STORE_ID_MAX];
    struct policy_day day;  /* in lessons that count */
    struct policy_day seen; /* in any lesson, since the ledger was begun */
    uint32_t picture_s;     /* a picture was shown up to here */
    struct ledger_visit *visits;
    bool is_added; /* what the disk had */
    bool is_queued;
    uint64_t due_ms;
    struct pupil *next; /* in the queue */
    bool is_lost;
    UT_hash_handle hh;
};

struct ledger {
    int32_t date;
    struct pupil *pupils;
    struct lecture *lectures;
    struct pupil *first, **last; /* those with news, in the order in which they are due */
    struct pupil *sent[LEDGER_PORTION];
    size_t n_sent;
};

int ledger_new(struct ledger **out, int32_t date)
{
    struct ledger *ledger = calloc(1, sizeof(*ledger));
    if (!ledger)
        return -ENOMEM;
    ledger->date = date;
    ledger->last = &ledger->first;
    *out = ledger;
    return 0;
}

static void drop_visit(struct ledger_visit **at)
{
    struct ledger_visit *v = *at;
    *at = v->next;
    free(v);
}

bool ledger_shrink(struct ledger *ledger, size_t n)
{
    struct pupil *p, *next;
    HASH_ITER (hh, ledger->pupils, p, next) {
        if (n-- == 0)
            return false;
        HASH_DEL(ledger->pupils, p);
        while (p->visits)
            drop_visit(&p->visits);
        free(p);
    }
    return true;
}

void ledger_free(struct ledger **ledger)
{
    struct ledger *gone = *ledger;
    struct lecture *l, *next;
    *ledger = NULL;
    if (!gone)
        return;
    ledger_shrink(gone, SIZE_MAX);
    HASH_ITER (hh, gone->lectures, l, next) {
        HASH_DEL(gone->lectures, l);
        free(l);
    }
    free(gone);
}

int32_t ledger_date(const struct ledger *ledger)
{
    return ledger->date;
}

/* -- rows -------------------------------------------------------------------------------------- */

static struct pupil *find_pupil(const struct ledger *ledger, const char *id)
{
    struct pupil *p;
    HASH_FIND_STR(ledger->pupils, id, p);
    return p;
}

/* NULL: no memory. */
static struct pupil *need_pupil(struct ledger *ledger, const char *id)
{
    struct pupil *p = find_pupil(ledger, id);
    if (p)
        return p;
    p = calloc(1, sizeof(*p));
    if (!p)
        return NULL;
    snprintf(p->id, sizeof(p->id), "%s", id);
    p->day.date = p->seen.date = ledger->date;
    HASH_ADD_STR(ledger->pupils, id, p);
    if (!p->is_lost)
        return p;
    free(p);
    return NULL;
}

static struct lecture *need_lecture(struct ledger *ledger, const char *id, const char *title)
{
    struct lecture *l;
    HASH_FIND_STR(ledger->lectures, id, l);
    if (l)
        return l;
    l = calloc(1, sizeof(*l));
    if (!l)
        return NULL;
    snprintf(l->id, sizeof(l->id), "%s", id);
    snprintf(l->title, sizeof(l->title), "%s", title);
    HASH_ADD_STR(ledger->lectures, id, l);
    if (!l->is_lost)
        return l;
    free(l);
    return NULL;
}

static struct ledger_visit *need_visit(struct pupil *p, const struct lecture *l)
{
    struct ledger_visit *v = p->visits;
    while (v && v->lecture != l)
        v = v->next;
    if (v)
        return v;
    v = calloc(1, sizeof(*v));
    if (!v)
        return NULL;
    v->pupil = p;
    v->lecture = l;
    v->next = p->visits;
    p->visits = v;
    return v;
}

struct policy_day ledger_day(const struct ledger *ledger, const char *person)
{
    const struct pupil *p = find_pupil(ledger, person);
    return p ? p->day : (struct policy_day){.date = ledger->date};
}

int ledger_add(struct ledger *ledger, const struct store_minutes *saved)
{
    struct pupil *p = need_pupil(ledger, saved->person);
    if (!p)
        return -ENOMEM;
    if (p->is_added)
        return 0;
    p->is_added = true;
    p->day.group_s += saved->group_s;
    p->day.voice_s += saved->voice_s;
    if (saved->until_s > p->day.until_s)
        p->day.until_s = saved->until_s;
    return 0;
}

int ledger_enter(struct ledger *ledger, const char *person, const char *lesson, const char *title,
                 struct ledger_visit **out)
{
    const struct lecture *l = need_lecture(ledger, lesson, title);
    struct pupil *p = l ? need_pupil(ledger, person) : NULL;
    struct ledger_visit *v = p ? need_visit(p, l) : NULL;
    if (!v)
        return -ENOMEM;
    v->connections++;
    *out = v;
    return 0;
}

static bool is_saved(const struct ledger_visit *v)
{
    return v->now.group_s == v->saved.group_s && v->now.voice_s == v->saved.voice_s;
}

/* What is on the disk and has nobody in it needs no memory. */
static void forget_visits(struct pupil *p)
{
    for (struct ledger_visit **at = &p->visits; *at;) {
        if ((*at)->connections == 0 && is_saved(*at))
            drop_visit(at);
        else
            at = &(*at)->next;
    }
}

void ledger_leave(struct ledger_visit *v)
{
    v->connections--;
    forget_visits(v->pupil);
}

const struct policy_day *ledger_visit_day(const struct ledger_visit *v)
{
    return &v->pupil->day;
}

/* -- counting ---------------------------------------------------------------------------------- */

static void queue(struct ledger *ledger, struct pupil *p, uint64_t now_ms)
{
    if (p->is_queued)
        return;
    p->is_queued = true;
    p->due_ms = now_ms + LEDGER_DUE_MS;
    p->next = NULL;
    *ledger->last = p;
    ledger->last = &p->next;
}

/* What is new of the pupil's time belongs to this visit. */
static void credit(struct ledger_visit *v, const struct policy_day *before,
                   const struct policy_day *after, const struct ledger_span *span)
{
    if (v->now.group_s + v->now.voice_s == 0)
        v->first_s = span->from_s;
    if (span->to_s > v->last_s)
        v->last_s = span->to_s;
    v->now.group_s += after->group_s - before->group_s;
    v->now.voice_s += after->voice_s - before->voice_s;
}

void ledger_count(struct ledger *ledger, struct ledger_visit *v, const struct ledger_span *span,
                  uint64_t now_ms)
{
    struct pupil *p = v->pupil;
    const struct policy_day before = p->seen;
    if (span->has_picture && span->to_s > p->picture_s)
        p->picture_s = span->to_s;
    bool is_voice = p->picture_s + LEDGER_PICTURE_S < span->to_s || p->picture_s == 0;
    policy_count(&p->seen, ledger->date, span->from_s, span->to_s, is_voice);
    if (span->is_counted)
        policy_count(&p->day, ledger->date, span->from_s, span->to_s, is_voice);
    if (p->seen.until_s == before.until_s)
        return;
    credit(v, &before, &p->seen, span);
    queue(ledger, p, now_ms);
}

/* -- to the disk ------------------------------------------------------------------------------- */

static void put_visit(struct batch *batch, int32_t date, struct ledger_visit *v)
{
    v->sent = v->now;
    batch_add_visit(batch, &(struct store_visit){.person = v->pupil->id,
                                                 .day = date,
                                                 .lesson = v->lecture->id,
                                                 .first_s = v->first_s,
                                                 .last_s = v->last_s,
                                                 .group_s = v->now.group_s - v->saved.group_s,
                                                 .voice_s = v->now.voice_s - v->saved.voice_s});
    if (v->saved.group_s + v->saved.voice_s == 0)
        batch_put_visit_title(batch, date, v->lecture->id, v->lecture->title);
}

static void put_pupil(struct batch *batch, int32_t date, struct pupil *p)
{
    if (p->day.group_s + p->day.voice_s > 0)
        batch_put_minutes(batch, &(struct store_minutes){.person = p->id,
                                                         .day = date,
                                                         .until_s = p->day.until_s,
                                                         .group_s = p->day.group_s,
                                                         .voice_s = p->day.voice_s});
    for (struct ledger_visit *v = p->visits; v; v = v->next) {
        if (!is_saved(v))
            put_visit(batch, date, v);
    }
}

size_t ledger_take(struct ledger *ledger, struct batch *batch, uint64_t now_ms, bool is_hasty)
{
    if (ledger->n_sent > 0)
        return 0;
    while (ledger->first && ledger->n_sent < LEDGER_PORTION &&
           (is_hasty || ledger->first->due_ms <= now_ms)) {
        struct pupil *p = ledger->first;
        ledger->first = p->next;
        p->is_queued = false;
        put_pupil(batch, ledger->date, p);
        ledger->sent[ledger->n_sent++] = p;
    }
    if (!ledger->first)
        ledger->last = &ledger->first;
    return ledger->n_sent;
}

static void keep_saved(struct pupil *p)
{
    for (struct ledger_visit *v = p->visits; v; v = v->next)
        v->saved = v->sent;
    forget_visits(p);
}

void ledger_written(struct ledger *ledger, int err, uint64_t now_ms)
{
    for (size_t i = 0; i < ledger->n_sent; i++) {
        if (err)
            queue(ledger, ledger->sent[i], now_ms);
        else
            keep_saved(ledger->sent[i]);
    }
    ledger->n_sent = 0;
}

bool ledger_is_written(const struct ledger *ledger)
{
    return !ledger->first && ledger->n_sent == 0;
}
