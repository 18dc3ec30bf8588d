#ifndef AIRCLASS_SERVER_DOOR_DOOR_H
#define AIRCLASS_SERVER_DOOR_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/base/address.h"
#include "server/door/totp.h"
#include "server/entry/code.h"
#include "server/entry/pass.h"
#include "server/store/door.h"

/*
 * How people come in, and who somebody is who shows what they were given: staff and guardians with
 * a login, a password and perhaps a second factor, who get a session; pupils with the entry code
 * that their homeroom teacher printed, and guests with a day pass, who get a pass (server/entry).
 *
 * What is shown with each request or by a joining player is looked up in memory, without SQL and
 * without hashing of passwords; memory follows the store, which is written first. What was not
 * acknowledged never was. Wrong guesses are counted by address and by account (entry/guard.h).
 *
 * Functions that end in `told, arg` return 0, and tell later, from the loop and once; or a negative
 * errno, and tell nothing. Errors, returned or told:
 * -EACCES: it was wrong; -ENOKEY: the password was right, a second factor is wanted; -EBUSY: too
 * many guesses, come again in `wait_s`; -EAGAIN: too much is waiting, come again in some seconds;
 * -EINVAL: a text that can't be what it should; -EBADMSG: a code that was mistyped, and not counted
 * as a guess; -EEXIST: the login is another's; -ENOENT: no such person, class or day pass;
 * -ENOSPC: there are as many as may be; -EPERM: it is over; and those of store_apply().
 */
struct door;
struct uv_loop_s;

enum {
    DOOR_TOKEN_SIZE = 44, /* 256 bits as base64url, with the NUL */
    DOOR_PASSWORD_MIN = 10,
    DOOR_PASSWORD_MAX = 128, /* bytes */
    DOOR_LOGIN_MIN = 3,
    DOOR_SESSIONS_MAX = 20, /* of one person; the oldest ends */
    DOOR_GUESTS_MAX = 20,   /* day passes of a class at the same time */
    DOOR_GUEST_DEVICES = 3, /* that one of them lets in */
    DOOR_GUEST_DAYS = 7,    /* so long at most */
    DOOR_INVITE_DAYS = 7,
    DOOR_IDLE_HOURS = 12, /* of a session that is not used */
    DOOR_SESSION_DAYS = 30,
    DOOR_KNOWN_DAYS = 60,  /* that a browser is known since somebody came in with it */
    DOOR_KNOWN_LOGINS = 4, /* for which it is: an office shares a computer */
    DOOR_KNOWN_SIZE = 512, /* of all that it shows, with the NUL; it takes 427 */
    DOOR_PASS_DAYS = 200,  /* of a pupil: the rest of a school year */
    DOOR_BUSY_S = 2,       /* what -EAGAIN asks for */
    DOOR_CODES_MAX = STORE_PAGE_MAX,
};

struct door_params {
    struct uv_loop_s *loop;
    struct store *store;
    const char *secret; /* a text of at least 128 random bits, from which all keys are made */
};

/* Reads who is in. Blocks: before the loop runs. -ENOMEM, -EIO, or what the store says. */
int door_open(struct door **out, const struct door_params *p);
/* What is under way is still told, then `closed`; the store must be closed after that. */
void door_close(struct door *door, void (*closed)(void *arg), void *arg);

/* Whoever stands outside. */
struct door_visit {
    struct address from;
    const char *known; /* what their browser was told as such; NULL or "": nothing */
    uint32_t wait_s;   /* set with a returned -EBUSY */
};

struct door_told {
    int err;
    uint32_t wait_s;    /* with -EBUSY */
    const char *person; /* who came in, or was invited; of a guest: the day pass */
    const char *secret; /* session, pass, invitation or code: for them alone */
    /* With a session: what makes the browser known, for this login and those that it was known for
     * before. It opens nothing, outlives the session, and lets its holder try a password whatever
     * strangers do meanwhile. */
    const char *known;
    int64_t until_ms; /* when it ends */
};
typedef void door_told_fn(void *arg, const struct door_told *told);

/* -- staff and guardians ----------------------------------------------------------------------- */

/* NULL, or what is wrong with a login or a new password: static text, for people. */
const char *door_check_login(const char *login);
const char *door_check_password(const char *password, const char *login);

/* The code with which the first district admin comes in, in groups of four; false: there is one
 * already, or the code is used. Another one after each start. */
bool door_set_up_code(const struct door *door, char out[ENTRY_CODE_TEXT_SIZE]);

struct door_newcomer {
    const char *secret; /* set-up code or invitation */
    const char *name;   /* with a set-up code; checked by the asker */
    const char *login;
    const char *password;
};
/* Makes the person, the first district admin; tells a session. -EPERM: there is one already. */
int door_set_up(struct door *door, struct door_visit *visit, const struct door_newcomer *who,
                door_told_fn *told, void *arg);
/* Sets login and password of who was invited, and ends their sessions and second factor; tells a
 * session. */
int door_accept(struct door *door, struct door_visit *visit, const struct door_newcomer *who,
                door_told_fn *told, void *arg);
/*
 * `totp` may be "". Tells a session. Guesses of strangers lock the account for strangers only, and
 * fill a queue of their own: a browser that is known for this login has its own five guesses, and
 * goes first.
 */
int door_sign_in(struct door *door, struct door_visit *visit, const char *login,
                 const char *password, const char *totp, door_told_fn *told, void *arg);

