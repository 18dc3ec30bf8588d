#ifndef AIRCLASS_SERVER_STORE_DOOR_H
#define AIRCLASS_SERVER_STORE_DOOR_H

#include "server/store/store.h"

/*
 * How people come in (server/door): accounts, invitations, sessions, entry codes, devices and day
 * passes. Part of store.h: changes go into a batch, questions are answered as there. People are
 * named by their ids here, in questions as `code`; who is dropped takes all of it along.
 *
 * Hashes are texts that only their maker understands; nothing that opens a door is kept.
 */
enum {
    STORE_LOGIN_MAX = 64,
    STORE_HASH_MAX = 48,    /* 32 bytes in base64, and a NUL */
    STORE_SECRET_MAX = 256, /* a hashed password, a sealed secret */
    STORE_DEVICES_MAX = 2,  /* kinds of devices */
};

struct store_account {
    const char *person;
    const char *login;
    const char *password; /* hashed */
    const char *totp;     /* sealed; "": no second factor */
    int64_t seen_ms;      /* when a session of it was seen last; 0: never, or long ago */
};

struct store_invitation {
    const char *person;
    const char *hash;
    int64_t until_ms;
};

struct store_session {
    const char *id;
    const char *hash;
    const char *person;
    int64_t made_ms, seen_ms;
};

/* A pupil who has a code, and the devices that it let in. */
struct store_entry {
    const char *person;
    const char *school; /* the home's code; "" in store_each_entry() */
    const char *code;   /* the person's, in store_list_entries(); else "" */
    const char *name;   /* likewise */
    const char *hash;   /* "": has no code, or one that does not open */
    int64_t version;
    struct store_device {
        int64_t device; /* 0: none of this kind */
        int64_t made_ms, seen_ms;
    } devices[STORE_DEVICES_MAX]; /* of the kinds 1, 2, ... */
};

struct store_guest {
    const char *id;
    const char *school;
    const char *klass;
    const char *name;
    const char *hash;
    int64_t until_ms;
    int64_t used; /* devices that it has let in */
};

/* What somebody is called, for showing: no ids in it but their own. */
struct store_card {
    struct store_person person;
    const char *school_name; /* of the home */
    const char *login;       /* "": has no account */
    bool has_totp;
};

/* What somebody is, with the names of the places. For a ward: role STORE_STUDENT, and who; for a
 * day pass: no role, and the name of its guest. */
struct store_calling {
    struct store_person person;
    enum store_role role;
    const char *school, *school_name;
    const char *klass, *klass_name;
};

/* Who looks after a pupil of a class. */
struct store_guardian {
    struct store_person person;
    const char *ward, *ward_name; /* the pupil's code and name */
    bool has_account;
};

/* -- changes ----------------------------------------------------------------------------------- */

/* Makes or changes the account of a person, who is named by id, or by school and code when that is
 * NULL; a second factor, and its invitation, end. -EEXIST: the login is another's. */
void batch_put_account(struct batch *batch, const struct store_person *whose, const char *login,
                       const char *password);
/* -ENOENT: has no account, or its password was not `before` any more. */
void batch_put_password(struct batch *batch, const char *person, const char *before,
                        const char *password);
/* "": none. -ENOENT. */
void batch_put_totp(struct batch *batch, const char *person, const char *totp);
/* A code of this step is used: -ECANCELED when it, or a later one, was before. */
void batch_use_totp(struct batch *batch, const char *person, int64_t step);

/* In place of an older one. It goes when that person becomes more, before it is used: a role of
 * theirs, a ward, or a role of a ward (batch_put_role(), batch_put_guardian()). */
void batch_put_invitation(struct batch *batch, const struct store_invitation *invitation);
/* It is used, and gone: -ENOENT when it already was. */
void batch_use_invitation(struct batch *batch, const char *hash);

void batch_put_session(struct batch *batch, const struct store_session *session);
void batch_see_session(struct batch *batch, const char *id, int64_t seen_ms);
void batch_drop_session(struct batch *batch, const char *id);
/* All of a person but the one with the id `but` (may be NULL). */
void batch_drop_sessions(struct batch *batch, const char *person, const char *but);
/* Those made before `made_ms`, and those not seen since `seen_ms`. */
void batch_end_sessions(struct batch *batch, int64_t made_ms, int64_t seen_ms);

