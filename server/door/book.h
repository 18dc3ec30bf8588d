#ifndef AIRCLASS_SERVER_DOOR_BOOK_H
#define AIRCLASS_SERVER_DOOR_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "server/door/totp.h"
#include "server/store/door.h"

/*
 * Who is in: sessions, the devices of pupils, day passes; all that a request or a joining player
 * is asked, in memory. It follows the store, which is written first. Some 170 bytes for a pupil.
 * Private to this folder.
 */
enum { BOOK_HASH_SIZE = 32 };

struct session_row;
struct seat_row;
struct guest_row;

struct book {
    struct session_row *sessions; /* maps */
    struct seat_row *seats;
    struct guest_row *guests;
};

/* Of one browser of one of the staff. */
struct book_session {
    uint8_t hash[BOOK_HASH_SIZE]; /* of its token */
    char id[STORE_ID_MAX];
    char person[STORE_ID_MAX];
    int64_t made_ms, seen_ms;
    int64_t kept_ms; /* `seen_ms` as the store has it */
    /* A second factor that is being set up; 0: none. */
    int64_t totp_until_ms;
    uint8_t totp[TOTP_SECRET_SIZE];
};

/* Of a pupil. */
struct book_seat {
    char person[STORE_ID_MAX];
    uint32_t version; /* of the code; 0: never had one */
    struct book_device {
        uint64_t device; /* 0: none of this kind */
        int64_t seen_ms, kept_ms;
        uint32_t turn; /* counts its connections: the newest is the one that counts */
    } devices[STORE_DEVICES_MAX];
};

struct book_guest {
    char id[STORE_ID_MAX];
    char school[STORE_CODE_MAX];
    char klass[STORE_CODE_MAX];
    int64_t until_ms;
};

/* Begins zeroed. */
void book_release(struct book *b);

/* A copy of what is given; false: no memory. */
bool book_add_session(struct book *b, const struct book_session *session);
struct book_session *book_find_session(struct book *b, const uint8_t hash[BOOK_HASH_SIZE]);
void book_drop_session(struct book *b, struct book_session *session);
/* What `each` is given may be dropped by it. */
void book_each_session(struct book *b, void (*each)(struct book_session *session, void *arg),
                       void *arg);

/* NULL when there is none, or, with `makes`, no memory. */
struct book_seat *book_seat(struct book *b, const char *person, bool makes);
void book_each_seat(struct book *b, void (*each)(struct book_seat *seat, void *arg), void *arg);

bool book_add_guest(struct book *b, const struct book_guest *guest);
struct book_guest *book_find_guest(struct book *b, const char *id);
void book_drop_guest(struct book *b, struct book_guest *guest);
void book_each_guest(struct book *b, void (*each)(struct book_guest *guest, void *arg), void *arg);

#endif
