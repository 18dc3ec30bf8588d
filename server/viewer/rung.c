#include "server/viewer/rung.h"

#include <errno.h>
#include <string.h>

/* What kind of picture a rung shows for this content: none, stills or video. */
enum picture { PICTURE_NONE, PICTURE_STILL, PICTURE_VIDEO };

static enum picture picture_of(const struct rung_facts *f, const struct rung *rung)
{
    const struct rung_choice *choice = rung_picture(rung, f->content);
    if (choice->n == 0)
        return PICTURE_NONE;
    uint8_t codec = f->ladder->specs[choice->rendition[0]].codec;
    return codec_is_still(codec) ? PICTURE_STILL : PICTURE_VIDEO;
}

static bool is_allowed(const struct rung_facts *f, int index)
{
    const struct rung *rung = &f->ladder->rungs[index];
    bool may_see = !f->is_hidden && !f->is_used_up;
    if (!rung_fits(rung, f->content))
        return false;
    switch (picture_of(f, rung)) {
    case PICTURE_NONE: return true;
    case PICTURE_STILL: return f->can_still && may_see && f->mode != RUNG_VOICE;
    case PICTURE_VIDEO: return f->can_video && may_see && f->mode == RUNG_AUTO;
    }
    return false;
}

/* Stills take what voice leaves them: with less, each only takes longer. So they need what the best
 * rung without a picture does. */
static uint32_t needs_kbps(const struct rung_facts *f, int index)
{
    int i = index;
    while (i > 0 && picture_of(f, &f->ladder->rungs[i]) == PICTURE_STILL)
        i--;
    return f->ladder->rungs[i].wire_kbps;
}

/* The highest allowed rung that needs at most `kbps`; else the lowest that is allowed. */
static int best_within(const struct rung_facts *f, uint32_t kbps)
{
    int best = -1;
    for (int i = 0; i < (int)f->ladder->n_rungs; i++) {
        if (is_allowed(f, i) && (best < 0 || needs_kbps(f, i) <= kbps))
            best = i;
    }
    return best < 0 ? 0 : best;
}

static int next_above(const struct rung_facts *f, int from)
{
    for (int i = from + 1; i < (int)f->ladder->n_rungs; i++) {
        if (is_allowed(f, i))
            return i;
    }
    return from;
}

/* The first thing a viewer gets: voice and the present still, which also shows what the link
 * carries; voice alone where stills can't be shown. */
static int first_rung(const struct rung_facts *f)
{
    int best = -1;
    for (int i = 0; i < (int)f->ladder->n_rungs; i++) {
        if (is_allowed(f, i) && (best < 0 || picture_of(f, &f->ladder->rungs[i]) <= PICTURE_STILL))
            best = i;
    }
    return best < 0 ? 0 : best;
}

static bool is_congested(const struct rung_facts *f)
{
    return f->voice_lag_ms > RUNG_LAG_MS + f->rtt_ms || f->picture_lag_ms > RUNG_PICTURE_LAG_MS ||
           (f->is_pressed && f->queue_ms > RUNG_QUEUE_MS);
}

static int move_to(struct rung_state *s, const struct rung_facts *f, int rung, enum rung_why cause,
                   enum rung_why *why)
{
    if (s->is_set && rung == s->rung)
        return rung;
    s->rung = rung;
    s->is_set = true;
    s->changed_ms = f->now_ms;
    *why = cause;
    return rung;
}

/* Why a rung that was allowed is not any more. */
static enum rung_why cap_cause(const struct rung_facts *f)
{
    if (f->is_used_up)
        return RUNG_LIMIT;
    if (f->is_hidden)
        return RUNG_HIDDEN;
    return f->mode == RUNG_AUTO ? RUNG_SOURCE : RUNG_CHOICE;
}

/* After a climb that did not hold, twice as long before the next one; after another fall in the
 * same squeeze, no less than was learnt. */
