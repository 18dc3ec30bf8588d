#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "server/base/clock.h"
#include "server/base/utf8.h"
#include "server/door/door_impl.h"

/* -- texts ------------------------------------------------------------------------------------- */

/* Logins are letters that every keyboard has; capitals are the same as small ones. */
static bool read_login(char out[STORE_LOGIN_MAX], const char *login)
{
    size_t n = 0;
    for (; login[n] && n < STORE_LOGIN_MAX - 1; n++) {
        char c = login[n];
        out[n] = (char)(c >= 'A' && c <= 'Z' ? tolower(c) : c);
    }
    out[n] = '\0';
    return !login[n] && n >= DOOR_LOGIN_MIN &&
           strspn(out, "abcdefghijklmnopqrstuvwxyz0123456789.-_@") == n;
}

const char *door_check_login(const char *login)
{
    char text[STORE_LOGIN_MAX];
    return read_login(text, login) ? NULL
                                   : "login: expected 3 to 63 letters a to z, digits, '.', '-', "
                                     "'_' or '@'";
}

static size_t count_characters(const char *text)
{
    size_t len = strlen(text), n = 0;
    for (size_t i = 0, step; i < len && (step = utf8_next(text + i, len - i, NULL)) > 0; i += step)
        n++;
    return n;
}

/* What is tried first everywhere, as far as it is long enough. */
static const char *const common[] = {
    "1234567890",  "0123456789",  "12345678910",  "1234567891",  "0987654321",   "9876543210",
    "1111111111",  "0000000000",  "8888888888",   "6666666666",  "qwertyuiop",   "1qaz2wsx3edc",
    "q1w2e3r4t5",  "password123", "password1234", "password12",  "passw0rd123",  "admin12345",
    "admin123456", "abc1234567",  "a123456789",   "woaini1314",  "woaini520520", "5201314520",
    "aa12345678",  "qq12345678",  "abcd123456",   "iloveyou123", "changeme123",  "airclass123",
};

static bool is_common(const char *password)
{
    for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++) {
        if (strcmp(password, common[i]) == 0)
            return true;
    }
    return strspn(password, (const char[]){password[0], '\0'}) == strlen(password);
}

const char *door_check_password(const char *password, const char *login)
{
    size_t len = strlen(password);
    if (len > DOOR_PASSWORD_MAX || !utf8_is_valid(password, len) ||
        count_characters(password) < DOOR_PASSWORD_MIN)
        return "password: expected 10 characters or more, and at most 128 bytes";
    if (is_common(password) || (login[0] && strcmp(password, login) == 0))
        return "password: this one is guessed first; take another";
    return NULL;
}

bool door_set_up_code(const struct door *door, char out[ENTRY_CODE_TEXT_SIZE])
{
    if (door->has_set_up)
        entry_code_print(out, &door->set_up);
    return door->has_set_up;
}

/* -- sign in ----------------------------------------------------------------------------------- */

static void on_signed_in(void *arg, int err, size_t at)
{
    struct op *op = arg;
    (void)at;
    if (err == -ECANCELED || err == -ENOENT) { /* the code was used before; the password changed */
        op_end_wrong(op);
        return;
    }
    if (!err) {
        op_was_right(op);
        session_begun(op);
    }
    op_end(op, err);
}

static void sign_in(struct op *op, int64_t step)
{
    struct batch *batch = op_batch(op);
    if (!batch)
        return;
    /* What was right may be wrong by now: a new password ends the sessions that are there, and this
     * one would come behind it. */
    batch_put_password(batch, op->person, op->before, op->before);
    if (step)
        batch_use_totp(batch, op->person, step);
    session_begin(op, batch);
    batch_audit(batch, op->person, "door.sign_in", op->person, step ? "totp" : "");
    op_apply(op, batch, on_signed_in);
}

static void on_right(struct op *op)
{
    if (!op->sealed[0]) {
        sign_in(op, 0);
        return;
    }
    if (!op->code[0]) {
        op_end(op, -ENOKEY);
        return;
    }
    int64_t step = account_check_totp(op->door, op->sealed, op->code);
    if (step)
        sign_in(op, step);
    else
        op_end_wrong(op);
}

/* What the browser shows, until somebody is in. */
static void show_known(struct op *op, const struct door_visit *visit)
{
    snprintf(op->known, sizeof(op->known), "%s", visit->known ? visit->known : "");
}

