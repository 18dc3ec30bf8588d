#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "server/door/door_impl.h"

struct making;

/* What is made for many at once. */
struct secret {
    int (*make)(struct making *m, struct batch *batch, const char *school, struct door_code *code);
    void (*made)(struct door *door, const char *person); /* may be NULL */
    const char *act, *noun;                              /* for the audit log */
};

/* Codes on their way to the disk. */
struct making {
    struct op *op; /* keeps the door open */
    const struct secret *secret;
    int64_t until_ms;
    door_codes_fn *told;
    void *arg;
    size_t n;
    struct door_code codes[];
};

static void making_end(struct making *m, int err)
{
    struct op *op = m->op;
    const struct door_codes told = {
        .err = err, .n = err ? 0 : m->n, .codes = m->codes, .until_ms = m->until_ms};
    m->told(m->arg, &told);
    sodium_memzero(m, sizeof(*m) + m->n * sizeof(m->codes[0]));
    free(m);
    op_free(op);
}

/* The memory's side of batch_put_entry(). */
static void void_passes(struct door *door, const char *person)
{
    struct book_seat *seat = book_seat(&door->book, person, true);
    if (!seat)
        return; /* no memory: nobody gets in with the new code before the next start */
    seat->version++;
    for (int i = 0; i < STORE_DEVICES_MAX; i++)
        seat->devices[i].device = 0;
    door->changes++;
}

static void on_codes_made(void *arg, int err, size_t at)
{
    struct making *m = arg;
    (void)at;
    for (size_t i = 0; i < m->n && !err && m->secret->made; i++)
        m->secret->made(m->op->door, m->codes[i].person);
    making_end(m, err);
}

static int make_code(struct making *m, struct batch *batch, const char *school, struct door_code *c)
{
    struct entry_code code;
    char hash[STORE_HASH_MAX];
    int err = entry_code_make(&code);
    if (err)
        return err;
    entry_code_print(c->code, &code);
    door_hash_code(hash, &code, m->op->door->keys.code);
    batch_put_entry(batch, c->person, school, hash);
    return 0;
}

static int make_invitation(struct making *m, struct batch *batch, const char *school,
                           struct door_code *c)
{
    (void)school;
    m->until_ms = door_put_invitation(m->op->door, batch, c->person, c->code);
    return 0;
}

static void making_free(struct making *m)
{
    struct op *op = m->op;
    sodium_memzero(m, sizeof(*m) + m->n * sizeof(m->codes[0]));
    free(m);
    op_free(op);
}

static struct making *making_new(struct door *door, size_t n)
{
    struct making *m = calloc(1, sizeof(*m) + n * sizeof(m->codes[0]));
    struct op *op = m ? op_new(door, NULL, NULL) : NULL;
    if (op) {
        m->op = op;
        return m;
    }
    free(m);
    return NULL;
}

static int make_one(struct making *m, struct batch *batch, const char *school, const char *person)
{
    struct door_code *c = &m->codes[m->n];
    snprintf(c->person, sizeof(c->person), "%s", person);
    int err = m->secret->make(m, batch, school, c);
    m->n += !err;
    return err;
}

static int make_all(struct door *door, const struct secret *secret, const struct door_order *order,
                    door_codes_fn *told, void *arg)
{
    char detail[32];
    struct batch *batch;
    size_t n = order->n;
    struct making *m = n <= DOOR_CODES_MAX ? making_new(door, n) : NULL;
    int err = m ? batch_new(&batch) : n > DOOR_CODES_MAX ? -ENOSPC : -ENOMEM;
    if (err) {
        if (m)
            making_free(m);
        return err;
    }
    m->secret = secret;
    m->told = told;
    m->arg = arg;
    for (size_t i = 0; i < n && !err; i++)
        err = make_one(m, batch, order->school, order->persons[i]);
    snprintf(detail, sizeof(detail), "%zu %s", n, secret->noun);
    if (n > 0)
        batch_audit(batch, order->actor, secret->act, order->subject, detail);
    if (!err)
        err = store_apply(door->store, &batch, on_codes_made, m);
    if (err) {
        batch_free(&batch);
        making_free(m);
    }
    return err;
}

int door_make_codes(struct door *door, const struct door_order *order, door_codes_fn *told,
                    void *arg)
{
    static const struct secret code = {make_code, void_passes, "codes.make", "codes"};
    return make_all(door, &code, order, told, arg);
}

int door_invite_many(struct door *door, const struct door_order *order, door_codes_fn *told,
                     void *arg)
{
    static const struct secret invitation = {make_invitation, NULL, "door.invite", "invitations"};
    return make_all(door, &invitation, order, told, arg);
}
