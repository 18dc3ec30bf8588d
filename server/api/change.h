#ifndef AIRCLASS_SERVER_API_CHANGE_H
#define AIRCLASS_SERVER_API_CHANGE_H

#include <jansson.h>

#include "server/net/http.h"
#include "server/store/store.h"

/*
 * A change of places or people that a request asks for; private to this folder. It is answered when
 * it is on the disk, in the audit log, and known to the directory.
 *
 *     struct change *c = change_new(req, app);
 *     if (!c)
 *         return;
 *     batch_put_place(change_batch(c), &place);
 *     change_audit(c, "school.put", "school:17", "");
 *     change_commit(c, 200, answer);
 */
struct api_app;
struct change;

/* Whether the request wants something made, and nothing changed (If-None-Match: *): what is there
 * already, batch_expect_no_place() and the like, is 412 then. */
bool change_only_makes(const struct http_request *req);

/* NULL: there was no memory, and the request has been answered. */
struct change *change_new(struct http_request *req, const struct api_app *app);
struct batch *change_batch(struct change *c);

/* Whoever asked did `act`. No names, and no codes of people, may be in it. */
void change_audit(struct change *c, const char *act, const char *subject, const char *detail);
/* The same to a school, or a class of it (`klass` is "" for none). */
void change_audit_place(struct change *c, const char *act, const char *school, const char *klass);
/* The same to a person, whom the log knows by our id alone. Before they are dropped. */
void change_audit_person(struct change *c, const char *act, const char *school, const char *code,
                         const char *detail);

/* Writes it, and answers with `status` and `answer`, which is taken (NULL: without a body), or with
 * what went wrong. */
void change_commit(struct change *c, int status, json_t *answer);

/* Of one that is not to be, after all; the request is still owed its answer. */
void change_free(struct change **change);

/* Who did it, for the audit log: "console", or our id of a person. */
const char *change_actor(struct http_request *req);

#endif
