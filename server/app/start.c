#include "server/app/impl.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/attendance/attendance.h"
#include "server/base/log.h"
#include "server/directory/directory.h"
#include "server/door/door.h"
#include "server/importer/importer.h"
#include "server/ingest/rtmp/rtmp.h"
#include "server/ingest/web/web.h"
#include "server/lesson/lesson.h"
#include "server/net/net.h"
#include "server/planner/planner.h"
#include "server/session/session.h"
#include "server/store/store.h"
#include "server/upkeep/upkeep.h"
#include "server/viewer/crowd.h"

/* Teachers' pages connected at the same time: five for each lesson that a large machine can hold.
 * Each may hold a message and a picture, 1.1 MB. */
enum { TEACHERS_MAX = 500 };

static void share_files(struct app *app)
{
    const struct config *c = app->config;
    struct files *f = &app->files;
    *f = (struct files){.limit = files_raise_limit(),
                        .connections = c->server.max_connections,
                        .encoders = c->rtmp.max_connections};
    uint64_t needed = files_needed(f);
    if (!files_fit(f))
        log_warn(NULL, "app.few-files", LOG_NUM("limit", f->limit), LOG_NUM("needed", needed),
                 LOG_NUM("max_connections", f->connections),
                 LOG_NUM("rtmp_max_connections", f->encoders));
}

static void on_lesson_key_changed(void *arg, const struct lesson *lesson)
{
    struct app *app = arg;
    if (app->sessions)
        sessions_kick(app->sessions, lesson->id);
}

static void on_lesson_gone(void *arg, const struct lesson *lesson)
{
    struct app *app = arg;
    if (app->sessions) /* else it ends with all others */
        sessions_void(app->sessions, lesson->id);
}

static int add_config_lessons(struct app *app, char error[APP_ERROR_MAX])
{
    for (size_t i = 0; i < app->config->n_lessons; i++) {
        const struct lesson_config *c = &app->config->lessons[i];
        struct lesson lesson = {.is_open = c->is_open, .from_config = true};
        snprintf(lesson.id, sizeof(lesson.id), "%s", c->id);
        snprintf(lesson.title, sizeof(lesson.title), "%s", c->title[0] ? c->title : c->id);
        snprintf(lesson.stream_key, sizeof(lesson.stream_key), "%s", c->stream_key);
        snprintf(lesson.watch_key, sizeof(lesson.watch_key), "%s", c->watch_key);
        int err = lessons_add(app->lessons, &lesson);
        if (err) {
            snprintf(error, APP_ERROR_MAX, "lesson '%s': id or stream key is taken by one of %s",
                     c->id, "the admin API's lessons");
            return err;
        }
    }
    return 0;
}

static int read_secret(const struct app *app, const char *name, char *out, int room,
                       char error[APP_ERROR_MAX])
{
    const char *dir = app->config->server.data_dir;
    int err = paths_secret(dir, name, out, room);
    if (err == -EUCLEAN)
        snprintf(error, APP_ERROR_MAX,
                 "%s/%s holds less than %d letters: put the whole secret back, or remove the file,"
                 " and another is made",
                 dir, name, PATHS_SECRET_MIN);
    else if (err)
        snprintf(error, APP_ERROR_MAX, "%s/%s: %s", dir, name, err_text(err));
    return err;
}

static int start_files(struct app *app, char error[APP_ERROR_MAX])
{
    const struct config *c = app->config;
    const char *missing;
    int err = paths_find(&app->paths, c->codec.program, c->server.web_root, &missing);
    if (err) {
        snprintf(error, APP_ERROR_MAX, "%s is not there; build it (make), or set its place",
                 missing);
        return err;
    }
    err = ladder_load(&app->ladder, c->codec.ladder[0] ? c->codec.ladder : NULL, error);
    if (err)
        return err;
    err = paths_make_data_dir(c->server.data_dir);
    if (err) {
        snprintf(error, APP_ERROR_MAX, "data folder '%s': %s", c->server.data_dir, err_text(err));
        return err;
    }
    return read_secret(app, "admin.token", app->admin_token, sizeof(app->admin_token), error);
}

