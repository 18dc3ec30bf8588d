#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "server/base/clock.h"
#include "server/door/door_impl.h"

/* -- password ---------------------------------------------------------------------------------- */

static void on_password_changed(void *arg, int err, size_t at)
{
    struct op *op = arg;
    (void)at;
    if (!err)
        sessions_forget(op->door, op->person, op->session.id);
    op_end(op, err == -ENOENT ? -EACCES : err);
}

static void on_new_hashed(struct hash_job *job)
{
    struct op *op = (struct op *)job;
    struct batch *batch = op_batch_of_hash(op);
    if (!batch)
        return;
    batch_put_password(batch, op->person, op->before, job->hash);
    batch_drop_sessions(batch, op->person, op->session.id);
    batch_audit(batch, op->person, "account.password", op->person, "");
    op_apply(op, batch, on_password_changed);
}

static void on_old_right(struct op *op)
{
    op_was_right(op);
    op_hash(op, op->fresh, "", on_new_hashed);
}

/* What strangers guess at, and from where, is none of theirs. */
int door_put_password(struct door *door, struct door_visit *visit,
                      const struct door_session *session, const char *old, const char *password,
                      door_told_fn *told, void *arg)
{
    if (strlen(old) > DOOR_PASSWORD_MAX || door_check_password(password, ""))
        return -EINVAL;
    const struct guesser own = guesser_of(GUESSER_SESSION, 0, session->id);
    int err = guesser_may(door, &own, visit);
    struct op *op = err ? NULL : op_new(door, told, arg);
    if (!op)
        return err ? err : -ENOMEM;
    op->guesser = own;
    op->job.from = visit->from;
    op->job.is_known = true; /* by their session */
    snprintf(op->person, sizeof(op->person), "%s", session->person);
    snprintf(op->session.id, sizeof(op->session.id), "%s", session->id);
    snprintf(op->password, sizeof(op->password), "%s", old);
    snprintf(op->fresh, sizeof(op->fresh), "%s", password);
    return op_verify(op, store_find_account_of, op->person, on_old_right);
}

/* -- second factor ----------------------------------------------------------------------------- */

/* The seal of a second factor's secret in the store: nonce and secretbox, base64. */
enum {
    SEALED_SIZE = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + TOTP_SECRET_SIZE,
    BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};

static void seal(const struct door *door, const uint8_t secret[TOTP_SECRET_SIZE],
                 char out[STORE_SECRET_MAX])
{
    uint8_t raw[SEALED_SIZE];
    randombytes_buf(raw, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(raw + crypto_secretbox_NONCEBYTES, secret, TOTP_SECRET_SIZE, raw,
                          door->keys.totp);
    sodium_bin2base64(out, STORE_SECRET_MAX, raw, sizeof(raw), BASE64);
}

static bool unseal(const struct door *door, const char *text, uint8_t secret[TOTP_SECRET_SIZE])
{
    uint8_t raw[SEALED_SIZE];
    size_t len;
    return sodium_base642bin(raw, sizeof(raw), text, strlen(text), NULL, &len, NULL, BASE64) == 0 &&
           len == sizeof(raw) &&
           crypto_secretbox_open_easy(secret, raw + crypto_secretbox_NONCEBYTES,
                                      sizeof(raw) - crypto_secretbox_NONCEBYTES, raw,
                                      door->keys.totp) == 0;
}

int64_t account_check_totp(const struct door *door, const char *sealed, const char *code)
{
    uint8_t secret[TOTP_SECRET_SIZE];
    if (!unseal(door, sealed, secret))
        return 0;
    int64_t step = totp_check(secret, code, clock_wall_ms() / 1000);
    sodium_memzero(secret, sizeof(secret));
    return step;
}

int door_begin_totp(struct door *door, const char *token, uint8_t secret[TOTP_SECRET_SIZE])
{
    enum { PENDING_MS = 10 * 60 * 1000 };
    struct book_session *s = session_find(door, token);
    if (!s)
        return -EACCES;
    randombytes_buf(s->totp, sizeof(s->totp));
    s->totp_until_ms = clock_wall_ms() + PENDING_MS;
    memcpy(secret, s->totp, sizeof(s->totp));
    return 0;
}

static int put_totp(struct door *door, const char *person, const char *sealed, int64_t step,
                    door_told_fn *told, void *arg)
{
    struct batch *batch;
    struct op *op = op_about(door, person, told, arg, &batch);
    if (!op)
        return -ENOMEM;
    batch_put_totp(batch, person, sealed);
    if (step)
        batch_use_totp(batch, person, step);
    batch_audit(batch, person, step ? "account.totp" : "account.no_totp", person, "");
    return op_begin_apply(op, batch, op_applied);
}

int door_confirm_totp(struct door *door, const char *token, const char *code, door_told_fn *told,
                      void *arg)
{
    char sealed[STORE_SECRET_MAX];
    struct book_session *s = session_find(door, token);
    int64_t now_ms = clock_wall_ms();
    if (!s)
        return -EACCES;
    if (s->totp_until_ms < now_ms)
        return -EPERM;
    int64_t step = totp_check(s->totp, code, now_ms / 1000);
    if (!step)
        return -EACCES;
    seal(door, s->totp, sealed);
    int err = put_totp(door, s->person, sealed, step, told, arg);
    if (!err)
        s->totp_until_ms = 0;
    return err;
}

int door_drop_totp(struct door *door, const struct door_session *session, door_told_fn *told,
                   void *arg)
{
    return put_totp(door, session->person, "", 0, told, arg);
}
