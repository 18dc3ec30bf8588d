#include "server/attendance/rules.h"

#include <string.h>

static bool is_for(const struct timetable_entry *lesson, const struct directory_role *role)
{
    for (size_t i = 0; lesson && i < lesson->n_classes; i++) {
        const struct timetable_class *c = &lesson->classes[i];
        if (strcmp(c->school, role->school) == 0 && strcmp(c->klass, role->klass) == 0)
            return true;
    }
    return false;
}

static void add(struct policy_limits *out, const struct policy_limits *more)
{
    if (more->group_minutes < out->group_minutes)
        out->group_minutes = more->group_minutes;
    if (more->voice_minutes < out->voice_minutes)
        out->voice_minutes = more->voice_minutes;
    out->keeps_picture &= more->keeps_picture;
    out->is_counted |= more->is_counted;
}

/* False: there is no such class. */
static bool add_class(const struct plan *plan, const struct directory_role *role,
                      enum policy_kind kind, struct policy_limits *out)
{
    struct policy_limits limits;
    const struct store_place *c = plan_class(plan, role->school, role->klass);
    if (!c)
        return false;
    policy_limits_of(&plan->policy, c->school, (unsigned)c->grade, kind, &limits);
    add(out, &limits);
    return true;
}

static bool add_classes(const struct plan *plan, const struct directory_person *who,
                        const struct timetable_entry *lesson, bool is_any,
                        struct policy_limits *out)
{
    enum policy_kind kind = lesson ? lesson->kind : POLICY_LECTURE;
    bool has_some = false;
    for (size_t i = 0; who && i < who->n_roles; i++) {
        const struct directory_role *r = &who->roles[i];
        if (r->role == STORE_STUDENT && (is_any || is_for(lesson, r)))
            has_some |= add_class(plan, r, kind, out);
    }
    return has_some;
}

void rules_of_pupil(const struct plan *plan, const struct directory_person *who,
                    const struct timetable_entry *lesson, struct policy_limits *out)
{
    *out = (struct policy_limits){
        .group_minutes = POLICY_NO_LIMIT, .voice_minutes = POLICY_NO_LIMIT, .keeps_picture = true};
    if (!add_classes(plan, who, lesson, false, out))
        add_classes(plan, who, lesson, true, out);
}
