#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "server/base/clock.h"
#include "server/door/door_impl.h"

struct op *op_new(struct door *door, door_told_fn *told, void *arg)
{
    struct op *op = calloc(1, sizeof(*op));
    if (!op)
        return NULL;
    op->door = door;
    op->told = told;
    op->arg = arg;
    door->n_ops++;
    return op;
}

void op_free(struct op *op)
{
    struct door *door = op->door;
    door->n_strangers -= op->is_strangers;
    sodium_memzero(op, sizeof(*op));
    free(op);
    door->n_ops--;
    door_end_if_idle(door);
}

struct op *op_about(struct door *door, const char *person, door_told_fn *told, void *arg,
                    struct batch **batch)
{
    struct op *op = op_new(door, told, arg);
    if (op && batch_new(batch)) {
        op_free(op);
        return NULL;
    }
    if (op)
        snprintf(op->person, sizeof(op->person), "%s", person);
    return op;
}

void op_end(struct op *op, int err)
{
    const struct door_told told = {
        .err = err,
        .wait_s = err == -EAGAIN ? DOOR_BUSY_S : 0,
        .person = op->person,
        .secret = op->secret,
        .known = err ? "" : op->known,
        .until_ms = op->until_ms,
    };
    op->told(op->arg, &told);
    op_free(op);
}

int op_began(struct op *op, int err)
{
    if (err)
        op_free(op);
    return err;
}

void op_apply(struct op *op, struct batch *batch, store_applied_fn *applied)
{
    int err = store_apply(op->door->store, &batch, applied, op);
    if (err)
        op_end(op, err);
}

int op_begin_apply(struct op *op, struct batch *batch, store_applied_fn *applied)
{
    return op_began(op, store_apply(op->door->store, &batch, applied, op));
}

void op_applied(void *arg, int err, size_t at)
{
    (void)at;
    op_end(arg, err);
}

/* -- hashing ----------------------------------------------------------------------------------- */

int op_ask_hasher(struct op *op, const char *password, const char *hash,
                  void (*done)(struct hash_job *job))
{
    snprintf(op->job.password, sizeof(op->job.password), "%s", password);
    snprintf(op->job.hash, sizeof(op->job.hash), "%s", hash);
    op->job.done = done;
    return hasher_ask(op->door->hasher, &op->job);
}

void op_hash(struct op *op, const char *password, const char *hash,
             void (*done)(struct hash_job *job))
{
    int err = op_ask_hasher(op, password, hash, done);
    if (err)
        op_end(op, err);
}

struct batch *op_batch(struct op *op)
{
    struct batch *batch;
    if (batch_new(&batch) == 0)
        return batch;
    op_end(op, -ENOMEM);
    return NULL;
}

struct batch *op_batch_of_hash(struct op *op)
{
    if (op->job.is_right)
        return op_batch(op);
    op_end(op, -ENOMEM);
    return NULL;
}

/* -- tokens ------------------------------------------------------------------------------------ */

void door_hash_token(const struct door *door, const char *token, uint8_t out[BOOK_HASH_SIZE])
{
    crypto_generichash(out, BOOK_HASH_SIZE, (const uint8_t *)token, strlen(token), door->keys.token,
                       sizeof(door->keys.token));
}

void door_hash_text(char out[STORE_HASH_MAX], const uint8_t hash[BOOK_HASH_SIZE])
{
    sodium_bin2base64(out, STORE_HASH_MAX, hash, BOOK_HASH_SIZE,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void door_hash_code(char out[STORE_HASH_MAX], const struct entry_code *code,
                    const uint8_t key[ENTRY_KEY_SIZE])
{
    uint8_t hash[ENTRY_HASH_SIZE];
    entry_code_hash(hash, code, key);
    door_hash_text(out, hash);
}

void door_make_token(char out[DOOR_TOKEN_SIZE])
{
    uint8_t raw[32];
    randombytes_buf(raw, sizeof(raw));
    sodium_bin2base64(out, DOOR_TOKEN_SIZE, raw, sizeof(raw),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(raw, sizeof(raw));
}

void door_make_id(char out[STORE_ID_MAX])
{
    static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
    enum { ID_LEN = 16 }; /* 80 bits */
    uint8_t raw[ID_LEN];
    randombytes_buf(raw, sizeof(raw));
    for (int i = 0; i < ID_LEN; i++)
        out[i] = alphabet[raw[i] & 31];
    out[ID_LEN] = '\0';
}
