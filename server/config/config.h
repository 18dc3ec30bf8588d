#ifndef AIRCLASS_SERVER_CONFIG_CONFIG_H
#define AIRCLASS_SERVER_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "server/base/log.h"

/*
 * The program's settings. One row in config.c's table makes a key: name, type, default, range and
 * help; the commented config file, --print-config and the errors follow from it.
 */
enum {
    CONFIG_TEXT_MAX = 256,
    CONFIG_ID_MAX = 40,
    CONFIG_LESSONS_MAX = 256,
    CONFIG_KEYS_MAX = 64, /* in either table: of sections, of lessons */
    CONFIG_ERROR_MAX = 512
};

/* A [lesson ID] section. IDs are 1-39 letters, digits, '-' and '_'. */
struct lesson_config {
    char id[CONFIG_ID_MAX];
    char title[CONFIG_TEXT_MAX];    /* UTF-8; empty: the id */
    char stream_key[CONFIG_ID_MAX]; /* who has it may teach; 8 letters or more */
    char watch_key[CONFIG_ID_MAX];  /* who has it may watch; not needed when open */
    bool is_open;                   /* anybody may watch */
    uint32_t line;                  /* of the section; 0: no file has it */
};

struct config {
    struct {
        char bind[CONFIG_TEXT_MAX];
        uint32_t port;
        uint32_t admin_port;
        char web_root[CONFIG_TEXT_MAX]; /* empty: found beside the program */
        char data_dir[CONFIG_TEXT_MAX];
        char origins[CONFIG_TEXT_MAX];
        char trusted_proxies[CONFIG_TEXT_MAX];
        uint32_t max_connections;
        uint32_t max_per_address;
        uint32_t audit_days; /* so long an entry of the audit log is kept */
        enum log_level log_level;
    } server;
    struct {
        char certificate[CONFIG_TEXT_MAX]; /* PEM file; empty: no TLS */
        char key[CONFIG_TEXT_MAX];         /* PEM file */
        uint32_t port;
        uint32_t hsts_s; /* 0: off */
    } tls;
    struct {
        char bind[CONFIG_TEXT_MAX];
        uint32_t port;
        uint32_t max_connections;
        uint32_t max_per_address;
        uint32_t hello_timeout_ms;
        uint32_t silence_timeout_ms;
    } rtmp;
    struct {
        char program[CONFIG_TEXT_MAX]; /* airclass-codec; empty: found beside the program */
        char ladder[CONFIG_TEXT_MAX];  /* empty: built in */
        uint32_t memory_mb;            /* RLIMIT_AS of a worker */
        uint32_t heartbeat_ms;         /* silent for longer: killed */
        uint32_t crashes;              /* so many ... */
        uint32_t crash_window_s;       /* ... within this: no more video for the session */
    } codec;
    struct {
        uint32_t linger_s; /* how long a session waits for its teacher to come back */
    } session;
    struct {
        uint32_t send_buffer; /* bytes, SO_SNDBUF */
        char congestion[16];  /* TCP congestion control; empty: the system's */
        uint32_t hello_timeout_ms;
        uint32_t stall_ms;    /* nothing taken for so long: closed */
        uint32_t max_viewers; /* all lessons together */
    } viewer;
    struct lesson_config *lessons;
    size_t n_lessons;
    char *file;                       /* what was read last; NULL: nothing */
    uint32_t set_at[CONFIG_KEYS_MAX]; /* the line of each key in it; 0: not from there */
};

/* Every key at its default. */
void config_init(struct config *c);
void config_release(struct config *c);

/* Reads `path` over what `c` holds. 0, or a negative errno with "file:line: what, nearest key" in
 * `error`; `c` may then be half-changed. The file may not exist: -ENOENT. */
int config_load(struct config *c, const char *path, char error[CONFIG_ERROR_MAX]);

/* The same for a program's --config FILE; NULL: /etc/airclass/airclass.conf, if it is there. */
int config_load_named(struct config *c, const char *path, char error[CONFIG_ERROR_MAX]);

/* The same from memory; `name` stands for the file in errors. */
int config_parse(struct config *c, const char *text, size_t len, const char *name,
                 char error[CONFIG_ERROR_MAX]);

/* One "section.key=value" from the command line ("lesson.demo.title=..." for lessons). */
int config_set(struct config *c, const char *assignment, char error[CONFIG_ERROR_MAX]);

/* What only makes sense together: ports that clash, two lessons with one stream key, a closed
 * lesson without a watch key, ... */
int config_check(const struct config *c, char error[CONFIG_ERROR_MAX]);

/* Says in `error` what is wrong with the setting `key` ("tls.key"), behind the file and the line
 * that it comes from. -EINVAL. */
__attribute__((format(printf, 4, 5))) int config_blame(const struct config *c, const char *key,
                                                       char error[CONFIG_ERROR_MAX],
                                                       const char *format, ...);

/* The whole configuration as a file that config_load() reads back, each key with its help. */
void config_print(const struct config *c, FILE *out);

#endif
