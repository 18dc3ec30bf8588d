#include "server/entry/guard.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <sodium.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

const struct guard_rule guard_by_address = {
    .burst = 30,
    .refill_ms = 2 * SECOND,
    .lock_ms = MINUTE,
    .lock_max_ms = 15 * MINUTE,
    .forget_ms = HOUR,
};

const struct guard_rule guard_by_account = {
    .burst = 5,
    .refill_ms = 12 * SECOND,
    .lock_ms = MINUTE,
    .lock_max_ms = 15 * MINUTE,
    .forget_ms = HOUR,
};

/* ---- one of them ---- */

uint32_t guard_state_wait_ms(const struct guard_state *s, uint64_t now_ms)
{
    return now_ms < s->locked_until_ms ? (uint32_t)(s->locked_until_ms - now_ms) : 0;
}

static uint64_t last_ms(const struct guard_state *s)
{
    return s->locked_until_ms > s->counted_ms ? s->locked_until_ms : s->counted_ms;
}

/* What time has forgiven. */
static void forgive(struct guard_state *s, const struct guard_rule *rule, uint64_t now_ms)
{
    if (now_ms >= last_ms(s) + rule->forget_ms) {
        *s = (struct guard_state){.counted_ms = now_ms};
        return;
    }
    if (now_ms <= s->counted_ms)
        return;
    uint64_t n = (now_ms - s->counted_ms) / rule->refill_ms;
    s->counted_ms += n * rule->refill_ms;
    s->wrong = n < s->wrong ? s->wrong - (uint32_t)n : 0;
}

static uint32_t lock_length_ms(const struct guard_rule *rule, uint32_t locks)
{
    uint32_t length = rule->lock_ms;
    while (locks-- > 0 && length < rule->lock_max_ms)
        length *= 2;
    return length < rule->lock_max_ms ? length : rule->lock_max_ms;
}

void guard_state_fail(struct guard_state *s, const struct guard_rule *rule, uint64_t now_ms)
{
    forgive(s, rule, now_ms);
    if (++s->wrong < rule->burst)
        return;
    s->locked_until_ms = now_ms + lock_length_ms(rule, s->locks);
    s->locks++;
    /* What was wrong is forgiven by the lock alone, not by the time that it takes. */
    s->wrong = rule->burst / 2;
    s->counted_ms = s->locked_until_ms;
}

/* ---- all of them ---- */

enum { WAYS = 8 }; /* slots that a key may be in */

struct slot {
    uint64_t key; /* 0: free */
    struct guard_state state;
};

struct guard {
    const struct guard_rule *rule;
    uint8_t secret[crypto_shorthash_KEYBYTES];
    size_t n_sets; /* a power of two */
    struct slot slot[];
};

int guard_new(struct guard **out, const struct guard_rule *rule, size_t slots)
{
    size_t n_sets = 1;
    while (n_sets * WAYS < slots)
        n_sets *= 2;
    struct guard *g = calloc(1, sizeof(*g) + n_sets * WAYS * sizeof(g->slot[0]));
    if (!g)
        return -ENOMEM;
    if (getrandom(g->secret, sizeof(g->secret), 0) != (ssize_t)sizeof(g->secret)) {
        free(g);
        return -EIO;
    }
    g->rule = rule;
    g->n_sets = n_sets;
    *out = g;
    return 0;
}

void guard_free(struct guard **guard)
{
    free(*guard);
    *guard = NULL;
}

static uint64_t number_of(const struct guard *g, const void *key, size_t len)
{
    uint64_t n;
    static_assert(sizeof(n) == crypto_shorthash_BYTES, "SipHash gives 64 bits");
    crypto_shorthash((unsigned char *)&n, key, len, g->secret);
    return n ? n : 1;
}

/* The slots in which it may be. */
static size_t set_of(const struct guard *g, uint64_t number)
{
    return (size_t)(number & (g->n_sets - 1)) * WAYS;
}

static const struct slot *slot_find(const struct guard *g, uint64_t number)
{
    const struct slot *set = &g->slot[set_of(g, number)];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == number)
            return &set[i];
    }
    return NULL;
}

/* Whether `a` is to be forgotten rather than `b`: what is free or not locked, then what is older.
 */
static bool goes_first(const struct slot *a, const struct slot *b, uint64_t now_ms)
{
    bool a_is_locked = a->key && guard_state_wait_ms(&a->state, now_ms) > 0;
    bool b_is_locked = b->key && guard_state_wait_ms(&b->state, now_ms) > 0;
    if (a_is_locked != b_is_locked)
        return !a_is_locked;
    if (!a->key != !b->key)
        return !a->key;
    return last_ms(&a->state) < last_ms(&b->state);
}

static struct slot *slot_take(struct guard *g, uint64_t number, uint64_t now_ms)
{
    struct slot *set = &g->slot[set_of(g, number)];
    struct slot *best = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == number)
            return &set[i];
        if (goes_first(&set[i], best, now_ms))
            best = &set[i];
    }
    *best = (struct slot){.key = number, .state = {.counted_ms = now_ms}};
    return best;
}

uint32_t guard_wait_ms(const struct guard *guard, const void *key, size_t len, uint64_t now_ms)
{
    const struct slot *s = slot_find(guard, number_of(guard, key, len));
    return s ? guard_state_wait_ms(&s->state, now_ms) : 0;
}

void guard_fail(struct guard *guard, const void *key, size_t len, uint64_t now_ms)
{
    struct slot *s = slot_take(guard, number_of(guard, key, len), now_ms);
    guard_state_fail(&s->state, guard->rule, now_ms);
}

void guard_forget(struct guard *guard, const void *key, size_t len)
{
    uint64_t number = number_of(guard, key, len);
    struct slot *set = &guard->slot[set_of(guard, number)];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == number)
            set[i] = (struct slot){.key = 0};
    }
}
