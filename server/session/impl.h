#ifndef AIRCLASS_SERVER_SESSION_IMPL_H
#define AIRCLASS_SERVER_SESSION_IMPL_H

#include <uv.h>

#include "server/base/log.h"
#include "server/lesson/lesson.h"
#include "server/session/away.h"
#include "server/session/session.h"
#include "server/session/source_clock.h"
#include "server/worker/worker.h"

/* What session.c (one session), publish.c (who teaches into it) and sessions.c (all of them) share.
 * Private to this folder. */
struct publisher {
    struct session *session;
    void (*kick)(void *source, enum kick_why why);
    void (*want_key)(void *source); /* or NULL */
    void *source;
    bool is_page;
    uint64_t heard_ms; /* of its newest tag, or since it is here */
    bool is_kicked;
};

struct session {
    struct sessions *all;
    struct session *next;
    char id[LESSON_ID_MAX];
    struct log log;
    enum session_state state;
    bool is_void;
    uint32_t plan_changes;
    size_t seats;
    struct hub *hub;
    struct hub_events hub_events;
    bool is_pumping; /* listeners of the hub are waiting for another turn */

    struct publisher *source; /* NULL: none */
    size_t publishers;        /* the source, and those sent away that are not gone yet */
    struct source_clock clock;
    /* The page that taught last, since the session began; "": none, or an encoder did. */
    struct {
        char device[PUBLISH_DEVICE_MAX];
        bool has_voice;
        uint32_t voice_ms; /* of the newest packet, by its own clock */
    } page;
    struct worker *worker; /* from the first source until the session ends */
    bool is_worker_closing;
    uint64_t began_ms; /* when the session clock was 0; 0: not yet */
    uint64_t live_ms;  /* when it was live first, since it was last waiting or over */
    uint64_t tag_ms;   /* of the newest tag */
    bool has_video;    /* the present source, or the one that is away, has sent some */
    uint64_t sound_ms; /* when its first sound came; 0: not yet */
    bool has_ink;
    uint32_t ink_ms;  /* session time of the newest batch of ink */
    uint64_t lost_ms; /* since when the source is away */
    uint64_t break_until_ms;
    uint64_t encoder_ms; /* when an encoder sent something, or tried to begin; 0: never, or
                          * it was stopped there */
    bool is_over;        /* it was ended on purpose, and no encoder is to begin it by itself */
    bool has_picture;
    struct session_facts facts;
    size_t voice_only;
    uint32_t of_rung[LADDER_RUNGS_MAX];
    struct away away;
};

struct sessions {
    struct sessions_params params;
    struct ingest_sink sink;
    struct session *first;
    uv_timer_t timer;
    uv_idle_t pump;
    int open_handles;
    bool is_closing;
    void (*closed)(void *arg);
    void *closed_arg;
};

/* -- session.c -- */

/* In the list of all from now on. -ENOMEM. */
int session_new(struct sessions *all, const char *id, struct session **out);
/* Nobody may need it any more: see session_is_needed(). */
void session_free(struct session *s);
bool session_is_needed(struct session *s);

/* Live, or waiting for its teacher to come back. */
bool session_is_on(const struct session *s);

/* The one place that changes the state. */
void session_enter(struct session *s, enum session_state next);

/* -EBUSY while the old one is being closed; -ENOMEM. */
int session_ensure_worker(struct session *s);

/* Its source sends nothing any more; it may come back. */
void session_source_away(struct session *s);
void session_end(struct session *s);

/* It was ended on purpose, and an encoder has been trying to go on since. */
bool session_keeps_out(const struct session *s, uint64_t now_ms);

void session_tell(struct session *s, struct session_facts *out);

/* Some times a second. */
void session_look(struct session *s, uint64_t now_ms);

/* -- publish.c -- */

extern const struct ingest_sink publish_sink; /* `arg` is the struct sessions */

/* Asks the source for a keyframe, if it can be asked. */
void publish_want_key(struct session *s);

/* Sends the source away, if there is one; it is the session's source no more. */
void publish_kick(struct session *s, enum kick_why why);

/* -- sessions.c -- */

struct session *sessions_find(const struct sessions *all, const char *id);
int sessions_find_or_new(struct sessions *all, const char *id, struct session **out);

/* Listeners of `s` are waiting for another turn of the loop. */
void sessions_pump_later(struct sessions *all);

/* A session or its worker is gone: a close under way may be complete. */
void sessions_maybe_closed(struct sessions *all);

#endif
