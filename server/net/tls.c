#include "server/net/tls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <uv.h>

#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/metrics/metrics.h"

enum {
    FILES = 2,
    LOOK_MS = 5000,
    DAY_S = 24 * 3600,
    DAY_MS = DAY_S * 1000,
    WARN_DAYS = 14,             /* certbot renews 30 days before the end */
    TICKET_LIFE_S = 12 * 3600,  /* from one lesson to the next */
    TICKET_KEYS_SIZE_MAX = 128, /* 80 in OpenSSL 3.0 */
};

/* With forward secrecy and authentication; what browsers since 2014 and TVs since 2015 have. Those
 * without AES in hardware put ChaCha20 first, and get it. */
static const char ciphers[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                              "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
                              "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
static const char groups[] = "X25519:P-256:P-384";

/* By what a file that has been replaced differs. */
struct stamp {
    ino_t inode[FILES];
    off_t size[FILES];
    struct timespec changed[FILES];
};

/* Made on the pool. */
struct look {
    uv_work_t work;
    bool is_forced;
    struct stamp stamp;
    bool has_read;
    int err;
    char error[NET_ERROR_MAX];
    struct certificate *certificate;
};

struct tls {
    struct uv_loop_s *loop;
    char *files[FILES]; /* certificate, key */
    SSL_CTX *ctx;
    struct certificate *certificate;
    struct stamp judged; /* used, or found wanting */
    struct stamp seen;
    bool is_busy, is_reload_wanted;
    uint64_t looked_ms, ticket_keys_ms;
    int64_t told_s; /* when its end was last told of */
    struct look look;
    void (*on_idle)(void *arg);
    void *arg;
};

static void take_stamp(struct stamp *s, char *const files[FILES])
{
    memset(s, 0, sizeof(*s)); /* it is compared byte by byte */
    for (size_t i = 0; i < FILES; i++) {
        struct stat st;
        if (stat(files[i], &st))
            continue;
        s->inode[i] = st.st_ino;
        s->size[i] = st.st_size;
        s->changed[i] = st.st_mtim;
    }
}

static bool same_stamp(const struct stamp *a, const struct stamp *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

/* Once a day, as long as that lasts. */
static void tell_of_end(struct tls *t)
{
    int64_t now_s = time(NULL);
    int64_t left_s = certificate_expires(t->certificate) - now_s;
    if (left_s > WARN_DAYS * (int64_t)DAY_S || (t->told_s && now_s - t->told_s < DAY_S))
        return;
    t->told_s = now_s;
    if (certificate_is_current(t->certificate, now_s))
        log_warn(NULL, "tls.expires", LOG_STR("file", t->files[0]),
                 LOG_NUM("days", left_s / DAY_S));
    else
        log_error(NULL, "tls.not-valid", LOG_STR("file", t->files[0]),
                  LOG_STR("why", left_s > 0 ? "its time has not begun" : "it has expired"));
}

static void begin_using(struct tls *t, struct certificate *c)
{
    certificate_free(&t->certificate);
    t->certificate = c;
    t->told_s = 0;
    metric_set(METRIC_TLS_EXPIRES, 0, certificate_expires(c));
    log_info(NULL, "tls.certificate", LOG_STR("file", t->files[0]),
             LOG_NUM("days", (certificate_expires(c) - time(NULL)) / DAY_S));
    tell_of_end(t);
}

int tls_open(struct tls **out, struct uv_loop_s *loop, const struct net_tls *p,
             char error[NET_ERROR_MAX])
{
    struct certificate *c = NULL;
    struct tls *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->loop = loop;
    t->files[0] = strdup(p->certificate);
    t->files[1] = strdup(p->key);
    int err = t->files[0] && t->files[1] ? 0 : -ENOMEM;
    if (!err) {
        take_stamp(&t->judged, t->files);
        t->seen = t->judged;
        err = certificate_read(&c, t->files[0], t->files[1], error);
    }
    if (err) {
        tls_free(&t);
        return err;
    }
    begin_using(t, c);
    t->looked_ms = clock_ms();
    *out = t;
    return 0;
}

void tls_free(struct tls **tls)
{
    struct tls *t = *tls;
    *tls = NULL;
    if (!t)
        return;
    certificate_free(&t->certificate);
    for (size_t i = 0; i < FILES; i++)
        free(t->files[i]);
    free(t);
}

/* Who resumes a TLS 1.2 session relies on these keys alone: they do not live long. */
static void renew_ticket_keys(struct tls *t)
{
    unsigned char keys[TICKET_KEYS_SIZE_MAX];
    long len = SSL_CTX_set_tlsext_ticket_keys(t->ctx, NULL, 0);
    if (len <= 0 || len > (long)sizeof(keys) || RAND_bytes(keys, (int)len) != 1)
        return;
    SSL_CTX_set_tlsext_ticket_keys(t->ctx, keys, len);
    OPENSSL_cleanse(keys, sizeof(keys));
    t->ticket_keys_ms = clock_ms();
}

int tls_equip(struct tls *t, struct ssl_ctx_st *ctx)
{
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                 SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_COMPRESSION);
    /* Sessions are kept by those who want to resume them. One ticket each is enough for a page. */
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(ctx, TICKET_LIFE_S);
    /* There is one certificate, and lws would look for another host of the name it is told. */
    SSL_CTX_set_tlsext_servername_callback(ctx, NULL);
    if (!SSL_CTX_set_num_tickets(ctx, 1) || !SSL_CTX_set_cipher_list(ctx, ciphers) ||
        !SSL_CTX_set1_groups_list(ctx, groups))
        return -EINVAL;
    t->ctx = ctx;
    renew_ticket_keys(t);
    return certificate_use(t->certificate, ctx);
}

static void on_work(uv_work_t *work)
{
    struct tls *t = work->data;
    struct look *l = &t->look;
    take_stamp(&l->stamp, t->files);
    bool is_new = !same_stamp(&l->stamp, &t->judged);
    bool is_at_rest = same_stamp(&l->stamp, &t->seen);
    l->has_read = l->is_forced || (is_new && is_at_rest);
    if (l->has_read)
        l->err = certificate_read(&l->certificate, t->files[0], t->files[1], l->error);
}

static void judge(struct tls *t)
{
    struct look *l = &t->look;
    const char *why = l->error;
    int err = l->err;
    t->judged = l->stamp;
    if (!err && !certificate_is_current(l->certificate, time(NULL))) {
        err = -EINVAL;
        why = "it has expired, or its time has not begun";
    }
    if (!err)
        err = certificate_use(l->certificate, t->ctx);
    if (!err) {
        begin_using(t, l->certificate);
        return;
    }
    log_error(NULL, "tls.kept-old", LOG_STR("file", t->files[0]), LOG_STR("why", why));
    certificate_free(&l->certificate);
}

static void on_worked(uv_work_t *work, int status)
{
    struct tls *t = work->data;
    (void)status;
    if (t->look.has_read)
        judge(t);
    t->look.certificate = NULL;
    t->seen = t->look.stamp;
    t->is_busy = false;
    tell_of_end(t);
    t->on_idle(t->arg);
}

void tls_look(struct tls *t, void (*on_idle)(void *arg), void *arg)
{
    uint64_t now_ms = clock_ms();
    if (now_ms - t->ticket_keys_ms > DAY_MS)
        renew_ticket_keys(t);
    if (t->is_busy || (!t->is_reload_wanted && now_ms - t->looked_ms < LOOK_MS))
        return;
    t->look = (struct look){.is_forced = t->is_reload_wanted};
    t->look.work.data = t;
    t->on_idle = on_idle;
    t->arg = arg;
    t->is_reload_wanted = false;
    t->looked_ms = now_ms;
    t->is_busy = uv_queue_work(t->loop, &t->look.work, on_work, on_worked) == 0;
}

void tls_reload(struct tls *t)
{
    t->is_reload_wanted = true;
}

bool tls_is_busy(const struct tls *t)
{
    return t->is_busy;
}
