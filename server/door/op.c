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

/* -- guesses ----------------------------------------------------------------------------------- */

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

void op_end_wrong(struct op *op)
{
    door_guessed_wrong(op->door, op->guess, &op->job.from);
    op_end(op, -EACCES);
}

/* What is counted: an account's guesses by whoever comes, or those of one known browser. */
struct account_key {
    char kind; /* 'p', 'd' */
    uint64_t device;
    char login[STORE_LOGIN_MAX];
};

static struct account_key key_of_account(const char *login, uint64_t device)
{
    struct account_key key;
    memset(&key, 0, sizeof(key)); /* gaps, too */
    key.kind = device ? 'd' : 'p';
    key.device = device;
    snprintf(key.login, sizeof(key.login), "%s", device ? "" : login);
    return key;
}

static uint32_t account_wait_ms(const struct door *door, const char *login, uint64_t device)
{
    const struct account_key key = key_of_account(login, device);
    return guard_wait_ms(door->by_account, &key, sizeof(key), clock_ms());
}

bool door_device_may_guess(const struct door *door, uint64_t device)
{
    return device && account_wait_ms(door, "", device) == 0;
}

int door_may_guess_account(const struct door *door, const char *login, struct door_visit *visit)
{
    uint32_t wait_ms = account_wait_ms(door, login, 0);
    int err = door_may_guess(door, GUESS_PASSWORD, visit);
    if (wait_ms / 1000 >= visit->wait_s && wait_ms)
        visit->wait_s = (wait_ms + 999) / 1000;
    return err || wait_ms ? -EBUSY : 0;
}

void op_guess_account(const struct op *op)
{
    const struct account_key key = key_of_account(op->login, op->device);
    guard_fail(op->door->by_account, &key, sizeof(key), clock_ms());
}

void op_account_was_right(const struct op *op)
{
    const struct account_key key = key_of_account(op->login, op->device);
    guard_forget(op->door->by_account, &key, sizeof(key));
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
