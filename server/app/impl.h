#ifndef AIRCLASS_SERVER_APP_IMPL_H
#define AIRCLASS_SERVER_APP_IMPL_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "server/api/routes.h"
#include "server/app/app.h"
#include "server/app/files.h"
#include "server/app/paths.h"
#include "server/app/plan.h"
#include "server/ladder/ladder.h"

/* Private to server/app: what app.c, start.c and stop.c share. */

enum { SECRET_MAX = 128 };

struct app {
    const struct config *config;
    uv_loop_t loop;
    uv_signal_t sigterm, sigint, sighup, sigpipe;
    uv_timer_t lag_timer;
    uint64_t lag_due_ms, lag_second_ms;
    int64_t lag_worst_ms;
    bool is_stopping, is_cut_short;

    struct files files;
    struct paths paths;
    char admin_token[SECRET_MAX];
    struct ladder ladder;
    struct store *store;
    struct upkeep *upkeep;
    struct directory *directory;
    struct importer *importer;
    struct door *door;
    struct planner *planner; /* NULL: there is none */
    struct access_plan plan;
    struct attendance *attendance;
    struct lessons *lessons;
    struct sessions *sessions;
    struct crowd *crowd;
    struct web *web;
    struct net *net;
    struct rtmp *rtmp;
    struct api_app api;
};

/* Every part in order. On failure a negative errno, what is wrong in `error` unless that is all
 * there is to say, and the parts that have started are there: app_stop() ends them. */
int app_start_parts(struct app *app, char error[APP_ERROR_MAX]);

/* Ends the parts that are there, the newest first, then the handles of the app itself: the loop
 * runs out of work. */
void app_stop(struct app *app);

#endif
