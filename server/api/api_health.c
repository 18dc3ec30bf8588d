#include "server/api/handlers.h"

#include <stdlib.h>
#include <unistd.h>

#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/base/version.h"
#include "server/metrics/metrics.h"

bool api_check_data(const char *data_dir)
{
    return access(data_dir, R_OK | W_OK | X_OK) == 0;
}

void api_get_health(struct http_request *req, void *arg)
{
    (void)arg;
    http_reply(req, 200, "text/plain; charset=utf-8", "ok\n", 3);
}

void api_get_ready(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    bool has_codec = app->codec_program && access(app->codec_program, X_OK) == 0;
    bool is_ready = has_codec && app->is_data_writable && !app->is_draining;
    reply_json(req, is_ready ? 200 : 503,
               json_pack("{s:b, s:{s:b, s:b, s:b}}", "ready", is_ready, "checks", "codec_program",
                         has_codec, "data_writable", app->is_data_writable, "not_draining",
                         !app->is_draining));
}

void api_get_metrics(struct http_request *req, void *arg)
{
    char *text;
    size_t len;
    (void)arg;
    if (metrics_text(&text, &len)) {
        http_fail(req, 500, "no_memory", "The server is short of memory.");
        return;
    }
    http_reply(req, 200, "text/plain; version=0.0.4; charset=utf-8", text, len);
    free(text);
}

void api_get_root(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    reply_json(req, 200,
               json_pack("{s:s, s:s, s:i, s:i, s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "name",
                         "airclass", "version", AIRCLASS_VERSION, "tls_port", app->tls_port,
                         "rtmp_port", app->rtmp_port, "links", "lesson", "/api/v1/lessons/{id}",
                         "player", "/ws", "teach", "/teach", "health", "/healthz", "ready",
                         "/readyz", "metrics", "/metrics"));
}
