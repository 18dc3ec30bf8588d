#include "server/ingest/web/talk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "server/base/token.h"
#include "server/json/fields.h"

enum { PROTOCOL_VERSION = 1, DEVICE_MIN = 8 };

/* As a key, but a letter longer. */
static bool is_device(const char *text)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t len = strlen(text);
    return len >= DEVICE_MIN && strspn(text, letters) == len;
}

/* What a page makes up and nobody can guess; "": none. */
static bool read_new_key(const json_t *o, const char *name, char out[LESSON_KEY_MAX])
{
    return field_text(o, name, out, LESSON_KEY_MAX) &&
           (!out[0] || (lesson_key_is_valid(out) && strlen(out) >= TOKEN_LEN));
}

static const char *read_hello(struct talk *m, const json_t *o)
{
    m->type = TALK_HELLO;
    if (json_integer_value(json_object_get(o, "v")) != PROTOCOL_VERSION)
        return "unknown protocol version";
    if (!field_text(o, "key", m->key, sizeof(m->key)) || !read_new_key(o, "next", m->next_key))
        return "bad key";
    if (!field_text(o, "lesson", m->lesson, sizeof(m->lesson)))
        return "bad lesson";
    if (!field_text(o, "device", m->device, sizeof(m->device)) || !is_device(m->device))
        return "bad device";
    if (!field_bool(o, "media", true, &m->teaches) || !field_bool(o, "take", false, &m->takes) ||
        !field_bool(o, "rehearse", false, &m->rehearses))
        return "bad hello";
    return NULL;
}

static const char *read_source(struct talk *m, const json_t *o)
{
    char word[16];
    m->type = TALK_SOURCE;
    if (!field_text(o, "content", word, sizeof(word)) ||
        !field_bool(o, "muted", false, &m->is_muted) ||
        !field_u32(o, "pts", &m->pts_ms, &m->has_pts))
        return "bad source";
    if (strcmp(word, "slides") == 0)
        m->content = WIRE_CONTENT_SLIDES;
    else if (strcmp(word, "camera") == 0)
        m->content = WIRE_CONTENT_CAMERA;
    else if (word[0] && strcmp(word, "auto") != 0)
        return "bad source";
    return NULL;
}

static const char *read_break(struct talk *m, const json_t *o)
{
    bool is_there;
    m->type = TALK_BREAK;
    bool is_fine = field_u32(o, "minutes", &m->break_min, &is_there) && is_there &&
                   m->break_min <= TALK_BREAK_MIN;
    return is_fine ? NULL : "bad break";
}

static const char *read_rotate(struct talk *m, const json_t *o)
{
    m->type = TALK_ROTATE;
    return read_new_key(o, "key", m->next_key) && m->next_key[0] ? NULL : "bad key";
}

static const char *read_any(struct talk *m, const json_t *o)
{
    char t[16];
    if (!json_is_object(o) || !field_text(o, "t", t, sizeof(t)))
        return "not a message";
    if (strcmp(t, "hello") == 0)
        return read_hello(m, o);
    if (strcmp(t, "source") == 0)
        return read_source(m, o);
    if (strcmp(t, "break") == 0)
        return read_break(m, o);
    if (strcmp(t, "rotate") == 0)
        return read_rotate(m, o);
    m->type = strcmp(t, "end") == 0 ? TALK_END : TALK_ADMIT;
    return m->type == TALK_END || strcmp(t, "admit") == 0 ? NULL : "unknown message";
}

int talk_parse(struct talk *out, const char *text, size_t len, const char **why)
{
    json_error_t error;
    *out = (struct talk){.content = WIRE_CONTENT_UNKNOWN};
    json_t *o = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    *why = o ? read_any(out, o) : "not JSON";
    json_decref(o);
    return *why ? -EPROTO : 0;
}

/* -- out -------------------------------------------------------------------------------------- */

/* NULL instead of what there is none of; jansson leaves a field out then ("*"). */
static json_t *number_if(bool is_there, json_int_t n)
{
    return is_there ? json_integer(n) : json_null();
}

static json_t *rtmp_json(uint16_t port, const char *key)
{
    return port ? json_pack("{s:i, s:s, s:s*}", "port", (int)port, "path", "live", "key", key)
                : NULL;
}

