#ifndef AIRCLASS_SERVER_API_REPLY_H
#define AIRCLASS_SERVER_API_REPLY_H

#include <jansson.h>

#include "server/net/http.h"

/* JSON in and out of handlers; private to this folder. */

/* Answers with `json` and gives it back; NULL (there was no memory to make it): 500. */
void reply_json(struct http_request *req, int status, json_t *json);

/* The body as a JSON object, to be given back with json_decref(). NULL: the request has been
 * answered with what is wrong with it. */
json_t *body_object(struct http_request *req);

/* "2026-11-22T05:10:12Z"; null for 0. NULL: no memory. */
json_t *time_json(int64_t ms);

/* The answer to a negative errno of the store's functions, before or after the disk was asked. */
void fail_store(struct http_request *req, int err);
/* 404 no_school and so on: "There is no such school." */
void fail_none(struct http_request *req, const char *noun);

/* The answer to a negative errno of the lessons' functions, before or after the disk was asked. */
void fail_lesson(struct http_request *req, int err);
void fail_no_lesson(struct http_request *req);

#endif
