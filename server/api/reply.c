#include "server/api/reply.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

void reply_json(struct http_request *req, int status, json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (!text) {
        http_fail(req, 500, "no_memory", "The server is short of memory.");
        return;
    }
    http_reply(req, status, "application/json", text, strlen(text));
    free(text);
}

/* "application/json", with or without parameters. A page of another site cannot send it unasked. */
static bool is_json(const char *type)
{
    static const char json[] = "application/json";
    size_t len = sizeof(json) - 1;
    if (strncasecmp(type, json, len) != 0)
        return false;
    type += len;
    return type[strspn(type, " \t")] == '\0' || type[strspn(type, " \t")] == ';';
}

json_t *body_object(struct http_request *req)
{
    size_t len;
    json_error_t e;
    if (!is_json(http_header(req, "content-type"))) {
        http_fail(req, 415, "not_json", "The body must be of type application/json.");
        return NULL;
    }
    const char *body = http_body(req, &len);
    json_t *json = json_loadb(body, len, JSON_REJECT_DUPLICATES, &e);
    if (!json) {
        http_fail(req, 400, "bad_json", "The body is not valid JSON.");
        return NULL;
    }
    if (!json_is_object(json)) {
        json_decref(json);
        http_fail(req, 400, "bad_json", "The body must be a JSON object.");
        return NULL;
    }
    return json;
}

void fail_no_lesson(struct http_request *req)
{
    http_fail(req, 404, "no_lesson", "There is no such lesson.");
}

void fail_lesson(struct http_request *req, int err)
{
    switch (err) {
    case -ENOENT: fail_no_lesson(req); return;
    case -EINVAL: http_fail(req, 400, "bad_lesson", "The lesson is not valid."); return;
    case -EEXIST:
        http_fail(req, 409, "exists", "Another lesson has this id or stream key.");
        return;
    case -EPERM:
        http_fail(req, 403, "from_config",
                  "This lesson stands in the config file or in the timetable: change it there.");
        return;
    case -EAGAIN:
    case -EBUSY: http_fail(req, 503, "busy", "Another change is being written: try again."); return;
    case -ENOSPC: http_fail(req, 409, "too_many", "There are too many lessons."); return;
    default: http_fail(req, 500, "failed", "The change could not be made."); return;
    }
}

json_t *time_json(int64_t ms)
{
    char text[40];
    struct tm tm;
    time_t seconds = (time_t)(ms / 1000);
    if (!ms || !gmtime_r(&seconds, &tm))
        return json_null();
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
    return json_string(text);
}

void fail_none(struct http_request *req, const char *noun)
{
    char code[32], message[64];
    snprintf(code, sizeof(code), "no_%s", noun);
    snprintf(message, sizeof(message), "There is no such %s.", noun);
    http_fail(req, 404, code, message);
}

static const struct failure {
    int err;
    int status;
    const char *code, *message;
} failures[] = {
    {-ENOENT,     404, "not_found",  "There is no such thing, or there is none any more."           },
    {-EEXIST,     409, "exists",     "This is another's already."                                   },
    {-ENOTEMPTY,  409, "not_empty",  "There is still somebody, or something, in it."                },
    {-ECANCELED,  409, "changed",    "Somebody has changed people or places in between: look again."},
    {-EOWNERDEAD, 409, "last_admin",
     "This is the district's last administrator: make another one first."                           },
    {-EINVAL,     400, "bad_field",  "A value is missing or too long."                              },
    {-E2BIG,      413, "too_large",  "The change is too large."                                     },
    {-EAGAIN,     503, "busy",       "Too much is waiting to be written: try again."                },
    {-ESHUTDOWN,  503, "busy",       "The server is shutting down."                                 },
    {-ENOMEM,     503, "no_memory",  "The server is short of memory: try again."                    },
};

void fail_store(struct http_request *req, int err)
{
    for (size_t i = 0; i < sizeof(failures) / sizeof(*failures); i++) {
        if (failures[i].err == err) {
            http_fail(req, failures[i].status, failures[i].code, failures[i].message);
            return;
        }
    }
    http_fail(req, 500, "not_saved", "The disk could not be read or written; nothing changed.");
}
