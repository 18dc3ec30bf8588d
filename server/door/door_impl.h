#ifndef AIRCLASS_SERVER_DOOR_DOOR_IMPL_H
#define AIRCLASS_SERVER_DOOR_DOOR_IMPL_H

#include <uv.h>

#include "server/door/book.h"
#include "server/door/door.h"
#include "server/door/hasher.h"
#include "server/entry/guard.h"
#include "server/entry/keys.h"

/* What the files of this folder share; private to it. */

/* What is guessed at: guesses at one do not lock another. */
enum door_guess { GUESS_PASSWORD, GUESS_INVITE, GUESS_CODE, GUESS_GUEST, GUESS_SET_UP };

/* Whose guesses at a password are counted together: those of all strangers at one login, of one
 * known browser, of one session at the password of its own account. */
enum guesser_kind { GUESSER_STRANGERS, GUESSER_BROWSER, GUESSER_SESSION };

struct guesser { /* no gaps that are not zero: guesser_of() */
    enum guesser_kind kind;
    uint64_t device;            /* of a browser */
    char name[STORE_LOGIN_MAX]; /* the login, or the session's id */
};

enum { DOOR_ENDED_KEPT = 256 }; /* more than end between two looks */

struct door {
    uv_loop_t *loop;
    struct store *store;
    struct entry_keys keys;
    struct book book;
    struct hasher *hasher;
    struct guard *by_address, *by_account;
    struct entry_code set_up;
    bool has_set_up;
    uint32_t changes;
    int64_t ended_ms;                          /* when was looked last for what is over unseen */
    char ended[DOOR_ENDED_KEPT][STORE_ID_MAX]; /* the last sessions that were ended: a ring */
    uint32_t n_ended;
    size_t n_ops; /* that will be told */
    size_t n_strangers;
    uv_timer_t timer;
    bool is_closing, is_hasher_gone;
    void (*closed)(void *arg);
    void *arg;
};

/* Something under way, from the asking to the telling. */
struct op;

struct op {
    struct hash_job job; /* first: the hasher gives this back */
    struct door *door;
    door_told_fn *told;
    void *arg;
    enum door_guess guess;
    char person[STORE_ID_MAX];
    char login[STORE_LOGIN_MAX];
    char name[STORE_NAME_MAX];
    char code[16];                      /* of a second factor */
    char hash[STORE_HASH_MAX];          /* of an invitation or a code */
    char before[STORE_SECRET_MAX];      /* the account's password, hashed ... */
    char sealed[STORE_SECRET_MAX];      /* ... and its second factor; "": none */
    char password[HASHER_PASSWORD_MAX]; /* that is shown, or chosen */
    char fresh[HASHER_PASSWORD_MAX];    /* that takes the place of the one that is shown */
    void (*right)(struct op *op);       /* ... when that was right */
    struct book_session session;        /* that begins, or asks */
    struct pass pass;                   /* that is given */
    struct guesser guesser;
    bool is_strangers;           /* a password of whoever comes */
    char known[DOOR_KNOWN_SIZE]; /* that is shown; behind session_begun() that is told */
    char secret[PASS_TEXT_SIZE]; /* that is told */
    int64_t until_ms;
};

/* An op was the last, and the door is to close. */
void door_end_if_idle(struct door *door);

/* -- op.c -------------------------------------------------------------------------------------- */

/* NULL: no memory. */
struct op *op_new(struct door *door, door_told_fn *told, void *arg);
/* One about `person`, and what it will write. NULL: no memory. */
struct op *op_about(struct door *door, const char *person, door_told_fn *told, void *arg,
                    struct batch **batch);
/* For one that was never under way; wipes it. */
void op_free(struct op *op);
/* Tells, and frees. */
void op_end(struct op *op, int err);
/* Frees it when `err` is one; returns it. */
int op_began(struct op *op, int err);

/* Ends the op when it can't. */
void op_apply(struct op *op, struct batch *batch, store_applied_fn *applied);
/* The first step of an op: when it fails, the op is freed and the error returned. */
int op_begin_apply(struct op *op, struct batch *batch, store_applied_fn *applied);
/* For an op of which nothing but the end is left. */
void op_applied(void *arg, int err, size_t at);

