#ifndef AIRCLASS_SERVER_BASE_LOG_H
#define AIRCLASS_SERVER_BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

/*
 * Structured log lines: a dotted event name, then facts, as logfmt on one line:
 *
 *     log_info(&s->log, "session.state", LOG_STR("to", "live"), LOG_NUM("viewers", n));
 *     2026-11-21T10:00:00.123Z info session.state lesson=demo to=live viewers=12
 *
 * error: an operator must act · warn: service is degraded · info: the life of lessons and viewers ·
 * debug: decisions · trace: per frame. Never log a secret, a person's name or chat text.
 * Event names are listed in docs/operations.md; tests may rely on them.
 */
enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE };

/* Who speaks. Embed one in each object that logs; `noun`=`id` is put in every line (NULL: nothing).
 * Both strings are borrowed and must outlive the logger. */
struct log {
    const char *noun;
    const char *id;
};

struct log_fact {
    const char *key;
    const char *text; /* NULL: `number` counts */
    int64_t number;
};

/* A function, so that an array as the value is no warning. */
static inline const char *log_text(const char *text)
{
    return text ? text : "";
}

#define LOG_STR(k, v)                                                                              \
    (struct log_fact)                                                                              \
    {                                                                                              \
        .key = (k), .text = log_text(v)                                                            \
    }
#define LOG_NUM(k, v)                                                                              \
    (struct log_fact)                                                                              \
    {                                                                                              \
        .key = (k), .number = (int64_t)(v)                                                         \
    }
/* A negative errno as its text. */
#define LOG_ERR(e) LOG_STR("err", err_text(e))

#define LOG_AT(level, log, event, ...)                                                             \
    do {                                                                                           \
        if ((level) <= log_threshold) {                                                            \
            const struct log_fact facts_[] = {{0}, ##__VA_ARGS__};                                 \
            log_write((level), (log), (event), facts_ + 1,                                         \
                      sizeof(facts_) / sizeof(facts_[0]) - 1);                                     \
        }                                                                                          \
    } while (0)

#define log_error(log, event, ...) LOG_AT(LOG_ERROR, log, event, ##__VA_ARGS__)
#define log_warn(log, event, ...)  LOG_AT(LOG_WARN, log, event, ##__VA_ARGS__)
#define log_info(log, event, ...)  LOG_AT(LOG_INFO, log, event, ##__VA_ARGS__)
#define log_debug(log, event, ...) LOG_AT(LOG_DEBUG, log, event, ##__VA_ARGS__)
#define log_trace(log, event, ...) LOG_AT(LOG_TRACE, log, event, ##__VA_ARGS__)

/* The most talkative level that is written. Set it once at start. */
extern enum log_level log_threshold;

/* "warn" -> LOG_WARN. 0, or -EINVAL for a word that is no level. */
int log_level_parse(const char *word, enum log_level *out);

/* `log` may be NULL. At most LOG_BURST lines a second of one event are written; the next line then
 * carries suppressed=n. Never blocks: a line that the pipe has no room for is dropped and counted.
 */
enum { LOG_BURST = 50, LOG_LINE_MAX = 1024 };
void log_write(enum log_level level, const struct log *log, const char *event,
               const struct log_fact *facts, size_t n);

/* Lines given up since the start, by the rate limit or a full pipe. */
uint64_t log_lost(void);

/* Tests: lines go to `sink` instead of standard error; NULL goes back. */
typedef void log_sink_fn(enum log_level level, const char *line, void *arg);
void log_set_sink(log_sink_fn *sink, void *arg);

/* Text of a negative errno or UV_E* code; static storage. */
const char *err_text(int err);

#endif
