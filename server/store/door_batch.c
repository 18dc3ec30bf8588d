#include <errno.h>

#include "server/store/batch.h"

static const char *id_word(struct batch *b, const char *id)
{
    return batch_word(b, id, STORE_ID_MAX);
}

static const char *hash_word(struct batch *b, const char *hash)
{
    return batch_word(b, hash, STORE_HASH_MAX);
}

void batch_put_account(struct batch *b, const struct store_person *whose, const char *login,
                       const char *password)
{
    struct change c = {
        .account = {.whose = {.id = batch_text(b, whose->id, STORE_ID_MAX),
                              .school = batch_text(b, whose->school, STORE_CODE_MAX),
                              .code = batch_text(b, whose->code, STORE_CODE_MAX)},
                    .login = batch_word(b, login, STORE_LOGIN_MAX),
                    .password = batch_word(b, password, STORE_SECRET_MAX)}
    };
    batch_add(b, account_put, &c);
}

void batch_put_password(struct batch *b, const char *person, const char *before,
                        const char *password)
{
    struct change c = {
        .account = {.whose.id = id_word(b, person),
                    .before = batch_word(b, before, STORE_SECRET_MAX),
                    .password = batch_word(b, password, STORE_SECRET_MAX)}
    };
    batch_add(b, account_put_password, &c);
}

void batch_put_totp(struct batch *b, const char *person, const char *totp)
{
    struct change c = {
        .account = {.whose.id = id_word(b, person), .totp = batch_text(b, totp, STORE_SECRET_MAX)}
    };
    batch_add(b, account_put_totp, &c);
}

void batch_use_totp(struct batch *b, const char *person, int64_t step)
{
    struct change c = {
        .account = {.whose.id = id_word(b, person), .step = step}
    };
    batch_add(b, account_use_totp, &c);
}

void batch_put_invitation(struct batch *b, const struct store_invitation *i)
{
    struct change c = {
        .invitation = {.person = id_word(b, i->person),
                       .hash = hash_word(b, i->hash),
                       .until_ms = i->until_ms}
    };
    batch_add(b, invitation_put, &c);
}

void batch_use_invitation(struct batch *b, const char *hash)
{
    struct change c = {.invitation.hash = hash_word(b, hash)};
    batch_add(b, invitation_use, &c);
}

void batch_put_session(struct batch *b, const struct store_session *s)
{
    struct change c = {
        .session = {.id = id_word(b, s->id),
                    .hash = hash_word(b, s->hash),
                    .person = id_word(b, s->person),
                    .made_ms = s->made_ms,
                    .seen_ms = s->seen_ms}
    };
    batch_add(b, session_put, &c);
}

void batch_see_session(struct batch *b, const char *id, int64_t seen_ms)
{
    struct change c = {
        .session = {.id = id_word(b, id), .seen_ms = seen_ms}
    };
    batch_add(b, session_see, &c);
}

void batch_drop_session(struct batch *b, const char *id)
{
    struct change c = {.session.id = id_word(b, id)};
    batch_add(b, session_drop, &c);
}

void batch_drop_sessions(struct batch *b, const char *person, const char *but)
{
    struct change c = {
        .session = {.person = id_word(b, person), .id = batch_text(b, but, STORE_ID_MAX)}
    };
    batch_add(b, sessions_drop, &c);
}

void batch_end_sessions(struct batch *b, int64_t made_ms, int64_t seen_ms)
{
    struct change c = {
        .session = {.made_ms = made_ms, .seen_ms = seen_ms}
    };
    batch_add(b, sessions_expire, &c);
}

void batch_put_entry(struct batch *b, const char *person, const char *school, const char *hash)
{
    struct change c = {
        .entry = {.person = id_word(b, person),
                  .school = batch_word(b, school, STORE_CODE_MAX),
                  .hash = hash_word(b, hash)}
    };
    batch_add(b, entry_put, &c);
}

void batch_put_device(struct batch *b, const char *person, const char *hash, int kind,
                      const struct store_device *device)
{
    struct change c = {
        .entry = {.person = id_word(b, person),
                  .hash = hash_word(b, hash),
                  .kind = kind,
                  .device = *device}
    };
    if (kind < 1 || kind > STORE_DEVICES_MAX || !device->device)
        batch_fail(b, -EINVAL);
    batch_add(b, device_put, &c);
}

void batch_see_device(struct batch *b, const char *person, int64_t device, int64_t seen_ms)
{
    struct change c = {
        .entry = {.person = id_word(b, person), .device = {.device = device, .seen_ms = seen_ms}}
    };
    batch_add(b, device_see, &c);
}

void batch_drop_device(struct batch *b, const char *person, int64_t device)
{
    struct change c = {
        .entry = {.person = id_word(b, person), .device = {.device = device}}
    };
    batch_add(b, device_drop, &c);
}

void batch_put_guest(struct batch *b, const struct store_guest *g)
{
    struct change c = {
        .guest = {.id = id_word(b, g->id),
                  .school = batch_word(b, g->school, STORE_CODE_MAX),
                  .klass = batch_word(b, g->klass, STORE_CODE_MAX),
                  .name = batch_text(b, g->name, STORE_NAME_MAX),
                  .hash = hash_word(b, g->hash),
                  .until_ms = g->until_ms}
    };
    batch_add(b, guest_put, &c);
}

void batch_use_guest(struct batch *b, const char *id, int most)
{
    struct change c = {
        .guest = {.id = id_word(b, id), .used = most}
    };
    batch_add(b, guest_use, &c);
}

void batch_drop_guest(struct batch *b, const char *school, const char *klass, const char *id)
{
    struct change c = {
        .guest = {.id = id_word(b, id),
                  .school = batch_word(b, school, STORE_CODE_MAX),
                  .klass = batch_word(b, klass, STORE_CODE_MAX)}
    };
    batch_add(b, guest_drop, &c);
}

void batch_end_guests(struct batch *b, int64_t until_ms)
{
    struct change c = {.guest.until_ms = until_ms};
    batch_add(b, guests_expire, &c);
}

void batch_end_invitations(struct batch *b, int64_t until_ms)
{
    struct change c = {.invitation.until_ms = until_ms};
    batch_add(b, invitations_expire, &c);
}

void batch_end_devices(struct batch *b, int64_t made_ms)
{
    struct change c = {.entry.device.made_ms = made_ms};
    batch_add(b, devices_expire, &c);
}
