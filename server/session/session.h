#ifndef AIRCLASS_SERVER_SESSION_SESSION_H
#define AIRCLASS_SERVER_SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/hub/hub.h"
#include "server/ingest/ingest.h"
#include "server/ladder/ladder.h"

/*
 * One live run of a lesson: its clock, its source, its codec worker and its hub. Viewers may take
 * their seats before it is live and keep them while the teacher's stream is away.
 *
 *     WAITING ──source──▶ LIVE ◀──source── RECONNECTING ──linger──▶ ENDED ──source──▶ LIVE (anew)
 *                          └──source gone──▶┘
 */
enum session_state { SESSION_WAITING, SESSION_LIVE, SESSION_RECONNECTING, SESSION_ENDED };

struct session;
struct sessions; /* all of them */
struct lessons;
struct uv_loop_s;

struct sessions_params {
    struct uv_loop_s *loop;
    const struct lessons *lessons;
    const struct ladder *ladder;
    const char *codec_program;
    uint32_t codec_memory_mb;
    uint32_t heartbeat_ms;
    uint32_t crashes;
    uint32_t crash_window_s;
    uint32_t linger_s;
};

/* Parameters are borrowed. */
int sessions_new(struct sessions **out, const struct sessions_params *p);
/* Ends every session and its worker; `closed` is called from the loop when nothing is left. Viewers
 * and publishers must have been closed before. */
void sessions_close(struct sessions *sessions, void (*closed)(void *arg), void *arg);

/* What the ingests publish into. */
const struct ingest_sink *sessions_sink(struct sessions *sessions);

/* The lesson's stream key has changed: sends its encoder away. (A page that has the old key is sent
 * away by its own ingest; the one that asked for the change stays.) */
void sessions_kick(struct sessions *sessions, const char *lesson_id);
/* The lesson is over, on purpose, as the page in this browser says: its source is sent away, and
 * viewers are told at once. A page that publishes later begins it anew, and so does an encoder,
 * unless one was there: that goes on trying, and is refused until none has tried for 20 minutes, or
 * sessions_admit(). False: a page in another browser teaches, and goes on. */
bool sessions_end(struct sessions *sessions, const char *lesson_id, const char *device);
/* Encoders may begin the lesson again. */
void sessions_admit(struct sessions *sessions, const char *lesson_id);
/* Its teacher lets the lesson's viewers rest for so long from now on; 0: no longer. Without effect
 * unless it is live or reconnecting; over at the latest when that is. */
void sessions_break(struct sessions *sessions, const char *lesson_id, uint32_t ms);
/* The lesson is gone: the session ends and `is_void` tells its viewers to leave. */
void sessions_void(struct sessions *sessions, const char *lesson_id);

/* The timetable of those who watch the lesson has changed: each viewer in a seat sees it by the
 * number of changes. */
void sessions_plan_changed(struct sessions *sessions, const char *lesson_id);
uint32_t session_plan_changes(const struct session *session);

/* A seat for a viewer: the session of the lesson, made if there is none. Give it back with
 * session_unseat(), after leaving the hub's lanes. -ENOMEM. */
int session_seat(struct sessions *sessions, const char *lesson_id, struct session **out);
void session_unseat(struct session *session);

/* What a viewer in its seat receives; kept by the viewer, zeroed at first. */
struct seat_view {
    bool is_set;      /* false: nothing yet, or no more */
    uint8_t rung;     /* index into the ladder */
    bool has_picture; /* video or stills */
};
/* Counts the one that received `*view` as receiving `next`, and keeps that in `*view`. */
void session_count(struct session *session, struct seat_view *view, const struct seat_view *next);
/* A viewer's connection broke, without a good-bye; one is back where it left off. */
void session_viewer_broke(struct session *session);
void session_viewer_back(struct session *session);

enum session_state session_state(const struct session *session);
const char *session_state_name(enum session_state state);
bool session_is_void(const struct session *session);
enum wire_content session_content(const struct session *session);
/* The teacher has muted the microphone: there is nothing to hear, and nothing is lost. */
bool session_is_muted(const struct session *session);
/* Since when that is so, or no more, on the session clock: voice of before is not there yet, or not
 * heard. 0: since ever. */
uint32_t session_muted_ms(const struct session *session);
/* False for voice only: the source sends no picture, or too large a one, or the worker crashed too
 * often on them. */
bool session_has_picture(const struct session *session);
/* Until when its viewers rest (clock_ms()); 0, or a time that is past: there is no break. */
uint64_t session_break_until_ms(const struct session *session);
struct hub *session_hub(struct session *session);
/* The session clock: milliseconds since it was first live; 0 before. */
uint32_t session_pts_ms(const struct session *session);

enum source_kind { SOURCE_NONE, SOURCE_ENCODER, SOURCE_PAGE };
const char *source_kind_name(enum source_kind kind); /* "none", "rtmp", "browser" */

/* What whoever teaches or administers a lesson may know of its session. */
struct session_facts {
    enum session_state state;
    enum wire_content content;
    enum source_kind source;
    bool has_worker, has_picture;
    bool is_over;                       /* ended on purpose: encoders that try again are refused */
    bool is_muted;                      /* by its teacher ... */
    uint32_t muted_ms;                  /* ... since then; session_muted_ms() */
    uint64_t live_ms;                   /* how long it is live, holes included; 0: it is not */
    uint64_t break_ms;                  /* left of a break; 0: there is none */
    size_t viewers;                     /* those in a seat ... */
    size_t voice_only;                  /* ... who get no picture */
    size_t away;                        /* on their way back (away.h) */
    uint32_t of_rung[LADDER_RUNGS_MAX]; /* viewers of each rung */
    uint32_t width, height, fps_x100;
    uint64_t source_bytes;
};
/* False when the lesson has no session: `*out` is then that of one that waits. */
bool sessions_facts(struct sessions *sessions, const char *lesson_id, struct session_facts *out);
/* Of every session there is, in no order: for who would ask about many. */
typedef void session_facts_fn(void *arg, const char *lesson_id, const struct session_facts *facts);
void sessions_each(struct sessions *sessions, session_facts_fn *each, void *arg);

/* The newest voice that the lesson's session has of this browser's page, by the page's own clock;
 * false: none. Voice up to there that comes again is left out. */
bool sessions_voice(const struct sessions *sessions, const char *lesson_id, const char *device,
                    uint32_t *pts_ms);

#endif
