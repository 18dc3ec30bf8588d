#ifndef AIRCLASS_SERVER_ENTRY_GUARD_H
#define AIRCLASS_SERVER_ENTRY_GUARD_H

#include <stddef.h>
#include <stdint.h>

/*
 * Wrong guesses, counted for each address, and for each account or code: after so many the next
 * ones have to wait, longer each time. Who is right is never counted, and who was let in before
 * shows a pass and does not come here at all.
 *
 * From one address 30 wrong codes pass at once, for a class of 50 types at the same time behind the
 * same router; then every 15 more cost 1, 2, 4, 8 and then 15 minutes: 10,000 guesses take a week.
 * For one account 5, then 3 more each time: 10,000 take five weeks, wherever they come from.
 */
struct guard_rule {
    uint32_t burst;       /* wrong guesses at once; half of it after each lock */
    uint32_t refill_ms;   /* until one of them is forgiven */
    uint32_t lock_ms;     /* the first time; then twice as long each time ... */
    uint32_t lock_max_ms; /* ... up to this, for ever would be the attacker's gain */
    uint32_t forget_ms;   /* quiet for so long after the lock: as if nothing had been */
};

extern const struct guard_rule guard_by_address, guard_by_account;

/* What is known about one of them; begins zeroed. Pure, `now_ms` is any clock that does not jump.
 */
struct guard_state {
    uint64_t counted_ms; /* when `wrong` was true */
    uint64_t locked_until_ms;
    uint32_t wrong;
    uint32_t locks;
};

/* 0: may try; else how long they have to wait. */
uint32_t guard_state_wait_ms(const struct guard_state *s, uint64_t now_ms);
void guard_state_fail(struct guard_state *s, const struct guard_rule *rule, uint64_t now_ms);

/*
 * Many of them in a table that never grows. When there is no room it forgets who was wrong longest
 * ago and is not locked, or else who is let in next; which ones share their room depends on a
 * secret, so that nobody can be pushed out on purpose.
 */
struct guard;

/* `rule` is borrowed for good. `slots` is rounded up; 65,536 are 2.5 MiB. -ENOMEM; -EIO: the kernel
 * gives no randomness. */
int guard_new(struct guard **out, const struct guard_rule *rule, size_t slots);
void guard_free(struct guard **guard);

/* The key is any bytes: an address, an account's name. */
uint32_t guard_wait_ms(const struct guard *guard, const void *key, size_t len, uint64_t now_ms);
void guard_fail(struct guard *guard, const void *key, size_t len, uint64_t now_ms);

/* As if nothing had been: for an account whose owner came in. Never for an address, or one right
 * guess would pay for the wrong ones. */
void guard_forget(struct guard *guard, const void *key, size_t len);

#endif
