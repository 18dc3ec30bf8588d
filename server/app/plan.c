#include "server/app/plan.h"

#include <string.h>

#include "server/planner/planner.h"

static bool is_for(const struct timetable_class *c, const char *school, const char *klass)
{
    return (!*school || strcmp(c->school, school) == 0) &&
           (!*klass || strcmp(c->klass, klass) == 0);
}

static bool addresses(void *arg, const char *lesson, const char *school, const char *klass)
{
    struct planner *const *planner = arg;
    const struct timetable_lesson *l = *planner ? planner_lesson(*planner, lesson) : NULL;
    for (size_t i = 0; l && i < l->entry->n_classes; i++) {
        if (is_for(&l->entry->classes[i], school, klass))
            return true;
    }
    return false;
}

static bool is_lecturer(void *arg, const char *lesson, const char *person)
{
    struct planner *const *planner = arg;
    return *planner && planner_is_lecturer(*planner, lesson, person);
}

static uint32_t changes(void *arg)
{
    struct planner *const *planner = arg;
    return *planner ? planner_changes(*planner) : 0;
}

void plan_bind(struct access_plan *out, struct planner *const *planner)
{
    *out = (struct access_plan){.addresses = addresses,
                                .is_lecturer = is_lecturer,
                                .changes = changes,
                                .arg = (void *)planner};
}
