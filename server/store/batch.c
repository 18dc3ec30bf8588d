#include "server/store/batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/clock.h"

int batch_new(struct batch **out)
{
    struct batch *b = calloc(1, sizeof(*b));
    if (!b)
        return -ENOMEM;
    b->last = &b->first;
    *out = b;
    return 0;
}

void batch_free(struct batch **batch)
{
    if (!*batch)
        return;
    arena_release(&(*batch)->arena);
    free(*batch);
    *batch = NULL;
}

size_t batch_count(const struct batch *batch)
{
    return batch->err ? 0 : batch->n;
}

size_t batch_bytes(const struct batch *batch)
{
    return sizeof(*batch) + batch->arena.bytes;
}

static int run_changes(const struct batch *batch, struct db *db, size_t *at)
{
    *at = 0;
    for (const struct change *c = batch->first; c; c = c->next, ++*at) {
        int err = c->run(db, c);
        if (err)
            return err;
    }
    *at = SIZE_MAX;
    return 0;
}

/* Here, since of two who drop each other at the same moment one comes second. */
int batch_run(const struct batch *batch, struct db *db, size_t *at)
{
    *at = SIZE_MAX;
    int had_admin = batch->is_about_people ? admin_is_there(db) : 0;
    int err = had_admin < 0 ? had_admin : run_changes(batch, db, at);
    if (err || !batch->is_about_people)
        return err;
    int has_admin = had_admin ? admin_is_there(db) : 0;
    if (has_admin < 0)
        return has_admin;
    return had_admin && !has_admin ? -EOWNERDEAD : revision_raise(db);
}

void batch_fail(struct batch *b, int err)
{
    if (!b->err)
        b->err = err;
}

void batch_add(struct batch *b, change_fn *run, const struct change *c)
{
    if (b->arena.bytes > BATCH_BYTES_MAX)
        batch_fail(b, -E2BIG);
    struct change *copy = b->err ? NULL : arena_take(&b->arena, sizeof(*copy));
    if (!copy) {
        batch_fail(b, -ENOMEM);
        return;
    }
    *copy = *c;
    copy->run = run;
    copy->next = NULL;
    *b->last = copy;
    b->last = &copy->next;
    b->n++;
}

static struct store_about about_of(const char *school, const char *klass, const char *code)
{
    struct store_about a;
    snprintf(a.school, sizeof(a.school), "%s", school);
    snprintf(a.klass, sizeof(a.klass), "%s", klass);
    snprintf(a.code, sizeof(a.code), "%s", code);
    return a;
}

static bool is_same(const struct store_about *a, const struct store_about *b)
{
    return strcmp(a->school, b->school) == 0 && strcmp(a->klass, b->klass) == 0 &&
           strcmp(a->code, b->code) == 0;
}

void batch_concern(struct batch *b, const char *school, const char *klass, const char *code)
{
    struct store_about about = about_of(school, klass, code);
    b->is_about_many |= b->is_about_people && !is_same(&b->about, &about);
    b->about = about;
    b->is_about_people = true;
}

bool batch_about(const struct batch *batch, struct store_about *out)
{
    *out = batch->about;
    return batch->is_about_people && !batch->is_about_many;
}

static void add_of_place(struct batch *b, change_fn *run, const struct change *c)
{
    batch_add(b, run, c);
    batch_concern(b, c->place.school, c->place.klass, "");
}

static void add_of_person(struct batch *b, change_fn *run, const struct change *c,
                          const struct store_person *whose)
{
    batch_add(b, run, c);
    batch_concern(b, whose->school, "", whose->code);
}

const char *batch_text(struct batch *b, const char *given, size_t size)
{
    if (!given || !*given)
        return "";
    if (strnlen(given, size) == size) {
        batch_fail(b, -EINVAL);
        return "";
    }
    const char *copy = b->err ? NULL : arena_text(&b->arena, given);
    if (!copy)
        batch_fail(b, -ENOMEM);
    return copy ? copy : "";
}

const char *batch_word(struct batch *b, const char *given, size_t size)
{
    const char *copy = batch_text(b, given, size);
    if (!*copy)
        batch_fail(b, -EINVAL);
    return copy;
}

void batch_put_lesson(struct batch *batch, const struct store_lesson *l)
{
    struct change c = {
        .lesson = {.id = batch_word(batch, l->id, STORE_ID_MAX),
                   .title = batch_text(batch, l->title, STORE_NAME_MAX),
                   .stream_key = batch_word(batch, l->stream_key, STORE_ID_MAX),
                   .watch_key = batch_text(batch, l->watch_key, STORE_ID_MAX),
                   .is_open = l->is_open}
    };
    batch_add(batch, lesson_put, &c);
}

void batch_drop_lesson(struct batch *batch, const char *id)
{
    struct change c = {.lesson.id = batch_word(batch, id, STORE_ID_MAX)};
    batch_add(batch, lesson_drop, &c);
}

static struct change place_change(struct batch *b, const struct store_place *p)
{
    struct change c = {
        .place = {.school = batch_text(b, p->school, STORE_CODE_MAX),
                  .klass = batch_text(b, p->klass, STORE_CODE_MAX),
                  .name = batch_text(b, p->name, STORE_NAME_MAX),
                  .grade = p->grade}
    };
    if ((*c.place.klass && !*c.place.school) || p->grade < 0 || p->grade > 12)
        batch_fail(b, -EINVAL);
    return c;
}

