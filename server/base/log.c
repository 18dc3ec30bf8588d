#include "server/base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server/base/clock.h"

enum log_level log_threshold = LOG_INFO;

static const char *const level_names[] = {
    [LOG_ERROR] = "error", [LOG_WARN] = "warn",   [LOG_INFO] = "info",
    [LOG_DEBUG] = "debug", [LOG_TRACE] = "trace",
};

static log_sink_fn *sink_fn;
static void *sink_arg;
static uint64_t lost;

/* One slot an event name (by hash; a collision only shares the limit). */
static struct burst {
    uint64_t second;
    uint32_t lines;
    uint32_t suppressed;
} bursts[128];

static struct burst *burst_of(const char *event)
{
    uint32_t h = 2166136261u;
    for (const char *c = event; *c; c++)
        h = (h ^ (uint8_t)*c) * 16777619u;
    return &bursts[h % (sizeof(bursts) / sizeof(bursts[0]))];
}

/* False when the line must be left out; `*suppressed` is what was left out before it. */
static bool burst_admit(struct burst *b, uint32_t *suppressed)
{
    uint64_t second = clock_ms() / 1000;
    *suppressed = 0;
    if (b->second != second) {
        *suppressed = b->suppressed;
        *b = (struct burst){.second = second};
    }
    if (b->lines >= LOG_BURST) {
        b->suppressed++;
        return false;
    }
    b->lines++;
    return true;
}

struct line {
    char text[LOG_LINE_MAX];
    size_t len;
};

/* Cuts silently at the end of the line's room; one byte stays for the newline. */
static void line_add(struct line *l, const char *s, size_t n)
{
    size_t room = sizeof(l->text) - 2 - l->len;
    if (n > room)
        n = room;
    memcpy(l->text + l->len, s, n);
    l->len += n;
}

static void line_word(struct line *l, const char *s)
{
    line_add(l, s, strlen(s));
}

static bool is_plain(const char *s)
{
    if (!*s)
        return false;
    for (; *s; s++) {
        if ((uint8_t)*s <= ' ' || *s == '"' || *s == '=' || *s == 0x7f || *s == '\\')
            return false;
    }
    return true;
}

/* Quotes what could end the value or forge a line: foreign text reaches here. */
static void line_value(struct line *l, const char *s)
{
    if (is_plain(s)) {
        line_word(l, s);
        return;
    }
    line_add(l, "\"", 1);
    for (; *s; s++) {
        char esc[8];
        if (*s == '"' || *s == '\\')
            line_add(l, (char[]){'\\', *s}, 2);
        else if ((uint8_t)*s < ' ' || *s == 0x7f)
            line_add(l, esc, (size_t)snprintf(esc, sizeof(esc), "\\x%02x", (uint8_t)*s));
        else
            line_add(l, s, 1);
    }
    line_add(l, "\"", 1);
}

static void line_fact(struct line *l, const char *key, const char *text, int64_t number)
{
    char digits[24];
    line_add(l, " ", 1);
    line_word(l, key);
    line_add(l, "=", 1);
    if (text)
        line_value(l, text);
    else
        line_add(l, digits, (size_t)snprintf(digits, sizeof(digits), "%lld", (long long)number));
}

static void line_time(struct line *l)
{
    struct timespec ts;
    struct tm tm;
    char text[40];
    clock_gettime(CLOCK_REALTIME, &ts);
    gmtime_r(&ts.tv_sec, &tm);
    size_t n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    n += (size_t)snprintf(text + n, sizeof(text) - n, ".%03dZ ", (int)(ts.tv_nsec / 1000000));
    line_add(l, text, n);
}

/* A pipe that polls writable has room for PIPE_BUF bytes, more than a line: write() won't block. */
static void to_stderr(const struct line *l)
{
    struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT) ||
        write(STDERR_FILENO, l->text, l->len) != (ssize_t)l->len)
        lost++;
}

void log_write(enum log_level level, const struct log *log, const char *event,
               const struct log_fact *facts, size_t n)
{
    uint32_t suppressed;
    if (!burst_admit(burst_of(event), &suppressed)) {
        lost++;
        return;
    }
    struct line l = {.len = 0};
    if (!sink_fn)
        line_time(&l);
    line_word(&l, level_names[level]);
    line_add(&l, " ", 1);
    line_word(&l, event);
    if (log && log->noun)
        line_fact(&l, log->noun, log->id ? log->id : "", 0);
    for (size_t i = 0; i < n; i++)
        line_fact(&l, facts[i].key, facts[i].text, facts[i].number);
    if (suppressed)
        line_fact(&l, "suppressed", NULL, suppressed);

    if (sink_fn) {
        l.text[l.len] = '\0';
        sink_fn(level, l.text, sink_arg);
        return;
    }
    l.text[l.len++] = '\n';
    to_stderr(&l);
}

int log_level_parse(const char *word, enum log_level *out)
{
    for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
        if (strcmp(word, level_names[i]) == 0) {
            *out = (enum log_level)i;
            return 0;
        }
    }
    return -EINVAL;
}

uint64_t log_lost(void)
{
    return lost;
}

void log_set_sink(log_sink_fn *sink, void *arg)
{
    sink_fn = sink;
    sink_arg = arg;
}

const char *err_text(int err)
{
    if (err == -4095) /* UV_EOF is the one libuv code that is no errno */
        return "end of stream";
    const char *text = strerrordesc_np(err < 0 ? -err : err);
    return text ? text : "unknown error";
}
