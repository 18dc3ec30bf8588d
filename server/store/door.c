#include "server/store/door.h"

#include <errno.h>
#include <stdio.h>

#include "server/store/batch.h"

/* -- accounts ---------------------------------------------------------------------------------- */

static int find_whose(struct db *db, char out[STORE_ID_MAX], const struct store_person *whose)
{
    if (!*whose->id)
        return person_find(db, out, whose->school, whose->code);
    snprintf(out, STORE_ID_MAX, "%s", whose->id);
    return 0;
}

int account_put(struct db *db, const struct change *c)
{
    char person[STORE_ID_MAX];
    int err = find_whose(db, person, &c->account.whose);
    if (err)
        return err;
    int n =
        db_run(db,
               "INSERT INTO account (person, login, password, totp, totp_step)"
               " VALUES ($1, $2, $3, '', 0)"
               " ON CONFLICT (person) DO UPDATE SET login = excluded.login,"
               " password = excluded.password, totp = excluded.totp",
               DB_VALUES(DB_TEXT(person), DB_TEXT(c->account.login), DB_TEXT(c->account.password)));
    if (n >= 0)
        n = db_run(db, "DELETE FROM invitation WHERE person = $1", DB_VALUES(DB_TEXT(person)));
    return n < 0 ? n : 0;
}

int account_put_password(struct db *db, const struct change *c)
{
    return one_or_more(
        db_run(db, "UPDATE account SET password = $1 WHERE person = $2 AND password = $3",
               DB_VALUES(DB_TEXT(c->account.password), DB_TEXT(c->account.whose.id),
                         DB_TEXT(c->account.before))));
}

int account_put_totp(struct db *db, const struct change *c)
{
    return one_or_more(db_run(db, "UPDATE account SET totp = $1 WHERE person = $2",
                              DB_VALUES(DB_TEXT(c->account.totp), DB_TEXT(c->account.whose.id))));
}

int account_use_totp(struct db *db, const struct change *c)
{
    int n = db_run(db, "UPDATE account SET totp_step = $1 WHERE person = $2 AND totp_step < $1",
                   DB_VALUES(DB_INT(c->account.step), DB_TEXT(c->account.whose.id)));
    return n < 0 ? n : n == 0 ? -ECANCELED : 0;
}

int invitation_put(struct db *db, const struct change *c)
{
    const struct store_invitation *i = &c->invitation;
    int n = db_run(db,
                   "INSERT INTO invitation (person, hash, until_ms) VALUES ($1, $2, $3)"
                   " ON CONFLICT (person) DO UPDATE SET hash = excluded.hash,"
                   " until_ms = excluded.until_ms",
                   DB_VALUES(DB_TEXT(i->person), DB_TEXT(i->hash), DB_INT(i->until_ms)));
    return n < 0 ? n : 0;
}

int invitation_use(struct db *db, const struct change *c)
{
    return one_or_more(db_run(db, "DELETE FROM invitation WHERE hash = $1",
                              DB_VALUES(DB_TEXT(c->invitation.hash))));
}

int invitations_expire(struct db *db, const struct change *c)
{
    int n = db_run(db, "DELETE FROM invitation WHERE until_ms < $1",
                   DB_VALUES(DB_INT(c->invitation.until_ms)));
    return n < 0 ? n : 0;
}

/* -- sessions ---------------------------------------------------------------------------------- */

int session_put(struct db *db, const struct change *c)
{
    const struct store_session *s = &c->session;
    int n = db_run(db,
                   "INSERT INTO session (id, hash, person, made_ms, seen_ms)"
                   " VALUES ($1, $2, $3, $4, $5)",
                   DB_VALUES(DB_TEXT(s->id), DB_TEXT(s->hash), DB_TEXT(s->person),
                             DB_INT(s->made_ms), DB_INT(s->seen_ms)));
    return n < 0 ? n : 0;
}

int session_see(struct db *db, const struct change *c)
{
    int n = db_run(db, "UPDATE session SET seen_ms = $1 WHERE id = $2",
                   DB_VALUES(DB_INT(c->session.seen_ms), DB_TEXT(c->session.id)));
    return n < 0 ? n : 0;
}

int session_drop(struct db *db, const struct change *c)
{
    return one_or_more(
        db_run(db, "DELETE FROM session WHERE id = $1", DB_VALUES(DB_TEXT(c->session.id))));
}

int sessions_drop(struct db *db, const struct change *c)
{
    int n = db_run(db, "DELETE FROM session WHERE person = $1 AND id <> $2",
                   DB_VALUES(DB_TEXT(c->session.person), DB_TEXT(c->session.id)));
    return n < 0 ? n : 0;
}