/* An invitation, in place of an older one. `actor`: who did it, for the audit log, as below. */
int door_invite(struct door *door, const char *actor, const char *person, door_told_fn *told,
                void *arg);

struct door_session {
    char id[STORE_ID_MAX];
    char person[STORE_ID_MAX];
    int64_t made_ms, seen_ms;
};
/* Whose session the token opens, which counts as being seen; false: nobody's. */
bool door_find_session(struct door *door, const char *token, struct door_session *out);
/* Up to `room` sessions of a person; how many there are. */
size_t door_list_sessions(struct door *door, const char *person, struct door_session *out,
                          size_t room);
/* -ENOENT: that person has no such session. */
int door_end_session(struct door *door, const char *person, const char *id, door_told_fn *told,
                     void *arg);
/* Whether that session was ended, by its holder, a new password or too many others, since `*seen`
 * was as it is: 0 at first, then what this leaves. One that ran out was not: nobody is sent away in
 * the middle of a lesson. A moment's work where nothing has ended. */
bool door_has_ended(const struct door *door, const char *id, uint32_t *seen);

/* The person's other sessions end. */
int door_put_password(struct door *door, struct door_visit *visit,
                      const struct door_session *session, const char *old, const char *password,
                      door_told_fn *told, void *arg);

/* A second factor begins: its secret, which nothing asks for until door_confirm_totp() is shown a
 * code of it, within ten minutes. */
int door_begin_totp(struct door *door, const char *token, uint8_t secret[TOTP_SECRET_SIZE]);
/* -EACCES: a wrong code; -EPERM: nothing was begun. */
int door_confirm_totp(struct door *door, const char *token, const char *code, door_told_fn *told,
                      void *arg);
int door_drop_totp(struct door *door, const struct door_session *session, door_told_fn *told,
                   void *arg);

/* -- pupils and guests ------------------------------------------------------------------------- */

/* Told with what was made: `codes` stands beside `persons`. */
struct door_codes {
    int err;
    size_t n;
    const struct door_code {
        char person[STORE_ID_MAX];
        char code[DOOR_TOKEN_SIZE]; /* or the secret of an invitation */
    } * codes;
    int64_t until_ms; /* of invitations */
};
typedef void door_codes_fn(void *arg, const struct door_codes *told);

/* Who wants them made, for whom. */
struct door_order {
    const char *actor, *subject; /* for the audit log */
    const char *school;          /* of entry codes: where these people are pupils */
    const char *const *persons;
    size_t n; /* at most DOOR_CODES_MAX */
};

/* A new entry code for each; their devices are out at once. It opens while they are pupils of that
 * school, in whichever class. */
int door_make_codes(struct door *door, const struct door_order *order, door_codes_fn *told,
                    void *arg);

/* The same for invitations, in place of older ones. */
int door_invite_many(struct door *door, const struct door_order *order, door_codes_fn *told,
                     void *arg);

/* With an entry code. Tells a pass; an older device of the kind is out. */
int door_enter(struct door *door, struct door_visit *visit, const char *code, enum pass_device kind,
               door_told_fn *told, void *arg);

/* The device signs out: its pass ends. One that is another by now is left alone. */
int door_leave(struct door *door, const char *person, uint64_t device, door_told_fn *told,
               void *arg);

/* Tells the code as `secret` and the id as `person`. -ENOENT: no such class. */
int door_make_guest(struct door *door, const char *actor, const struct store_guest *guest,
                    door_told_fn *told, void *arg);
int door_drop_guest(struct door *door, const char *actor, const struct store_guest *guest,
                    door_told_fn *told, void *arg);
/* Classes may have gone, and with them their day passes, on the disk: those of which `has_class`
 * says so are over. */
typedef bool door_has_class_fn(void *arg, const char *school, const char *klass);
void door_review_guests(struct door *door, door_has_class_fn *has_class, void *arg);
/* With the code of a day pass. Tells a pass. */
int door_enter_guest(struct door *door, struct door_visit *visit, const char *code,
                     door_told_fn *told, void *arg);

/* Whom a pass lets in. */
struct door_pass {
    bool is_guest;
    char person[STORE_ID_MAX];                          /* of a guest: the day pass */
    char school[STORE_CODE_MAX], klass[STORE_CODE_MAX]; /* of a guest */
    enum pass_device kind;
    uint64_t device;
};
/* A MAC and a look into memory. False: a pass that lets nobody in, or not any more. */
bool door_check_pass(struct door *door, const char *text, struct door_pass *out);

/* A connection of a pupil's device, and which of them counts: the newest of its kind. One of a
 * device that is out by now takes nobody's place. */
struct door_turn {
    bool is_guest;
    char person[STORE_ID_MAX];
    enum pass_device kind;
    uint64_t device;
    uint32_t turn;
};
void door_take_turn(struct door *door, const struct door_pass *pass, struct door_turn *out);
/* DOOR_STILL_IN; DOOR_REPLACED: a newer device, or another connection of this one, came;
 * DOOR_RESET: the code is another one by now, or the day pass has ended. */
enum door_standing { DOOR_STILL_IN, DOOR_REPLACED, DOOR_RESET };
enum door_standing door_standing(struct door *door, const struct door_turn *turn);

/* Grows whenever some standing may have changed, within a minute of the end of a day pass: so that
 * nobody needs to ask in between. */
uint32_t door_changes(const struct door *door);

#endif
