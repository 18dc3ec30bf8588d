#include "server/api/place.h"

#include <string.h>

#include "server/access/permits.h"
#include "server/api/reply.h"
#include "server/api/routes.h"

const char *place_school(const struct http_request *req)
{
    const char *school = http_param(req, "school");
    return strcmp(school, "-") == 0 ? "" : school;
}

struct store_question place_class(const struct http_request *req)
{
    return (struct store_question){.school = http_param(req, "school"),
                                   .klass = http_param(req, "class")};
}

bool place_may(const struct api_app *app, struct http_request *req, enum permit permit,
               const char *school, const char *klass, const struct directory_person *about)
{
    const struct caller *caller = http_caller(req);
    const struct directory_person *who = directory_find(app->directory, caller->person);
    struct access_place at = {.school = school, .klass = klass, .about = about};
    return access_permits(permit, caller, who, &at);
}

static bool found(struct http_request *req, bool is_there, const char *noun)
{
    if (!is_there)
        fail_none(req, noun);
    return is_there;
}

bool place_has_school(const struct api_app *app, struct http_request *req)
{
    return found(req, directory_has_place(app->directory, http_param(req, "school"), ""), "school");
}

bool place_has_class(const struct api_app *app, struct http_request *req, const char *klass)
{
    const char *school = http_param(req, "school");
    return found(req, directory_has_place(app->directory, school, klass), "class");
}

bool place_has_home(const struct api_app *app, struct http_request *req)
{
    return found(req, directory_has_place(app->directory, place_school(req), ""), "school");
}

const struct directory_person *place_person(const struct api_app *app, struct http_request *req)
{
    const struct directory_person *who =
        directory_find_code(app->directory, place_school(req), http_param(req, "person"));
    found(req, who != NULL, "person");
    return who;
}

/* Where the path names no school, the query may. */
static const char *asked(struct http_request *req, const char *name)
{
    const char *text = http_query(req, name);
    return text ? text : "";
}

/* What a cookie says may be true of nobody any more: sessions and passes are in memory until they
 * end by themselves. */
static bool is_gone(const struct api_app *app, const struct caller *caller)
{
    bool is_person = caller->kind == CALLER_STAFF || caller->kind == CALLER_PUPIL;
    return is_person && !directory_find(app->directory, caller->person);
}

int api_admit(struct http_request *req, enum permit permit, void *arg)
{
    const struct api_app *app = arg;
    struct caller *caller = http_caller(req);
    const struct directory_person *about = NULL;
    bool is_in_path = *http_param(req, "school");
    const char *school = is_in_path ? place_school(req) : asked(req, "school");
    const char *klass = is_in_path ? http_param(req, "class") : asked(req, "class");
    const char *person = http_param(req, "person");
    if (caller->kind == CALLER_NOBODY && app->find_caller)
        app->find_caller(app->callers, req, caller);
    if (is_gone(app, caller))
        *caller = (struct caller){.kind = CALLER_NOBODY};
    if (*person)
        about = directory_find_code(app->directory, school, person);
    if (place_may(app, req, permit, school, klass, about))
        return 0;
    return caller->kind == CALLER_NOBODY ? 401 : 403;
}
