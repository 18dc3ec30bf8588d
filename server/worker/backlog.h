#ifndef AIRCLASS_SERVER_WORKER_BACKLOG_H
#define AIRCLASS_SERVER_WORKER_BACKLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/base/buf.h"
#include "server/ingest/media.h"

/*
 * What a fresh worker needs to take over from a dead one: the sequence headers, the pictures since
 * the last keyframe, and the latest sound. Bounded; a group of pictures that grows too large is
 * dropped whole (the next keyframe begins anew).
 */
struct backlog_tag {
    struct buf *bytes; /* a WIRE_MEDIA payload; NULL: none */
    uint32_t dts_ms;
};

enum {
    BACKLOG_TAGS_MAX = 1024,
    BACKLOG_BYTES_MAX = 6 << 20,
    BACKLOG_SOUND_MS = 3000, /* a worker is back within one second, or it is stuck anyway */
};

struct backlog {
    struct backlog_tag video_config, audio_config;
    struct backlog_tag *video, *audio; /* BACKLOG_TAGS_MAX each, made at the first tag */
    size_t n_video, n_audio, audio_at; /* sound is a ring that begins at audio_at */
    size_t video_bytes;
    bool has_key; /* video[0] is a keyframe */
};

void backlog_release(struct backlog *b);

/* Forgets everything: another source. */
void backlog_clear(struct backlog *b);

/* Keeps `bytes` if a restart needs it, taking a reference. -ENOMEM: it is not kept. */
int backlog_add(struct backlog *b, const struct media_tag *tag, const struct media_info *info,
                struct buf *bytes, uint32_t dts_ms);

/*
 * Calls `give` for each tag a fresh worker is to be fed, in the best order: headers; the sound from
 * `sound_from_ms` on, since it is short and must not wait behind pictures; the group of pictures
 * (left out without `with_video`).
 */
void backlog_replay(const struct backlog *b, uint32_t sound_from_ms, bool with_video,
                    void (*give)(void *arg, const struct backlog_tag *tag), void *arg);

#endif