static int start_importer(struct app *app, char error[APP_ERROR_MAX])
{
    char secret[SECRET_MAX];
    int err = read_secret(app, "roster.key", secret, sizeof(secret), error);
    if (!err)
        err = importer_new(&app->importer, &app->loop, app->store, app->directory, secret);
    explicit_bzero(secret, sizeof(secret));
    return err;
}

static int start_door(struct app *app, char error[APP_ERROR_MAX])
{
    char secret[SECRET_MAX];
    int err = read_secret(app, "door.key", secret, sizeof(secret), error);
    if (err)
        return err;
    const struct door_params p = {.loop = &app->loop, .store = app->store, .secret = secret};
    err = door_open(&app->door, &p);
    explicit_bzero(secret, sizeof(secret));
    return err;
}

static bool has_class(void *directory, const char *school, const char *klass)
{
    return directory_has_place(directory, school, klass);
}

/* A class that has come can be planned for at once. */
static void on_people_changed(void *arg, enum directory_news news)
{
    struct app *app = arg;
    if (news == DIRECTORY_ALL && app->door)
        door_review_guests(app->door, has_class, app->directory);
    if (news != DIRECTORY_PUPIL) /* of whom the timetable knows nothing */
        planner_refresh(app->planner, news == DIRECTORY_ALL);
}

static void on_plan_changed(void *arg, const char *lesson)
{
    struct app *app = arg;
    if (app->sessions)
        sessions_plan_changed(app->sessions, lesson);
}

static int start_planner(struct app *app, char error[APP_ERROR_MAX])
{
    static_assert((int)PLANNER_ERROR_MAX <= (int)APP_ERROR_MAX, "it is handed on");
    char secret[SECRET_MAX];
    int err = read_secret(app, "timetable.key", secret, sizeof(secret), error);
    if (err)
        return err;
    const struct planner_params p = {.loop = &app->loop,
                                     .store = app->store,
                                     .lessons = app->lessons,
                                     .secret = secret,
                                     .on_changed = on_plan_changed,
                                     .arg = app};
    err = planner_new(&app->planner, &p, error);
    explicit_bzero(secret, sizeof(secret));
    if (err)
        return err;
    directory_watch(app->directory, on_people_changed, app);
    const struct attendance_params attendance = {.loop = &app->loop,
                                                 .store = app->store,
                                                 .planner = app->planner,
                                                 .directory = app->directory};
    return attendance_new(&app->attendance, &attendance);
}

static int start_store(struct app *app, char error[APP_ERROR_MAX])
{
    const struct config *c = app->config;
    int err = store_open(&app->store, &app->loop, c->server.data_dir, error);
    if (err)
        return err;
    const struct upkeep_params upkeep = {
        .loop = &app->loop, .store = app->store, .audit_days = c->server.audit_days};
    return upkeep_new(&app->upkeep, &upkeep);
}

static int start_lessons(struct app *app, char error[APP_ERROR_MAX])
{
    const struct lesson_events events = {
        .on_key_changed = on_lesson_key_changed, .on_gone = on_lesson_gone, .arg = app};
    const char *data_dir = app->config->server.data_dir;
    int err = start_store(app, error);
    if (!err)
        err = directory_open(&app->directory, app->store);
    if (!err)
        err = start_importer(app, error);
    if (!err)
        err = start_door(app, error);
    if (!err)
        err = lessons_open(&app->lessons, app->store, data_dir, &events, error);
    if (err)
        return err;
    err = add_config_lessons(app, error);
    if (!err)
        err = start_planner(app, error);
    if (err)
        return err;
    plan_bind(&app->plan, &app->planner);
    const struct config *c = app->config;
    const struct sessions_params sessions = {
        .loop = &app->loop,
        .lessons = app->lessons,
        .ladder = &app->ladder,
        .codec_program = app->paths.codec,
        .codec_memory_mb = c->codec.memory_mb,
        .heartbeat_ms = c->codec.heartbeat_ms,
        .crashes = c->codec.crashes,
        .crash_window_s = c->codec.crash_window_s,
        .linger_s = c->session.linger_s,
    };
    err = sessions_new(&app->sessions, &sessions);
    if (err)
        return err;
    const struct crowd_params crowd = {
        .loop = &app->loop,
        .sessions = app->sessions,
        .lessons = app->lessons,
        .ladder = &app->ladder,
        .directory = app->directory,
        .plan = &app->plan,
        .door = app->door,
        .attendance = app->attendance,
        .hello_timeout_ms = c->viewer.hello_timeout_ms,
        .stall_ms = c->viewer.stall_ms,
        .max_viewers = c->viewer.max_viewers,
    };
    err = crowd_new(&app->crowd, &crowd);
    if (err)
        return err;
    const struct web_params web = {
        .loop = &app->loop,
        .sessions = app->sessions,
        .lessons = app->lessons,
        .ladder = &app->ladder,
        .directory = app->directory,
        .plan = &app->plan,
        .door = app->door,
        .hello_timeout_ms = c->viewer.hello_timeout_ms,
        .max_teachers = TEACHERS_MAX,
    };
    return web_new(&app->web, &web);
}

