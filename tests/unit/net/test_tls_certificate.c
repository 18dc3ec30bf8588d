#include "tests/unit/net/tls_scene.h"

/* Certificates that change, that are broken, and our own. */

static X509 *shown(void)
{
    connect_tls(NULL);
    X509 *x = SSL_get1_peer_certificate(c.ssl);
    tls_client_hang_up(&c);
    return x;
}

static void copy_file(const char *from, const char *to)
{
    char command[400];
    snprintf(command, sizeof(command), "cp %s/%s %s/%s.new && mv %s/%s.new %s/%s", w.tls_root, from,
             w.tls_root, to, w.tls_root, to, w.tls_root, to);
    assert_int_equal(system(command), 0);
}

/* The log's lines, as far as they are about certificates. */
static char told[4096];

static void note_tls(enum log_level level, const char *line, void *arg)
{
    (void)arg;
    if (strstr(line, "tls."))
        snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s%s\n",
                 level == LOG_ERROR ? "ERROR " : "", line);
}

static void reload(const char *expected)
{
    told[0] = '\0';
    net_reload_tls(w.net);
    turn_until(&w, strstr(told, expected) != NULL);
}

static void a_new_certificate_is_shown_to_those_who_come(void **state)
{
    (void)state;
    struct tls_client before = c;
    connect_tls(NULL);
    ask(GET("/") "\r\n", "<h1>hello</h1>");
    struct tls_client seated = c;
    make_certificate(&w, "next", 100);
    copy_file("next.key", "now.key");
    copy_file("next.pem", "now.pem");
    tls_client_new(&c, &w, "next");
    log_set_sink(note_tls, NULL);
    reload("tls.certificate");
    X509_free(shown()); /* which has been verified */
    tls_client_free(&c);
    c = seated;
    client_forget(&c.raw);
    ask(GET("/app-3f2a9c1b.js") "\r\n", "go()");
    assert_ptr_equal(before.ctx, c.ctx);
}

static void files_that_change_are_read_again_by_themselves(void **state)
{
    (void)state;
    make_certificate(&w, "next", 100);
    log_set_sink(note_tls, NULL);
    told[0] = '\0';
    fake_clock_start();
    copy_file("next.pem", "now.pem"); /* the other half comes late */
    copy_file("next.key", "now.key");
    for (int i = 0; i < 100 && !strstr(told, "tls.certificate"); i++) {
        fake_clock_advance(5000);
        turn_for(&w, 120);
    }
    fake_clock_stop();
    assert_non_null(strstr(told, "tls.certificate"));
    assert_null(strstr(told, "tls.kept-old"));
    tls_client_free(&c);
    tls_client_new(&c, &w, "next");
    X509_free(shown());
}

static void a_broken_new_pair_keeps_the_old_one(void **state)
{
    (void)state;
    make_certificate(&w, "other", 100);
    make_certificate(&w, "expired", -2);
    write_file(w.tls_root, "garbage", "garbage", 7);
    static const struct {
        const char *certificate, *key, *says;
    } cases[] = {
        {"other.pem",   "now.key",     "now.key: is not the key of the certificate"},
        {"garbage",     "now.key",     "now.pem: holds no certificate in PEM form" },
        {"now.pem",     "garbage",     "now.key: holds no private key in PEM form" },
        {"expired.pem", "expired.key", "has expired"                               },
    };
    X509 *first = shown();
    copy_file("now.pem", "good.pem");
    copy_file("now.key", "good.key");
    log_set_sink(note_tls, NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        copy_file("good.pem", "now.pem");
        copy_file("good.key", "now.key");
        copy_file(cases[i].certificate, "now.pem");
        copy_file(cases[i].key, "now.key");
        reload(cases[i].says);
        assert_non_null(strstr(told, "ERROR "));
        X509 *x = shown();
        assert_int_equal(X509_cmp(first, x), 0);
        X509_free(x);
    }
    assert_int_equal(unlink(certificate_file), 0);
    reload("now.pem: No such file");
    X509_free(shown());
    X509_free(first);
}

static int check(const char *certificate, const char *key, char error[NET_ERROR_MAX])
{
    char files[2][160];
    snprintf(files[0], sizeof(files[0]), "%s/%s", w.tls_root, certificate);
    snprintf(files[1], sizeof(files[1]), "%s/%s", w.tls_root, key);
    struct net_tls p = {.certificate = files[0], .key = files[1]};
    return net_check_tls(&p, error);
}

