#ifndef AIRCLASS_SERVER_API_OWN_H
#define AIRCLASS_SERVER_API_OWN_H

#include "server/directory/directory.h"
#include "server/net/http.h"
#include "server/planner/plan.h"
#include "server/store/plan.h"

/* Whose lessons are meant; private to this folder. */
struct api_app;

enum { OWN_CLASSES_MAX = 64 };

/* What somebody has: as a teacher, and in classes. The texts are the directory's. */
struct own {
    const char *lecturer; /* NULL: teaches nothing */
    const char *pupil;    /* whose minutes are counted; NULL: nobody's */
    struct timetable_class klass[OWN_CLASSES_MAX];
    size_t n;
};

/* NULL has nothing. */
struct own own_of_person(const struct directory_person *who);
struct own own_of_caller(const struct api_app *app, struct http_request *req);

/* Points into `own`. */
struct plan_whose own_whose(const struct own *own);

#endif
