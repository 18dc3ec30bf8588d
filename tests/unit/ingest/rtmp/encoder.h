#ifndef AIRCLASS_TESTS_UNIT_INGEST_RTMP_ENCODER_H
#define AIRCLASS_TESTS_UNIT_INGEST_RTMP_ENCODER_H

#include "tests/unit/unit.h"

#include <errno.h>

#include "server/metrics/metrics.h"
#include "tests/unit/ingest/rtmp/loopback.h"
#include "tests/unit/ingest/rtmp/script.h"

/* An encoder's socket on the same loop. It sends its script, then stays until it is told or closed.
 */
struct client {
    struct loopback *lb;
    uv_tcp_t tcp;
    uv_connect_t connecting;
    uv_write_t writing;
    const struct script *script;
    bool is_deaf;  /* never reads */
    bool hangs_up; /* when all is sent */
    bool has_sent;
    bool is_closed; /* the server hung up, or we did */
    char heard[16 << 10];
    size_t heard_len;
    char scratch[16 << 10];
};

static inline void on_gone(uv_handle_t *handle)
{
    ((struct client *)handle->data)->is_closed = true;
}

static inline void hang_up(struct client *c)
{
    if (!uv_is_closing((uv_handle_t *)&c->tcp))
        uv_close((uv_handle_t *)&c->tcp, on_gone);
}

static inline void on_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *out)
{
    (void)hint;
    struct client *c = handle->data;
    *out = uv_buf_init(c->scratch, sizeof(c->scratch));
}

static inline void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct client *c = stream->data;
    if (n < 0) {
        hang_up(c);
        return;
    }
    size_t room = sizeof(c->heard) - c->heard_len;
    size_t keep = (size_t)n < room ? (size_t)n : room;
    put_bytes((uint8_t *)c->heard + c->heard_len, buf->base, keep);
    c->heard_len += keep;
}

static inline void on_sent(uv_write_t *req, int status)
{
    struct client *c = req->handle->data;
    c->has_sent = status == 0;
    if (status < 0 || c->hangs_up)
        hang_up(c);
}

static inline void send_script(struct client *c, const struct script *script)
{
    uv_buf_t buf = uv_buf_init((char *)script->bytes, (unsigned)script->len);
    c->has_sent = false;
    uv_write(&c->writing, (uv_stream_t *)&c->tcp, &buf, 1, on_sent);
}

static inline void on_connected(uv_connect_t *req, int status)
{
    struct client *c = req->handle->data;
    if (status < 0) {
        hang_up(c);
        return;
    }
    if (!c->is_deaf)
        uv_read_start(req->handle, on_alloc, on_read);
    if (c->script)
        send_script(c, c->script);
}

static inline void client_start(struct client *c, struct loopback *lb, const struct script *script)
{
    struct sockaddr_in at;
    c->lb = lb;
    c->script = script;
    uv_tcp_init(&lb->loop, &c->tcp);
    c->tcp.data = c;
    uv_ip4_addr("127.0.0.1", rtmp_port(lb->rtmp), &at);
    assert_int_equal(
        uv_tcp_connect(&c->connecting, &c->tcp, (const struct sockaddr *)&at, on_connected), 0);
}

static inline struct client *client_new(struct loopback *lb, const struct script *script)
{
    struct client *c = calloc(1, sizeof(*c));
    client_start(c, lb, script);
    return c;
}

static inline void wait_closed(struct client *c)
{
    while (!c->is_closed)
        lb_turn(c->lb);
}

static inline void client_free(struct client *c)
{
    hang_up(c);
    wait_closed(c);
    free(c);
}

static inline struct script *publishing(const char *key)
{
    struct script *s = script_new();
    script_plain_hello(s);
    script_obs_opening(s, key);
    script_obs_metadata(s);
    script_media(s);
    return s;
}

static inline void open_loopback(struct loopback *lb, struct rtmp_params params)
{
    lb_start(lb, params);
    assert_int_equal(lb->open_err, 0);
}

#endif
