#include "server/worker/backlog.h"

#include <errno.h>
#include <stdlib.h>

static void drop_video(struct backlog *b)
{
    for (size_t i = 0; i < b->n_video; i++)
        buf_unref(&b->video[i].bytes);
    b->n_video = 0;
    b->video_bytes = 0;
    b->has_key = false;
}

static struct backlog_tag *audio_at(const struct backlog *b, size_t i)
{
    return &b->audio[(b->audio_at + i) % BACKLOG_TAGS_MAX];
}

static void drop_oldest_audio(struct backlog *b)
{
    buf_unref(&audio_at(b, 0)->bytes);
    b->audio_at = (b->audio_at + 1) % BACKLOG_TAGS_MAX;
    b->n_audio--;
}

void backlog_clear(struct backlog *b)
{
    drop_video(b);
    while (b->n_audio > 0)
        drop_oldest_audio(b);
    buf_unref(&b->video_config.bytes);
    buf_unref(&b->audio_config.bytes);
}

void backlog_release(struct backlog *b)
{
    backlog_clear(b);
    free(b->video);
    free(b->audio);
    *b = (struct backlog){0};
}

static int ensure_room(struct backlog_tag **tags)
{
    if (!*tags)
        *tags = calloc(BACKLOG_TAGS_MAX, sizeof(**tags));
    return *tags ? 0 : -ENOMEM;
}

static int add_video(struct backlog *b, bool is_key, struct buf *bytes, uint32_t dts_ms)
{
    if (ensure_room(&b->video) != 0)
        return -ENOMEM;
    if (is_key || b->n_video == BACKLOG_TAGS_MAX || b->video_bytes + bytes->len > BACKLOG_BYTES_MAX)
        drop_video(b);
    b->has_key |= is_key;
    if (!b->has_key)
        return 0;
    b->video[b->n_video++] = (struct backlog_tag){.bytes = buf_ref(bytes), .dts_ms = dts_ms};
    b->video_bytes += bytes->len;
    return 0;
}

static int add_audio(struct backlog *b, struct buf *bytes, uint32_t dts_ms)
{
    if (ensure_room(&b->audio) != 0)
        return -ENOMEM;
    while (b->n_audio > 0 &&
           (b->n_audio == BACKLOG_TAGS_MAX || dts_ms - audio_at(b, 0)->dts_ms > BACKLOG_SOUND_MS))
        drop_oldest_audio(b);
    *audio_at(b, b->n_audio++) = (struct backlog_tag){.bytes = buf_ref(bytes), .dts_ms = dts_ms};
    return 0;
}

int backlog_add(struct backlog *b, const struct media_tag *tag, const struct media_info *info,
                struct buf *bytes, uint32_t dts_ms)
{
    if (tag->type != MEDIA_AUDIO && tag->type != MEDIA_VIDEO)
        return 0;
    if (info->is_config) {
        bool is_audio = tag->type == MEDIA_AUDIO;
        struct backlog_tag *config = is_audio ? &b->audio_config : &b->video_config;
        if (!is_audio)
            drop_video(b); /* its group of pictures has ended */
        buf_unref(&config->bytes);
        *config = (struct backlog_tag){.bytes = buf_ref(bytes), .dts_ms = dts_ms};
        return 0;
    }
    if (tag->type == MEDIA_VIDEO)
        return add_video(b, info->is_key, bytes, dts_ms);
    return add_audio(b, bytes, dts_ms);
}

void backlog_replay(const struct backlog *b, uint32_t sound_from_ms, bool with_video,
                    void (*give)(void *arg, const struct backlog_tag *tag), void *arg)
{
    if (b->audio_config.bytes)
        give(arg, &b->audio_config);
    if (b->video_config.bytes && with_video)
        give(arg, &b->video_config);
    for (size_t i = 0; i < b->n_audio; i++) {
        const struct backlog_tag *t = audio_at(b, i);
        if ((int32_t)(t->dts_ms - sound_from_ms) >= 0)
            give(arg, t);
    }
    for (size_t i = 0; with_video && i < b->n_video; i++)
        give(arg, &b->video[i]);
}
