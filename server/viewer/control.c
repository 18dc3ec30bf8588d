#include "server/viewer/control.h"

#include <errno.h>
#include <string.h>

#include <jansson.h>

#include "server/json/fields.h"

enum { PROTOCOL_VERSION = 1, CAN_MAX = 16 };

static bool take_mode(const json_t *o, enum rung_mode *out)
{
    char word[16];
    *out = RUNG_AUTO;
    if (!json_object_get(o, "mode"))
        return true;
    return field_text(o, "mode", word, sizeof(word)) && rung_mode_parse(word, out) == 0;
}

static bool take_can(const json_t *o, struct control_can *can)
{
    const json_t *list = json_object_get(o, "can");
    if (!json_is_array(list) || json_array_size(list) > CAN_MAX)
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        if (!word)
            return false;
        /* A word we don't know is a newer player's: no harm. */
        can->opus |= strcmp(word, "opus") == 0;
        can->aac |= strcmp(word, "aac") == 0;
        can->h264 |= strcmp(word, "h264") == 0;
        can->avif |= strcmp(word, "avif") == 0;
        can->webp |= strcmp(word, "webp") == 0;
        can->ink |= strcmp(word, "ink") == 0;
    }
    return true;
}

static const char *read_hello(struct control *c, const json_t *o)
{
    c->type = CONTROL_HELLO;
    if (json_integer_value(json_object_get(o, "v")) != PROTOCOL_VERSION)
        return "unknown protocol version";
    if (!field_text(o, "lesson", c->lesson, sizeof(c->lesson)) || !c->lesson[0])
        return "bad lesson";
    if (!field_text(o, "key", c->key, sizeof(c->key)))
        return "bad key";
    if (!take_mode(o, &c->mode))
        return "bad mode";
    if (!take_can(o, &c->can))
        return "bad can";
    if (!field_u32(o, "pts", &c->pts_ms, &c->has_pts))
        return "bad pts";
    return NULL;
}

static const char *read_report(struct control *c, const json_t *o)
{
    bool is_there;
    c->type = CONTROL_REPORT;
    if (!field_u32(o, "pts", &c->pts_ms, &is_there) ||
        !field_u32(o, "buf", &c->buffer_ms, &is_there) ||
        !field_bool(o, "hidden", false, &c->is_hidden) ||
        !field_bool(o, "video", true, &c->wants_video))
        return "bad report";
    return NULL;
}

static const char *read_mode(struct control *c, const json_t *o)
{
    c->type = CONTROL_MODE;
    return json_object_get(o, "mode") && take_mode(o, &c->mode) ? NULL : "bad mode";
}

static const char *read_any(struct control *c, const json_t *o)
{
    char t[16];
    if (!json_is_object(o) || !field_text(o, "t", t, sizeof(t)))
        return "not a message";
    if (strcmp(t, "hello") == 0)
        return read_hello(c, o);
    if (strcmp(t, "report") == 0)
        return read_report(c, o);
    if (strcmp(t, "mode") == 0)
        return read_mode(c, o);
    return "unknown message";
}

int control_parse(struct control *out, const char *text, size_t len, const char **why)
{
    json_error_t error;
    *out = (struct control){.wants_video = true};
    json_t *o = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    *why = o ? read_any(out, o) : "not JSON";
    json_decref(o);
    return *why ? -EPROTO : 0;
}

/* Rare: the field is left out when it is false. */
static json_t *true_if(bool is_so)
{
    return is_so ? json_true() : NULL;
}

int control_write_welcome(char out[CONTROL_TEXT_MAX], const struct control_welcome *w)
{
    return message_write(out, CONTROL_TEXT_MAX,
                         json_pack("{s:s, s:i, s:s, s:s, s:s, s:o*, s:I}", "t", "welcome", "v",
                                   PROTOCOL_VERSION, "lesson", w->lesson, "title", w->title,
                                   "state", w->state, "muted", true_if(w->is_muted), "pts",
                                   (json_int_t)w->pts_ms));
}

int control_write_state(char out[CONTROL_TEXT_MAX], const char *state, bool is_muted,
                        uint32_t muted_ms)
{
    return message_write(out, CONTROL_TEXT_MAX,
                         json_pack("{s:s, s:s, s:o*, s:o*}", "t", "state", "state", state, "muted",
                                   true_if(is_muted), "pts",
                                   muted_ms ? json_integer(muted_ms) : NULL));
}

int control_write_rung(char out[CONTROL_TEXT_MAX], const struct rung *rung, const char *picture,
                       const char *why)
{
    return message_write(out, CONTROL_TEXT_MAX,
                         json_pack("{s:s, s:s, s:i, s:s, s:s}", "t", "rung", "rung", rung->name,
                                   "kbps", (int)rung->wire_kbps, "picture", picture, "why", why));
}

int control_write_resent(char out[CONTROL_TEXT_MAX], uint64_t bytes)
{
    return message_write(out, CONTROL_TEXT_MAX,
                         json_pack("{s:s, s:I}", "t", "resent", "bytes", (json_int_t)bytes));
}

int control_write_break(char out[CONTROL_TEXT_MAX], uint64_t ms)
{
    return message_write(
        out, CONTROL_TEXT_MAX,
        json_pack("{s:s, s:I, s:s}", "t", "break", "ms", (json_int_t)ms, "kind", "eyes"));
}

int control_write_day(char out[CONTROL_TEXT_MAX], const struct control_day *day)
{
    json_t *limit = day->limit == UINT32_MAX ? json_null() : json_integer(day->limit);
    return message_write(out, CONTROL_TEXT_MAX,
                         json_pack("{s:s, s:I, s:I, s:o, s:o*}", "t", "day", "group",
                                   (json_int_t)day->group, "voice", (json_int_t)day->voice, "limit",
                                   limit, "voiceOnly", true_if(day->is_voice_only)));
}

int control_write_timetable(char out[CONTROL_TEXT_MAX])
{
    return message_write(out, CONTROL_TEXT_MAX, json_pack("{s:s}", "t", "timetable"));
}

int control_write_bye(char out[CONTROL_TEXT_MAX], const char *why)
{
    return message_write(out, CONTROL_TEXT_MAX, json_pack("{s:s, s:s}", "t", "bye", "why", why));
}
