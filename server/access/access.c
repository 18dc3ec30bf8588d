#include "server/access/access.h"

#include "server/base/token.h"
#include "server/lesson/lesson.h"

/* A lesson without a key is opened by none, not by the empty one. */
static bool opens(const struct access_claim *claim, const char *key)
{
    return key[0] && token_equal(claim->key, key);
}

static bool is_for(const struct access_claim *claim, const struct lesson *lesson,
                   const char *school, const char *klass)
{
    return claim->plan->addresses(claim->plan->arg, lesson->id, school, klass);
}

/* Whom a role lets watch: what is held in a class, lessons of that class, and so on. */
static bool role_watches(const struct access_claim *claim, const struct lesson *lesson,
                         const struct directory_role *r)
{
    switch (r->role) {
    case STORE_STUDENT:
    case STORE_HOMEROOM:
    case STORE_TUTOR:
    case STORE_SCHOOL_ADMIN:
    case STORE_PATROL_SCHOOL: return is_for(claim, lesson, r->school, r->klass);
    case STORE_DISTRICT_ADMIN:
    case STORE_PATROL_COUNTY:
    case STORE_PATROL_CITY: return is_for(claim, lesson, "", "");
    case STORE_LECTURER: /* of other lessons */
    case STORE_GUARDIAN:
    case STORE_REPORTER: break;
    }
    return false;
}

/* A pupil's device shows lessons of the pupil's classes, whatever else they may be. */
static bool counts(const struct caller *caller, const struct directory_role *r)
{
    return (caller->kind == CALLER_PUPIL) == (r->role == STORE_STUDENT);
}

static bool person_watches(const struct access_claim *claim, const struct lesson *lesson)
{
    const struct directory_person *who = directory_find(claim->directory, claim->caller->person);
    for (size_t i = 0; who && i < who->n_roles; i++) {
        if (counts(claim->caller, &who->roles[i]) && role_watches(claim, lesson, &who->roles[i]))
            return true;
    }
    return false;
}

static bool is_lecturer(const struct access_claim *claim, const struct lesson *lesson)
{
    const struct caller *c = claim->caller;
    return c->kind == CALLER_STAFF && directory_find(claim->directory, c->person) &&
           claim->plan->is_lecturer(claim->plan->arg, lesson->id, c->person);
}

static bool caller_may(const struct access_claim *claim, enum access_act act,
                       const struct lesson *lesson)
{
    const struct caller *c = claim->caller;
    if (!c || !claim->directory || !claim->plan)
        return false;
    if (is_lecturer(claim, lesson))
        return true;
    if (act == ACCESS_TEACH)
        return false;
    switch (c->kind) {
    case CALLER_NOBODY:
    case CALLER_CONSOLE: break; /* it has the keys */
    case CALLER_GUEST: return is_for(claim, lesson, c->school, c->klass);
    case CALLER_STAFF:
    case CALLER_PUPIL: return person_watches(claim, lesson);
    }
    return false;
}

bool access_may(const struct access_claim *claim, enum access_act act, const struct lesson *lesson)
{
    switch (act) {
    case ACCESS_WATCH:
        return lesson->is_open || opens(claim, lesson->watch_key) || caller_may(claim, act, lesson);
    case ACCESS_TEACH: return opens(claim, lesson->stream_key) || caller_may(claim, act, lesson);
    }
    return false;
}

/* Both only grow. */
uint32_t access_changes(const struct access_claim *claim)
{
    if (!claim->directory || !claim->plan)
        return 0;
    return directory_changes(claim->directory) + claim->plan->changes(claim->plan->arg);
}
