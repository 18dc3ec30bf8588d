#ifndef AIRCLASS_SERVER_API_CALLERS_H
#define AIRCLASS_SERVER_API_CALLERS_H

#include "server/access/caller.h"
#include "server/net/http.h"

/* What browsers remember for us, and who is meant by it; private to this folder. */
struct door;

/* The session's token, "" if none is shown, or not where it would be believed. */
const char *caller_session(struct http_request *req);

/* `out` stays as it is when it lets nobody in. */
void caller_of_pass(struct door *door, const char *text, struct caller *out);

/* For the answer: to remember, or to forget all of it. A session only on a private connection. */
void caller_set_session(struct http_request *req, const char *token);
/* What makes the browser known, and what it shows of that ("": nothing); caller_forget() leaves
 * it. */
void caller_set_known(struct http_request *req, const char *text);
const char *caller_known(struct http_request *req);
void caller_set_pass(struct http_request *req, const char *text, int64_t age_s);
void caller_forget(struct http_request *req);

#endif
