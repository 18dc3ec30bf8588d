#ifndef AIRCLASS_SERVER_VIEWER_CONTROL_H
#define AIRCLASS_SERVER_VIEWER_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/viewer/rung.h"

/* The text messages of the player's protocol (docs/protocol.md §1.2). Pure. */
enum control_type { CONTROL_HELLO, CONTROL_REPORT, CONTROL_MODE };

enum { CONTROL_ID_MAX = 40, CONTROL_KEY_MAX = 64, CONTROL_TEXT_MAX = 4096 };

struct control_can {
    bool opus, aac, h264, avif, webp, ink;
};

struct control {
    enum control_type type;
    /* hello */
    char lesson[CONTROL_ID_MAX];
    char key[CONTROL_KEY_MAX]; /* "": none */
    struct control_can can;
    bool has_pts;
    /* hello and mode */
    enum rung_mode mode;
    /* report; `pts_ms` also of a hello that resumes */
    uint32_t pts_ms;
    uint32_t buffer_ms;
    bool is_hidden;
    bool wants_video;
};

/* 0, or -EPROTO with a reason for the log and the player in `*why` (static text). */
int control_parse(struct control *out, const char *text, size_t len, const char **why);

struct control_welcome {
    const char *lesson;
    const char *title;
    const char *state;
    bool is_muted;
    uint32_t pts_ms;
};

/* These write a message to `out` and return its length, or a negative errno (-ENOMEM; -EMSGSIZE
 * when it does not fit). */
int control_write_welcome(char out[CONTROL_TEXT_MAX], const struct control_welcome *w);
/* `muted_ms`: since when it is so, or no more; 0: does not matter. */
int control_write_state(char out[CONTROL_TEXT_MAX], const char *state, bool is_muted,
                        uint32_t muted_ms);
int control_write_rung(char out[CONTROL_TEXT_MAX], const struct rung *rung, const char *picture,
                       const char *why);
/* So many bytes had to be sent again since the last such message, and count for the pupil as well.
 */
int control_write_resent(char out[CONTROL_TEXT_MAX], uint64_t bytes);
/* A break lasts so long from now on; 0: it is over. */
int control_write_break(char out[CONTROL_TEXT_MAX], uint64_t ms);
/* A pupil's day so far, in minutes. */
struct control_day {
    uint32_t group, voice;
    uint32_t limit; /* of `group`; UINT32_MAX: none */
    bool is_voice_only;
};
int control_write_day(char out[CONTROL_TEXT_MAX], const struct control_day *day);
/* The timetable of those who are in the lesson has changed. */
int control_write_timetable(char out[CONTROL_TEXT_MAX]);
int control_write_bye(char out[CONTROL_TEXT_MAX], const char *why);

#endif