/* The page that plays it. The key stands behind the '#', which browsers send to nobody. */
static void write_link(char out[TALK_LINK_MAX], const struct lesson *l)
{
    snprintf(out, TALK_LINK_MAX, "/watch/%s%s%s", l->id,
             l->is_open ? "" : "#k=", l->is_open ? "" : l->watch_key);
}

static json_t *rehearsal_json(const struct lesson *l)
{
    return l ? json_pack("{s:s, s:s}", "id", l->id, "key", l->watch_key) : NULL;
}

int talk_write_welcome(char out[TALK_TEXT_MAX], const struct talk_welcome *w)
{
    char link[TALK_LINK_MAX];
    write_link(link, w->lesson);
    return message_write(
        out, TALK_TEXT_MAX,
        json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:I, s:o*, s:o, s:o*}", "t", "welcome", "v",
                  PROTOCOL_VERSION, "lesson", w->lesson->id, "title", w->lesson->title, "watch",
                  link, "state", session_state_name(w->facts->state), "since",
                  (json_int_t)w->facts->live_ms, "rtmp", rtmp_json(w->rtmp_port, w->rtmp_key),
                  "voice", number_if(w->has_voice, w->voice_ms), "rehearsal",
                  rehearsal_json(w->rehearsal)));
}

int talk_write_ack(char out[TALK_TEXT_MAX], const struct talk_ack *ack)
{
    return message_write(out, TALK_TEXT_MAX,
                         json_pack("{s:s, s:o, s:o, s:I}", "t", "ack", "voice",
                                   number_if(ack->has_voice, ack->voice_ms), "video",
                                   number_if(ack->has_frame, ack->frame_ms), "bytes",
                                   (json_int_t)ack->bytes));
}

static json_t *rungs_json(const struct session_facts *f, const struct ladder *ladder)
{
    json_t *rungs = json_object();
    for (size_t i = 0; rungs && i < ladder->n_rungs; i++) {
        if (f->of_rung[i] > 0)
            json_object_set_new(rungs, ladder->rungs[i].name, json_integer(f->of_rung[i]));
    }
    return rungs;
}

static json_t *source_json(const struct session_facts *f)
{
    return json_pack("{s:s, s:i, s:i, s:f, s:s, s:b}", "kind", source_kind_name(f->source), "width",
                     (int)f->width, "height", (int)f->height, "fps", f->fps_x100 / 100.0, "content",
                     wire_content_name(f->content), "muted", (int)f->is_muted);
}

/* Only where it is so. */
static json_t *over_json(const struct session_facts *f)
{
    return f->is_over ? json_true() : NULL;
}

static json_t *break_json(const struct session_facts *f)
{
    return f->break_ms ? json_integer((json_int_t)f->break_ms) : NULL;
}

int talk_write_status(char out[TALK_TEXT_MAX], const struct session_facts *f,
                      const struct ladder *ladder)
{
    return message_write(
        out, TALK_TEXT_MAX,
        json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o*, s:o*, s:i}", "t", "status",
                  "state", session_state_name(f->state), "since", (json_int_t)f->live_ms, "pupils",
                  (json_int_t)f->viewers, "voiceOnly", (json_int_t)f->voice_only, "reconnecting",
                  (json_int_t)f->away, "rungs", rungs_json(f, ladder), "source", source_json(f),
                  "break", break_json(f), "over", over_json(f), "hands", 0));
}

int talk_write_rotated(char out[TALK_TEXT_MAX], const char *key, uint16_t rtmp_port,
                       const char *why)
{
    json_t *o = why ? json_pack("{s:s, s:s}", "t", "rotated", "why", why)
                    : json_pack("{s:s, s:s, s:o*}", "t", "rotated", "key", key, "rtmp",
                                rtmp_json(rtmp_port, NULL));
    return message_write(out, TALK_TEXT_MAX, o);
}

int talk_write_word(char out[TALK_TEXT_MAX], const char *t)
{
    return message_write(out, TALK_TEXT_MAX, json_pack("{s:s}", "t", t));
}

int talk_write_bye(char out[TALK_TEXT_MAX], const char *why)
{
    return message_write(out, TALK_TEXT_MAX, json_pack("{s:s, s:s}", "t", "bye", "why", why));
}
