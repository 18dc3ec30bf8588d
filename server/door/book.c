#include "server/door/book.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) ((element)->is_lost = true)
#include <uthash.h>

/* A row begins with what others know of it. */
struct session_row {
    struct book_session session;
    bool is_lost;
    UT_hash_handle hh;
};

struct seat_row {
    struct book_seat seat;
    bool is_lost;
    UT_hash_handle hh;
};

struct guest_row {
    struct book_guest guest;
    bool is_lost;
    UT_hash_handle hh;
};

void book_release(struct book *b)
{
    struct session_row *session, *next_session;
    struct seat_row *seat, *next_seat;
    struct guest_row *guest, *next_guest;
    HASH_ITER (hh, b->sessions, session, next_session)
        book_drop_session(b, &session->session);
    HASH_ITER (hh, b->seats, seat, next_seat) {
        HASH_DEL(b->seats, seat);
        free(seat);
    }
    HASH_ITER (hh, b->guests, guest, next_guest)
        book_drop_guest(b, &guest->guest);
}

/* -- sessions ---------------------------------------------------------------------------------- */

bool book_add_session(struct book *b, const struct book_session *session)
{
    struct session_row *row = calloc(1, sizeof(*row));
    if (!row)
        return false;
    row->session = *session;
    HASH_ADD(hh, b->sessions, session.hash, BOOK_HASH_SIZE, row);
    if (!row->is_lost)
        return true;
    free(row);
    return false;
}

struct book_session *book_find_session(struct book *b, const uint8_t hash[BOOK_HASH_SIZE])
{
    struct session_row *row;
    HASH_FIND(hh, b->sessions, hash, BOOK_HASH_SIZE, row);
    return row ? &row->session : NULL;
}

void book_drop_session(struct book *b, struct book_session *session)
{
    struct session_row *row = (struct session_row *)session;
    HASH_DEL(b->sessions, row);
    sodium_memzero(row, sizeof(*row));
    free(row);
}

void book_each_session(struct book *b, void (*each)(struct book_session *session, void *arg),
                       void *arg)
{
    struct session_row *row, *next;
    HASH_ITER (hh, b->sessions, row, next)
        each(&row->session, arg);
}

/* -- pupils ------------------------------------------------------------------------------------ */

static struct book_seat *add_seat(struct book *b, const char *person)
{
    struct seat_row *row = calloc(1, sizeof(*row));
    if (!row)
        return NULL;
    memccpy(row->seat.person, person, 0, STORE_ID_MAX - 1);
    HASH_ADD_STR(b->seats, seat.person, row);
    if (!row->is_lost)
        return &row->seat;
    free(row);
    return NULL;
}

struct book_seat *book_seat(struct book *b, const char *person, bool makes)
{
    struct seat_row *row;
    HASH_FIND_STR(b->seats, person, row);
    if (row)
        return &row->seat;
    return makes ? add_seat(b, person) : NULL;
}

void book_each_seat(struct book *b, void (*each)(struct book_seat *seat, void *arg), void *arg)
{
    for (struct seat_row *row = b->seats; row; row = row->hh.next)
        each(&row->seat, arg);
}

/* -- day passes -------------------------------------------------------------------------------- */

bool book_add_guest(struct book *b, const struct book_guest *guest)
{
    struct guest_row *row = calloc(1, sizeof(*row));
    if (!row)
        return false;
    row->guest = *guest;
    HASH_ADD_STR(b->guests, guest.id, row);
    if (!row->is_lost)
        return true;
    free(row);
    return false;
}

struct book_guest *book_find_guest(struct book *b, const char *id)
{
    struct guest_row *row;
    HASH_FIND_STR(b->guests, id, row);
    return row ? &row->guest : NULL;
}

void book_drop_guest(struct book *b, struct book_guest *guest)
{
    struct guest_row *row = (struct guest_row *)guest;
    HASH_DEL(b->guests, row);
    free(row);
}

void book_each_guest(struct book *b, void (*each)(struct book_guest *guest, void *arg), void *arg)
{
    struct guest_row *row, *next;
    HASH_ITER (hh, b->guests, row, next)
        each(&row->guest, arg);
}
