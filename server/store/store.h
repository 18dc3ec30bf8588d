#ifndef AIRCLASS_SERVER_STORE_STORE_H
#define AIRCLASS_SERVER_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What must outlive the program: lessons, places, people and what they are, and who did what. All
 * of it is in one database, DATA/airclass.db; only this folder speaks SQL.
 *
 * Changes are gathered in a batch, which is one transaction: all of it is on the disk when its
 * callback says 0, or nothing of it ever was. Reads are answered from the last committed state.
 * Neither happens on the loop; callbacks do, never from within the call that was given them.
 */
struct store;
struct uv_loop_s;

enum { STORE_ERROR_MAX = 512 };

/*
 * Opens the store in the folder `data_dir`, which must be there, and makes or upgrades the database
 * in it; before an upgrade the old one is copied to DATA/airclass.db.before-N. Blocks: before the
 * loop runs. On failure `error` says what an operator must know:
 * -EBUSY: another program has it open; -EPROTONOSUPPORT: it was written by a newer program;
 * -EUCLEAN: it is damaged; -EINVAL: it is another program's; or an error of the system.
 */
int store_open(struct store **out, struct uv_loop_s *loop, const char *data_dir,
               char error[STORE_ERROR_MAX]);

/* What was begun is still carried out and told, then `closed` is called. From now on everything
 * else is -ESHUTDOWN. */
typedef void store_closed_fn(void *arg);
void store_close(struct store *store, store_closed_fn *closed, void *arg);

/* Nothing is told any more to those who asked with this `arg`: their object may go. What they
 * wanted changed is changed all the same. */
void store_forget(struct store *store, const void *arg);

/* -- words -------------------------------------------------------------------------------------
 *
 * Schools, classes and people are named by the ids that their owner gives them (codes): a school's
 * is unique in the district, a class's and a person's in its school. The empty code of a school
 * stands for the district itself, the empty code of a class for the whole school. All texts are
 * UTF-8; what may be in them is the askers' affair, the store sees to their length alone.
 */
enum {
    STORE_ID_MAX = 40,    /* bytes, with the NUL */
    STORE_CODE_MAX = 64,  /* codes */
    STORE_NAME_MAX = 256, /* names, titles */
    STORE_TEXT_MAX = 4096 /* what an entry of the audit log says */
};

/* Who may be what, and where they are it: the rows are in words.c. */
enum store_role {
    STORE_DISTRICT_ADMIN = 1, /* in the district */
    STORE_SCHOOL_ADMIN,       /* in a school, as all that follow but ... */
    STORE_HOMEROOM,           /* ... in a class */
    STORE_LECTURER,
    STORE_TUTOR,    /* in a class */
    STORE_STUDENT,  /* in a class */
    STORE_GUARDIAN, /* of a pupil: batch_put_guardian() */
    STORE_PATROL_SCHOOL,
    STORE_PATROL_COUNTY, /* in the district */
    STORE_PATROL_CITY,   /* in the district */
    STORE_REPORTER,
};

enum store_place_kind { STORE_NOWHERE, STORE_DISTRICT, STORE_SCHOOL, STORE_CLASS };

/* "homeroom"; NULL for a number that is no role. */
const char *store_role_name(enum store_role role);
/* 0, or -EINVAL for a word that is no role. */
int store_role_parse(const char *name, enum store_role *out);
/* The kind of place it is held in; STORE_NOWHERE for a guardian. */
enum store_place_kind store_role_place(enum store_role role);

struct store_lesson {
    const char *id;
    const char *title;
    const char *stream_key;
    const char *watch_key; /* "": none */
    bool is_open;
};

struct store_place {
    const char
        *school;       /* the school's own code, or that of the school it is in; "": the district */
    const char *klass; /* "": it is a school, or the district */
    const char *name;
    int grade; /* of a class, 1 to 12; 0: it has none */
};

struct store_person {
    const char *id;     /* ours, for ever; NULL in changes, which name people by the next two */
    const char *school; /* where they are at home; "": the district's office */
    const char *code;
    const char *name;
};

/* What a person is, and where. */
struct store_member {
    struct store_person person;
    enum store_role role;
    const char *school;
    const char *klass;
};