static struct net_tls tls_of(const struct config *c)
{
    return (struct net_tls){
        .port = (uint16_t)c->tls.port,
        .certificate = c->tls.certificate,
        .key = c->tls.key,
        .hsts_s = c->tls.hsts_s,
    };
}

static int start_net(struct app *app, char error[APP_ERROR_MAX])
{
    const struct config *c = app->config;
    const struct ws_protocol *const protocols[] = {crowd_protocol(app->crowd),
                                                   web_protocol(app->web), NULL};
    const struct net_params net = {
        .loop = &app->loop,
        .bind = c->server.bind,
        .port = (uint16_t)c->server.port,
        .tls = tls_of(c),
        .admin_port = (uint16_t)c->server.admin_port,
        .admin_token = app->admin_token,
        .web_root = app->paths.web,
        .trusted_proxies = c->server.trusted_proxies,
        .origins = c->server.origins,
        .routes = api_routes,
        .app = &app->api,
        .admit = api_admit,
        .identify = api_identify,
        .protocols = protocols,
        .max_connections = app->files.connections,
        .other_files = (uint32_t)(files_needed(&app->files) - app->files.connections),
        .max_per_address = c->server.max_per_address,
        .send_buffer_bytes = c->viewer.send_buffer,
        .congestion = c->viewer.congestion,
    };
    app->api = (struct api_app){
        .lessons = app->lessons,
        .sessions = app->sessions,
        .store = app->store,
        .directory = app->directory,
        .importer = app->importer,
        .planner = app->planner,
        .attendance = app->attendance,
        .door = app->door,
        .find_caller = api_find_caller,
        .callers = app->door,
        .codec_program = app->paths.codec,
        .is_data_writable = api_check_data(c->server.data_dir),
    };
    int err = net_open(&app->net, &net);
    if (err && c->tls.certificate[0])
        snprintf(error, APP_ERROR_MAX, "ports %u, %u and %u: %s", c->server.port, c->tls.port,
                 c->server.admin_port, err_text(err));
    else if (err)
        snprintf(error, APP_ERROR_MAX, "ports %u and %u: %s", c->server.port, c->server.admin_port,
                 err_text(err));
    return err;
}

static int start_rtmp(struct app *app, char error[APP_ERROR_MAX])
{
    const struct config *c = app->config;
    const struct rtmp_params rtmp = {
        .loop = &app->loop,
        .bind = c->rtmp.bind,
        .port = (uint16_t)c->rtmp.port,
        .sink = sessions_sink(app->sessions),
        .max_connections = app->files.encoders,
        .max_per_address = c->rtmp.max_per_address,
        .hello_timeout_ms = c->rtmp.hello_timeout_ms,
        .silence_timeout_ms = c->rtmp.silence_timeout_ms,
    };
    int err = rtmp_open(&app->rtmp, &rtmp);
    if (err)
        snprintf(error, APP_ERROR_MAX, "RTMP port %u: %s", c->rtmp.port, err_text(err));
    return err;
}

int app_start_parts(struct app *app, char error[APP_ERROR_MAX])
{
    share_files(app);
    int err = start_files(app, error);
    if (!err)
        err = start_lessons(app, error);
    if (!err)
        err = start_net(app, error);
    if (!err)
        err = start_rtmp(app, error);
    return err;
}