/* Strangers. Of them as many as may wait for the hasher are looked up at all: a thousand at once
 * would fill the store's queue, too, in which everybody else waits. */
static int may_try(const struct door *door, const struct guesser *strangers,
                   struct door_visit *visit)
{
    int by_address = door_may_guess(door, GUESS_PASSWORD, visit);
    int err = guesser_may(door, strangers, visit);
    if (by_address || err)
        return -EBUSY;
    return door->n_strangers >= HASHER_MAX ? -EAGAIN : 0;
}

static bool is_known(const struct door *door, const struct guesser *browser)
{
    return browser->device && guesser_may(door, browser, &(struct door_visit){.wait_s = 0}) == 0;
}

int door_sign_in(struct door *door, struct door_visit *visit, const char *login,
                 const char *password, const char *totp, door_told_fn *told, void *arg)
{
    char text[STORE_LOGIN_MAX];
    if (!read_login(text, login) || strlen(password) > DOOR_PASSWORD_MAX || strlen(totp) > 6)
        return -EINVAL;
    const struct guesser strangers = guesser_of(GUESSER_STRANGERS, 0, text);
    const struct guesser browser =
        guesser_of(GUESSER_BROWSER, known_read(door, text, visit->known), "");
    bool is_strangers = !is_known(door, &browser);
    int err = is_strangers ? may_try(door, &strangers, visit) : 0;
    struct op *op = err ? NULL : op_new(door, told, arg);
    if (!op)
        return err ? err : -ENOMEM;
    op->guess = GUESS_PASSWORD;
    op->guesser = is_strangers ? strangers : browser;
    op->job.from = visit->from;
    op->job.is_known = !is_strangers;
    op->is_strangers = is_strangers;
    door->n_strangers += is_strangers;
    memcpy(op->login, text, sizeof(op->login));
    show_known(op, visit);
    snprintf(op->password, sizeof(op->password), "%s", password);
    snprintf(op->code, sizeof(op->code), "%s", totp);
    return op_verify(op, store_find_account, op->login, on_right);
}

/* -- invited ----------------------------------------------------------------------------------- */

static void on_accepted(void *arg, int err, size_t at)
{
    struct op *op = arg;
    (void)at;
    if (!err) {
        sessions_forget(op->door, op->person, "");
        session_begun(op);
        op_was_right(op);
    }
    op_end(op, err == -ENOENT ? -EACCES : err);
}

static void on_invited_hashed(struct hash_job *job)
{
    struct op *op = (struct op *)job;
    struct batch *batch = op_batch_of_hash(op);
    if (!batch)
        return;
    const struct store_person whose = {.id = op->person};
    batch_use_invitation(batch, op->hash);
    batch_put_account(batch, &whose, op->login, job->hash);
    batch_drop_sessions(batch, op->person, NULL);
    session_begin(op, batch);
    batch_audit(batch, op->person, "door.accept", op->person, "");
    op_apply(op, batch, on_accepted);
}

static void on_invitation(void *arg, const struct store_answer *answer)
{
    struct op *op = arg;
    if (answer->err && answer->err != -ENOENT) {
        op_end(op, answer->err);
        return;
    }
    if (answer->err || answer->invitations->until_ms < clock_wall_ms()) {
        op_end_wrong(op);
        return;
    }
    snprintf(op->person, sizeof(op->person), "%s", answer->invitations->person);
    op->job.is_known = true;
    op_hash(op, op->password, "", on_invited_hashed);
}

/* An op for somebody who chooses login and password. */
static int newcomer(struct op **out, struct door *door, enum door_guess guess,
                    struct door_visit *visit, const struct door_newcomer *who, door_told_fn *told,
                    void *arg)
{
    char login[STORE_LOGIN_MAX];
    if (!read_login(login, who->login) || door_check_password(who->password, login))
        return -EINVAL;
    int err = door_may_guess(door, guess, visit);
    if (err)
        return err;
    struct op *op = op_new(door, told, arg);
    if (!op)
        return -ENOMEM;
    op->guess = guess;
    op->guesser = guesser_of(GUESSER_STRANGERS, 0, login);
    op->job.from = visit->from;
    memcpy(op->login, login, sizeof(op->login));
    show_known(op, visit);
    snprintf(op->password, sizeof(op->password), "%s", who->password);
    *out = op;
    return 0;
}