/* NULL: the op has ended, for want of memory. */
struct batch *op_batch(struct op *op);
/* The same behind the making of a hash, which may have failed. */
struct batch *op_batch_of_hash(struct op *op);

/* Has the password compared with `hash`, or hashed ("": hasher.h). -EAGAIN. */
int op_ask_hasher(struct op *op, const char *password, const char *hash,
                  void (*done)(struct hash_job *job));
/* The same; ends the op when it can't. */
void op_hash(struct op *op, const char *password, const char *hash,
             void (*done)(struct hash_job *job));

/* What is kept and looked up: keyed BLAKE2b, as base64 in the store. */
void door_hash_token(const struct door *door, const char *token, uint8_t out[BOOK_HASH_SIZE]);
void door_hash_text(char out[STORE_HASH_MAX], const uint8_t hash[BOOK_HASH_SIZE]);
void door_hash_code(char out[STORE_HASH_MAX], const struct entry_code *code,
                    const uint8_t key[ENTRY_KEY_SIZE]);
/* 256 random bits as base64url. */
void door_make_token(char out[DOOR_TOKEN_SIZE]);
/* Puts an invitation of that person, and tells its secret and when it ends. */
int64_t door_put_invitation(const struct door *door, struct batch *batch, const char *person,
                            char secret[DOOR_TOKEN_SIZE]);
/* 80 of them. */
void door_make_id(char out[STORE_ID_MAX]);

/* -- guess.c ----------------------------------------------------------------------------------- */

/* By address, IPv6 by its /64. 0: may guess; -EBUSY with `wait_s`. */
int door_may_guess(const struct door *door, enum door_guess guess, struct door_visit *visit);
void door_guessed_wrong(struct door *door, enum door_guess guess, const struct address *from);

struct guesser guesser_of(enum guesser_kind kind, uint64_t device, const char *name);
/* 0: may guess; -EBUSY with `wait_s`, which is not made less. */
int guesser_may(const struct door *door, const struct guesser *guesser, struct door_visit *visit);
void op_was_right(const struct op *op);

/* It was a wrong guess. */
void op_end_wrong(struct op *op);

/*
 * Compares `op->password` with that of the account which `find` finds for `whose`: `right` goes on,
 * with `person`, `before` and `sealed`; else the op ends. A guess of the op's guesser, counted
 * before it is known to be wrong: else a hundred at once would count as one.
 */
typedef int op_find_fn(struct store *store, const struct store_question *q, store_answer_fn *answer,
                       void *arg);
int op_verify(struct op *op, op_find_fn *find, const char *whose, void (*right)(struct op *op));

/* -- account.c --------------------------------------------------------------------------------- */

/* The step for which the code is right; 0: none. `sealed` as the store has it. */
int64_t account_check_totp(const struct door *door, const char *sealed, const char *code);

/* -- known.c ----------------------------------------------------------------------------------- */

/* Makes the browser that shows `list` known for this login, too, for DOOR_KNOWN_DAYS; of others the
 * newest stay, DOOR_KNOWN_LOGINS in all. */
void known_add(const struct door *door, const char *login, char list[DOOR_KNOWN_SIZE]);
/* The number of the browser, if what it shows (may be NULL) was made for it and this login; 0. */
uint64_t known_read(const struct door *door, const char *login, const char *list);

/* -- sessions.c -------------------------------------------------------------------------------- */

/* NULL: nobody's, or it is over. */
struct book_session *session_find(struct door *door, const char *token);
/* Puts the change into the batch: a session of `op->person`, which is `op->session` from now on. */
void session_begin(struct op *op, struct batch *batch);
/* It is on the disk. */
void session_begun(struct op *op);
/* The memory's side of batch_drop_sessions(). */
void sessions_forget(struct door *door, const char *person, const char *but);
/* Writes what was seen, and ends what is over: every minute, and at the end. */
void door_keep(struct door *door);

#endif
