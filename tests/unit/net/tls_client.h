#ifndef AIRCLASS_TESTS_UNIT_NET_TLS_CLIENT_H
#define AIRCLASS_TESTS_UNIT_NET_TLS_CLIENT_H

#include <time.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "server/net/self_signed.h"
#include "tests/unit/net/loopback.h"

/* OpenSSL's own client, turned by the same loop. */
struct tls_client {
    struct client raw;
    SSL_CTX *ctx;
    SSL *ssl;
    bool is_closed; /* the server has said so, not just hung up */
};

/* A certificate for localhost in the world's folder, with `days` left. */
static inline void make_certificate(struct world *w, const char *name, int days)
{
    char file[128];
    char key[128];
    char error[NET_ERROR_MAX] = "";
    struct self_signed_names names = {.n = 0};
    int64_t now_s = time(NULL);
    snprintf(file, sizeof(file), "%s/%s.pem", w->tls_root, name);
    snprintf(key, sizeof(key), "%s/%s.key", w->tls_root, name);
    unlink(file);
    unlink(key);
    assert_int_equal(self_signed_add(&names, "localhost"), 0);
    assert_int_equal(self_signed_add(&names, "127.0.0.1"), 0);
    int err =
        self_signed_make(&names, now_s - 86400 * 30, now_s + 86400 * days + 60, file, key, error);
    if (err)
        fail_msg("%s", error);
}

static inline void tls_client_new(struct tls_client *c, struct world *w, const char *trusted)
{
    char file[128];
    *c = (struct tls_client){.raw = {.fd = -1}, .ctx = SSL_CTX_new(TLS_client_method())};
    assert_non_null(c->ctx);
    snprintf(file, sizeof(file), "%s/%s.pem", w->tls_root, trusted);
    assert_int_equal(SSL_CTX_load_verify_file(c->ctx, file), 1);
    SSL_CTX_set_verify(c->ctx, SSL_VERIFY_PEER, NULL);
}

static inline void tls_client_connect(struct tls_client *c, uint16_t port, SSL_SESSION *session)
{
    static const unsigned char alpn[] = "\x08http/1.1";
    client_open(&c->raw, port, 0);
    c->ssl = SSL_new(c->ctx);
    assert_non_null(c->ssl);
    SSL_set_fd(c->ssl, c->raw.fd);
    SSL_set1_host(c->ssl, "localhost");
    SSL_set_tlsext_host_name(c->ssl, "localhost");
    SSL_set_alpn_protos(c->ssl, alpn, sizeof(alpn) - 1);
    SSL_set_mode(c->ssl, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE);
    if (session)
        SSL_set_session(c->ssl, session);
    SSL_set_connect_state(c->ssl);
}

/* 1: done; 0: not yet; -1: it failed. */
static inline int tls_client_shake(struct tls_client *c)
{
    ERR_clear_error();
    int n = SSL_do_handshake(c->ssl);
    if (n == 1)
        return 1;
    int error = SSL_get_error(c->ssl, n);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

static inline bool tls_client_shaken(struct tls_client *c, struct world *w)
{
    int n = 0;
    turn_until(w, (n = tls_client_shake(c)) != 0);
    return n == 1;
}

static inline void tls_client_send_bytes(struct tls_client *c, struct world *w, const void *data,
                                         size_t len)
{
    for (size_t sent = 0; sent < len;) {
        ERR_clear_error();
        int n = SSL_write(c->ssl, (const char *)data + sent, (int)(len - sent));
        if (n > 0)
            sent += (size_t)n;
        else if (SSL_get_error(c->ssl, n) != SSL_ERROR_WANT_WRITE)
            return; /* the server has ended it */
        turn(w);
    }
}

static inline void tls_client_send(struct tls_client *c, struct world *w, const char *text)
{
    tls_client_send_bytes(c, w, text, strlen(text));
}

static inline void tls_client_take(struct tls_client *c)
{
    while (!c->raw.is_over && c->raw.len < CLIENT_BUFFER - 1) {
        ERR_clear_error();
        int n = SSL_read(c->ssl, c->raw.in + c->raw.len, (int)(CLIENT_BUFFER - 1 - c->raw.len));
        int error = n > 0 ? 0 : SSL_get_error(c->ssl, n);
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
            return;
        c->is_closed = error == SSL_ERROR_ZERO_RETURN;
        c->raw.is_over = error != 0;
        if (n > 0)
            c->raw.len += (size_t)n;
    }
}

static inline bool tls_client_has(struct tls_client *c, const char *text)
{
    tls_client_take(c);
    return memmem(c->raw.in, c->raw.len, text, strlen(text)) != NULL;
}

static inline bool tls_client_ended(struct tls_client *c)
{
    tls_client_take(c);
    return c->raw.is_over;
}

static inline void tls_client_hang_up(struct tls_client *c)
{
    SSL_free(c->ssl);
    c->ssl = NULL;
    if (c->raw.fd >= 0)
        client_close(&c->raw);
}

static inline void tls_client_free(struct tls_client *c)
{
    tls_client_hang_up(c);
    SSL_CTX_free(c->ctx);
    c->ctx = NULL;
}

#endif