int sessions_expire(struct db *db, const struct change *c)
{
    int n = db_run(db, "DELETE FROM session WHERE made_ms < $1 OR seen_ms < $2",
                   DB_VALUES(DB_INT(c->session.made_ms), DB_INT(c->session.seen_ms)));
    return n < 0 ? n : 0;
}

/* -- entry codes and devices ------------------------------------------------------------------- */

int entry_put(struct db *db, const struct change *c)
{
    char school[STORE_ID_MAX];
    int err = place_find(db, school, c->entry.school, "");
    if (err)
        return err;
    int n =
        db_run(db,
               "INSERT INTO entry (person, hash, school, version) VALUES ($1, $2, $3, 1)"
               " ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, school = excluded.school,"
               " version = entry.version + 1",
               DB_VALUES(DB_TEXT(c->entry.person), DB_TEXT(c->entry.hash), DB_TEXT(school)));
    if (n >= 0)
        n = db_run(db, "DELETE FROM device WHERE person = $1", DB_VALUES(DB_TEXT(c->entry.person)));
    return n < 0 ? n : 0;
}

int device_put(struct db *db, const struct change *c)
{
    char person[STORE_ID_MAX];
    const struct store_device *d = &c->entry.device;
    int err = find_id(
        db, person,
        "SELECT e.person FROM entry e WHERE " ENTRY_OPENS " AND e.person = $2 AND e.hash = $3",
        DB_VALUES(DB_INT(STORE_STUDENT), DB_TEXT(c->entry.person), DB_TEXT(c->entry.hash)));
    if (err)
        return err;
    int n = db_run(db,
                   "INSERT INTO device (person, kind, device, made_ms, seen_ms)"
                   " VALUES ($1, $2, $3, $4, $5)"
                   " ON CONFLICT (person, kind) DO UPDATE SET device = excluded.device,"
                   " made_ms = excluded.made_ms, seen_ms = excluded.seen_ms",
                   DB_VALUES(DB_TEXT(person), DB_INT(c->entry.kind), DB_INT(d->device),
                             DB_INT(d->made_ms), DB_INT(d->seen_ms)));
    return n < 0 ? n : 0;
}

int device_see(struct db *db, const struct change *c)
{
    int n = db_run(db, "UPDATE device SET seen_ms = $1 WHERE person = $2 AND device = $3",
                   DB_VALUES(DB_INT(c->entry.device.seen_ms), DB_TEXT(c->entry.person),
                             DB_INT(c->entry.device.device)));
    return n < 0 ? n : 0;
}

int device_drop(struct db *db, const struct change *c)
{
    int n = db_run(db, "DELETE FROM device WHERE person = $1 AND device = $2",
                   DB_VALUES(DB_TEXT(c->entry.person), DB_INT(c->entry.device.device)));
    return n < 0 ? n : 0;
}

int devices_expire(struct db *db, const struct change *c)
{
    int n = db_run(db, "DELETE FROM device WHERE made_ms < $1",
                   DB_VALUES(DB_INT(c->entry.device.made_ms)));
    return n < 0 ? n : 0;
}

/* -- day passes -------------------------------------------------------------------------------- */

int guest_put(struct db *db, const struct change *c)
{
    const struct store_guest *g = &c->guest;
    char place[STORE_ID_MAX];
    int err = place_find(db, place, g->school, g->klass);
    if (err)
        return err;
    int n = db_run(db,
                   "INSERT INTO guest (id, place, name, hash, until_ms, used)"
                   " VALUES ($1, $2, $3, $4, $5, 0)",
                   DB_VALUES(DB_TEXT(g->id), DB_TEXT(place), DB_TEXT(g->name), DB_TEXT(g->hash),
                             DB_INT(g->until_ms)));
    return n < 0 ? n : 0;
}

int guest_use(struct db *db, const struct change *c)
{
    return one_or_more(db_run(db, "UPDATE guest SET used = used + 1 WHERE id = $1 AND used < $2",
                              DB_VALUES(DB_TEXT(c->guest.id), DB_INT(c->guest.used))));
}

int guest_drop(struct db *db, const struct change *c)
{
    char place[STORE_ID_MAX];
    int err = place_find(db, place, c->guest.school, c->guest.klass);
    if (err)
        return err;
    return one_or_more(db_run(db, "DELETE FROM guest WHERE id = $1 AND place = $2",
                              DB_VALUES(DB_TEXT(c->guest.id), DB_TEXT(place))));
}

int guests_expire(struct db *db, const struct change *c)
{
    int n =
        db_run(db, "DELETE FROM guest WHERE until_ms < $1", DB_VALUES(DB_INT(c->guest.until_ms)));
    return n < 0 ? n : 0;
}
