#include "server/app/impl.h"

#include "server/attendance/attendance.h"
#include "server/base/log.h"
#include "server/directory/directory.h"
#include "server/door/door.h"
#include "server/importer/importer.h"
#include "server/ingest/rtmp/rtmp.h"
#include "server/ingest/web/web.h"
#include "server/net/net.h"
#include "server/planner/planner.h"
#include "server/session/session.h"
#include "server/store/store.h"
#include "server/upkeep/upkeep.h"
#include "server/viewer/crowd.h"

static void close_handle(uv_handle_t *handle)
{
    if (handle->loop && !uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void stop_handles(struct app *app)
{
    close_handle((uv_handle_t *)&app->lag_timer);
    close_handle((uv_handle_t *)&app->sigterm);
    close_handle((uv_handle_t *)&app->sigint);
    close_handle((uv_handle_t *)&app->sighup);
    close_handle((uv_handle_t *)&app->sigpipe);
    log_info(NULL, "app.stopped");
}

/* stop_PART(): closes it, if it is there, and goes on with `next` once it is gone. Each step's next
 * is the one above: the newest part is the last here. */
#define STEP(part, close, next)                                                                    \
    static void on_##part##_closed(void *arg)                                                      \
    {                                                                                              \
        struct app *app = arg;                                                                     \
        app->part = NULL;                                                                          \
        next(app);                                                                                 \
    }                                                                                              \
    static void stop_##part(struct app *app)                                                       \
    {                                                                                              \
        if (app->part)                                                                             \
            close(app->part, on_##part##_closed, app);                                             \
        else                                                                                       \
            next(app);                                                                             \
    }

STEP(store, store_close, stop_handles)
STEP(upkeep, upkeep_close, stop_store)

/* Its watcher is the planner, which is gone. */
static void stop_watching_people(struct app *app)
{
    if (app->directory)
        directory_watch(app->directory, NULL, NULL);
    stop_upkeep(app);
}

STEP(planner, planner_close, stop_watching_people)
STEP(door, door_close, stop_planner)
STEP(sessions, sessions_close, stop_door)
STEP(web, web_close, stop_sessions)
STEP(attendance, attendance_close, stop_web)
STEP(crowd, crowd_close, stop_attendance)
STEP(net, net_close, stop_crowd)
STEP(rtmp, rtmp_close, stop_net)

void app_stop(struct app *app)
{
    app->is_stopping = true;
    app->api.is_draining = true;
    importer_close(app->importer);
    stop_rtmp(app);
}
