#include "server/app/certify.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "server/app/paths.h"
#include "server/base/log.h"
#include "server/net/self_signed.h"

static_assert((int)NET_ERROR_MAX <= (int)APP_ERROR_MAX, "one is handed on as the other");

enum {
    DAY_S = 24 * 3600,
    LIFE_DAYS = 397, /* browsers take none for longer */
};

static const char warning[] =
    "Nobody vouches for it, so every browser warns at the first visit (\"Your connection is not\n"
    "private\", NET::ERR_CERT_AUTHORITY_INVALID): choose Advanced, then Proceed. Do so only for\n"
    "trying things out, in a network that you trust. For pupils, and on the Internet, get a real\n"
    "certificate: docs/operations.md says how.\n"
    "\n"
    "注意：这是自签名证书，没有任何机构为它担保。每个浏览器首次打开时都会警告“您的连接不是私密连接”，\n"
    "需点“高级”，再点“继续前往”。只可在您信任的局域网内试用；给学生使用或放到互联网上时，\n"
    "请换正式证书，方法见 docs/operations.md。\n";

static int choose_names(struct self_signed_names *out, char *const *names, int n,
                        char error[APP_ERROR_MAX])
{
    if (n == 0)
        self_signed_add_own(out);
    for (int i = 0; i < n; i++) {
        int err = self_signed_add(out, names[i]);
        if (err == -ENOSPC)
            snprintf(error, APP_ERROR_MAX, "more than %d names", SELF_SIGNED_NAMES_MAX);
        else if (err)
            snprintf(error, APP_ERROR_MAX, "'%s' is neither a host name nor an IP address",
                     names[i]);
        if (err)
            return err;
    }
    return 0;
}

static void tell(const struct self_signed_names *names, const char *file, const char *key_file)
{
    printf("Made a certificate, signed by itself, for");
    for (size_t i = 0; i < names->n; i++)
        printf("%s %s", i ? "," : "", names->text[i]);
    printf(",\nvalid for %d days:\n\n  %s\n  %s   (secret)\n\n", LIFE_DAYS, file, key_file);
    printf("Use it with these settings; ./scripts/run finds it in its data folder by itself:\n\n"
           "  --set tls.certificate=%s --set tls.key=%s\n\n%s",
           file, key_file, warning);
}

int certify(const struct config *config, char *const *names, int n, char error[APP_ERROR_MAX])
{
    const char *folder = config->server.data_dir;
    struct self_signed_names chosen = {.n = 0};
    char file[CONFIG_TEXT_MAX + 32];
    char key_file[CONFIG_TEXT_MAX + 32];
    int64_t now_s = time(NULL);
    int err = choose_names(&chosen, names, n, error);
    if (err)
        return err;
    err = paths_make_data_dir(folder);
    if (err) {
        snprintf(error, APP_ERROR_MAX, "data folder '%s': %s", folder, err_text(err));
        return err;
    }
    snprintf(file, sizeof(file), "%s/certificate.pem", folder);
    snprintf(key_file, sizeof(key_file), "%s/key.pem", folder);
    /* It begins yesterday: clocks of TVs and phones are not always right. */
    err = self_signed_make(&chosen, now_s - DAY_S, now_s + (LIFE_DAYS - 1) * (int64_t)DAY_S, file,
                           key_file, error);
    size_t said = strlen(error);
    if (err == -EEXIST)
        snprintf(error + said, APP_ERROR_MAX - said, "; remove both to get new ones");
    if (!err)
        tell(&chosen, file, key_file);
    return err;
}
