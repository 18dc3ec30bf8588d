#include "server/access/permits.h"

#include <string.h>

#define ROLE(r) (1U << (r))

enum {
    DISTRICT_ADMIN = ROLE(STORE_DISTRICT_ADMIN),
    SCHOOL_ADMIN = ROLE(STORE_SCHOOL_ADMIN),
    HOMEROOM = ROLE(STORE_HOMEROOM),
    LECTURER = ROLE(STORE_LECTURER),
    TUTOR = ROLE(STORE_TUTOR),
    PATROL_SCHOOL = ROLE(STORE_PATROL_SCHOOL),
    PATROLS = ROLE(STORE_PATROL_COUNTY) | ROLE(STORE_PATROL_CITY),
    REPORTER = ROLE(STORE_REPORTER),
    IN_SCHOOL = SCHOOL_ADMIN | HOMEROOM | LECTURER | TUTOR | PATROL_SCHOOL | REPORTER,
    STAFF = IN_SCHOOL | DISTRICT_ADMIN | PATROLS,
};

#define KIND(k) (1U << (k))

enum {
    KNOWN = KIND(CALLER_STAFF) | KIND(CALLER_PUPIL),
    ANY_GUEST = KNOWN | KIND(CALLER_GUEST),
};

/* Who has a permit. The console has each of them. */
struct row {
    unsigned kinds;    /* kinds of callers who have it for what they are */
    unsigned district; /* roles that give it everywhere */
    unsigned anywhere; /* roles that give it wherever they are held */
    unsigned school;   /* roles that give it in the school where they are held, or in its classes */
    unsigned klass;    /* roles that give it in the class where they are held */
    unsigned pupil;    /* ... and for the pupils of that class */
    bool self;         /* everybody for themselves, and guardians for pupils */
    bool outranks;     /* only over who is no more than the caller could make of them */
};

/* clang-format off */
static const struct row rows[PERMITS] = {
    [PERMIT_ANYBODY]          = {.kinds = ~0U},
    [PERMIT_CONSOLE]          = {0},
    [PERMIT_SIGNED_IN]        = {.kinds = ANY_GUEST},
    [PERMIT_LIST_SCHOOLS]     = {.anywhere = STAFF},
    [PERMIT_CHANGE_DISTRICT]  = {.district = DISTRICT_ADMIN},
    [PERMIT_READ_SCHOOL]      = {.district = DISTRICT_ADMIN | PATROLS, .school = IN_SCHOOL},
    [PERMIT_CHANGE_SCHOOL]    = {.district = DISTRICT_ADMIN, .school = SCHOOL_ADMIN},
    [PERMIT_READ_PEOPLE]      = {.district = DISTRICT_ADMIN | PATROLS,
                                 .school = SCHOOL_ADMIN | PATROL_SCHOOL},
    [PERMIT_CHANGE_PEOPLE]    = {.district = DISTRICT_ADMIN, .school = SCHOOL_ADMIN, .outranks = true},
    [PERMIT_READ_CLASS]       = {.district = DISTRICT_ADMIN | PATROLS,
                                 .school = SCHOOL_ADMIN | PATROL_SCHOOL | REPORTER,
                                 .klass = HOMEROOM | TUTOR},
    [PERMIT_GIVE_CODES]       = {.district = DISTRICT_ADMIN, .school = SCHOOL_ADMIN,
                                 .klass = HOMEROOM, .pupil = HOMEROOM, .outranks = true},
    [PERMIT_READ_PERSON]      = {.district = DISTRICT_ADMIN, .school = SCHOOL_ADMIN,
                                 .pupil = HOMEROOM, .self = true, .outranks = true},
    [PERMIT_IMPORT]           = {.district = DISTRICT_ADMIN, .anywhere = SCHOOL_ADMIN},
    [PERMIT_EXPORT]           = {.district = DISTRICT_ADMIN, .school = SCHOOL_ADMIN},
    [PERMIT_READ_TIMETABLE]   = {.kinds = KNOWN},
    [PERMIT_FOLLOW_LESSONS]   = {.district = DISTRICT_ADMIN | PATROLS,
                                 .school = SCHOOL_ADMIN | PATROL_SCHOOL | REPORTER},
    [PERMIT_CHANGE_TIMETABLE] = {.district = DISTRICT_ADMIN, .school = SCHOOL_ADMIN},
    [PERMIT_READ_AUDIT]       = {.district = DISTRICT_ADMIN},
};
/* clang-format on */

static bool has(unsigned roles, enum store_role role)
{
    return roles & ROLE(role);
}

static bool is_pupil_of(const struct directory_person *about, const struct directory_role *held)
{
    for (size_t i = 0; about && i < about->n_roles; i++) {
        const struct directory_role *r = &about->roles[i];
        if (r->role == STORE_STUDENT && strcmp(r->school, held->school) == 0 &&
            strcmp(r->klass, held->klass) == 0)
            return true;
    }
    return false;
}

/* What somebody is, all of it a pupil's? */
static bool is_only_pupil(const struct directory_person *about)
{
    for (size_t i = 0; about && i < about->n_roles; i++) {
        if (about->roles[i].role != STORE_STUDENT)
            return false;
    }
    return true;
}

/* Nothing that somebody is is beyond what an administrator of the school could make of them. */
static bool is_within(const struct directory_person *about, const char *school)
{
    for (size_t i = 0; about && i < about->n_roles; i++) {
        const struct directory_role *r = &about->roles[i];
        if (store_role_place(r->role) == STORE_DISTRICT || strcmp(r->school, school) != 0)
            return false;
    }
    return true;
}

static bool is_same(const char *a, const char *b)
{
    return *a && strcmp(a, b) == 0;
}

static bool gives(const struct row *row, const struct directory_role *held,
                  const struct access_place *at)
{
    if (has(row->district, held->role) || has(row->anywhere, held->role))
        return true;
    if (has(row->school, held->role) && is_same(at->school, held->school))
        return !row->outranks || is_within(at->about, held->school);
    bool is_own_class = is_same(at->school, held->school) && is_same(at->klass, held->klass);
    if (has(row->klass, held->role) && is_own_class && !at->about)
        return true;
    return has(row->pupil, held->role) && is_pupil_of(at->about, held) &&
           (!row->outranks || is_only_pupil(at->about));
}

/* A device that was let in with a pupil's code has nobody to look after, either. */
static bool is_self_or_ward(const struct caller *caller, const struct directory_person *who,
                            const struct directory_person *about)
{
    if (!who || !about)
        return false;
    bool is = strcmp(who->id, about->id) == 0;
    for (size_t i = 0; !is && caller->kind == CALLER_STAFF && i < who->n_wards; i++)
        is = strcmp(who->wards[i], about->id) == 0 && is_only_pupil(about);
    return is;
}

bool access_permits(enum permit permit, const struct caller *caller,
                    const struct directory_person *who, const struct access_place *at)
{
    if ((unsigned)permit >= PERMITS)
        return false;
    const struct row *row = &rows[permit];
    if (caller->kind == CALLER_CONSOLE || row->kinds & KIND(caller->kind))
        return true;
    if (row->self && is_self_or_ward(caller, who, at->about))
        return true;
    /* A device that was let in with a pupil's code never has a teacher's rights. */
    for (size_t i = 0; who && caller->kind == CALLER_STAFF && i < who->n_roles; i++) {
        if (gives(row, &who->roles[i], at))
            return true;
    }
    return false;
}
