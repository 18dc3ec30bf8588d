#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/base/clock.h"
#include "server/door/door_impl.h"

enum {
    HOUR_MS = 3600 * 1000,
    /* Being seen is written so often at most, and lost with a power cut no further back. */
    KEEP_MS = 10 * 60 * 1000,
    KEEP_MAX = 4000, /* changes of one batch: 50 ms of the writer */
};

static const int64_t idle_ms = (int64_t)DOOR_IDLE_HOURS * HOUR_MS;
static const int64_t day_ms = (int64_t)24 * HOUR_MS;
static const int64_t session_ms = (int64_t)DOOR_SESSION_DAYS * 24 * HOUR_MS;

static bool is_over(const struct book_session *s, int64_t now_ms)
{
    return now_ms - s->seen_ms > idle_ms || now_ms - s->made_ms > session_ms;
}

struct book_session *session_find(struct door *door, const char *token)
{
    uint8_t hash[BOOK_HASH_SIZE];
    if (strlen(token) != DOOR_TOKEN_SIZE - 1)
        return NULL;
    door_hash_token(door, token, hash);
    struct book_session *s = book_find_session(&door->book, hash);
    return s && !is_over(s, clock_wall_ms()) ? s : NULL;
}

static void show(struct door_session *out, const struct book_session *s)
{
    *out = (struct door_session){.made_ms = s->made_ms, .seen_ms = s->seen_ms};
    memcpy(out->id, s->id, sizeof(out->id));
    memcpy(out->person, s->person, sizeof(out->person));
}

bool door_find_session(struct door *door, const char *token, struct door_session *out)
{
    struct book_session *s = session_find(door, token);
    if (!s)
        return false;
    s->seen_ms = clock_wall_ms();
    show(out, s);
    return true;
}

/* -- lists ------------------------------------------------------------------------------------- */

struct listing {
    const char *person;
    const char *but;
    struct door_session *out;
    size_t room, n;
    struct book_session *oldest;
    struct door *door;
};

static void list_one(struct book_session *s, void *arg)
{
    struct listing *l = arg;
    if (strcmp(s->person, l->person) != 0 || is_over(s, clock_wall_ms()))
        return;
    if (l->n++ < l->room)
        show(&l->out[l->n - 1], s);
    if (!l->oldest || s->seen_ms < l->oldest->seen_ms)
        l->oldest = s;
}

size_t door_list_sessions(struct door *door, const char *person, struct door_session *out,
                          size_t room)
{
    struct listing l = {.person = person, .out = out, .room = room};
    book_each_session(&door->book, list_one, &l);
    return l.n;
}

/* -- begin and end ----------------------------------------------------------------------------- */

/* It did not run out. */
static void end(struct door *door, struct book_session *s)
{
    memcpy(door->ended[door->n_ended++ % DOOR_ENDED_KEPT], s->id, sizeof(s->id));
    book_drop_session(&door->book, s);
}

bool door_has_ended(const struct door *door, const char *id, uint32_t *seen)
{
    bool is_it = false;
    uint32_t n = door->n_ended - *seen;
    for (n = n < DOOR_ENDED_KEPT ? n : DOOR_ENDED_KEPT; n > 0; n--)
        is_it |= strcmp(door->ended[(door->n_ended - n) % DOOR_ENDED_KEPT], id) == 0;
    *seen = door->n_ended;
    return is_it;
}

static void make_room(struct op *op, struct batch *batch)
{
    struct listing l = {.person = op->person};
    book_each_session(&op->door->book, list_one, &l);
    if (l.n < DOOR_SESSIONS_MAX)
        return;
    batch_drop_session(batch, l.oldest->id);
    end(op->door, l.oldest);
}

void session_begin(struct op *op, struct batch *batch)
{
    char hash[STORE_HASH_MAX];
    struct book_session *s = &op->session;
    door_make_id(s->id);
    door_make_token(op->secret);
    door_hash_token(op->door, op->secret, s->hash);
    door_hash_text(hash, s->hash);
    memcpy(s->person, op->person, sizeof(s->person));
    s->made_ms = s->seen_ms = s->kept_ms = clock_wall_ms();
    op->until_ms = s->made_ms + session_ms;
    make_room(op, batch);
    batch_put_session(batch, &(struct store_session){.id = s->id,
                                                     .hash = hash,
                                                     .person = s->person,
                                                     .made_ms = s->made_ms,
                                                     .seen_ms = s->seen_ms});
}

void session_begun(struct op *op)
{
    /* Without memory they sign in once more. */
    book_add_session(&op->door->book, &op->session);
    known_add(op->door, op->login, op->known);
}

