#include "codec/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/log.h>

#include "server/base/clock.h"

/* So many lines a second, and how many more there were. */
struct budget {
    uint64_t second;
    unsigned said, left_out;
};

/* libav has a remark on every broken packet; what we have to say must not be lost among them. */
static struct {
    struct link *link;
    struct budget ours, libav;
} out;

static bool is_allowed(struct budget *b)
{
    uint64_t second = clock_ms() / 1000;
    if (second != b->second) {
        b->second = second;
        b->said = 0;
    }
    if (b->said >= REPORT_BURST) {
        b->left_out++;
        return false;
    }
    b->said++;
    return true;
}

static void send_text(uint8_t type, uint8_t kind, const char *text)
{
    /* A lost link is noticed by whoever reads next. */
    (void)link_send(out.link, &(struct link_out){.type = type,
                                                 .kind = kind,
                                                 .data = text,
                                                 .len = strnlen(text, REPORT_TEXT_MAX)});
}

static void say(struct budget *b, enum log_level level, const char *text)
{
    char line[REPORT_TEXT_MAX + 1];
    if (!out.link || !is_allowed(b))
        return;
    if (b->left_out) {
        snprintf(line, sizeof(line), "%.460s (%u lines left out)", text, b->left_out);
        b->left_out = 0;
        text = line;
    }
    send_text(WIRE_LOG, (uint8_t)level, text);
}

__attribute__((format(printf, 2, 0))) static void compose(char text[REPORT_TEXT_MAX + 1],
                                                          const char *format, va_list args)
{
    vsnprintf(text, REPORT_TEXT_MAX + 1, format, args);
}

void report(enum log_level level, const char *format, ...)
{
    char text[REPORT_TEXT_MAX + 1];
    va_list args;
    va_start(args, format);
    compose(text, format, args);
    va_end(args);
    say(&out.ours, level, text);
}

void report_fail(const char *format, ...)
{
    char text[REPORT_TEXT_MAX + 1];
    va_list args;
    va_start(args, format);
    compose(text, format, args);
    va_end(args);
    if (out.link)
        send_text(WIRE_FAIL, 0, text);
}

/* libav calls damaged input an error; to an operator it is a detail. */
static enum log_level level_of(int av_level)
{
    return av_level <= AV_LOG_FATAL ? LOG_WARN : LOG_DEBUG;
}

/* The default callback asks isatty(), which the sandbox answers with SIGSYS. */
static void on_av_log(void *avcl, int av_level, const char *format, va_list args)
{
    char text[REPORT_TEXT_MAX + 1];
    int print_prefix = 1;
    if (av_level > AV_LOG_WARNING || !out.link)
        return;
    av_log_format_line2(avcl, av_level, format, args, text, sizeof(text), &print_prefix);
    text[strcspn(text, "\n")] = '\0';
    if (text[0])
        say(&out.libav, level_of(av_level), text);
}

void report_to(struct link *link)
{
    out.link = link;
    av_log_set_callback(on_av_log);
}