static void lengthen_hold(struct rung_state *s)
{
    uint32_t hold = s->climbed_ms ? s->hold_ms * 2 : s->hold_ms;
    s->hold_ms = hold < RUNG_HOLD_MS        ? RUNG_HOLD_MS
                 : hold > RUNG_HOLD_MOST_MS ? RUNG_HOLD_MOST_MS
                                            : hold;
    s->climbed_ms = 0;
}

/* Whether it is too early to fall: nothing is known, or what is seen may pass by itself. */
static bool may_pass(const struct rung_state *s, const struct rung_facts *f)
{
    uint64_t since_ms = s->changed_ms > s->jam_since_ms ? s->changed_ms : s->jam_since_ms;
    uint64_t jam_ms = f->now_ms - since_ms;
    /* While the capacity is not known, it may be a burst: it soon will be, unless nothing gets
     * through at all. Then one step at a time, each given the time to show. */
    if (!f->capacity_bps && jam_ms < RUNG_BLIND_MS + f->rtt_ms)
        return true;
    if (f->is_draining && f->now_ms - s->changed_ms < RUNG_DRAIN_MS)
        return true;
    bool has_video = picture_of(f, &f->ladder->rungs[s->rung]) == PICTURE_VIDEO;
    return jam_ms < (has_video ? RUNG_JAM_MS : RUNG_JAM_STILL_MS) + f->rtt_ms;
}

/* From video no deeper than to stills at first: they yield to the voice, and what the link carried
 * while video was too much for it may be less than it can. */
static int lands_on(const struct rung_facts *f, int from, int rung)
{
    if (picture_of(f, &f->ladder->rungs[from]) != PICTURE_VIDEO)
        return rung;
    for (int i = from - 1; i > rung; i--) {
        if (is_allowed(f, i) && picture_of(f, &f->ladder->rungs[i]) == PICTURE_STILL)
            return i;
    }
    return rung;
}

static int fall(struct rung_state *s, const struct rung_facts *f, enum rung_why *why)
{
    uint32_t now_kbps = needs_kbps(f, s->rung);
    if (may_pass(s, f))
        return s->rung;
    uint32_t fits_kbps = f->capacity_bps ? f->capacity_bps / 1000 * 8 / 10 : now_kbps * 7 / 10;
    if (fits_kbps >= now_kbps) /* the queue drains: it is a burst, not a rung too many */
        return s->rung;
    int rung = lands_on(f, s->rung, best_within(f, fits_kbps));
    if (rung >= s->rung)
        return s->rung;
    lengthen_hold(s);
    s->before_cap = 0;
    return move_to(s, f, rung, RUNG_WEAK, why);
}

/* To a moving picture only when the link has shown that it may carry it: all but all of it where it
 * has met its limit lately, else a part, since bursts prove less than there is. Stills are safe to
 * try. */
static bool is_proven(const struct rung_facts *f, int now, int next)
{
    uint32_t needs_bps = needs_kbps(f, next) * 1000;
    if (f->limit_bps && f->limit_bps < needs_bps)
        return false;
    if (picture_of(f, &f->ladder->rungs[next]) != PICTURE_VIDEO)
        return true;
    bool has_video = picture_of(f, &f->ladder->rungs[now]) == PICTURE_VIDEO;
    uint32_t tenths = f->limit_bps ? 9 : has_video ? 6 : 7;
    return f->proven_bps >= needs_bps / 10 * tenths;
}

/* The rung to try next: one step, or more where the link has carried as much already. */
static int next_proven(const struct rung_facts *f, int now)
{
    int next = next_above(f, now);
    if (next == now || !is_proven(f, now, next))
        return now;
    for (int above = next_above(f, next); above > next; above = next_above(f, next)) {
        uint32_t needs_bps = needs_kbps(f, above) * 1000;
        if (f->proven_bps < needs_bps || !is_proven(f, now, above))
            break;
        next = above;
    }
    return next;
}

