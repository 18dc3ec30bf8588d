#include <assert.h>
#include <errno.h>

#include "server/app/app.h"
#include "server/app/paths.h"
#include "server/base/log.h"
#include "server/ladder/ladder.h"
#include "server/net/net.h"

static int check_certificate(const struct config *c, char error[APP_ERROR_MAX])
{
    char what[NET_ERROR_MAX] = "";
    const struct net_tls tls = {.certificate = c->tls.certificate, .key = c->tls.key};
    if (!tls.certificate[0] || net_check_tls(&tls, what) == 0)
        return 0;
    return config_blame(c, "tls.certificate", error, "tls: %s", what);
}

static int check_ladder(const struct config *c, char error[APP_ERROR_MAX])
{
    char what[LADDER_ERROR_MAX] = "";
    struct ladder ladder;
    if (!c->codec.ladder[0] || ladder_load(&ladder, c->codec.ladder, what) == 0)
        return 0;
    return config_blame(c, "codec.ladder", error, "codec.ladder: %s", what);
}

static int check_congestion(const struct config *c, char error[APP_ERROR_MAX])
{
    const char *name = c->viewer.congestion;
    if (net_check_congestion(name) != -EPROTONOSUPPORT)
        return 0;
    return config_blame(c, "viewer.congestion", error,
                        "viewer.congestion: this kernel offers no '%s' (modprobe tcp_%s may help)",
                        name, name);
}

static int check_codec(const struct config *c, char error[APP_ERROR_MAX])
{
    if (!c->codec.program[0] || paths_is_program(c->codec.program))
        return 0;
    return config_blame(c, "codec.program", error,
                        "codec.program: %s: is no program that can be run", c->codec.program);
}

static int check_pages(const struct config *c, char error[APP_ERROR_MAX])
{
    if (!c->server.web_root[0] || paths_has_pages(c->server.web_root))
        return 0;
    return config_blame(c, "server.web-root", error,
                        "server.web-root: %s: is no folder of built pages", c->server.web_root);
}

static int check_data(const struct config *c, char error[APP_ERROR_MAX])
{
    int err = paths_check_data_dir(c->server.data_dir);
    if (!err)
        return 0;
    return config_blame(c, "server.data-dir", error,
                        "server.data-dir: %s: nothing can be kept there: %s", c->server.data_dir,
                        err_text(err));
}

int app_check(const struct config *config, char error[APP_ERROR_MAX])
{
    static int (*const checks[])(const struct config *c, char error[APP_ERROR_MAX]) = {
        check_certificate, check_ladder, check_congestion, check_codec, check_pages, check_data,
    };
    static_assert((int)CONFIG_ERROR_MAX <= (int)APP_ERROR_MAX, "it is handed on");
    int err = 0;
    for (size_t i = 0; i < sizeof(checks) / sizeof(*checks) && !err; i++)
        err = checks[i](config, error);
    return err;
}
