#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/config/config.h"
#include "server/config/keys.h"

static struct config config;
static char error[CONFIG_ERROR_MAX];

static int begin(void **state)
{
    (void)state;
    config_init(&config);
    error[0] = '\0';
    return 0;
}

static int end(void **state)
{
    (void)state;
    config_release(&config);
    return 0;
}

static int parse(const char *text)
{
    return config_parse(&config, text, strlen(text), "a.conf", error);
}

static char *printed(const struct config *c, size_t *len)
{
    char *text = NULL;
    FILE *f = open_memstream(&text, len);
    assert_non_null(f);
    config_print(c, f);
    fclose(f);
    return text;
}

static void defaults_are_those_of_a_small_school(void **state)
{
    (void)state;
    assert_int_equal(config.server.port, 8080);
    assert_int_equal(config.server.admin_port, 8081);
    assert_int_equal(config.rtmp.port, 1935);
    assert_string_equal(config.server.data_dir, "data");
    assert_string_equal(config.server.bind, "");
    assert_int_equal(config.server.log_level, LOG_INFO);
    assert_int_equal(config.session.linger_s, 600);
    assert_int_equal(config.codec.heartbeat_ms, 2000);
    assert_int_equal(config.codec.crashes, 5);
    assert_int_equal(config.codec.crash_window_s, 60);
    assert_int_equal(config.codec.memory_mb, 1024);
    assert_int_equal(config.viewer.send_buffer, 65536);
    assert_int_equal(config.viewer.stall_ms, 30000);
    assert_int_equal(config.n_lessons, 0);
    assert_int_equal(config_check(&config, error), 0);
}

static void a_file_changes_what_it_names_and_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(parse("[server]\nport = 80\nlog-level = debug\n"
                           "[viewer]\nstall = 1min\ncongestion = bbr\n"
                           "[lesson math-7b]\ntitle = 分数 · fractions\nopen = yes\n"
                           "stream-key = 0123456789\n"),
                     0);
    assert_int_equal(config.server.port, 80);
    assert_int_equal(config.server.log_level, LOG_DEBUG);
    assert_int_equal(config.viewer.stall_ms, 60000);
    assert_string_equal(config.viewer.congestion, "bbr");
    assert_int_equal(config.rtmp.port, 1935);
    assert_int_equal(config.n_lessons, 1);
    assert_string_equal(config.lessons[0].id, "math-7b");
    assert_string_equal(config.lessons[0].title, "分数 · fractions");
    assert_string_equal(config.lessons[0].stream_key, "0123456789");
    assert_string_equal(config.lessons[0].watch_key, "");
    assert_true(config.lessons[0].is_open);
    assert_int_equal(config_check(&config, error), 0);
}

#define LESSON "[lesson a]\n"