/* An entry of the audit log. No names in it: people are `id`s. */
struct store_audit {
    int64_t seq;         /* without holes; from 1, but that its old end may be cut off */
    int64_t at_ms;       /* since 1970, UTC */
    const char *actor;   /* who: a person's id, or a word such as "console" */
    const char *act;     /* did what: "roster.import" */
    const char *subject; /* to what */
    const char *detail;  /* in which way; may be long */
    const char *hash;    /* of all of this and of the entry before, in hex */
};

/* -- changes -----------------------------------------------------------------------------------
 *
 *     struct batch *b;
 *     int err = batch_new(&b);
 *     if (err)
 *         return err;
 *     batch_put_place(b, &school);
 *     batch_put_person(b, &pupil);
 *     batch_put_role(b, &(struct store_member){.person = pupil, .role = STORE_STUDENT, ...});
 *     batch_audit(b, "console", "roster.import", "school:17", "1 pupil");
 *     return store_apply(store, &b, on_applied, arg);
 *
 * A batch belongs to no thread until it is applied: a large one may be made in another than the
 * loop's. Everything given is copied. What goes wrong in making it is told by store_apply(). `put`
 * makes or changes; whatever is not said stays as it was.
 */
struct batch;

enum { BATCH_BYTES_MAX = 256 << 20 };

int batch_new(struct batch **out);
void batch_free(struct batch **batch);
/* How many changes it holds; 0 as well when nothing fitted. */
size_t batch_count(const struct batch *batch);

void batch_put_lesson(struct batch *batch, const struct store_lesson *lesson);
void batch_drop_lesson(struct batch *batch, const char *id);

/* The place above must be there, or come earlier in the batch. The district always is. */
void batch_put_place(struct batch *batch, const struct store_place *place);
/* -ENOTEMPTY while it has classes or people. The roles held in it end. */
void batch_drop_place(struct batch *batch, const char *school, const char *klass);

void batch_put_person(struct batch *batch, const struct store_person *person);
/* With all their roles. */
void batch_drop_person(struct batch *batch, const char *school, const char *code);

/* Of `member->person` only `school` and `code` count. -EINVAL: no such role in such a place. */
void batch_put_role(struct batch *batch, const struct store_member *member);
void batch_drop_role(struct batch *batch, const struct store_member *member);

/* The same for the two people. */
void batch_put_guardian(struct batch *batch, const struct store_person *guardian,
                        const struct store_person *pupil);
void batch_drop_guardian(struct batch *batch, const struct store_person *guardian,
                         const struct store_person *pupil);

/* The batch is made only if no place, person or role has changed since the answer with this
 * `revision`: else -ECANCELED. */
void batch_expect(struct batch *batch, int64_t revision);

/* The batch is made only if there is no such place, or no such person, when it comes to it: else
 * -EEXIST. Before they are put. */
void batch_expect_no_place(struct batch *batch, const char *school, const char *klass);
void batch_expect_no_person(struct batch *batch, const char *school, const char *code);

/* Adds an entry with the present time. */
void batch_audit(struct batch *batch, const char *actor, const char *act, const char *subject,
                 const char *detail);

/* The same, done to a person named by school and code: the subject is "person:ID", by which alone
 * the log knows people, so that no code of theirs outlives them. Before they are dropped. */
void batch_audit_person(struct batch *batch, const char *actor, const char *act,
                        const struct store_person *whom, const char *detail);

/*
 * Cuts off the log's oldest entries, of before `before_ms`: a piece of them, so that nobody waits
 * for long. What is left can still be verified, and an entry says that `actor` cut there. The
 * batch's error is -ENOENT when nothing is that old (any more), -EBADMSG when what would go has
 * been tampered with.
 */
void batch_cut_audit(struct batch *batch, const char *actor, int64_t before_ms);

/*
 * 0: all of it is on the disk. Else a negative errno, nothing has changed, and change number `at`
 * (from 0) was to blame, or SIZE_MAX when none was:
 * -EEXIST: its id, key or code is another's; -ENOENT: what it names is not there; -ENOTEMPTY;
 * -ECANCELED: batch_expect(); -EOWNERDEAD: nobody would administer the district any more; -EINVAL;
 * -ENOSPC: the disk is full; -ESTALE, -EUCLEAN: the file is gone, or damaged; -EIO, -ENOMEM, ...
 */
typedef void store_applied_fn(void *arg, int err, size_t at);

/*
 * Takes the batch, in any case: *batch becomes NULL. When this fails the callback is not called:
 * -EINVAL: a text is missing or too long, a role is not held there; -E2BIG: the batch is too large;
 * -ENOMEM; -EAGAIN: too much is waiting to be written already, come again later; -ESHUTDOWN.
 */
