#ifndef AIRCLASS_TESTS_UNIT_INGEST_RTMP_SCRIPT_H
#define AIRCLASS_TESTS_UNIT_INGEST_RTMP_SCRIPT_H

#include "tests/unit/unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "server/base/bytes.h"
#include "server/ingest/rtmp/amf0.h"
#include "server/ingest/rtmp/chunk.h"
#include "server/ingest/rtmp/handshake.h"

/* What an encoder says, written by hand: bytes to feed to the server's side. */

enum { SCRIPT_ROOM = 1 << 20 };

struct script {
    uint8_t bytes[SCRIPT_ROOM];
    size_t len;
    uint32_t chunk_size;
};

/* Smallest media that pass for H.264 and AAC. */
static const uint8_t media_avc_config[] = {0x17, 0,    0,    0, 0,    1,    0x42, 0xc0,
                                           0x1e, 0xff, 0xe1, 0, 4,    0x67, 0x42, 0xc0,
                                           0x1e, 1,    0,    2, 0x68, 0xce};
static const uint8_t media_avc_key[] = {0x17, 1, 0, 0, 0, 0, 0, 0, 2, 0x65, 0x88};
static const uint8_t media_avc_delta[] = {0x27, 1, 0, 0, 0, 0, 0, 0, 2, 0x41, 0x9a};
static const uint8_t media_aac_config[] = {0xaf, 0, 0x12, 0x10};
static const uint8_t media_aac[] = {0xaf, 1, 0x21, 0x10, 0x04};
static const uint8_t media_hevc[] = {0x90, 'h', 'v', 'c', '1', 1, 2, 3};

static inline struct script *script_new(void)
{
    struct script *s = calloc(1, sizeof(*s));
    assert_non_null(s);
    s->chunk_size = CHUNK_SIZE_FIRST;
    return s;
}

static inline void script_bytes(struct script *s, const void *bytes, size_t len)
{
    assert_true(s->len + len <= SCRIPT_ROOM);
    put_bytes(s->bytes + s->len, bytes, len);
    s->len += len;
}

static inline void script_message(struct script *s, unsigned id, uint8_t type, uint32_t stream,
                                  uint32_t ms, const void *body, size_t len)
{
    const struct rtmp_message msg = {
        .type = type, .stream_id = stream, .timestamp_ms = ms, .body = body, .len = (uint32_t)len};
    size_t n = chunk_write(s->bytes + s->len, SCRIPT_ROOM - s->len, id, s->chunk_size, &msg);
    assert_true(n > 0);
    s->len += n;
}

static inline void script_u32(struct script *s, uint8_t type, uint32_t value)
{
    uint8_t body[4];
    put_u32(body, value);
    script_message(s, 2, type, 0, 0, body, sizeof(body));
}

static inline void script_chunk_size(struct script *s, uint32_t size)
{
    script_u32(s, RTMP_SET_CHUNK_SIZE, size);
    s->chunk_size = size;
}

#define SCRIPT_MEDIA(s, type, ms, body)                                                            \
    script_message((s), 4, (type), 1, (ms), (body), sizeof(body))

static inline void script_plain_hello(struct script *s)
{
    uint8_t hello[HANDSHAKE_HELLO + HANDSHAKE_PART] = {3};
    script_bytes(s, hello, sizeof(hello));
}

/* C0 C1 as Flash and ffmpeg send them: a digest at the place that schema 8 or 772 says. */
static inline void script_digest_hello(uint8_t hello[HANDSHAKE_HELLO], unsigned offset_at)
{
    static const char key[] = "Genuine Adobe Flash Player 001";
    uint8_t *c1 = hello + 1;
    for (unsigned i = 0; i < HANDSHAKE_PART; i++)
        c1[i] = (uint8_t)(i * 7 + 1);
    hello[0] = 3;
    put_u32(c1 + 4, 0x0a002d02);
    unsigned at = offset_at + 4 +
                  (c1[offset_at] + c1[offset_at + 1] + c1[offset_at + 2] + c1[offset_at + 3]) % 728;
    uint8_t rest[HANDSHAKE_PART - HANDSHAKE_DIGEST];
    memcpy(rest, c1, at);
    memcpy(rest + at, c1 + at + HANDSHAKE_DIGEST, sizeof(rest) - at);
    unsigned len;
    assert_non_null(HMAC(EVP_sha256(), key, sizeof(key) - 1, rest, sizeof(rest), c1 + at, &len));
}

