#include "server/net/self_signed.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "server/base/log.h"

static bool is_address(const char *text)
{
    unsigned char raw[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, text, raw) == 1 || inet_pton(AF_INET6, text, raw) == 1;
}

/* Letters, digits and hyphens in parts of at most 63, which begin and end with no hyphen. The first
 * may be an asterisk. */
static bool is_host_name(const char *text)
{
    enum { PART_MAX = 63 };
    size_t len = strlen(text);
    if (len == 0 || len >= SELF_SIGNED_NAME_SIZE)
        return false;
    if (strncmp(text, "*.", 2) == 0)
        text += 2;
    for (;;) {
        size_t part = strcspn(text, ".");
        if (part == 0 || part > PART_MAX || text[0] == '-' || text[part - 1] == '-')
            return false;
        for (size_t i = 0; i < part; i++) {
            if (!isalnum((unsigned char)text[i]) && text[i] != '-')
                return false;
        }
        if (!text[part])
            return true;
        text += part + 1;
    }
}

int self_signed_add(struct self_signed_names *names, const char *name)
{
    if (!is_address(name) && !is_host_name(name))
        return -EINVAL;
    for (size_t i = 0; i < names->n; i++) {
        if (strcasecmp(names->text[i], name) == 0)
            return 0;
    }
    if (names->n == SELF_SIGNED_NAMES_MAX)
        return -ENOSPC;
    snprintf(names->text[names->n++], SELF_SIGNED_NAME_SIZE, "%s", name);
    return 0;
}

/* The text of an address by which others can reach us: not that of a single link. */
static bool own_address(const struct ifaddrs *at, char out[INET6_ADDRSTRLEN])
{
    if (!at->ifa_addr || !(at->ifa_flags & IFF_UP) || (at->ifa_flags & IFF_LOOPBACK))
        return false;
    if (at->ifa_addr->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)at->ifa_addr;
        return inet_ntop(AF_INET, &v4->sin_addr, out, INET6_ADDRSTRLEN) != NULL;
    }
    if (at->ifa_addr->sa_family != AF_INET6)
        return false;
    const struct sockaddr_in6 *v6 = (const void *)at->ifa_addr;
    return !IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr) &&
           inet_ntop(AF_INET6, &v6->sin6_addr, out, INET6_ADDRSTRLEN) != NULL;
}

void self_signed_add_own(struct self_signed_names *names)
{
    char host[HOST_NAME_MAX + 1] = "";
    struct ifaddrs *all = NULL;
    if (gethostname(host, sizeof(host) - 1) == 0)
        self_signed_add(names, host);
    if (getifaddrs(&all) == 0) {
        for (const struct ifaddrs *at = all; at; at = at->ifa_next) {
            char text[INET6_ADDRSTRLEN];
            if (own_address(at, text))
                self_signed_add(names, text);
        }
        freeifaddrs(all);
    }
    self_signed_add(names, "localhost");
    self_signed_add(names, "127.0.0.1");
    self_signed_add(names, "::1");
}

static bool add_extension(X509 *x, int kind, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, kind, value);
    bool is_added = e && X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
    return is_added;
}

static bool add_names(X509 *x, const struct self_signed_names *names)
{
    static char list[SELF_SIGNED_NAMES_MAX * (SELF_SIGNED_NAME_SIZE + sizeof(",DNS:"))];
    size_t len = 0;
    for (size_t i = 0; i < names->n; i++)
        len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s:%s", i ? "," : "",
                                is_address(names->text[i]) ? "IP" : "DNS", names->text[i]);
    return add_extension(x, NID_subject_alt_name, list);
}

/* Two certificates of one issuer with the same number would be an error to browsers, not a warning.
 */
static bool set_number(X509 *x)
{
    uint64_t number;
    return RAND_bytes((unsigned char *)&number, sizeof(number)) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), number >> 1);
}

static bool fill(X509 *x, EVP_PKEY *key, const struct self_signed_names *names, int64_t begins_s,
                 int64_t expires_s)
{
    enum { COMMON_NAME_MAX = 64 };
    X509_NAME *subject = X509_get_subject_name(x);
    const unsigned char *name = (const unsigned char *)names->text[0];
    int len = (int)strnlen(names->text[0], COMMON_NAME_MAX);
    return X509_set_version(x, X509_VERSION_3) && set_number(x) &&
           ASN1_TIME_set(X509_getm_notBefore(x), begins_s) &&
           ASN1_TIME_set(X509_getm_notAfter(x), expires_s) &&
           X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
                                      (const unsigned char *)"Airclass (self-signed)", -1, -1, 0) &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, len, -1, 0) &&
           X509_set_issuer_name(x, subject) && X509_set_pubkey(x, key) &&
           add_extension(x, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(x, NID_key_usage, "critical,digitalSignature") &&
           add_extension(x, NID_ext_key_usage, "serverAuth") && add_names(x, names) &&
           X509_sign(x, key, EVP_sha256());
}

/* -EEXIST is told by open(). */
static int write_pem(const char *file, mode_t mode, X509 *x, EVP_PKEY *key,
                     char error[NET_ERROR_MAX])
{
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    int err = f ? 0 : -errno;
    if (f) {
        bool is_written =
            x ? PEM_write_X509(f, x) : PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
        is_written = fclose(f) == 0 && is_written;
        err = is_written ? 0 : -EIO;
        if (err)
            unlink(file);
    } else if (fd >= 0) {
        close(fd);
    }
    if (err)
        snprintf(error, NET_ERROR_MAX, "%s: %s", file, err_text(err));
    return err;
}

int self_signed_make(const struct self_signed_names *names, int64_t begins_s, int64_t expires_s,
                     const char *file, const char *key_file, char error[NET_ERROR_MAX])
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    int err = 0;
    if (!key || !x || names->n == 0 || !fill(x, key, names, begins_s, expires_s)) {
        const char *why = ERR_reason_error_string(ERR_peek_last_error());
        snprintf(error, NET_ERROR_MAX, "OpenSSL made no certificate: %s", why ? why : "no name");
        err = -EINVAL;
    }
    if (!err)
        err = write_pem(key_file, S_IRUSR | S_IWUSR, NULL, key, error);
    if (!err) {
        err = write_pem(file, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH, x, NULL, error);
        if (err)
            unlink(key_file);
    }
    X509_free(x);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return err;
}
