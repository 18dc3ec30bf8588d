#ifndef AIRCLASS_SERVER_API_PLACE_H
#define AIRCLASS_SERVER_API_PLACE_H

#include "server/access/permit.h"
#include "server/directory/directory.h"
#include "server/net/http.h"
#include "server/store/store.h"

/* What requests are about; private to this folder. */
struct api_app;

/* The path's `:school`; its "-" is the district, "". */
const char *place_school(const struct http_request *req);

/* A question about the path's `:class`. */
struct store_question place_class(const struct http_request *req);

/* Whether what the path names is there; if not, it has been answered (404 no_school, ...). The
 * first two want a school, the third takes the district's office for one. */
bool place_has_school(const struct api_app *app, struct http_request *req);
bool place_has_class(const struct api_app *app, struct http_request *req, const char *klass);
bool place_has_home(const struct api_app *app, struct http_request *req);
const struct directory_person *place_person(const struct api_app *app, struct http_request *req);

/* Whether who asks has a permit there, for handlers that learn of more places than the path names
 * (whom a role is given to, whose lists are imported). */
bool place_may(const struct api_app *app, struct http_request *req, enum permit permit,
               const char *school, const char *klass, const struct directory_person *about);

#endif