/* What is wrong with each, and exactly where. */
static const struct {
    const char *text;
    const char *error;
} broken[] = {
    {"[server]\nprot = 80\n",                                         "a.conf:2: unknown key 'server.prot'; did you mean 'server.port'?"     },
    {"[server]\n\n# c\nmax_connections = 80\n",
     "a.conf:4: unknown key 'server.max_connections'; did you mean 'server.max-connections'?"                                                },
    {"[viewer]\nport = 80\n",                                         "a.conf:2: unknown key 'viewer.port'; did you mean 'server.port'?"     },
    {"[viewer]\ncolour = red\n",                                      "a.conf:2: unknown key 'viewer.colour'"                                },
    {"[sever]\n",                                                     "a.conf:1: unknown section [sever]; did you mean [server]?"            },
    {"[lesons x]\n",                                                  "a.conf:1: unknown section [lesons]; did you mean [lesson]?"           },
    {"[printing]\n",                                                  "a.conf:1: unknown section [printing]"                                 },
    {"[server main]\n",                                               "a.conf:1: section [server] takes no second word"                      },
    {"port = 80\n",                                                   "a.conf:1: 'port' stands before the first [section]"                   },
    {"[server]\nport = 80\nport = 81\n",                              "a.conf:3: 'server.port' was already set in line 2"                    },
    {"[server]\nport = 80\n[rtmp]\n[server]\nport = 81\n",
     "a.conf:5: 'server.port' was already set in line 2"                                                                                     },
    {"[server]\nport = eighty\n",                                     "a.conf:2: server.port: 'eighty' is not a whole number"                },
    {"[server]\nport =\n",                                            "a.conf:2: server.port: '' is not a whole number"                      },
    {"[server]\nport = 80 # web\n",                                   "a.conf:2: server.port: '80 # web' is not a whole number"              },
    {"[server]\nport = 65536\n",                                      "a.conf:2: server.port: 65536 is out of range: 0 to 65535"             },
    {"[server]\nport = -1\n",                                         "a.conf:2: server.port: '-1' is not a whole number"                    },
    {"[server]\nport = 99999999999999999999\n",
     "a.conf:2: server.port: 99999999999999999999 is out of range: 0 to 65535"                                                               },
    {"[server]\nbind = localhost\n",                                  "a.conf:2: server.bind: 'localhost' is not an IP address"              },
    {"[server]\nbind = 10.0.0.256\n",                                 "a.conf:2: server.bind: '10.0.0.256' is not an IP address"             },
    {"[server]\nlog-level = loud\n",
     "a.conf:2: server.log-level: 'loud' is not error, warn, info, debug or trace"                                                           },
    {"[server]\norigins = school.example\n",
     "a.conf:2: server.origins: 'school.example' is not a list of origins like https://a.example"                                            },
    {"[server]\norigins = https://a.example https://*.example\n",
     "a.conf:2: server.origins: 'https://a.example https://*.example' is not a list of origins like "
     "https://a.example"                                                                                                                     },
    {"[server]\norigins = https://a.example/\n",
     "a.conf:2: server.origins: 'https://a.example/' is not a list of origins like "
     "https://a.example"                                                                                                                     },
    {"[server]\nmax-connections = 15\n",
     "a.conf:2: server.max-connections: 15 is out of range: 16 to 1000000"                                                                   },
    {"[rtmp]\nhello-timeout = 10\n",
     "a.conf:2: rtmp.hello-timeout: '10' is not a time such as 250ms, 4s or 10min"                                                           },
    {"[rtmp]\nhello-timeout = 10 minutes\n",
     "a.conf:2: rtmp.hello-timeout: '10 minutes' is not a time such as 250ms, 4s or 10min"                                                   },
    {"[rtmp]\nhello-timeout = 10ms\n",
     "a.conf:2: rtmp.hello-timeout: 10ms is out of range: 1s to 1min"                                                                        },
    {"[codec]\nmemory = 1GB\n",
     "a.conf:2: codec.memory: '1GB' is not a size such as 512MiB or 2GiB"                                                                    },
    {"[codec]\nmemory = 1MiB\n",                                      "a.conf:2: codec.memory: 1MiB is out of range: 384MiB to 64GiB"        },
    {"[codec]\ncrashes = 0\n",                                        "a.conf:2: codec.crashes: 0 is out of range: 1 to 1000"                },
    {"[session]\nlinger = 2 days\n",
     "a.conf:2: session.linger: '2 days' is not a time such as 4s, 10min or 1h"                                                              },
    {"[session]\nlinger = 25h\n",                                     "a.conf:2: session.linger: 25h is out of range: 0s to 24h"             },
    {"[viewer]\nsend-buffer = 64k\n",
     "a.conf:2: viewer.send-buffer: '64k' is not a size such as 64KiB or 1MiB"                                                               },
    {"[viewer]\ncongestion = bbr; rm\n",
     "a.conf:2: viewer.congestion: 'bbr; rm' may have letters, digits, '-' and '_' only"                                                     },
    {"[viewer]\ncongestion = a-very-long-word\n",
     "a.conf:2: viewer.congestion: more than 15 bytes"                                                                                       },
    {"[lesson]\n",                                                    "a.conf:1: a lesson needs an ID: [lesson ID]"                          },
    {"[lesson a/b]\n",                                                "a.conf:1: 'a/b' is no lesson ID: 1 to 39 letters, digits, '-' and '_'"},
    {"[lesson a b]\n",                                                "a.conf:1: 'a b' is no lesson ID: 1 to 39 letters, digits, '-' and '_'"},
    {"[lesson 1234567890123456789012345678901234567890]\n",
     "a.conf:1: '1234567890123456789012345678901234567890' is no lesson ID: 1 to 39 letters, "
     "digits, '-' and '_'"                                                                                                                   },
    {LESSON "open = yes\n[lesson b]\n" LESSON,                        "a.conf:4: [lesson a] was already in line 1"                           },
    {LESSON "titel = x\n",
     "a.conf:2: unknown key 'lesson.a.titel'; did you mean 'lesson.a.title'?"                                                                },
    {LESSON "open = maybe\n",                                         "a.conf:2: lesson.a.open: 'maybe' is not yes or no"                    },
    {LESSON "open = yes\nopen = no\n",                                "a.conf:3: 'lesson.a.open' was already set in line 2"                  },
    {LESSON "stream-key = short\n",
     "a.conf:2: lesson.a.stream-key: at least 8 letters, or it can be guessed"                                                               },
    {LESSON "stream-key = a secret/with signs\n",
     "a.conf:2: lesson.a.stream-key may have letters, digits, '-' and '_' only"                                                              },
    {LESSON "watch-key = 1234567890123456789012345678901234567890\n",
     "a.conf:2: lesson.a.watch-key: more than 39 bytes"                                                                                      },
    {"[server]\nport\n",                                              "a.conf:2: expected 'key = value'"                                     },
    {"[server\n",                                                     "a.conf:1: expected ']' at the end of the line"                        },
    {"[server]\r\nport = 80\r\nbind = \x07\r\n",
     "a.conf:3: not UTF-8 text, or a control character"                                                                                      },
    {LESSON "title = \xe4\xb8\n",                                     "a.conf:2: not UTF-8 text, or a control character"                     },
    {LESSON "title = \"Maths\"\n",                                    "a.conf:2: write the value without quotes"                             },
};

