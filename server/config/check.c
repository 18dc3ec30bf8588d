#include <stdarg.h>
#include <string.h>

#include "server/config/config.h"
#include "server/config/keys.h"

/* The admin API is off at this port number (server/net/net.h). */
enum { ADMIN_PORT_OFF = UINT16_MAX };

/* The line of a full name, in the file; 0: it is not from there. */
static uint32_t line_of(const struct config *config, const char *key)
{
    for (const struct config_key *k = config_keys; k->name; k++) {
        size_t len = strlen(k->section);
        if (strncmp(key, k->section, len) == 0 && key[len] == '.' &&
            strcmp(key + len + 1, k->name) == 0)
            return config->set_at[k - config_keys];
    }
    return 0;
}

static struct complaint complaint_at(const struct config *config, uint32_t line,
                                     char error[CONFIG_ERROR_MAX])
{
    return (struct complaint){.text = error,
                              .size = CONFIG_ERROR_MAX,
                              .file = line ? config->file : "config",
                              .line = line};
}

int config_blame(const struct config *config, const char *key, char error[CONFIG_ERROR_MAX],
                 const char *format, ...)
{
    char what[CONFIG_ERROR_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    struct complaint c = complaint_at(config, line_of(config, key), error);
    return complain(&c, "%s", what);
}

static bool ports_clash(uint32_t a, uint32_t b)
{
    return a == b && a != 0;
}

static int check_ports(const struct config *config, char error[CONFIG_ERROR_MAX])
{
    bool has_admin = config->server.admin_port != ADMIN_PORT_OFF;
    const struct {
        const char *name;
        uint32_t port;
    } ports[] = {
        {"server.port",       config->server.port                              },
        {"rtmp.port",         config->rtmp.port                                },
        {"server.admin-port", has_admin ? config->server.admin_port : 0        },
        {"tls.port",          config->tls.certificate[0] ? config->tls.port : 0},
    };
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        for (size_t j = 0; j < i; j++) {
            if (!ports_clash(ports[i].port, ports[j].port))
                continue;
            bool is_later = line_of(config, ports[i].name) >= line_of(config, ports[j].name);
            return config_blame(config, ports[is_later ? i : j].name, error,
                                "%s and %s are both %u", ports[j].name, ports[i].name,
                                ports[i].port);
        }
    }
    return 0;
}

static int check_tls(const struct config *config, char error[CONFIG_ERROR_MAX])
{
    if (config->tls.certificate[0] && !config->tls.key[0])
        return config_blame(config, "tls.certificate", error, "tls.certificate needs tls.key");
    if (config->tls.key[0] && !config->tls.certificate[0])
        return config_blame(config, "tls.key", error, "tls.key needs tls.certificate");
    return 0;
}

static int check_lesson(const struct config *config, const struct lesson_config *l,
                        char error[CONFIG_ERROR_MAX])
{
    struct complaint c = complaint_at(config, l->line, error);
    if (!l->stream_key[0])
        return complain(&c, "lesson.%s.stream-key is missing: nobody could teach", l->id);
    if (!l->is_open && !l->watch_key[0])
        return complain(&c, "lesson.%s needs a watch-key, or open = yes", l->id);
    if (strcmp(l->stream_key, l->watch_key) == 0)
        return complain(&c,
                        "lesson.%s: whoever watches could teach: stream-key and watch-key are "
                        "the same",
                        l->id);
    return 0;
}

/* Quadratic in the number of lessons, which is at most CONFIG_LESSONS_MAX. */
static int check_stream_keys(const struct config *config, char error[CONFIG_ERROR_MAX])
{
    for (size_t i = 0; i < config->n_lessons; i++) {
        struct complaint c = complaint_at(config, config->lessons[i].line, error);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(config->lessons[i].stream_key, config->lessons[j].stream_key) == 0)
                return complain(&c, "lesson.%s and lesson.%s have the same stream-key",
                                config->lessons[j].id, config->lessons[i].id);
        }
    }
    return 0;
}

int config_check(const struct config *config, char error[CONFIG_ERROR_MAX])
{
    int err = check_ports(config, error);
    if (!err)
        err = check_tls(config, error);
    for (size_t i = 0; !err && i < config->n_lessons; i++)
        err = check_lesson(config, &config->lessons[i], error);
    return err ? err : check_stream_keys(config, error);
}
