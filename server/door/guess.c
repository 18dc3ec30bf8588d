#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/base/clock.h"
#include "server/door/door_impl.h"

/* -- by address -------------------------------------------------------------------------------- */

/* An IPv6 address stands for its /64: whoever has one has all of them. */
struct guess_key {
    uint8_t guess;
    uint8_t address[16];
};

static struct guess_key key_of(enum door_guess guess, const struct address *from)
{
    struct guess_key key = {.guess = (uint8_t)guess};
    memcpy(key.address, from->bytes, address_is_ipv4(from) ? 16 : 8);
    return key;
}

int door_may_guess(const struct door *door, enum door_guess guess, struct door_visit *visit)
{
    struct guess_key key = key_of(guess, &visit->from);
    uint32_t wait_ms = guard_wait_ms(door->by_address, &key, sizeof(key), clock_ms());
    visit->wait_s = (wait_ms + 999) / 1000;
    return wait_ms ? -EBUSY : 0;
}

void door_guessed_wrong(struct door *door, enum door_guess guess, const struct address *from)
{
    struct guess_key key = key_of(guess, from);
    guard_fail(door->by_address, &key, sizeof(key), clock_ms());
}

/* -- by account -------------------------------------------------------------------------------- */

static_assert((int)STORE_ID_MAX <= (int)STORE_LOGIN_MAX, "a session's id is a name");

struct guesser guesser_of(enum guesser_kind kind, uint64_t device, const char *name)
{
    struct guesser g;
    memset(&g, 0, sizeof(g)); /* gaps, too */
    g.kind = kind;
    g.device = device;
    snprintf(g.name, sizeof(g.name), "%s", name);
    return g;
}

int guesser_may(const struct door *door, const struct guesser *guesser, struct door_visit *visit)
{
    uint32_t wait_ms = guard_wait_ms(door->by_account, guesser, sizeof(*guesser), clock_ms());
    uint32_t wait_s = (wait_ms + 999) / 1000;
    visit->wait_s = wait_s > visit->wait_s ? wait_s : visit->wait_s;
    return wait_ms ? -EBUSY : 0;
}

void op_was_right(const struct op *op)
{
    guard_forget(op->door->by_account, &op->guesser, sizeof(op->guesser));
}

/* Who is in already makes nobody wait who comes from the same address. */
void op_end_wrong(struct op *op)
{
    if (op->guesser.kind != GUESSER_SESSION)
        door_guessed_wrong(op->door, op->guess, &op->job.from);
    op_end(op, -EACCES);
}

/* -- at a password ----------------------------------------------------------------------------- */

static void on_compared(struct hash_job *job)
{
    struct op *op = (struct op *)job;
    if (job->is_right)
        op->right(op);
    else
        op_end_wrong(op);
}

/* An account that nobody has costs what a wrong password does. */
static void on_account(void *arg, const struct store_answer *answer)
{
    struct op *op = arg;
    if (answer->err && answer->err != -ENOENT) {
        op_end(op, answer->err);
        return;
    }
    const struct store_account *a = answer->n ? answer->accounts : NULL;
    if (a) {
        snprintf(op->person, sizeof(op->person), "%s", a->person);
        snprintf(op->before, sizeof(op->before), "%s", a->password);
        snprintf(op->sealed, sizeof(op->sealed), "%s", a->totp);
    }
    op_hash(op, op->password, a ? a->password : HASHER_NOBODY, on_compared);
}

int op_verify(struct op *op, op_find_fn *find, const char *whose, void (*right)(struct op *op))
{
    op->right = right;
    guard_fail(op->door->by_account, &op->guesser, sizeof(op->guesser), clock_ms());
    const struct store_question q = {.code = whose};
    return op_began(op, find(op->door->store, &q, on_account, op));
}