void batch_put_place(struct batch *batch, const struct store_place *place)
{
    struct change c = place_change(batch, place);
    add_of_place(batch, place_put, &c);
}

void batch_drop_place(struct batch *batch, const char *school, const char *klass)
{
    struct change c = place_change(batch, &(struct store_place){.school = school, .klass = klass});
    if (!*c.place.school)
        batch_fail(batch, -EINVAL);
    add_of_place(batch, place_drop, &c);
}

static struct store_person copy_person(struct batch *b, const struct store_person *p)
{
    return (struct store_person){.school = batch_text(b, p->school, STORE_CODE_MAX),
                                 .code = batch_word(b, p->code, STORE_CODE_MAX),
                                 .name = batch_text(b, p->name, STORE_NAME_MAX)};
}

void batch_put_person(struct batch *batch, const struct store_person *person)
{
    struct change c = {.person = copy_person(batch, person)};
    add_of_person(batch, person_put, &c, &c.person);
}

void batch_drop_person(struct batch *batch, const char *school, const char *code)
{
    struct change c = {
        .person = copy_person(batch, &(struct store_person){.school = school, .code = code})};
    add_of_person(batch, person_drop, &c, &c.person);
}

/* Whether the role is held in such a place. */
static bool fits(enum store_role role, const char *school, const char *klass)
{
    switch (store_role_place(role)) {
    case STORE_NOWHERE: return false;
    case STORE_DISTRICT: return !*school && !*klass;
    case STORE_SCHOOL: return *school && !*klass;
    case STORE_CLASS: return *school && *klass;
    }
    return false;
}

static struct change role_change(struct batch *b, const struct store_member *m)
{
    struct change c = {
        .member = {.person = copy_person(b, &m->person),
                   .role = m->role,
                   .school = batch_text(b, m->school, STORE_CODE_MAX),
                   .klass = batch_text(b, m->klass, STORE_CODE_MAX)}
    };
    if (!fits(m->role, c.member.school, c.member.klass))
        batch_fail(b, -EINVAL);
    return c;
}

void batch_put_role(struct batch *batch, const struct store_member *member)
{
    struct change c = role_change(batch, member);
    add_of_person(batch, role_put, &c, &c.member.person);
}

void batch_drop_role(struct batch *batch, const struct store_member *member)
{
    struct change c = role_change(batch, member);
    add_of_person(batch, role_drop, &c, &c.member.person);
}

void batch_put_guardian(struct batch *batch, const struct store_person *guardian,
                        const struct store_person *pupil)
{
    struct change c = {.person = copy_person(batch, guardian), .pupil = copy_person(batch, pupil)};
    add_of_person(batch, guardian_put, &c, &c.person);
}

void batch_drop_guardian(struct batch *batch, const struct store_person *guardian,
                         const struct store_person *pupil)
{
    struct change c = {.person = copy_person(batch, guardian), .pupil = copy_person(batch, pupil)};
    add_of_person(batch, guardian_drop, &c, &c.person);
}

void batch_expect(struct batch *batch, int64_t revision)
{
    struct change c = {.revision = revision};
    batch_add(batch, revision_expect, &c);
}

void batch_expect_no_place(struct batch *batch, const char *school, const char *klass)
{
    struct change c = place_change(batch, &(struct store_place){.school = school, .klass = klass});
    batch_add(batch, place_expect_none, &c);
}

void batch_expect_no_person(struct batch *batch, const char *school, const char *code)
{
    struct change c = {
        .person = copy_person(batch, &(struct store_person){.school = school, .code = code})};
    batch_add(batch, person_expect_none, &c);
}

void batch_audit(struct batch *batch, const char *actor, const char *act, const char *subject,
                 const char *detail)
{
    struct change c = {
        .audit = {.at_ms = clock_wall_ms(),
                  .actor = batch_word(batch, actor, STORE_NAME_MAX),
                  .act = batch_word(batch, act, STORE_NAME_MAX),
                  .subject = batch_text(batch, subject, STORE_NAME_MAX),
                  .detail = batch_text(batch, detail, STORE_TEXT_MAX)}
    };
    batch_add(batch, audit_append, &c);
}

void batch_audit_person(struct batch *batch, const char *actor, const char *act,
                        const struct store_person *whom, const char *detail)
{
    struct change c = {
        .told = {.entry = {.at_ms = clock_wall_ms(),
                           .actor = batch_word(batch, actor, STORE_NAME_MAX),
                           .act = batch_word(batch, act, STORE_NAME_MAX),
                           .detail = batch_text(batch, detail, STORE_TEXT_MAX)},
                 .whom = {.school = batch_text(batch, whom->school, STORE_CODE_MAX),
                          .code = batch_word(batch, whom->code, STORE_CODE_MAX)}}
    };
    batch_add(batch, audit_append_person, &c);
}

void batch_cut_audit(struct batch *batch, const char *actor, int64_t before_ms)
{
    struct change c = {
        .cut = {.actor = batch_word(batch, actor, STORE_NAME_MAX), .before_ms = before_ms}
    };
    batch_add(batch, audit_cut, &c);
}
