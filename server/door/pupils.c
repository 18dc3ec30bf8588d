#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "server/base/clock.h"
#include "server/door/door_impl.h"

static const int64_t day_ms = (int64_t)24 * 3600 * 1000;

/* -- coming in --------------------------------------------------------------------------------- */

static uint64_t make_device(void)
{
    uint64_t device;
    do {
        randombytes_buf(&device, sizeof(device));
    } while (!device);
    return device;
}

/* Writes `op->pass`, of a device that is new. */
static int give_pass(struct op *op)
{
    uint32_t now_s = (uint32_t)(clock_wall_ms() / 1000);
    op->pass.issued_s = now_s;
    op->pass.expires_s = (uint32_t)(op->until_ms / 1000);
    snprintf(op->pass.person, sizeof(op->pass.person), "%s", op->person);
    return pass_make(op->secret, &op->pass, op->door->keys.pass);
}

static struct book_device *device_of(struct book_seat *seat, enum pass_device kind)
{
    return &seat->devices[kind - 1];
}

static void on_device_put(void *arg, int err, size_t at)
{
    struct op *op = arg;
    struct door *door = op->door;
    (void)at;
    struct book_seat *seat = err ? NULL : book_seat(&door->book, op->person, true);
    if (!err && !seat)
        err = -ENOMEM;
    if (!err)
        err = give_pass(op);
    if (!err) {
        struct book_device *d = device_of(seat, op->pass.device);
        int64_t now_ms = clock_wall_ms();
        *d = (struct book_device){.device = op->pass.device_id,
                                  .seen_ms = now_ms,
                                  .kept_ms = now_ms,
                                  .turn = d->turn + 1};
        door->changes++;
    }
    op_end(op, err == -ENOENT ? -EACCES : err); /* reset meanwhile */
}

static void end_unknown(struct op *op, int err)
{
    if (err == -ENOENT)
        door_guessed_wrong(op->door, op->guess, &op->job.from);
    op_end(op, err == -ENOENT ? -EACCES : err);
}

static void on_entry(void *arg, const struct store_answer *answer)
{
    struct op *op = arg;
    if (answer->err) {
        end_unknown(op, answer->err);
        return;
    }
    struct batch *batch = op_batch(op);
    if (!batch)
        return;
    const struct store_entry *e = answer->entries;
    int64_t now_ms = clock_wall_ms();
    snprintf(op->person, sizeof(op->person), "%s", e->person);
    snprintf(op->pass.school, sizeof(op->pass.school), "%s", e->school);
    op->pass.version = (uint32_t)e->version;
    op->pass.device_id = make_device();
    op->until_ms = now_ms + DOOR_PASS_DAYS * day_ms;
    const struct store_device d = {
        .device = (int64_t)op->pass.device_id, .made_ms = now_ms, .seen_ms = now_ms};
    batch_put_device(batch, op->person, op->hash, op->pass.device, &d);
    op_apply(op, batch, on_device_put);
}

/* An op for a code that somebody typed. */
static int coming(struct op **out, struct door *door, enum door_guess guess,
                  struct door_visit *visit, const char *typed, door_told_fn *told, void *arg)
{
    struct entry_code code;
    int err = entry_code_read(&code, typed);
    if (!err)
        err = door_may_guess(door, guess, visit);
    struct op *op = err ? NULL : op_new(door, told, arg);
    if (!op)
        return err ? err : -ENOMEM;
    op->guess = guess;
    op->job.from = visit->from;
    door_hash_code(op->hash, &code, guess == GUESS_CODE ? door->keys.code : door->keys.guest);
    *out = op;
    return 0;
}

int door_enter(struct door *door, struct door_visit *visit, const char *code, enum pass_device kind,
               door_told_fn *told, void *arg)
{
    struct op *op;
    if (kind != PASS_PHONE && kind != PASS_TV)
        return -EINVAL;
    int err = coming(&op, door, GUESS_CODE, visit, code, told, arg);
    if (err)
        return err;
    op->pass.role = STORE_STUDENT;
    op->pass.device = (uint8_t)kind;
    return op_began(op, store_find_entry(door->store, &(struct store_question){.code = op->hash},
                                         on_entry, op));
}

static void on_left(void *arg, int err, size_t at)
{
    struct op *op = arg;
    (void)at;
    struct book_seat *seat = err ? NULL : book_seat(&op->door->book, op->person, false);
    for (int i = 0; seat && i < STORE_DEVICES_MAX; i++) {
        if (seat->devices[i].device == op->pass.device_id)
            seat->devices[i].device = 0;
    }
    op->door->changes++;
    op_end(op, err);
}