static void what_is_wrong_with_a_pair_is_said(void **state)
{
    (void)state;
    char error[NET_ERROR_MAX];
    char command[600];
    /* A key that is locked, and one that is too short. */
    snprintf(command, sizeof(command),
             "cd %s && openssl pkey -in now.key -aes128 -passout pass:secret -out locked.key && "
             "openssl req -x509 -newkey rsa:1024 -nodes -keyout weak.key -out weak.pem -subj /CN=a "
             "2>/dev/null && mkfifo pipe && mkdir folder && cat now.pem now.pem > chain.pem",
             w.tls_root);
    assert_int_equal(system(command), 0);
    make_certificate(&w, "other", 100);
    static const struct {
        const char *certificate, *key, *says;
        int err;
    } cases[] = {
        {"now.pem",   "now.key",    "",                              0      },
        {"chain.pem", "now.key",    "",                              0      },
        {"none.pem",  "now.key",    "none.pem: No such file",        -ENOENT},
        {"now.pem",   "none.key",   "none.key: No such file",        -ENOENT},
        {"now.pem",   "other.key",  "other.key: is not the key of",  -EINVAL},
        {"now.pem",   "locked.key", "locked.key: the key is locked", -EINVAL},
        {"weak.pem",  "weak.key",   "weak.pem: ee key too small",    -EINVAL},
        {"pipe",      "now.key",    "pipe: no ordinary file",        -EINVAL},
        {"folder",    "now.key",    "folder: no ordinary file",      -EINVAL},
        {"now.key",   "now.key",    "now.key: holds no certificate", -EINVAL},
        {"now.pem",   "now.pem",    "now.pem: holds no private key", -EINVAL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        error[0] = '\0';
        int err = check(cases[i].certificate, cases[i].key, error);
        if (err != cases[i].err || !strstr(error, cases[i].says))
            fail_msg("%d '%s', not %d '%s'", err, error, cases[i].err, cases[i].says);
    }
}

static void an_expired_certificate_is_served_all_the_same(void **state)
{
    (void)state;
    make_certificate(&w, "now", -2);
    log_set_sink(note_tls, NULL);
    told[0] = '\0';
    struct net_params p = params();
    world_open(&w, &p);
    assert_non_null(strstr(told, "ERROR "));
    SSL_CTX_set_verify(c.ctx, SSL_VERIFY_NONE, NULL);
    connect_tls(NULL);
    ask(GET("/") "\r\n", "<h1>hello</h1>");
}

static void a_pair_that_cannot_serve_is_an_error(void **state)
{
    (void)state;
    make_certificate(&w, "other", 100);
    struct net_params p = params();
    copy_file("other.key", "now.key");
    assert_int_equal(net_open(&w.net, &p), -EINVAL);
    assert_null(w.net);
}

static void a_self_signed_certificate_replaces_nothing(void **state)
{
    (void)state;
    struct self_signed_names names = {.n = 0};
    char error[NET_ERROR_MAX] = "";
    char fresh[160];
    struct stat st;
    self_signed_add_own(&names);
    assert_in_range(names.n, 3, SELF_SIGNED_NAMES_MAX);
    snprintf(fresh, sizeof(fresh), "%s/fresh", w.tls_root);
    params();
    assert_int_equal(self_signed_make(&names, 0, 1, fresh, key_file, error), -EEXIST);
    assert_non_null(strstr(error, "now.key: File exists"));
    assert_int_equal(access(fresh, F_OK), -1);
    assert_int_equal(self_signed_make(&names, 0, 1, certificate_file, fresh, error), -EEXIST);
    assert_int_equal(access(fresh, F_OK), -1);
    assert_int_equal(stat(key_file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void names_are_looked_at(void **state)
{
    (void)state;
    static const char *const good[] = {"school.example",    "a",       "*.school.example",
                                       "192.168.1.5",       "fd00::2", "SCHOOL.example",
                                       "xn--fiqs8s.example"};
    static const char *const bad[] = {"",      "a b",   "a,DNS:b", "-a",      "a-.b",
                                      "a..b",  "a.b.",  "a\nb",    "a/b",     "*",
                                      "a.*.b", "[::1]", "a:443",   "http://a"};
    struct self_signed_names names = {.n = 0};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(self_signed_add(&names, good[i]), 0);
    assert_int_equal(names.n, sizeof(good) / sizeof(good[0]) - 1); /* one twice */
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (self_signed_add(&names, bad[i]) != -EINVAL)
            fail_msg("is a name: '%s'", bad[i]);
    }
    char name[24];
    int err = 0;
    for (int i = 0; i <= SELF_SIGNED_NAMES_MAX && !err; i++) {
        snprintf(name, sizeof(name), "host-%d", i);
        err = self_signed_add(&names, name);
    }
    assert_int_equal(err, -ENOSPC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_certificate_is_shown_to_those_who_come),
        TEST(files_that_change_are_read_again_by_themselves),
        TEST(a_broken_new_pair_keeps_the_old_one),
        UNOPENED(what_is_wrong_with_a_pair_is_said),
        UNOPENED(an_expired_certificate_is_served_all_the_same),
        UNOPENED(a_pair_that_cannot_serve_is_an_error),
        UNOPENED(a_self_signed_certificate_replaces_nothing),
        cmocka_unit_test(names_are_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
