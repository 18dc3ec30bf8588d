#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "server/door/door_impl.h"

/* Codes on their way to the disk. */
struct making {
    struct op *op; /* keeps the door open */
    door_codes_fn *told;
    void *arg;
    size_t n;
    struct door_code codes[];
};

static void making_end(struct making *m, int err)
{
    struct op *op = m->op;
    const struct door_codes told = {.err = err, .n = err ? 0 : m->n, .codes = m->codes};
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
    for (size_t i = 0; i < m->n && !err; i++)
        void_passes(m->op->door, m->codes[i].person);
    making_end(m, err);
}

static int make_one(struct making *m, struct batch *batch, const char *person)
{
    struct entry_code code;
    char hash[STORE_HASH_MAX];
    struct door_code *c = &m->codes[m->n];
    int err = entry_code_make(&code);
    if (err)
        return err;
    snprintf(c->person, sizeof(c->person), "%s", person);
    entry_code_print(c->code, &code);
    door_hash_code(hash, &code, m->op->door->keys.code);
    batch_put_entry(batch, person, hash);
    m->n++;
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

int door_make_codes(struct door *door, const char *actor, const char *subject,
                    const char *const *persons, size_t n, door_codes_fn *told, void *arg)
{
    char detail[32];
    struct batch *batch;
    struct making *m = n <= DOOR_CODES_MAX ? making_new(door, n) : NULL;
    int err = m ? batch_new(&batch) : n > DOOR_CODES_MAX ? -ENOSPC : -ENOMEM;
    if (err) {
        if (m)
            making_free(m);
        return err;
    }
    m->told = told;
    m->arg = arg;
    for (size_t i = 0; i < n && !err; i++)
        err = make_one(m, batch, persons[i]);
    snprintf(detail, sizeof(detail), "%zu codes", n);
    batch_audit(batch, actor, "codes.make", subject, detail);
    if (!err)
        err = store_apply(door->store, &batch, on_codes_made, m);
    if (err) {
        batch_free(&batch);
        making_free(m);
    }
    return err;
}
