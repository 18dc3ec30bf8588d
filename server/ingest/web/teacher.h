#ifndef AIRCLASS_SERVER_INGEST_WEB_TEACHER_H
#define AIRCLASS_SERVER_INGEST_WEB_TEACHER_H

#include "server/base/log.h"
#include "server/ingest/web/guesses.h"
#include "server/ingest/web/talk.h"
#include "server/ingest/web/uplink.h"
#include "server/ingest/web/web.h"

/*
 * One connection of a teacher's page (teacher.c), its new keys (rotate.c), what it is told
 * (tell.c), and what all of them share (web.c). Private to this folder.
 *
 *     GREETING ──hello──▶ LOOKING ◀──hello, end──▶ WAITING ──▶ TEACHING
 *                                                     └──────▶ BUSY ◀──another source──┘
 */
enum teacher_state {
    TEACHER_GREETING, /* before hello */
    TEACHER_LOOKING,  /* only looks on */
    TEACHER_WAITING,  /* is to teach as soon as the session can take it */
    TEACHER_BUSY,     /* somebody else teaches */
    TEACHER_TEACHING,
    TEACHER_GONE, /* was told so; the connection is ending */
};

enum {
    TEACHER_LOOK_MS = 250,
    TEACHER_ACK_MS = 250,
    TEACHER_STATUS_MS = 2000,
    TEACHER_KEY_MS = 1000,      /* a keyframe is asked for at most this often */
    TEACHER_PATIENCE_MS = 5000, /* WAITING: a codec process ends within a second */
    /* Nothing of ours was taken and nothing came for so long: the page has another connection by
     * now, or none. */
    TEACHER_STALL_MS = 30000,
    TEACHER_ROTATE_MS = 10000, /* from one new key to the next */
    TEACHERS_OF_LESSON = 16,   /* connections */
    REHEARSAL_MS = 600000,
    REHEARSAL_LINGER_MS = 5000, /* what was sent last is to be heard */
};

/* What waits to be said until the socket takes it. */
enum due { DUE_BUSY = 1, DUE_KEY = 2, DUE_ROTATED = 4, DUE_BOARD = 8 };

struct telling {
    unsigned due; /* enum due */
    const char *rotated_why;
    struct talk_ack ack;
    bool has_news; /* for an ack */
    bool is_status_told;
    struct session_facts told;
    uint64_t ack_ms, status_ms, key_ms; /* when it was said last */
};

struct rotation;

struct teacher {
    enum teacher_state state;
    struct web *web;
    struct teacher *next;
    struct ws *ws;
    struct log log;
    char lesson[LESSON_ID_MAX]; /* from the first hello on, as the three below */
    char key[LESSON_KEY_MAX];
    char next_key[LESSON_KEY_MAX]; /* takes its place when it opens the lesson; "": none */
    char device[PUBLISH_DEVICE_MAX];
    bool takes;
    char rehearsal[LESSON_ID_MAX]; /* the private lesson that media goes to; "": none */
    uint64_t rehearsal_ms;
    struct publisher *pub; /* NULL: none */
    bool is_kicked;        /* ... and to be given back from the loop */
    struct uplink uplink;
    struct telling telling;
    struct rotation *rotation; /* a new key is being written */
    uint64_t since_ms, waiting_ms, alive_ms, rotated_ms;
    bool is_signed_out; /* the session by which they came was ended */
    uint32_t ended_seen;
};

/* -- teacher.c -------------------------------------------------------------------------------- */

/* For a fresh connection; registers itself with the socket. -ENOMEM. */
int teacher_new(struct teacher **out, struct web *web, struct ws *ws);
/* The socket must be gone, or going. */
void teacher_free(struct teacher **teacher);

void teacher_text(struct teacher *t, const char *text, size_t len);
void teacher_binary(struct teacher *t, const uint8_t *data, size_t len);
/* Every TEACHER_LOOK_MS. */
void teacher_look(struct teacher *t, uint64_t now_ms);

/* Where its media goes. NULL: the lesson is gone. */
const struct lesson *teacher_stage(const struct teacher *t);

/* -- rotate.c --------------------------------------------------------------------------------- */

/* Makes `key` the lesson's stream key; what came of it is told when it is known. Said again, it is
 * done already: whoever did not hear the answer asks once more. */
void rotate_key(struct teacher *t, const char *key);
/* The teacher goes: nobody is told any more. */
void rotate_forget(struct teacher *t);

/* -- tell.c ----------------------------------------------------------------------------------- */

/* The answer to hello. Negative errno: it was not sent. */
int tell_welcome(struct teacher *t, const struct lesson *lesson);
/* Last words; the socket is closed by the caller. */
void tell_bye(struct teacher *t, const char *why);
/* What is due, and what it is time for. */
void tell_look(struct teacher *t, uint64_t now_ms);
/* Something came: acknowledges it, unless that was done a moment ago. */
void tell_ack(struct teacher *t, uint64_t now_ms);

/* -- web.c ------------------------------------------------------------------------------------ */

struct web_shared {
    struct web_params params;
    uint16_t rtmp_port;
    struct guard *guesses; /* of stream keys */
    uint64_t rotated_ms;   /* any lesson's key, by a page */
};
struct web_shared *web_shared(struct web *web);

/* Connections that have said hello for this lesson. */
size_t web_count(const struct web *web, const char *lesson);

/* The connection in which this browser rehearses this lesson; NULL: none. */
struct teacher *web_rehearsal_of(const struct web *web, const char *lesson, const char *device);

/* The private lesson is over in REHEARSAL_LINGER_MS. */
void web_end_rehearsal(struct web *web, const char *id);

#endif
