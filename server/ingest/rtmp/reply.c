#include "server/ingest/rtmp/reply.h"

#include "server/base/bytes.h"
#include "server/ingest/rtmp/amf0.h"
#include "server/ingest/rtmp/chunk.h"

enum {
    CHUNKS_CONTROL = 2, /* the specification's chunk stream for protocol control */
    CHUNKS_COMMAND = 3,
    CHUNKS_STATUS = 5,
    BODY_MAX = 512,
    CAPABILITIES = 31, /* what Flash Media Server 3 answers; encoders only want a number */
    PEER_DYNAMIC = 2,
};

/* A command under construction. */
struct command_out {
    uint8_t body[BODY_MAX];
    struct amf0_writer w;
};

void reply_init(struct reply_buf *out)
{
    out->len = 0;
    out->is_full = false;
    out->chunk_size = CHUNK_SIZE_FIRST;
}

uint8_t *reply_reserve(struct reply_buf *out, size_t len)
{
    if (REPLY_ROOM - out->len < len) {
        out->is_full = true;
        return NULL;
    }
    uint8_t *p = out->bytes + out->len;
    out->len += len;
    return p;
}

static void put_message(struct reply_buf *out, unsigned chunks, const struct rtmp_message *msg)
{
    size_t n =
        chunk_write(out->bytes + out->len, REPLY_ROOM - out->len, chunks, out->chunk_size, msg);
    if (n == 0)
        out->is_full = true;
    out->len += n;
}

static void put_control(struct reply_buf *out, enum rtmp_type type, const uint8_t *body, size_t len)
{
    put_message(out, CHUNKS_CONTROL,
                &(struct rtmp_message){.type = (uint8_t)type, .body = body, .len = (uint32_t)len});
}

void reply_control(struct reply_buf *out, enum rtmp_type type, uint32_t value)
{
    uint8_t body[4];
    put_u32(body, value);
    put_control(out, type, body, sizeof(body));
}

void reply_peer_bandwidth(struct reply_buf *out, uint32_t bytes)
{
    uint8_t body[5];
    put_u8(put_u32(body, bytes), PEER_DYNAMIC);
    put_control(out, RTMP_SET_PEER_BANDWIDTH, body, sizeof(body));
}

void reply_user_control(struct reply_buf *out, uint16_t event, uint32_t value)
{
    uint8_t body[6];
    put_u32(put_u16(body, event), value);
    put_control(out, RTMP_USER_CONTROL, body, sizeof(body));
}

void reply_chunk_size(struct reply_buf *out)
{
    reply_control(out, RTMP_SET_CHUNK_SIZE, REPLY_CHUNK_SIZE);
    out->chunk_size = REPLY_CHUNK_SIZE;
}

static void begin_command(struct command_out *c, const char *name, double txn)
{
    c->w = (struct amf0_writer){.p = c->body, .end = c->body + sizeof(c->body)};
    amf0_put_text(&c->w, name);
    amf0_put_number(&c->w, txn);
}

static void put_property(struct command_out *c, const char *name, const char *text)
{
    amf0_put_name(&c->w, name);
    amf0_put_text(&c->w, text);
}

static void put_status(struct command_out *c, const char *level, const char *code,
                       const char *description)
{
    amf0_begin_object(&c->w);
    put_property(c, "level", level);
    put_property(c, "code", code);
    put_property(c, "description", description);
    amf0_end_object(&c->w);
}

static void end_command(struct command_out *c, struct reply_buf *out, unsigned chunks,
                        uint32_t stream_id)
{
    if (c->w.is_full) {
        out->is_full = true;
        return;
    }
    put_message(out, chunks,
                &(struct rtmp_message){.type = RTMP_COMMAND,
                                       .stream_id = stream_id,
                                       .body = c->body,
                                       .len = (uint32_t)(c->w.p - c->body)});
}

void reply_connected(struct reply_buf *out, double txn)
{
    struct command_out c;
    begin_command(&c, "_result", txn);
    amf0_begin_object(&c.w);
    /* Some encoders look for a version they know and stay silent otherwise. */
    put_property(&c, "fmsVer", "FMS/3,0,1,123");
    amf0_put_name(&c.w, "capabilities");
    amf0_put_number(&c.w, CAPABILITIES);
    amf0_end_object(&c.w);

    amf0_begin_object(&c.w);
    put_property(&c, "level", "status");
    put_property(&c, "code", "NetConnection.Connect.Success");
    put_property(&c, "description", "Connection succeeded.");
    amf0_put_name(&c.w, "objectEncoding");
    amf0_put_number(&c.w, 0);
    amf0_end_object(&c.w);
    end_command(&c, out, CHUNKS_COMMAND, 0);
}

void reply_connect_error(struct reply_buf *out, double txn, const char *description)
{
    struct command_out c;
    begin_command(&c, "_error", txn);
    amf0_put_null(&c.w);
    put_status(&c, "error", "NetConnection.Connect.Rejected", description);
    end_command(&c, out, CHUNKS_COMMAND, 0);
}

void reply_stream_created(struct reply_buf *out, double txn)
{
    struct command_out c;
    begin_command(&c, "_result", txn);
    amf0_put_null(&c.w);
    amf0_put_number(&c.w, REPLY_STREAM_ID);
    end_command(&c, out, CHUNKS_COMMAND, 0);
}

void reply_done(struct reply_buf *out, double txn)
{
    struct command_out c;
    begin_command(&c, "_result", txn);
    amf0_put_null(&c.w);
    amf0_put_undefined(&c.w);
    end_command(&c, out, CHUNKS_COMMAND, 0);
}

void reply_unknown_call(struct reply_buf *out, double txn)
{
    struct command_out c;
    begin_command(&c, "_error", txn);
    amf0_put_null(&c.w);
    put_status(&c, "error", "NetConnection.Call.Failed", "No such command here.");
    end_command(&c, out, CHUNKS_COMMAND, 0);
}

void reply_status(struct reply_buf *out, const struct reply_status *status)
{
    struct command_out c;
    begin_command(&c, status->event, 0);
    amf0_put_null(&c.w);
    put_status(&c, status->level, status->code, status->description);
    end_command(&c, out, CHUNKS_STATUS, REPLY_STREAM_ID);
}