int store_apply(struct store *store, struct batch **batch, store_applied_fn *applied, void *arg);

/* The same, waited for; `at` may be NULL. Before the loop runs. */
int store_apply_now(struct store *store, struct batch **batch, size_t *at);

/* -- questions ---------------------------------------------------------------------------------
 *
 * Answers come in pages: of at most `limit` rows behind the place that `after` says, which is the
 * `next` of the page before (NULL: from the beginning).
 */
enum { STORE_PAGE_MAX = 1000 };

/* Everything in it lives until the callback returns. */
struct store_answer {
    int err; /* 0, or a negative errno: then there are no rows */
    size_t n;
    const char *next; /* NULL: this is the last page */
    int64_t revision; /* of places and people: another number for each change; see batch_expect() */
    union {
        const struct store_place *places;
        const struct store_person *people;
        const struct store_member *members;
        const struct store_audit *audit;
        const struct store_lesson *lessons;
        const struct store_account *accounts; /* from here on: door.h */
        const struct store_invitation *invitations;
        const struct store_entry *entries;
        const struct store_guest *guests;
        const struct store_session *sessions;
        const struct store_card *cards;
        const struct store_calling *callings;
        const struct store_guardian *guardians;
        const struct store_minutes *minutes; /* from here on: plan.h */
        struct store_plan **plan;
        const struct store_roll *roll;  /* visit.h */
        const struct store_feed *feeds; /* feed.h */
        const struct store_fact *facts; /* trace.h */
        const struct store_row *rows;   /* whole.h */
        const struct store_deed *deeds; /* deeds.h */
    };
};
typedef void store_answer_fn(void *arg, const struct store_answer *answer);

/* What is asked for; each question says which of these it heeds. */
struct store_question {
    const char *school;
    const char *klass;
    const char *code;
    const char *find;   /* what is in the code or the name, in capitals or not; "": all */
    bool is_staff;      /* of people only those who are more than pupil or guardian */
    const char *person; /* our id of them */
    const char *act;
    int64_t from_ms; /* since 1970, UTC ... */
    int64_t to_ms;   /* ... and the first that does not count any more; 0: all that follow count */
    const char *after;
    size_t limit; /* 0 counts as STORE_PAGE_MAX, more is cut to it */
};

/* All of these: 0, and the answer will come; -EINVAL: a text is too long; -EAGAIN: too many are
 * waiting, come again later; -ENOMEM; -ESHUTDOWN. */

/* The schools of the district, or the classes of `school`, all or those that `find` means, by code:
 * `places`. */
int store_list_places(struct store *store, const struct store_question *q, store_answer_fn *answer,
                      void *arg);
/* The place `school` and `klass` themselves, the district if both are empty, or -ENOENT: `places`.
 */
int store_find_place(struct store *store, const struct store_question *q, store_answer_fn *answer,
                     void *arg);
/* Who is at home in `school`, all or those whom `find` means, by code: `people`. */
int store_list_people(struct store *store, const struct store_question *q, store_answer_fn *answer,
                      void *arg);
/* The one with `code` there, or -ENOENT: `people`. */
int store_find_person(struct store *store, const struct store_question *q, store_answer_fn *answer,
                      void *arg);
/* Who is what in `school` and `klass`, by role, then code: `members`. */
int store_list_members(struct store *store, const struct store_question *q, store_answer_fn *answer,
                       void *arg);
/* What the person `code` of `school` is, everywhere: `members`, without a next page. */
int store_list_roles(struct store *store, const struct store_question *q, store_answer_fn *answer,
                     void *arg);
/* Whom the person `code` of `school` is a guardian of: `people`, without a next page. */
int store_list_wards(struct store *store, const struct store_question *q, store_answer_fn *answer,
                     void *arg);
/* The audit log, oldest first: `audit`. For people to look into: deeds.h. */
int store_list_audit(struct store *store, const struct store_question *q, store_answer_fn *answer,
                     void *arg);

/* Every lesson in the order of its id; a value other than 0 ends the reading and is returned.
 * Blocks: before the loop runs. */
typedef int store_lesson_fn(void *arg, const struct store_lesson *lesson);
int store_each_lesson(struct store *store, store_lesson_fn *each, void *arg);

#endif