/* Another code, for a pupil of this school: raises the version, from 1 on, and ends the devices. It
 * opens while they are one: whoever gave it to them has no say in the next school. The devices that
 * are in stay until that gives them another. */
void batch_put_entry(struct batch *batch, const char *person, const char *school, const char *hash);
/* In place of an older device of this kind (1 to STORE_DEVICES_MAX). -ENOENT: the person's code
 * is not the one with this hash any more, or does not open. */
void batch_put_device(struct batch *batch, const char *person, const char *hash, int kind,
                      const struct store_device *device);
/* Of both: nothing happens when it is another device by now. */
void batch_see_device(struct batch *batch, const char *person, int64_t device, int64_t seen_ms);
void batch_drop_device(struct batch *batch, const char *person, int64_t device);

/* The class must be there; `used` begins at 0. */
void batch_put_guest(struct batch *batch, const struct store_guest *guest);
/* Counts a device: -ENOENT when it is gone, or has let in `most` of them. */
void batch_use_guest(struct batch *batch, const char *id, int most);
/* -ENOENT: there is no such day pass for this class. */
void batch_drop_guest(struct batch *batch, const char *school, const char *klass, const char *id);
/* Those that ended before `until_ms`. */
void batch_end_guests(struct batch *batch, int64_t until_ms);

/* Invitations that nobody used before `until_ms`. */
void batch_end_invitations(struct batch *batch, int64_t until_ms);
/* Devices that came in before `made_ms`. */
void batch_end_devices(struct batch *batch, int64_t made_ms);

/* -- questions --------------------------------------------------------------------------------- */

/* The account with the login `code`, or -ENOENT: `accounts`. */
int store_find_account(struct store *store, const struct store_question *q, store_answer_fn *answer,
                       void *arg);
/* That of the person with the id `code`, and their unused invitation. */
int store_find_account_of(struct store *store, const struct store_question *q,
                          store_answer_fn *answer, void *arg);
int store_find_invitation_of(struct store *store, const struct store_question *q,
                             store_answer_fn *answer, void *arg);
/* The one with the hash `code`, or -ENOENT: `invitations`, `entries` that open, `guests`. */
int store_find_invitation(struct store *store, const struct store_question *q,
                          store_answer_fn *answer, void *arg);
int store_find_entry(struct store *store, const struct store_question *q, store_answer_fn *answer,
                     void *arg);
int store_find_guest(struct store *store, const struct store_question *q, store_answer_fn *answer,
                     void *arg);
/* The pupils of a class by code, with what they have of codes and devices: `entries`. */
int store_list_entries(struct store *store, const struct store_question *q, store_answer_fn *answer,
                       void *arg);
/* The day passes of a class: `guests`. */
int store_list_guests(struct store *store, const struct store_question *q, store_answer_fn *answer,
                      void *arg);
/* Who the person with the id `code` is, or -ENOENT: `cards`. */
int store_find_card(struct store *store, const struct store_question *q, store_answer_fn *answer,
                    void *arg);
/* What they are, or whom they are a guardian of and in which classes: `callings`, in one page. */
int store_list_callings(struct store *store, const struct store_question *q,
                        store_answer_fn *answer, void *arg);
int store_list_ward_classes(struct store *store, const struct store_question *q,
                            store_answer_fn *answer, void *arg);
/* Who looks after the pupils of `klass`, one for each pupil of theirs, by the pupils' codes:
 * `guardians`. */
int store_list_guardians(struct store *store, const struct store_question *q,
                         store_answer_fn *answer, void *arg);

/* The guest of the day pass with the id `code`, and for which class, or -ENOENT: `callings`. */
int store_find_day_pass(struct store *store, const struct store_question *q,
                        store_answer_fn *answer, void *arg);

/* Everything, before the loop runs; a value other than 0 ends the reading and is returned. */
typedef int store_session_fn(void *arg, const struct store_session *session);
int store_each_session(struct store *store, store_session_fn *each, void *arg);
typedef int store_entry_fn(void *arg, const struct store_entry *entry);
int store_each_entry(struct store *store, store_entry_fn *each, void *arg);
typedef int store_guest_fn(void *arg, const struct store_guest *guest);
int store_each_guest(struct store *store, store_guest_fn *each, void *arg);
/* 1: some district admin has an account; 0; or a negative errno. */
int store_has_admin(struct store *store);

#endif
