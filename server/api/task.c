#include "server/api/task.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/api/reply.h"

struct task *task_new(struct http_request *req, const struct api_app *app)
{
    struct task *task = malloc(sizeof(*task));
    if (task)
        *task = (struct task){.req = req, .app = app};
    else
        http_fail(req, 500, "no_memory", "The server is short of memory.");
    return task;
}

static const struct {
    int err;
    int status;
    const char *code, *message;
} failures[] = {
    {-EACCES,  401, "wrong",       "That is wrong."                                  },
    {-ENOKEY,  401, "totp_needed", "The code of the second factor is needed, too."   },
    {-EBUSY,   429, "wait",        "There were too many wrong guesses. Wait."        },
    {-EAGAIN,  503, "busy",        "Too much is waiting. Come again in some seconds."},
    {-EBADMSG, 400, "mistyped",    "One letter of the code is wrong."                },
    {-EINVAL,  400, "bad_field",   "A field is not what it should be."               },
    {-EEXIST,  409, "login_taken", "Somebody else has this login."                   },
    {-ENOSPC,  409, "too_many",    "There are as many as may be."                    },
    {-EPERM,   403, "over",        "It was used, or its time is over."               },
};

static void fail(struct http_request *req, int err)
{
    for (size_t i = 0; i < sizeof(failures) / sizeof(*failures); i++) {
        if (failures[i].err != err)
            continue;
        http_fail(req, failures[i].status, failures[i].code, failures[i].message);
        return;
    }
    fail_store(req, err);
}

void task_fail(struct task *task, int err, uint32_t wait_s)
{
    char seconds[16];
    snprintf(seconds, sizeof(seconds), "%u", (unsigned)(wait_s ? wait_s : DOOR_BUSY_S));
    if (err == -EBUSY || err == -EAGAIN)
        http_set_header(task->req, "Retry-After", seconds);
    fail(task->req, err);
    free(task);
}

void task_began(struct task *task, int err, uint32_t wait_s)
{
    if (err)
        task_fail(task, err, wait_s);
}

void task_told(void *arg, const struct door_told *told)
{
    struct task *task = arg;
    if (told->err) {
        task_fail(task, told->err, told->wait_s);
        return;
    }
    http_reply(task->req, 204, "", "", 0);
    free(task);
}
