#ifndef AIRCLASS_SERVER_API_ROUTES_H
#define AIRCLASS_SERVER_API_ROUTES_H

#include <stdbool.h>
#include <stdint.h>

#include "server/net/http.h"

/*
 * The HTTP API: one row in the table makes a route; docs/api.md describes each. Handlers parse,
 * call the domain and print; they hold no rules.
 */
struct attendance;
struct directory;
struct importer;
struct door;
struct lessons;
struct planner;
struct sessions;
struct store;

/* What the handlers work on; the `app` of struct net_params. Everything is borrowed. The program
 * may change any field between two turns of the loop. */
struct api_app {
    struct lessons *lessons;
    struct sessions *sessions;
    struct store *store;
    struct directory *directory;
    struct importer *importer;
    struct door *door;
    struct planner *planner;
    struct attendance *attendance; /* NULL: nobody counts minutes */
    /* Says who asks by what the request shows (a cookie), or leaves `caller` as it is: nobody.
     * Asked before a permit is, on the public face. NULL: nobody is known. */
    void (*find_caller)(void *callers, struct http_request *req, struct caller *caller);
    void *callers;
    const char *codec_program; /* path of airclass-codec */
    const char *host;          /* this server's name in links; NULL or "": localhost */
    uint16_t port;             /* of the pages, for links */
    uint16_t tls_port;         /* of the pages over https, for links; 0: there is none */
    uint16_t rtmp_port;        /* for links */
    bool is_data_writable;     /* as api_check_data() found it at the start */
    bool is_draining;          /* shutting down: no new work, please */
};

/* Ends with a row whose path is NULL. */
extern const struct route api_routes[];

/* The `admit` of struct net_params: whether who asks has the route's permit in the place that its
 * path is about, or else its query (?school=&class=). `arg` is the struct api_app. */
int api_admit(struct http_request *req, enum permit permit, void *arg);

/* The `identify` of struct net_params: whom `find_caller` finds. */
void api_identify(struct http_request *req, void *app);

/* The `find_caller` of struct api_app, with the door as `callers`. */
void api_find_caller(void *door, struct http_request *req, struct caller *caller);

/* Whether files can be made in the data folder. Blocks: ask at the start. */
bool api_check_data(const char *data_dir);

#endif
