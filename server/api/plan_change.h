#ifndef AIRCLASS_SERVER_API_PLAN_CHANGE_H
#define AIRCLASS_SERVER_API_PLAN_CHANGE_H

#include <jansson.h>

#include "server/net/http.h"
#include "server/planner/planner.h"

/*
 * A change of the timetable that a request asks for; private to this folder. It is answered when
 * it is on the disk and in force, or with what speaks against it.
 */
struct api_app;

struct plan_change {
    struct planner_change change; /* first: the planner's callback gets this */
    struct planner_reach reach;   /* of who asks */
    const char **schools;         /* of it */
    struct http_request *req;
    const struct api_app *app;
    json_t *body; /* what the change's texts point into; NULL: none */
    void *room;   /* the same, to be freed */
    int status;   /* of the answer, when all is well */
    /* The answer; NULL, as it may be itself: 204. */
    json_t *(*answer)(const struct plan_change *c);
    char school[STORE_CODE_MAX];
    char code[STORE_NAME_MAX];
    char actor[STORE_ID_MAX];
};

/* NULL: there was no memory, and the request has been answered. */
struct plan_change *plan_change_new(struct http_request *req, const struct api_app *app);
void plan_change_free(struct plan_change **change);

/* The change's body as an object, with its `override`. False: the request has been answered, and
 * the change is gone. */
bool plan_change_body(struct plan_change **change);

/* Answers with 400 and the name of the field; the change is gone. */
void plan_change_refuse(struct plan_change **change, const char *field);

/* An answer: {notes:[...]}, what was told though it was done. */
json_t *plan_notes(const struct plan_change *c);

/* Asks the planner; from now on the change is its own. */
void plan_change_begin(struct plan_change **change,
                       int (*ask)(struct planner *, struct planner_change *));

#endif
