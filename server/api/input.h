#ifndef AIRCLASS_SERVER_API_INPUT_H
#define AIRCLASS_SERVER_API_INPUT_H

#include <stdbool.h>

#include <jansson.h>

#include "server/net/http.h"
#include "server/roster/name.h"

/* What forms say about places and people, by the rules of the lists (roster/name.h); private to
 * this folder. */
struct input {
    char name[NAME_SIZE];
    int grade; /* 0: none */
};

/* Reads the body: `name`, and `grade` if `has_grade`; nothing else may be in it. False: the request
 * has been answered. */
bool input_read(struct http_request *req, bool has_grade, struct input *out);

/* Whether `code`, of something that is to be made, is one as it is kept. False: it has been
 * answered (400 bad_code). */
bool input_code(struct http_request *req, const char *code);

#endif
