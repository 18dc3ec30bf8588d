#ifndef AIRCLASS_SERVER_API_TASK_H
#define AIRCLASS_SERVER_API_TASK_H

#include "server/access/caller.h"
#include "server/api/routes.h"
#include "server/door/door.h"
#include "server/net/http.h"

/* A request that waits for the door; private to this folder. */
struct task {
    struct http_request *req;
    const struct api_app *app;
};

/* NULL: there was no memory, and the request has been answered. */
struct task *task_new(struct http_request *req, const struct api_app *app);

/* The answer to an error of server/door, and the end of the task. */
void task_fail(struct task *task, int err, uint32_t wait_s);
/* The beginning of something came to `err`: 0 goes on. */
void task_began(struct task *task, int err, uint32_t wait_s);
/* 204, or the error. For door_told_fn with a task as `arg`. */
void task_told(void *arg, const struct door_told *told);

/* Answers with who `caller` is, as GET /api/v1/me does. */
void me_reply(struct http_request *req, const struct api_app *app, int status,
              const struct caller *caller);

#endif
