#ifndef AIRCLASS_TESTS_UNIT_INGEST_RTMP_LOOPBACK_H
#define AIRCLASS_TESTS_UNIT_INGEST_RTMP_LOOPBACK_H

#include "tests/unit/unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <uv.h>

#include "server/base/log.h"
#include "server/ingest/rtmp/rtmp.h"

/* A real listener on a loop of its own, whose sink writes down what it is given. */

#define LOOPBACK_KEY "s3cret-key"

enum { LOOPBACK_LOG = 16 << 10, LOOPBACK_DEADLINE_MS = 30000 };

struct publisher {
    struct loopback *owner;
};

struct loopback {
    uv_loop_t loop;
    uv_timer_t deadline;
    struct rtmp *rtmp;
    int open_err; /* of rtmp_open(); `rtmp` is NULL then */
    struct ingest_sink sink;
    struct publisher publisher; /* one key, one publisher */
    enum publish_verdict verdict;
    bool is_busy;
    int opens;
    int closes;
    enum source_end end;
    void (*kick)(void *source, enum kick_why why);
    void *source;
    int kick_at_tag; /* 0: never */
    bool kick_in_open;
    int audio, video, script, configs, keys;
    uint32_t first_ms, last_ms;
    uint64_t bytes;
    bool is_closed;
    char log[LOOPBACK_LOG];
    size_t log_len;
    void (*on_close)(struct loopback *lb);
};

static inline enum publish_verdict lb_open(void *arg, const struct publish_claim *claim,
                                           struct publisher **out)
{
    struct loopback *lb = arg;
    assert_true(strncmp(claim->peer, "127.0.0.1:", 10) == 0);
    assert_null(claim->device);
    assert_false(claim->takes);
    if (strcmp(claim->key, LOOPBACK_KEY) != 0)
        return PUBLISH_BAD_KEY;
    if (lb->is_busy)
        return PUBLISH_BUSY;
    if (lb->verdict != PUBLISH_OK)
        return lb->verdict;
    lb->is_busy = true;
    lb->opens++;
    lb->kick = claim->kick;
    lb->source = claim->source;
    *out = &lb->publisher;
    if (lb->kick_in_open)
        lb->kick(lb->source, KICK_VOID);
    return PUBLISH_OK;
}

static inline void lb_tag(struct publisher *pub, const struct media_tag *tag)
{
    struct loopback *lb = pub->owner;
    struct media_info info;
    assert_int_equal(media_inspect(&info, tag), 0);
    assert_null(info.unsupported);
    if (lb->audio + lb->video == 0)
        lb->first_ms = tag->dts_ms;
    lb->last_ms = tag->dts_ms;
    lb->audio += tag->type == MEDIA_AUDIO;
    lb->video += tag->type == MEDIA_VIDEO;
    lb->script += tag->type == MEDIA_SCRIPT;
    lb->configs += info.is_config;
    lb->keys += info.is_key && !info.is_config;
    lb->bytes += tag->len;
    if (lb->kick_at_tag > 0 && --lb->kick_at_tag == 0)
        lb->kick(lb->source, KICK_VOID);
}

static inline void lb_close(struct publisher *pub, enum source_end why)
{
    struct loopback *lb = pub->owner;
    assert_true(lb->is_busy);
    lb->is_busy = false;
    lb->closes++;
    lb->end = why;
    if (lb->on_close)
        lb->on_close(lb);
}

static inline void lb_log(enum log_level level, const char *line, void *arg)
{
    (void)level;
    struct loopback *lb = arg;
    size_t room = sizeof(lb->log) - lb->log_len;
    int n = snprintf(lb->log + lb->log_len, room, "%s\n", line);
    assert_true(n >= 0 && (size_t)n < room);
    lb->log_len += (size_t)n;
}

static inline void lb_too_late(uv_timer_t *timer)
{
    struct loopback *lb = timer->data;
    fail_msg("nothing happened for %d ms; log so far:\n%s", LOOPBACK_DEADLINE_MS, lb->log);
}

static inline struct rtmp_params lb_params(void)
{
    return (struct rtmp_params){.bind = "127.0.0.1",
                                .max_connections = 16,
                                .max_per_address = 16,
                                .hello_timeout_ms = 5000,
                                .silence_timeout_ms = 5000};
}

static inline void lb_start(struct loopback *lb, struct rtmp_params params)
{
    memset(lb, 0, sizeof(*lb));
    lb->publisher.owner = lb;
    lb->sink = (struct ingest_sink){.open = lb_open, .tag = lb_tag, .close = lb_close, .arg = lb};
    assert_int_equal(uv_loop_init(&lb->loop), 0);
    assert_int_equal(uv_timer_init(&lb->loop, &lb->deadline), 0);
    lb->deadline.data = lb;
    uv_timer_start(&lb->deadline, lb_too_late, LOOPBACK_DEADLINE_MS, 0);
    uv_unref((uv_handle_t *)&lb->deadline);
    log_set_sink(lb_log, lb);
    fake_clock_advance(2000); /* each scene has its own share of log lines a second */
    params.loop = &lb->loop;
    params.sink = &lb->sink;
    lb->open_err = rtmp_open(&lb->rtmp, &params);
}

/* For cmocka's group. */
static inline int lb_setup(void **state)
{
    (void)state;
    fake_clock_start();
    return 0;
}

static inline int lb_teardown(void **state)
{
    (void)state;
    fake_clock_stop();
    return 0;
}

static inline void lb_is_closed(void *arg)
{
    ((struct loopback *)arg)->is_closed = true;
}

/* One turn of the loop, waiting for it. */
static inline void lb_turn(struct loopback *lb)
{
    uv_run(&lb->loop, UV_RUN_ONCE);
}

static inline void lb_wait_log(struct loopback *lb, const char *text)
{
    while (!strstr(lb->log, text))
        lb_turn(lb);
}

/* Closes all of it; nothing may be left on the loop, and no key in the log. */
static inline void lb_stop(struct loopback *lb)
{
    uv_close((uv_handle_t *)&lb->deadline, NULL);
    if (lb->rtmp)
        rtmp_close(lb->rtmp, lb_is_closed, lb);
    uv_run(&lb->loop, UV_RUN_DEFAULT);
    assert_int_equal(lb->is_closed, lb->rtmp != NULL);
    assert_int_equal(lb->opens, lb->closes);
    assert_int_equal(uv_loop_close(&lb->loop), 0);
    assert_null(strstr(lb->log, LOOPBACK_KEY));
    log_set_sink(NULL, NULL);
}

#endif
