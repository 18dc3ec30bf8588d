#ifndef AIRCLASS_SERVER_INGEST_WEB_TALK_H
#define AIRCLASS_SERVER_INGEST_WEB_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/wire/wire.h"
#include "server/ingest/ingest.h"
#include "server/ladder/ladder.h"
#include "server/lesson/lesson.h"
#include "server/session/session.h"

/* The text messages between a teacher's page and the server (docs/protocol.md §2.2). Pure. */
enum talk_type { TALK_HELLO, TALK_SOURCE, TALK_BREAK, TALK_END, TALK_ADMIT, TALK_ROTATE };

enum { TALK_TEXT_MAX = 4096, TALK_LINK_MAX = 128, TALK_BREAK_MIN = 20 };

struct talk {
    enum talk_type type;
    /* hello */
    char key[LESSON_KEY_MAX]; /* stream key; "": the lecturer is known by a cookie, and names ... */
    char lesson[LESSON_ID_MAX]; /* ... the lesson */
    /* Of rotate: the key that is to be; of hello: one that may have taken the place of `key`. Long
     * enough that it is no guess; "": none. */
    char next_key[LESSON_KEY_MAX];
    char device[PUBLISH_DEVICE_MAX];
    bool teaches; /* else it only looks on */
    bool takes;   /* another one who teaches is to be sent away */
    bool rehearses;
    /* source */
    enum wire_content content; /* UNKNOWN: the worker is to see for itself */
    bool is_muted;
    bool has_pts;
    uint32_t pts_ms; /* since when, by the page's clock */
    /* break */
    uint32_t break_min; /* 0: it is over; at most TALK_BREAK_MIN */
};

/* 0, or -EPROTO with a reason for the log and the page in `*why` (static text). */
int talk_parse(struct talk *out, const char *text, size_t len, const char **why);

struct talk_welcome {
    const struct lesson *lesson;
    const struct lesson *rehearsal; /* NULL: none */
    const struct session_facts *facts;
    uint16_t rtmp_port;   /* 0: encoders are not served */
    const char *rtmp_key; /* for an encoder of who came without it; NULL: they have it */
    bool has_voice;
    uint32_t voice_ms; /* the newest that the session has of this device, by the page's clock */
};

struct talk_ack {
    bool has_voice, has_frame;
    uint32_t voice_ms; /* the newest packet that was taken, by the page's clock */
    uint32_t frame_ms; /* the newest whole picture */
    uint64_t bytes;    /* of binary messages on this connection */
};

/* These write a message to `out` and return its length, or a negative errno (-ENOMEM; -EMSGSIZE
 * when it does not fit). */
int talk_write_welcome(char out[TALK_TEXT_MAX], const struct talk_welcome *w);
int talk_write_ack(char out[TALK_TEXT_MAX], const struct talk_ack *ack);
int talk_write_status(char out[TALK_TEXT_MAX], const struct session_facts *facts,
                      const struct ladder *ladder);
/* The new key; or, when `why` is not NULL, why there is none. */
int talk_write_rotated(char out[TALK_TEXT_MAX], const char *key, uint16_t rtmp_port,
                       const char *why);
/* A message that is only its name: "busy", "key". */
int talk_write_word(char out[TALK_TEXT_MAX], const char *t);
int talk_write_bye(char out[TALK_TEXT_MAX], const char *why);

#endif