static void every_mistake_is_named_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        struct config c;
        config_init(&c);
        int err = config_parse(&c, broken[i].text, strlen(broken[i].text), "a.conf", error);
        config_release(&c);
        assert_int_equal(err, -EINVAL);
        assert_string_equal(error, broken[i].error);
    }
}

static void a_secret_is_never_repeated_in_an_error(void **state)
{
    (void)state;
    assert_int_equal(parse(LESSON "stream-key = geheim!!\n"), -EINVAL);
    assert_null(strstr(error, "geheim"));
}

static void a_text_that_is_too_long_is_refused(void **state)
{
    (void)state;
    char text[600] = LESSON "title = ";
    size_t head = strlen(text);
    memset(text + head, 'x', CONFIG_TEXT_MAX - 1);
    assert_int_equal(parse(text), 0);
    assert_int_equal(strlen(config.lessons[0].title), CONFIG_TEXT_MAX - 1);
    text[head + CONFIG_TEXT_MAX - 1] = 'x';
    assert_int_equal(parse(text), -EINVAL);
    assert_string_equal(error, "a.conf:2: lesson.a.title: more than 255 bytes");
}

static void there_is_room_for_so_many_lessons_and_no_more(void **state)
{
    (void)state;
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    for (int i = 0; i <= CONFIG_LESSONS_MAX; i++)
        fprintf(f, "[lesson l%d]\n", i);
    fclose(f);
    assert_int_equal(parse(text), -EINVAL);
    assert_string_equal(error, "a.conf:257: more than 256 lessons");
    assert_int_equal(config.n_lessons, CONFIG_LESSONS_MAX);
    free(text);
}

static void the_command_line_sets_keys_and_makes_lessons(void **state)
{
    (void)state;
    assert_int_equal(config_set(&config, "server.port=0", error), 0);
    assert_int_equal(config_set(&config, "server.port = 90", error), 0);
    assert_int_equal(config_set(&config, "lesson.demo.title=A = B", error), 0);
    assert_int_equal(config_set(&config, "lesson.demo.open=yes", error), 0);
    assert_int_equal(config.server.port, 90);
    assert_int_equal(config.n_lessons, 1);
    assert_string_equal(config.lessons[0].title, "A = B");
    assert_true(config.lessons[0].is_open);
}

