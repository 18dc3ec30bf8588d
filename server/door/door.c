#include "server/door/door.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "server/base/clock.h"
#include "server/door/door_impl.h"

enum {
    GUARD_SLOTS = 65536,
    KEEP_EVERY_MS = 60000,
};

/* -- start ------------------------------------------------------------------------------------- */

static int read_hash(uint8_t out[BOOK_HASH_SIZE], const char *text)
{
    size_t len;
    int err = sodium_base642bin(out, BOOK_HASH_SIZE, text, strlen(text), NULL, &len, NULL,
                                sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return err || len != BOOK_HASH_SIZE ? -EUCLEAN : 0;
}

static int on_session(void *arg, const struct store_session *s)
{
    struct door *door = arg;
    struct book_session session = {
        .made_ms = s->made_ms, .seen_ms = s->seen_ms, .kept_ms = s->seen_ms};
    snprintf(session.id, sizeof(session.id), "%s", s->id);
    snprintf(session.person, sizeof(session.person), "%s", s->person);
    int err = read_hash(session.hash, s->hash);
    if (!err && !book_add_session(&door->book, &session))
        err = -ENOMEM;
    return err;
}

static int on_entry(void *arg, const struct store_entry *e)
{
    struct door *door = arg;
    struct book_seat *seat = book_seat(&door->book, e->person, true);
    if (!seat)
        return -ENOMEM;
    seat->version = (uint32_t)e->version;
    for (int i = 0; i < STORE_DEVICES_MAX; i++)
        seat->devices[i] = (struct book_device){.device = (uint64_t)e->devices[i].device,
                                                .seen_ms = e->devices[i].seen_ms,
                                                .kept_ms = e->devices[i].seen_ms};
    return 0;
}

static int on_guest(void *arg, const struct store_guest *g)
{
    struct door *door = arg;
    struct book_guest guest = {.until_ms = g->until_ms};
    snprintf(guest.id, sizeof(guest.id), "%s", g->id);
    snprintf(guest.school, sizeof(guest.school), "%s", g->school);
    snprintf(guest.klass, sizeof(guest.klass), "%s", g->klass);
    return book_add_guest(&door->book, &guest) ? 0 : -ENOMEM;
}

static int read_book(struct door *door)
{
    int err = store_each_session(door->store, on_session, door);
    if (!err)
        err = store_each_entry(door->store, on_entry, door);
    if (!err)
        err = store_each_guest(door->store, on_guest, door);
    if (err)
        return err;
    err = store_has_admin(door->store);
    if (err != 0)
        return err < 0 ? err : 0;
    door->has_set_up = true;
    return entry_code_make(&door->set_up);
}

static int make_keys(struct door *door, const char *secret)
{
    uint8_t key[ENTRY_KEY_SIZE];
    if (sodium_init() < 0)
        return -EIO;
    crypto_generichash(key, sizeof(key), (const uint8_t *)secret, strlen(secret), NULL, 0);
    int err = entry_keys_make(&door->keys, key);
    sodium_memzero(key, sizeof(key));
    return err;
}

static void door_free(struct door *door)
{
    book_release(&door->book);
    guard_free(&door->by_address);
    guard_free(&door->by_account);
    sodium_memzero(door, sizeof(*door));
    free(door);
}

static void on_timer(uv_timer_t *timer)
{
    door_keep(timer->data);
}

int door_open(struct door **out, const struct door_params *p)
{
    struct door *door = calloc(1, sizeof(*door));
    if (!door)
        return -ENOMEM;
    door->loop = p->loop;
    door->store = p->store;
    int err = make_keys(door, p->secret);
    if (!err)
        err = guard_new(&door->by_address, &guard_by_address, GUARD_SLOTS);
    if (!err)
        err = guard_new(&door->by_account, &guard_by_account, GUARD_SLOTS);
    if (!err)
        err = read_book(door);
    if (!err)
        err = hasher_new(&door->hasher, p->loop); /* last: it needs the loop to end */
    if (err) {
        door_free(door);
        return err;
    }
    uv_timer_init(p->loop, &door->timer);
    door->timer.data = door;
    uv_timer_start(&door->timer, on_timer, KEEP_EVERY_MS, KEEP_EVERY_MS);
    uv_unref((uv_handle_t *)&door->timer);
    *out = door;
    return 0;
}

/* -- end --------------------------------------------------------------------------------------- */

static void on_timer_closed(uv_handle_t *handle)
{
    struct door *door = handle->data;
    void (*closed)(void *arg) = door->closed;
    void *arg = door->arg;
    door_free(door);
    closed(arg);
}

static void on_hasher_closed(void *arg)
{
    struct door *door = arg;
    door->is_hasher_gone = true;
    door_end_if_idle(door);
}

void door_end_if_idle(struct door *door)
{
    if (!door->is_hasher_gone || door->n_ops || uv_is_closing((uv_handle_t *)&door->timer))
        return;
    uv_close((uv_handle_t *)&door->timer, on_timer_closed);
}

void door_close(struct door *door, void (*closed)(void *arg), void *arg)
{
    door_keep(door);
    door->is_closing = true;
    door->closed = closed;
    door->arg = arg;
    hasher_close(door->hasher, on_hasher_closed, door);
}

uint32_t door_changes(const struct door *door)
{
    return door->changes;
}
