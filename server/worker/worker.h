#ifndef AIRCLASS_SERVER_WORKER_WORKER_H
#define AIRCLASS_SERVER_WORKER_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/wire/spec.h"
#include "codec/wire/wire.h"
#include "server/base/log.h"
#include "server/ingest/media.h"

/*
 * The codec worker of one live session: a child process (codec/main.c), started at the first media,
 * watched by a heartbeat, started again within a second when it dies or hangs, and given what it
 * needs to go on (sequence headers, the group of pictures, the sound since it fell silent).
 * After too many crashes it gets no more pictures: voice goes on.
 */
struct worker;
struct uv_loop_s;

struct worker_params {
    struct uv_loop_s *loop;
    const char *program;
    uint32_t memory_mb;
    uint32_t heartbeat_ms; /* without a sign of life for so long, it is killed */
    uint32_t crashes;      /* so many within ... */
    uint32_t crash_window_s;
    const struct rendition_spec *specs;
    size_t n_specs;
    struct log log; /* whose worker it is; strings borrowed */
};

/* Called from the loop, never from inside a worker_* call. */
struct worker_events {
    void (*on_unit)(void *arg, const struct wire_msg *m);
    /* All units of one read have been told. */
    void (*on_batch)(void *arg);
    void (*on_source)(void *arg, enum wire_content content, uint16_t width, uint16_t height,
                      uint16_t fps_x100);
    /* Pictures wait for the source's next keyframe; at most once a second. */
    void (*on_want_key)(void *arg);
    /* Pictures are given up for this session. */
    void (*on_no_picture)(void *arg);
    void *arg;
};

/* Strings and specs are borrowed; the process is started by the first worker_tag(). */
int worker_new(struct worker **out, const struct worker_params *p,
               const struct worker_events *events);

/* Ends the process; `closed` is called from the loop when nothing is left. No events any more. */
void worker_close(struct worker *w, void (*closed)(void *arg), void *arg);

/* A tag at `pts_ms` of the session clock. Never fails: what the worker can't take in time is left
 * out, pictures first. */
void worker_tag(struct worker *w, const struct media_tag *tag, const struct media_info *info,
                uint32_t dts_ms);

/* A source begins or ends: what was kept for a restart, and its hint, are void. */
void worker_source(struct worker *w);

/* What the source's pictures are; UNKNOWN: the process is to see for itself. */
void worker_hint(struct worker *w, enum wire_content content);

void worker_want(struct worker *w, uint32_t mask);
void worker_key(struct worker *w, uint8_t rendition);

bool worker_is_running(const struct worker *w);

#endif