static void a_broken_assignment_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *assignment;
        const char *error;
    } rows[] = {
        {"",                             "--set: expected section.key=value"                                  },
        {"server.port",                  "--set: expected 'key = value'"                                      },
        {"[server]",                     "--set: expected section.key=value"                                  },
        {"server.port=1\nserver.bind=x", "--set: expected section.key=value"                                  },
        {"port=1",                       "--set: unknown key 'port'"                                          },
        {"server.prot=1",                "--set: unknown key 'server.prot'; did you mean 'server.port'?"      },
        {"server.x.port=1",              "--set: unknown key 'server.x.port'; did you mean 'server.port'?"    },
        {"lesson.title=x",               "--set: a lesson needs an ID: [lesson ID]"                           },
        {"lesson.a.titel=x",             "--set: unknown key 'lesson.a.titel'; did you mean 'lesson.a.title'?"},
        {"lesson.a.b.title=x",
         "--set: 'a.b' is no lesson ID: 1 to 39 letters, digits, '-' and '_'"                                 },
        {".=",                           "--set: unknown key '.'"                                             },
        {"..=",                          "--set: unknown key '..'"                                            },
        {"server.port=\xff",             "--set: not UTF-8 text, or a control character"                      },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(config_set(&config, rows[i].assignment, error), -EINVAL);
        assert_string_equal(error, rows[i].error);
    }
    assert_int_equal(config.n_lessons, 0);
}

static void what_makes_no_sense_together_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        {"[server]\nport = 1935\n",                                         "a.conf:2: server.port and rtmp.port are both 1935"           },
        {"[server]\nadmin-port = 8080\n",
         "a.conf:2: server.port and server.admin-port are both 8080"                                                                      },
        {"[rtmp]\nport = 8081\n",                                           "a.conf:2: rtmp.port and server.admin-port are both 8081"     },
        {"[rtmp]\nport = 70\n[server]\nadmin-port = 70\n",
         "a.conf:4: rtmp.port and server.admin-port are both 70"                                                                          },
        {"[server]\n[tls]\nkey = k.pem\n",                                  "a.conf:3: tls.key needs tls.certificate"                     },
        {"[server]\n\n[tls]\ncertificate = c.pem\n",                        "a.conf:4: tls.certificate needs tls.key"                     },
        {LESSON "open = yes\n",                                             "a.conf:1: lesson.a.stream-key is missing: nobody could teach"},
        {LESSON "stream-key = 12345678\n",                                  "a.conf:1: lesson.a needs a watch-key, or open = yes"         },
        {LESSON "stream-key = 12345678\nwatch-key = 12345678\n",
         "a.conf:1: lesson.a: whoever watches could teach: stream-key and watch-key are the same"                                         },
        {LESSON "open = yes\nstream-key = 12345678\n"
                "[lesson b]\nopen = yes\nstream-key = 12345678\n", "a.conf:4: lesson.a and lesson.b have the same stream-key"    },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct config c;
        config_init(&c);
        assert_int_equal(config_parse(&c, rows[i].text, strlen(rows[i].text), "a.conf", error), 0);
        assert_int_equal(config_check(&c, error), -EINVAL);
        assert_string_equal(error, rows[i].error);
        config_release(&c);
    }
}

static void what_no_file_has_set_is_told_without_a_line(void **state)
{
    (void)state;
    assert_int_equal(parse("[server]\nport = 70\n[lesson a]\nopen = yes\n"), 0);
    assert_int_equal(config_set(&config, "server.port=1935", error), 0);
    assert_int_equal(config_check(&config, error), -EINVAL);
    assert_string_equal(error, "config: server.port and rtmp.port are both 1935");
    /* Lines are those of the file that was read last. */
    assert_int_equal(config_parse(&config, "\n[rtmp]\nport = 1935\n", 20, "b.conf", error), 0);
    assert_int_equal(config_check(&config, error), -EINVAL);
    assert_string_equal(error, "b.conf:3: server.port and rtmp.port are both 1935");
    assert_int_equal(config_set(&config, "rtmp.port=1936", error), 0);
    assert_int_equal(config_check(&config, error), -EINVAL);
    assert_string_equal(error, "config: lesson.a.stream-key is missing: nobody could teach");
    assert_int_equal(config_blame(&config, "codec.ladder", error, "%s", "is bad"), -EINVAL);
    assert_string_equal(error, "config: is bad");
}

