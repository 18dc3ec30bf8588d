#include "server/app/impl.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/directory/directory.h"
#include "server/door/door.h"
#include "server/importer/importer.h"
#include "server/ingest/rtmp/rtmp.h"
#include "server/ingest/web/web.h"
#include "server/lesson/lesson.h"
#include "server/metrics/metrics.h"
#include "server/net/net.h"

enum {
    LAG_TICK_MS = 20, /* how often the loop's own delay is looked at */
    LAG_MOST_MS = 60000,
};

static void on_signal(uv_signal_t *handle, int signum)
{
    struct app *app = handle->data;
    if (app->is_stopping) {
        log_warn(NULL, "app.cut-short", LOG_NUM("signal", signum));
        app->is_cut_short = true;
        uv_stop(&app->loop);
        return;
    }
    log_info(NULL, "app.stopping", LOG_NUM("signal", signum));
    app_stop(app);
}

static void on_sighup(uv_signal_t *handle, int signum)
{
    struct app *app = handle->data;
    (void)signum;
    if (app->net && !app->is_stopping)
        net_reload_tls(app->net);
}

static void on_sigpipe(uv_signal_t *handle, int signum)
{
    (void)handle;
    (void)signum; /* a broken connection is told by its write */
}

/* How late this timer comes. The moments that have passed meanwhile count, too: a turn of 100 ms
 * delays five of them, though it has one timer only to be late for. */
static void on_lag_tick(uv_timer_t *timer)
{
    struct app *app = timer->data;
    uint64_t now = clock_ms();
    int64_t late = (int64_t)(now - app->lag_due_ms);
    if (late > app->lag_worst_ms)
        app->lag_worst_ms = late;
    if (late > LAG_MOST_MS) /* it was stopped */
        app->lag_due_ms = now - LAG_MOST_MS;
    for (; app->lag_due_ms <= now; app->lag_due_ms += LAG_TICK_MS)
        metric_observe(METRIC_LOOP_WAIT_MS, (int64_t)(now - app->lag_due_ms));
    if (now - app->lag_second_ms >= 1000) {
        metric_set(METRIC_LOOP_LAG_MS, 0, app->lag_worst_ms);
        app->lag_worst_ms = 0;
        app->lag_second_ms = now;
    }
    uv_timer_start(timer, on_lag_tick, app->lag_due_ms - now, 0);
}

static void start_handles(struct app *app)
{
    uv_signal_init(&app->loop, &app->sigterm);
    uv_signal_init(&app->loop, &app->sigint);
    uv_signal_init(&app->loop, &app->sigpipe);
    uv_timer_init(&app->loop, &app->lag_timer);
    app->sigterm.data = app->sigint.data = app->sighup.data = app->lag_timer.data = app;
    uv_signal_start(&app->sigterm, on_signal, SIGTERM);
    uv_signal_start(&app->sigint, on_signal, SIGINT);
    uv_signal_start(&app->sigpipe, on_sigpipe, SIGPIPE);
    if (!isatty(STDERR_FILENO)) { /* there it ends the program, as a closed terminal should */
        uv_signal_init(&app->loop, &app->sighup);
        uv_signal_start(&app->sighup, on_sighup, SIGHUP);
    }
    app->lag_due_ms = app->lag_second_ms = clock_ms();
    uv_timer_start(&app->lag_timer, on_lag_tick, 0, 0);
}

/* Not in the log, which may go elsewhere: who reads the console is who started the server. */
static void tell_set_up(struct app *app)
{
    char code[ENTRY_CODE_TEXT_SIZE];
    unsigned tls_port = net_tls_port(app->net);
    if (!door_set_up_code(app->door, code))
        return;
    printf("Set-up code, for the first administrator, until the next start: %s\n"
           "  http%s://localhost:%u/set-up#code=%s\n",
           code, tls_port ? "s" : "", tls_port ? tls_port : net_port(app->net), code);
    fflush(stdout);
    explicit_bzero(code, sizeof(code));
}

int app_start(struct app **out, const struct config *config, char error[APP_ERROR_MAX])
{
    struct app *app = calloc(1, sizeof(*app));
    if (!app)
        return -ENOMEM;
    error[0] = '\0';
    app->config = config;
    log_threshold = config->server.log_level;
    int err = uv_loop_init(&app->loop);
    if (err) {
        free(app);
        return err;
    }
    start_handles(app);
    err = app_start_parts(app, error);
    if (err) {
        if (!error[0])
            snprintf(error, APP_ERROR_MAX, "%s", err_text(err));
        app_stop(app);
        uv_run(&app->loop, UV_RUN_DEFAULT);
        app_free(&app);
        return err;
    }
    app->api.port = net_port(app->net);
    app->api.tls_port = net_tls_port(app->net);
    app->api.rtmp_port = rtmp_port(app->rtmp);
    web_set_rtmp_port(app->web, rtmp_port(app->rtmp));
    log_info(NULL, "app.started", LOG_NUM("http", net_port(app->net)),
             LOG_NUM("tls", net_tls_port(app->net)), LOG_NUM("admin", net_admin_port(app->net)),
             LOG_NUM("rtmp", rtmp_port(app->rtmp)));
    tell_set_up(app);
    *out = app;
    return 0;
}

int app_run(struct app *app)
{
    uv_run(&app->loop, UV_RUN_DEFAULT);
    return app->is_cut_short;
}

void app_free(struct app **app)
{
    if (!*app)
        return;
    if (!(*app)->is_cut_short) { /* else threads and callbacks may still use all of it */
        lessons_free(&(*app)->lessons);
        importer_free(&(*app)->importer);
        directory_free(&(*app)->directory);
        uv_loop_close(&(*app)->loop);
        free(*app);
    }
    *app = NULL;
}