static void forget_one(struct book_session *s, void *arg)
{
    const struct listing *l = arg;
    if (strcmp(s->person, l->person) == 0 && strcmp(s->id, l->but) != 0)
        end(l->door, s);
}

void sessions_forget(struct door *door, const char *person, const char *but)
{
    struct listing l = {.person = person, .but = but, .door = door};
    book_each_session(&door->book, forget_one, &l);
}

static void end_one(struct book_session *s, void *arg)
{
    struct op *op = arg;
    if (strcmp(s->person, op->person) == 0 && strcmp(s->id, op->session.id) == 0)
        end(op->door, s);
}

/* One that is gone already is what was wanted. */
static void on_ended(void *arg, int err, size_t at)
{
    struct op *op = arg;
    (void)at;
    err = err == -ENOENT ? 0 : err;
    if (!err)
        book_each_session(&op->door->book, end_one, op);
    op_end(op, err);
}

int door_end_session(struct door *door, const char *person, const char *id, door_told_fn *told,
                     void *arg)
{
    struct door_session list[DOOR_SESSIONS_MAX];
    size_t n = door_list_sessions(door, person, list, DOOR_SESSIONS_MAX), i = 0;
    while (i < n && strcmp(list[i].id, id) != 0)
        i++;
    if (i >= n)
        return -ENOENT;
    struct op *op = op_new(door, told, arg);
    struct batch *batch = NULL;
    int err = op ? batch_new(&batch) : -ENOMEM;
    if (!op || err)
        return op ? op_began(op, err) : err;
    snprintf(op->person, sizeof(op->person), "%s", person);
    snprintf(op->session.id, sizeof(op->session.id), "%s", id);
    batch_drop_session(batch, id);
    batch_audit(batch, person, "session.end", person, "");
    return op_begin_apply(op, batch, on_ended);
}

/* -- keeping ----------------------------------------------------------------------------------- */

struct keeping {
    struct door *door;
    struct batch *batch;
    int64_t now_ms;
    bool has_ended; /* something is over */
};

static void keep_session(struct book_session *s, void *arg)
{
    struct keeping *k = arg;
    if (is_over(s, k->now_ms)) {
        book_drop_session(&k->door->book, s);
        k->has_ended = true;
        return;
    }
    if (s->seen_ms - s->kept_ms < KEEP_MS || batch_count(k->batch) >= KEEP_MAX)
        return;
    s->kept_ms = s->seen_ms;
    batch_see_session(k->batch, s->id, s->seen_ms);
}

static void keep_seat(struct book_seat *seat, void *arg)
{
    struct keeping *k = arg;
    for (int i = 0; i < STORE_DEVICES_MAX; i++) {
        struct book_device *d = &seat->devices[i];
        if (d->seen_ms - d->kept_ms < KEEP_MS || batch_count(k->batch) >= KEEP_MAX)
            continue;
        d->kept_ms = d->seen_ms;
        batch_see_device(k->batch, seat->person, (int64_t)d->device, d->seen_ms);
    }
}

static void end_guest(struct book_guest *g, void *arg)
{
    struct keeping *k = arg;
    if (g->until_ms >= k->now_ms)
        return;
    book_drop_guest(&k->door->book, g);
    k->door->changes++;
    k->has_ended = true;
}

static void on_kept(void *arg, int err, size_t at)
{
    (void)arg;
    (void)err; /* it is written again in a while, or was not worth it */
    (void)at;
}

/* What is over goes; what is over and in nobody's way, once a day. A pass is a moment younger than
 * its device: a day does for that. */
static void end_old(const struct keeping *k, bool is_new_day)
{
    batch_end_sessions(k->batch, k->now_ms - session_ms, k->now_ms - idle_ms - KEEP_MS);
    batch_end_guests(k->batch, k->now_ms);
    if (!is_new_day)
        return;
    batch_end_invitations(k->batch, k->now_ms);
    batch_end_devices(k->batch, k->now_ms - (DOOR_PASS_DAYS + 1) * day_ms);
}

void door_keep(struct door *door)
{
    struct keeping k = {.door = door, .now_ms = clock_wall_ms()};
    if (batch_new(&k.batch) != 0)
        return;
    book_each_session(&door->book, keep_session, &k);
    book_each_seat(&door->book, keep_seat, &k);
    book_each_guest(&door->book, end_guest, &k);
    bool is_new_day = k.now_ms - door->ended_ms >= day_ms;
    if (is_new_day)
        door->ended_ms = k.now_ms;
    if (k.has_ended || is_new_day)
        end_old(&k, is_new_day);
    if (batch_count(k.batch) > 0)
        store_apply(door->store, &k.batch, on_kept, NULL);
    batch_free(&k.batch);
}