static void free_ports_and_no_admin_port_do_not_clash(void **state)
{
    (void)state;
    assert_int_equal(parse("[server]\nport = 0\nadmin-port = 0\n[rtmp]\nport = 0\n"), 0);
    assert_int_equal(config_check(&config, error), 0);
}

static void the_shipped_file_is_what_is_printed(void **state)
{
    (void)state;
    char *file;
    char *text;
    size_t file_len;
    size_t len;
    assert_int_equal(ini_read_file(&file, &file_len, "config/airclass.conf"), 0);
    text = printed(&config, &len);
    assert_int_equal(len, file_len);
    assert_memory_equal(text, file, len);
    free(text);
    free(file);
}

static void what_is_printed_is_read_back_the_same(void **state)
{
    (void)state;
    assert_int_equal(
        parse("[server]\nport = 80\nbind = ::1\norigins = https://a.example http://b:1\n"
              "[viewer]\nstall = 90s\n[session]\nlinger = 0\n"
              "[lesson a]\ntitle = x = # y\nopen = yes\nstream-key = 12345678\n"
              "[lesson b]\nstream-key = 23456789\nwatch-key = 34567890\n"),
        0);
    size_t len;
    char *text = printed(&config, &len);
    struct config again;
    config_init(&again);
    assert_int_equal(config_parse(&again, text, len, "printed", error), 0);
    size_t len_again;
    char *text_again = printed(&again, &len_again);
    assert_string_equal(text, text_again);
    assert_string_equal(again.server.bind, "::1");
    assert_int_equal(again.viewer.stall_ms, 90000);
    assert_string_equal(again.lessons[0].title, "x = # y");
    assert_string_equal(again.lessons[1].watch_key, "34567890");
    config_release(&again);
    free(text);
    free(text_again);
}

static void every_key_has_help_and_a_default_within_its_range(void **state)
{
    (void)state;
    size_t n = 0;
    for (const struct config_key *k = config_keys; k->name; k++, n++) {
        assert_non_null(k->help);
        assert_true(strlen(k->help) > 10);
        assert_true(k->type != KEY_NUMBER || k->min < k->max);
    }
    assert_true(n > 20 && n < CONFIG_KEYS_MAX);
}

static void a_missing_file_is_told_apart_from_a_broken_one(void **state)
{
    (void)state;
    assert_int_equal(config_load(&config, "/nonexistent/airclass.conf", error), -ENOENT);
    assert_string_equal(error, "/nonexistent/airclass.conf: No such file or directory");
    assert_int_equal(config_load(&config, "/", error), -EISDIR);
    assert_int_equal(config_load(&config, "config/airclass.conf", error), 0);
}

static int parse_scene(void)
{
    static const char text[] = "[lesson a]\ntitle = x\n[lesson b]\ntitle = y\n";
    struct config c;
    char message[CONFIG_ERROR_MAX];
    config_init(&c);
    int err = config_parse(&c, text, sizeof(text) - 1, "a.conf", message);
    if (!err)
        err = config_set(&c, "lesson.c.title=z", message);
    config_release(&c);
    return err;
}

static void reading_survives_any_failing_allocation(void **state)
{
    (void)state;
    assert_true(oom_levels(parse_scene) >= 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(defaults_are_those_of_a_small_school),
        TEST(a_file_changes_what_it_names_and_nothing_else),
        TEST(every_mistake_is_named_with_its_line),
        TEST(a_secret_is_never_repeated_in_an_error),
        TEST(a_text_that_is_too_long_is_refused),
        TEST(there_is_room_for_so_many_lessons_and_no_more),
        TEST(the_command_line_sets_keys_and_makes_lessons),
        TEST(a_broken_assignment_is_refused),
        TEST(what_makes_no_sense_together_is_refused),
        TEST(what_no_file_has_set_is_told_without_a_line),
        TEST(free_ports_and_no_admin_port_do_not_clash),
        TEST(the_shipped_file_is_what_is_printed),
        TEST(what_is_printed_is_read_back_the_same),
        TEST(every_key_has_help_and_a_default_within_its_range),
        TEST(a_missing_file_is_told_apart_from_a_broken_one),
        TEST(reading_survives_any_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