static int climb(struct rung_state *s, const struct rung_facts *f, enum rung_why *why)
{
    uint64_t since = s->changed_ms > s->calm_since_ms ? s->changed_ms : s->calm_since_ms;
    if (f->is_held || f->now_ms - since < s->hold_ms)
        return s->rung;
    int next = next_proven(f, s->rung);
    if (next == s->rung)
        return s->rung;
    s->climbed_ms = f->now_ms;
    if (s->hold_ms < RUNG_HOLD_MS)
        s->hold_ms = RUNG_HOLD_MS;
    return move_to(s, f, next, RUNG_GOOD, why);
}

/* Back up to the rung that a cap took away, or as far towards it as what is left of the cap allows.
 * False: there is nothing to come back to. */
static bool lift_cap(struct rung_state *s, const struct rung_facts *f, enum rung_why *why)
{
    if (!s->before_cap)
        return false;
    int best = best_within(f, f->ladder->rungs[s->before_cap].wire_kbps);
    if (best == s->before_cap || s->rung >= s->before_cap)
        s->before_cap = 0;
    if (best <= s->rung && is_allowed(f, s->rung))
        return false;
    move_to(s, f, best, best > s->rung ? s->cap_why : cap_cause(f), why);
    return true;
}

/* A cap came (the mode, a hidden page, the content) or has gone: at once, both ways. False:
 * neither.
 */
static bool mind_caps(struct rung_state *s, const struct rung_facts *f, enum rung_why *why)
{
    if (lift_cap(s, f, why))
        return true;
    if (is_allowed(f, s->rung))
        return false;
    s->before_cap = s->rung;
    s->cap_why = cap_cause(f);
    move_to(s, f, best_within(f, f->ladder->rungs[s->rung].wire_kbps), s->cap_why, why);
    return true;
}

int rung_choose(struct rung_state *s, const struct rung_facts *f, enum rung_why *why)
{
    if (!s->is_set) {
        s->hold_ms = RUNG_HOLD_FIRST_MS;
        s->calm_since_ms = f->now_ms;
        return move_to(s, f, first_rung(f), RUNG_START, why);
    }
    if (mind_caps(s, f, why))
        return s->rung;
    if (f->is_stuck)
        return s->rung;
    if (is_congested(f)) {
        if (s->calm_since_ms)
            s->jam_since_ms = f->now_ms;
        s->calm_since_ms = 0;
        return fall(s, f, why);
    }
    if (!s->calm_since_ms)
        s->calm_since_ms = f->now_ms;
    if (s->climbed_ms && f->now_ms - s->climbed_ms >= RUNG_PROVED_MS) {
        s->climbed_ms = 0;
        if (s->hold_ms > RUNG_HOLD_MS) /* the link has become better */
            s->hold_ms = RUNG_HOLD_MS;
    }
    return climb(s, f, why);
}

const char *rung_why_name(enum rung_why why)
{
    switch (why) {
    case RUNG_START: return "start";
    case RUNG_CHOICE: return "choice";
    case RUNG_WEAK: return "weak";
    case RUNG_GOOD: return "good";
    case RUNG_SOURCE: return "source";
    case RUNG_HIDDEN: return "hidden";
    case RUNG_LIMIT: return "limit";
    }
    return "source";
}

static const char *const mode_names[] = {
    [RUNG_AUTO] = "auto", [RUNG_SAVE] = "save", [RUNG_VOICE] = "voice"};

const char *rung_mode_name(enum rung_mode mode)
{
    return mode_names[mode];
}

int rung_mode_parse(const char *word, enum rung_mode *out)
{
    for (int i = 0; i < (int)(sizeof(mode_names) / sizeof(mode_names[0])); i++) {
        if (strcmp(word, mode_names[i]) == 0) {
            *out = (enum rung_mode)i;
            return 0;
        }
    }
    return -EINVAL;
}
