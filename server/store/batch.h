#ifndef AIRCLASS_SERVER_STORE_BATCH_H
#define AIRCLASS_SERVER_STORE_BATCH_H

#include "server/base/token.h"
#include "server/store/arena.h"
#include "server/store/db.h"
#include "server/store/door.h"
#include "server/store/feed.h"
#include "server/store/plan.h"
#include "server/store/store.h"
#include "server/store/visit.h"
#include "server/store/whole.h"

/* What a batch is made of; private to this folder. */
struct change;
typedef int change_fn(struct db *db, const struct change *change);

struct change {
    change_fn *run;
    struct change *next;
    union {
        struct store_lesson lesson;
        struct store_place place;
        struct store_member member;
        struct store_audit audit;
        struct {
            struct store_audit entry;
            struct store_person whom;
        } told;
        int64_t revision;
        struct store_grid_row grid_row;
        struct store_year year;
        struct store_closure closure;
        struct store_minutes minutes;
        struct store_visit visit;
        struct {
            const char *school, *klass;
            int32_t day;
        } class_minutes;
        const char *text;
        struct {
            const char *person, *school, *klass, *hash;
            int64_t at_ms;
        } feed;
        struct {
            struct store_person person, pupil;
        };
        struct {
            struct store_person whose; /* `id`, or else school and code */
            const char *login, *password, *before, *totp;
            int64_t step;
        } account;
        struct store_invitation invitation;
        struct store_session session;
        struct {
            const char *person, *school, *hash;
            int kind;
            struct store_device device;
        } entry;
        struct store_guest guest;
        struct {
            struct store_person whose;
            const char *actor;
            int64_t at_ms;
        } erasure;
        struct {
            const char *actor;
            int64_t before_ms;
        } cut;
    };
};

struct batch {
    struct arena arena;
    struct change *first, **last;
    size_t n;
    bool is_about_people;
    bool is_about_many; /* else, of people or a place, this alone */
    struct store_about about;
    bool is_erasing; /* traces are to go when it is made */
    int err;         /* the first that making it met */
};

size_t batch_bytes(const struct batch *batch);

/* For the verbs of each noun. Adds a copy of `change`, whose texts are the batch's already. */
void batch_add(struct batch *batch, change_fn *run, const struct change *change);
/* It changes this person, or without a code this place. */
void batch_concern(struct batch *batch, const char *school, const char *klass, const char *code);
/* A copy of a text of less than `size` bytes; NULL counts as "". A word may not be empty. */
const char *batch_text(struct batch *batch, const char *given, size_t size);
const char *batch_word(struct batch *batch, const char *given, size_t size);
/* What stays when making it went wrong is the first error: the rest is not even looked at. */
void batch_fail(struct batch *batch, int err);

/* Makes the changes: 0, or the error of number `*at`. Within a transaction. */
int batch_run(const struct batch *batch, struct db *db, size_t *at);

/* The rows of changes: lesson.c, people.c, audit.c, door.c. */
change_fn lesson_put, lesson_drop;
change_fn place_put, place_drop, person_put, person_drop;
change_fn role_put, role_drop, guardian_put, guardian_drop;
change_fn audit_append, audit_append_person, audit_cut;
change_fn revision_expect, place_expect_none, person_expect_none;
change_fn grid_row_put, grid_row_drop, grid_publish, year_put, closure_put, closure_drop,
    grid_expire, policy_put;
change_fn minutes_put, minutes_drop, class_minutes_drop;
change_fn feed_address_put, feed_address_drop, class_feed_put, class_feed_drop;  /* feed.c */
change_fn visit_add, visit_title_put;                                            /* visit.c */
change_fn person_erase;                                                          /* erase.c */
change_fn account_put, account_put_password, account_put_totp, account_use_totp; /* door.c */
change_fn invitation_put, invitation_use, invitations_expire;
change_fn session_put, session_see, session_drop, sessions_drop, sessions_expire;
change_fn entry_put, device_put, device_see, device_drop, devices_expire;
change_fn guest_put, guest_use, guest_drop, guests_expire;

/* How many rows a change concerned: none is -ENOENT. */
int one_or_more(int n);
/* The text in the only column of the first row; -ENOENT. */
int find_id(struct db *db, char out[STORE_ID_MAX], const char *sql, const struct db_value *values,
            size_t n);

/* Ours, for ever: of a place or a person by the owner's codes. -ENOENT. */
int place_find(struct db *db, char out[STORE_ID_MAX], const char *school, const char *klass);
int person_find(struct db *db, char out[STORE_ID_MAX], const char *school, const char *code);
/* 1: somebody administers the district; 0: nobody does; else a negative errno. */
int admin_is_there(struct db *db);
/* A new one. -EIO: no randomness. */
int store_make_id(char out[TOKEN_LEN + 1]);

/* Of the entry `e`: its person is a pupil of the school that it was made in. $1: STORE_STUDENT. */
#define ENTRY_OPENS                                                                                \
    "EXISTS (SELECT 1 FROM role n JOIN place k ON k.id = n.place"                                  \
    " WHERE n.person = e.person AND n.role = $1 AND k.parent = e.school)"

int revision_find(struct db *db, int64_t *out);
/* Counts a transaction that changed places or people. */
int revision_raise(struct db *db);

#endif