int door_accept(struct door *door, struct door_visit *visit, const struct door_newcomer *who,
                door_told_fn *told, void *arg)
{
    uint8_t hash[BOOK_HASH_SIZE];
    struct op *op;
    int err = newcomer(&op, door, GUESS_INVITE, visit, who, told, arg);
    if (err)
        return err;
    door_hash_token(door, who->secret, hash);
    door_hash_text(op->hash, hash);
    return op_began(op,
                    store_find_invitation(door->store, &(struct store_question){.code = op->hash},
                                          on_invitation, op));
}

int64_t door_put_invitation(const struct door *door, struct batch *batch, const char *person,
                            char secret[DOOR_TOKEN_SIZE])
{
    enum { DAY_MS = 24 * 3600 * 1000 };
    uint8_t raw[BOOK_HASH_SIZE];
    char hash[STORE_HASH_MAX];
    int64_t until_ms = clock_wall_ms() + (int64_t)DOOR_INVITE_DAYS * DAY_MS;
    door_make_token(secret);
    door_hash_token(door, secret, raw);
    door_hash_text(hash, raw);
    batch_put_invitation(
        batch, &(struct store_invitation){.person = person, .hash = hash, .until_ms = until_ms});
    return until_ms;
}

int door_invite(struct door *door, const char *actor, const char *person, door_told_fn *told,
                void *arg)
{
    struct batch *batch;
    struct op *op = op_about(door, person, told, arg, &batch);
    if (!op)
        return -ENOMEM;
    op->until_ms = door_put_invitation(door, batch, person, op->secret);
    batch_audit(batch, actor, "door.invite", person, "");
    return op_begin_apply(op, batch, op_applied);
}

/* -- set up ------------------------------------------------------------------------------------ */

static void on_session_begun(void *arg, int err, size_t at)
{
    struct op *op = arg;
    (void)at;
    if (!err)
        session_begun(op);
    op_end(op, err);
}

static void on_first(void *arg, const struct store_answer *answer)
{
    struct op *op = arg;
    struct batch *batch = answer->err ? NULL : op_batch(op);
    if (answer->err)
        op_end(op, answer->err);
    if (!batch)
        return;
    snprintf(op->person, sizeof(op->person), "%s", answer->accounts->person);
    session_begin(op, batch);
    batch_audit(batch, op->person, "door.set_up", op->person, "");
    op_apply(op, batch, on_session_begun);
}

static void on_set_up(void *arg, int err, size_t at)
{
    struct op *op = arg;
    (void)at;
    op->door->has_set_up = err != 0; /* it may be tried again */
    if (!err)
        err = store_find_account(op->door->store, &(struct store_question){.code = op->login},
                                 on_first, op);
    if (err)
        op_end(op, err);
}

static void on_set_up_hashed(struct hash_job *job)
{
    struct op *op = (struct op *)job;
    struct batch *batch = op_batch_of_hash(op);
    if (!batch)
        return;
    if (!op->door->has_set_up) {
        batch_free(&batch);
        op_end(op, -EPERM);
        return;
    }
    /* Their login is their code in the district's office, until somebody gives them another. */
    const struct store_person who = {.school = "", .code = op->login, .name = op->name};
    op->door->has_set_up = false;
    batch_put_person(batch, &who);
    batch_put_role(batch,
                   &(struct store_member){
                       .person = who, .role = STORE_DISTRICT_ADMIN, .school = "", .klass = ""});
    batch_put_account(batch, &who, op->login, job->hash);
    int err = store_apply(op->door->store, &batch, on_set_up, op);
    if (err)
        on_set_up(op, err, 0);
}

int door_set_up(struct door *door, struct door_visit *visit, const struct door_newcomer *who,
                door_told_fn *told, void *arg)
{
    struct entry_code code;
    struct op *op;
    if (!door->has_set_up)
        return -EPERM;
    int err = entry_code_read(&code, who->secret);
    if (err)
        return err;
    err = newcomer(&op, door, GUESS_SET_UP, visit, who, told, arg);
    if (err)
        return err;
    if (sodium_memcmp(code.letters, door->set_up.letters, sizeof(code.letters)) != 0) {
        door_guessed_wrong(door, GUESS_SET_UP, &visit->from);
        return op_began(op, -EACCES);
    }
    snprintf(op->name, sizeof(op->name), "%s", who->name);
    op->job.is_known = true;
    return op_began(op, op_ask_hasher(op, op->password, "", on_set_up_hashed));
}
