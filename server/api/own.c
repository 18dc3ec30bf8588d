#include "server/api/own.h"

#include "server/api/routes.h"

static void add_class(struct own *own, const char *school, const char *klass)
{
    if (*klass && own->n < OWN_CLASSES_MAX)
        own->klass[own->n++] = (struct timetable_class){school, klass};
}

static void add_roles(struct own *own, const struct directory_person *who)
{
    for (size_t i = 0; who && i < who->n_roles; i++) {
        const struct directory_role *r = &who->roles[i];
        bool is_in_class =
            r->role == STORE_STUDENT || r->role == STORE_TUTOR || r->role == STORE_HOMEROOM;
        if (is_in_class)
            add_class(own, r->school, r->klass);
    }
}

struct own own_of_person(const struct directory_person *who)
{
    struct own own = {.lecturer = who ? who->id : NULL};
    add_roles(&own, who);
    return own;
}

struct own own_of_caller(const struct api_app *app, struct http_request *req)
{
    const struct caller *caller = http_caller(req);
    struct own own = {.n = 0};
    if (caller->kind == CALLER_GUEST)
        add_class(&own, caller->school, caller->klass);
    else
        own = own_of_person(directory_find(app->directory, caller->person));
    if (caller->kind != CALLER_STAFF)
        own.lecturer = NULL;
    if (caller->kind == CALLER_PUPIL)
        own.pupil = caller->person;
    return own;
}

struct plan_whose own_whose(const struct own *own)
{
    return (struct plan_whose){own->lecturer, own->klass, own->n};
}
