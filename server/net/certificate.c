#include "server/net/certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "server/base/log.h"

enum { FILE_MAX = 256 << 10, CHAIN_MAX = 10 };

struct certificate {
    X509 *leaf;
    STACK_OF(X509) * chain;
    EVP_PKEY *key;
    int64_t begins_s, expires_s;
};

__attribute__((format(printf, 4, 5))) static int wrong(char error[NET_ERROR_MAX], const char *file,
                                                       int err, const char *format, ...)
{
    char what[NET_ERROR_MAX / 2];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    snprintf(error, NET_ERROR_MAX, "%s: %s", file, what);
    ERR_clear_error();
    return err;
}

/* What OpenSSL says of its last failure. */
static const char *complaint(void)
{
    const char *text = ERR_reason_error_string(ERR_peek_last_error());
    return text ? text : "not usable";
}

/* A file in memory, as OpenSSL reads it. */
struct pem {
    char *text;
    size_t len;
    BIO *bio;
};

/* What has been read may be secret. */
static void pem_release(struct pem *pem)
{
    BIO_free(pem->bio);
    if (pem->text)
        OPENSSL_cleanse(pem->text, pem->len);
    free(pem->text);
}

/* All of an ordinary file: a pipe could keep us for ever. */
static int read_all(struct pem *pem, int fd)
{
    struct stat st;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode))
        return -EINVAL;
    pem->text = malloc(FILE_MAX + 1);
    if (!pem->text)
        return -ENOMEM;
    ssize_t n = read(fd, pem->text, FILE_MAX + 1);
    if (n < 0 || n > FILE_MAX)
        return n < 0 ? -EIO : -EFBIG;
    pem->len = (size_t)n;
    pem->bio = BIO_new_mem_buf(pem->text, (int)n);
    return pem->bio ? 0 : -ENOMEM;
}

static int pem_init(struct pem *pem, const char *file, char error[NET_ERROR_MAX])
{
    *pem = (struct pem){.text = NULL};
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        int err = errno;
        return wrong(error, file, -err, "%s", err_text(err));
    }
    int err = read_all(pem, fd);
    close(fd);
    if (err) {
        pem_release(pem);
        wrong(error, file, err, "%s", err == -EINVAL ? "no ordinary file" : err_text(err));
    }
    return err;
}

/* Nobody is there to ask for one; by default OpenSSL asks on the terminal. */
static int no_password(char *buf, int size, int is_writing, void *arg)
{
    (void)buf;
    (void)size;
    (void)is_writing;
    *(bool *)arg = true;
    return -1;
}

static int64_t seconds_of(const ASN1_TIME *time)
{
    struct tm tm;
    return ASN1_TIME_to_tm(time, &tm) ? (int64_t)timegm(&tm) : 0;
}

static int read_chain(struct certificate *c, BIO *bio)
{
    bool is_asked = false;
    c->leaf = PEM_read_bio_X509(bio, NULL, no_password, &is_asked);
    c->chain = sk_X509_new_null();
    if (!c->leaf || !c->chain)
        return -EINVAL;
    for (int i = 0; i < CHAIN_MAX; i++) {
        X509 *next = PEM_read_bio_X509(bio, NULL, no_password, &is_asked);
        if (!next)
            break;
        if (!sk_X509_push(c->chain, next)) {
            X509_free(next);
            return -ENOMEM;
        }
    }
    c->begins_s = seconds_of(X509_get0_notBefore(c->leaf));
    c->expires_s = seconds_of(X509_get0_notAfter(c->leaf));
    return 0;
}

static int read_certificate(struct certificate *c, const char *file, char error[NET_ERROR_MAX])
{
    struct pem pem;
    int err = pem_init(&pem, file, error);
    if (err)
        return err;
    err = read_chain(c, pem.bio);
    if (err)
        wrong(error, file, err, "holds no certificate in PEM form (%s)", complaint());
    pem_release(&pem);
    return err;
}

static int read_key(struct certificate *c, const char *file, char error[NET_ERROR_MAX])
{
    struct pem pem;
    bool is_locked = false;
    int err = pem_init(&pem, file, error);
    if (err)
        return err;
    c->key = PEM_read_bio_PrivateKey(pem.bio, NULL, no_password, &is_locked);
    if (!c->key)
        err = wrong(error, file, -EINVAL, "%s (%s)",
                    is_locked ? "the key is locked by a password"
                              : "holds no private key in PEM form",
                    complaint());
    pem_release(&pem);
    return err;
}

/* As it will be used, so that what OpenSSL dislikes (a weak key, say) is known now. */
static int try_out(const struct certificate *c, const char *file, const char *key_file,
                   char error[NET_ERROR_MAX])
{
    if (!X509_check_private_key(c->leaf, c->key))
        return wrong(error, key_file, -EINVAL, "is not the key of the certificate %s", file);
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    int err = ctx ? certificate_use(c, ctx) : -ENOMEM;
    if (err)
        wrong(error, file, err, "%s", complaint());
    SSL_CTX_free(ctx);
    return err;
}

int certificate_read(struct certificate **out, const char *file, const char *key_file,
                     char error[NET_ERROR_MAX])
{
    struct certificate *c = calloc(1, sizeof(*c));
    if (!c)
        return wrong(error, file, -ENOMEM, "no memory");
    ERR_clear_error();
    int err = read_certificate(c, file, error);
    if (!err)
        err = read_key(c, key_file, error);
    if (!err)
        err = try_out(c, file, key_file, error);
    ERR_clear_error(); /* where the chain ends, OpenSSL notes that nothing more is there */
    if (err)
        certificate_free(&c);
    else
        *out = c;
    return err;
}

void certificate_free(struct certificate **certificate)
{
    struct certificate *c = *certificate;
    *certificate = NULL;
    if (!c)
        return;
    X509_free(c->leaf);
    sk_X509_pop_free(c->chain, X509_free);
    EVP_PKEY_free(c->key);
    free(c);
}

int certificate_use(const struct certificate *c, struct ssl_ctx_st *ctx)
{
    return SSL_CTX_use_cert_and_key(ctx, c->leaf, c->key, c->chain, 1) == 1 ? 0 : -EINVAL;
}

int64_t certificate_expires(const struct certificate *c)
{
    return c->expires_s;
}

bool certificate_is_current(const struct certificate *c, int64_t now_s)
{
    return c->begins_s <= now_s && now_s < c->expires_s;
}