struct script_command {
    uint8_t body[2048];
    struct amf0_writer w;
};

static inline void command_begin(struct script_command *c, const char *name, double txn)
{
    c->w = (struct amf0_writer){.p = c->body, .end = c->body + sizeof(c->body)};
    amf0_put_text(&c->w, name);
    amf0_put_number(&c->w, txn);
}

static inline void command_property(struct script_command *c, const char *name, const char *text)
{
    amf0_put_name(&c->w, name);
    amf0_put_text(&c->w, text);
}

static inline void command_end(struct script_command *c, struct script *s, uint32_t stream)
{
    assert_false(c->w.is_full);
    script_message(s, 3, RTMP_COMMAND, stream, 0, c->body, (size_t)(c->w.p - c->body));
}

/* A command whose arguments are null and, unless NULL, one or two texts. */
static inline void script_call(struct script *s, const char *name, double txn, const char *a,
                               const char *b)
{
    struct script_command c;
    command_begin(&c, name, txn);
    amf0_put_null(&c.w);
    if (a)
        amf0_put_text(&c.w, a);
    if (b)
        amf0_put_text(&c.w, b);
    command_end(&c, s, txn >= 5 || strcmp(name, "publish") == 0 ? 1 : 0);
}

static inline void script_connect(struct script *s, const char *app)
{
    struct script_command c;
    command_begin(&c, "connect", 1);
    amf0_begin_object(&c.w);
    command_property(&c, "app", app);
    command_property(&c, "type", "nonprivate");
    command_property(&c, "flashVer", "FMLE/3.0 (compatible; FMSc/1.0)");
    command_property(&c, "tcUrl", "rtmp://127.0.0.1/live");
    amf0_end_object(&c.w);
    command_end(&c, s, 0);
}

/* What comes before media in OBS's order: chunk size first, in chunks of the old size. */
static inline void script_obs_opening(struct script *s, const char *key)
{
    script_chunk_size(s, 4096);
    script_connect(s, "live");
    script_call(s, "releaseStream", 2, key, NULL);
    script_call(s, "FCPublish", 3, key, NULL);
    script_call(s, "createStream", 4, NULL, NULL);
    script_call(s, "publish", 5, key, "live");
}

static inline void script_obs_metadata(struct script *s)
{
    struct script_command c;
    c.w = (struct amf0_writer){.p = c.body, .end = c.body + sizeof(c.body)};
    amf0_put_text(&c.w, "@setDataFrame");
    amf0_put_text(&c.w, "onMetaData");
    amf0_begin_object(&c.w);
    command_property(&c, "encoder", "obs-output module (libobs version 29.0.2)");
    amf0_put_name(&c.w, "width");
    amf0_put_number(&c.w, 1280);
    amf0_end_object(&c.w);
    script_message(s, 4, RTMP_DATA, 1, 0, c.body, (size_t)(c.w.p - c.body));
}

static inline void script_media(struct script *s)
{
    SCRIPT_MEDIA(s, RTMP_AUDIO, 0, media_aac_config);
    SCRIPT_MEDIA(s, RTMP_VIDEO, 0, media_avc_config);
    SCRIPT_MEDIA(s, RTMP_VIDEO, 0, media_avc_key);
    SCRIPT_MEDIA(s, RTMP_AUDIO, 21, media_aac);
    SCRIPT_MEDIA(s, RTMP_VIDEO, 40, media_avc_delta);
}

static inline void script_obs_goodbye(struct script *s, const char *key)
{
    script_call(s, "FCUnpublish", 6, key, NULL);
    struct script_command c;
    command_begin(&c, "deleteStream", 7);
    amf0_put_null(&c.w);
    amf0_put_number(&c.w, 1);
    command_end(&c, s, 0);
}

#endif