int door_leave(struct door *door, const char *person, uint64_t device, door_told_fn *told,
               void *arg)
{
    struct batch *batch;
    struct op *op = op_about(door, person, told, arg, &batch);
    if (!op)
        return -ENOMEM;
    op->pass.device_id = device;
    batch_drop_device(batch, person, (int64_t)device);
    return op_begin_apply(op, batch, on_left);
}

/* -- day passes -------------------------------------------------------------------------------- */

/* In the place of a role; none of theirs. */
enum { ROLE_GUEST = 200 };

static void on_guest_made(void *arg, int err, size_t at)
{
    struct op *op = arg;
    (void)at;
    if (!err) {
        struct book_guest guest = {.until_ms = op->until_ms};
        memcpy(guest.id, op->person, sizeof(guest.id));
        memcpy(guest.school, op->pass.school, sizeof(guest.school));
        memcpy(guest.klass, op->pass.person, sizeof(guest.klass));
        if (!book_add_guest(&op->door->book, &guest))
            err = -ENOMEM;
    }
    op_end(op, err);
}

struct counting {
    const struct store_guest *guest;
    size_t n;
};

static void count_guest(struct book_guest *g, void *arg)
{
    struct counting *c = arg;
    c->n += strcmp(g->school, c->guest->school) == 0 && strcmp(g->klass, c->guest->klass) == 0;
}

static void describe(char out[STORE_NAME_MAX], const struct store_guest *g)
{
    snprintf(out, STORE_NAME_MAX, "%.63s/%.63s", g->school, g->klass);
}

int door_make_guest(struct door *door, const char *actor, const struct store_guest *guest,
                    door_told_fn *told, void *arg)
{
    char hash[STORE_HASH_MAX], subject[STORE_NAME_MAX];
    struct entry_code code;
    struct counting c = {.guest = guest};
    int64_t left_ms = guest->until_ms - clock_wall_ms();
    if (left_ms <= 0 || left_ms > DOOR_GUEST_DAYS * day_ms)
        return -EINVAL;
    book_each_guest(&door->book, count_guest, &c);
    if (c.n >= DOOR_GUESTS_MAX)
        return -ENOSPC;
    struct batch *batch;
    struct op *op = op_new(door, told, arg);
    int err = op ? entry_code_make(&code) : -ENOMEM;
    if (!err)
        err = batch_new(&batch);
    if (err)
        return op ? op_began(op, err) : err;
    struct store_guest made = *guest;
    door_make_id(op->person);
    made.id = op->person;
    made.hash = hash;
    op->until_ms = guest->until_ms;
    snprintf(op->pass.school, sizeof(op->pass.school), "%s", guest->school);
    snprintf(op->pass.person, sizeof(op->pass.person), "%s", guest->klass);
    entry_code_print(op->secret, &code);
    door_hash_code(hash, &code, door->keys.guest);
    describe(subject, guest);
    batch_put_guest(batch, &made);
    batch_audit(batch, actor, "guest.make", subject, made.id);
    return op_begin_apply(op, batch, on_guest_made);
}

static void on_guest_dropped(void *arg, int err, size_t at)
{
    struct op *op = arg;
    (void)at;
    struct book_guest *g = err ? NULL : book_find_guest(&op->door->book, op->person);
    if (g)
        book_drop_guest(&op->door->book, g);
    op->door->changes++;
    op_end(op, err);
}

int door_drop_guest(struct door *door, const char *actor, const struct store_guest *guest,
                    door_told_fn *told, void *arg)
{
    char subject[STORE_NAME_MAX];
    struct batch *batch;
    struct op *op = op_about(door, guest->id, told, arg, &batch);
    if (!op)
        return -ENOMEM;
    describe(subject, guest);
    batch_drop_guest(batch, guest->school, guest->klass, guest->id);
    batch_audit(batch, actor, "guest.drop", subject, guest->id);
    return op_begin_apply(op, batch, on_guest_dropped);
}

struct review {
    struct door *door;
    door_has_class_fn *has_class;
    void *arg;
};

static void review_guest(struct book_guest *g, void *arg)
{
    const struct review *r = arg;
    if (r->has_class(r->arg, g->school, g->klass))
        return;
    book_drop_guest(&r->door->book, g);
    r->door->changes++;
}

/* A class that is made anew under the same code is another one. */
void door_review_guests(struct door *door, door_has_class_fn *has_class, void *arg)
{
    struct review r = {door, has_class, arg};
    book_each_guest(&door->book, review_guest, &r);
}

/* -EPERM: it let in as many as it may. */
static void on_guest_used(void *arg, int err, size_t at)
{
    struct op *op = arg;
    (void)at;
    op->pass.role = ROLE_GUEST;
    op->pass.device = PASS_PHONE;
    op->pass.version = 1;
    op->pass.device_id = make_device();
    if (!err)
        err = give_pass(op);
    op_end(op, err == -ENOENT ? -EPERM : err);
}

static void on_guest(void *arg, const struct store_answer *answer)
{
    struct op *op = arg;
    struct batch *batch;
    if (answer->err) {
        end_unknown(op, answer->err);
        return;
    }
    const struct store_guest *g = answer->guests;
    int err = g->until_ms > clock_wall_ms() ? batch_new(&batch) : -EPERM;
    if (err) {
        op_end(op, err);
        return;
    }
    snprintf(op->person, sizeof(op->person), "%s", g->id);
    snprintf(op->pass.school, sizeof(op->pass.school), "%s", g->school);
    op->until_ms = g->until_ms;
    batch_use_guest(batch, g->id, DOOR_GUEST_DEVICES);
    op_apply(op, batch, on_guest_used);
}

int door_enter_guest(struct door *door, struct door_visit *visit, const char *code,
                     door_told_fn *told, void *arg)
{
    struct op *op;
    int err = coming(&op, door, GUESS_GUEST, visit, code, told, arg);
    if (err)
        return err;
    return op_began(op, store_find_guest(door->store, &(struct store_question){.code = op->hash},
                                         on_guest, op));
}

/* -- passes ------------------------------------------------------------------------------------ */

static bool check_guest(struct door *door, const struct pass *pass, struct door_pass *out)
{
    const struct book_guest *g = book_find_guest(&door->book, pass->person);
    if (!g || g->until_ms <= clock_wall_ms())
        return false;
    out->is_guest = true;
    memcpy(out->school, g->school, sizeof(out->school));
    memcpy(out->klass, g->klass, sizeof(out->klass));
    return true;
}

static bool check_pupil(struct door *door, const struct pass *pass)
{
    struct book_seat *seat = book_seat(&door->book, pass->person, false);
    if (!seat || pass->device > STORE_DEVICES_MAX || seat->version != pass->version ||
        device_of(seat, pass->device)->device != pass->device_id)
        return false;
    device_of(seat, pass->device)->seen_ms = clock_wall_ms();
    return true;
}

bool door_check_pass(struct door *door, const char *text, struct door_pass *out)
{
    struct pass pass;
    struct door_pass p = {.is_guest = false};
    uint32_t now_s = (uint32_t)(clock_wall_ms() / 1000);
    if (pass_read(&pass, text, strlen(text), door->keys.pass, now_s) != 0)
        return false;
    bool is_in = pass.role == ROLE_GUEST ? check_guest(door, &pass, &p)
                                         : pass.role == STORE_STUDENT && check_pupil(door, &pass);
    if (!is_in)
        return false;
    snprintf(p.person, sizeof(p.person), "%.39s", pass.person);
    p.kind = pass.device;
    p.device = pass.device_id;
    *out = p;
    return true;
}

void door_take_turn(struct door *door, const struct door_pass *pass, struct door_turn *out)
{
    *out =
        (struct door_turn){.is_guest = pass->is_guest, .kind = pass->kind, .device = pass->device};
    memcpy(out->person, pass->person, sizeof(out->person));
    struct book_seat *seat = pass->is_guest ? NULL : book_seat(&door->book, pass->person, false);
    struct book_device *d = seat ? device_of(seat, pass->kind) : NULL;
    if (!d || d->device != pass->device)
        return; /* out since it was let in */
    out->turn = ++d->turn;
    door->changes++;
}

static bool guest_is_in(struct door *door, const char *id)
{
    const struct book_guest *g = book_find_guest(&door->book, id);
    return g && g->until_ms > clock_wall_ms();
}

enum door_standing door_standing(struct door *door, const struct door_turn *turn)
{
    if (turn->is_guest)
        return guest_is_in(door, turn->person) ? DOOR_STILL_IN : DOOR_RESET;
    struct book_seat *seat = book_seat(&door->book, turn->person, false);
    if (!seat || !device_of(seat, turn->kind)->device)
        return DOOR_RESET;
    const struct book_device *now = device_of(seat, turn->kind);
    return now->device == turn->device && now->turn == turn->turn ? DOOR_STILL_IN : DOOR_REPLACED;
}
