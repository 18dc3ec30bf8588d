#ifndef AIRCLASS_TESTS_UNIT_API_SERVER_H
#define AIRCLASS_TESTS_UNIT_API_SERVER_H

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>
#include <uv.h>

#include "server/api/routes.h"
#include "server/base/log.h"
#include "server/directory/directory.h"
#include "server/door/door.h"
#include "server/importer/importer.h"
#include "server/ladder/ladder.h"
#include "server/lesson/lesson.h"
#include "server/net/net.h"
#include "server/planner/planner.h"
#include "server/session/session.h"
#include "tests/unit/store/scene.h"
#include "tests/unit/unit.h"

/* The API behind the real HTTP server on loopback, with the lessons of a folder of its own. */
#define TOKEN "admin-token-for-tests"

struct server {
    struct scene scene;
    char page[128];
    struct ladder ladder;
    struct lessons *lessons;
    struct sessions *sessions;
    struct directory *directory;
    struct importer *importer;
    struct door *door;
    struct planner *planner;
    struct net *net;
    struct api_app app;
    int open; /* of net, sessions, door and planner */
};

enum { ANSWER_MAX = 256 << 10, CALL_MAX_MS = 20000 };

/* What a request was answered. */
struct answer {
    int status;
    char head[4096];
    char *body;
    json_t *json; /* NULL: the body is none */
};

static inline bool server_no_player(struct ws *ws, void *arg)
{
    (void)ws;
    (void)arg;
    return false;
}

static inline void server_make_folder(struct server *s)
{
    scene_start(&s->scene);
    snprintf(s->page, sizeof(s->page), "%s/index.html", s->scene.dir);
    FILE *f = fopen(s->page, "we");
    assert_non_null(f);
    fputs("<!doctype html><title>Airclass</title>", f);
    fclose(f);
}

/* The timetable's: Monday 2026-03-02, 08:00 in China. */
static inline int64_t server_clock(void)
{
    return INT64_C(1772409600000);
}

static inline void server_people_changed(void *arg, enum directory_news news)
{
    if (news != DIRECTORY_PUPIL)
        planner_refresh(arg, news == DIRECTORY_ALL);
}

/* `fill`, if there is one, puts something into the store before anybody reads it. */
static inline void server_start_with(struct server *s, void (*fill)(struct store *store))
{
    static const struct ws_events refusal = {.on_open = server_no_player};
    static const struct ws_protocol no_players = {.name = "airclass.v1", .events = &refusal};
    static const struct ws_protocol *const protocols[] = {&no_players, NULL};
    char error[LESSON_ERROR_MAX + LADDER_ERROR_MAX];
    memset(s, 0, sizeof(*s));
    server_make_folder(s);
    assert_int_equal(lessons_open(&s->lessons, s->scene.store, s->scene.dir, NULL, error), 0);
    assert_int_equal(ladder_load(&s->ladder, NULL, error), 0);
    struct sessions_params sessions = {.loop = &s->scene.loop,
                                       .lessons = s->lessons,
                                       .ladder = &s->ladder,
                                       .codec_program = "/nowhere/airclass-codec"};
    assert_int_equal(sessions_new(&s->sessions, &sessions), 0);
    if (fill)
        fill(s->scene.store);
    assert_int_equal(directory_open(&s->directory, s->scene.store), 0);
    assert_int_equal(
        importer_new(&s->importer, &s->scene.loop, s->scene.store, s->directory, TOKEN), 0);
    const struct door_params door = {
        .loop = &s->scene.loop, .store = s->scene.store, .secret = TOKEN};
    assert_int_equal(door_open(&s->door, &door), 0);
    const struct planner_params planner = {.loop = &s->scene.loop,
                                           .store = s->scene.store,
                                           .lessons = s->lessons,
                                           .secret = "a secret for tests",
                                           .now_ms = server_clock};
    assert_int_equal(planner_new(&s->planner, &planner, error), 0);
    directory_watch(s->directory, server_people_changed, s->planner);
    s->app = (struct api_app){.lessons = s->lessons,
                              .sessions = s->sessions,
                              .store = s->scene.store,
                              .directory = s->directory,
                              .importer = s->importer,
                              .door = s->door,
                              .find_caller = api_find_caller,
                              .callers = s->door,
                              .planner = s->planner,
                              .codec_program = "/proc/self/exe",
                              .rtmp_port = 1935,
                              .is_data_writable = api_check_data(s->scene.dir)};
    struct net_params net = {.loop = &s->scene.loop,
                             .bind = "127.0.0.1",
                             .admin_token = TOKEN,
                             .web_root = s->scene.dir,
                             .origins = "",
                             .routes = api_routes,
                             .app = &s->app,
                             .admit = api_admit,
                             .protocols = protocols,
                             .max_connections = 100,
                             .max_per_address = 100};
    assert_int_equal(net_open(&s->net, &net), 0);
    s->app.port = net_port(s->net);
    s->open = 4;
}

static inline void server_start(struct server *s)
{
    server_start_with(s, NULL);
}

static inline void server_closed(void *arg)
{
    struct server *s = arg;
    s->open--;
}

static inline void server_stop(struct server *s)
{
    importer_close(s->importer);
    net_close(s->net, server_closed, s);
    sessions_close(s->sessions, server_closed, s);
    door_close(s->door, server_closed, s);
    directory_watch(s->directory, NULL, NULL);
    planner_close(s->planner, server_closed, s);
    while (s->open > 0)
        uv_run(&s->scene.loop, UV_RUN_ONCE);
    scene_close(&s->scene);
    lessons_free(&s->lessons);
    importer_free(&s->importer);
    directory_free(&s->directory);
    scene_end(&s->scene);
}

static inline int server_connect(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

/* Turns the server's loop until it has closed the connection; what it said is in `out`. */
static inline size_t server_read_all(struct server *s, int fd, char *out, size_t size)
{
    size_t len = 0;
    uint64_t end = uv_hrtime() + CALL_MAX_MS * UINT64_C(1000000);
    for (;;) {
        uv_run(&s->scene.loop, UV_RUN_NOWAIT);
        ssize_t n = recv(fd, out + len, size - 1 - len, MSG_DONTWAIT);
        if (n == 0)
            break;
        if (n > 0)
            len += (size_t)n;
        else
            poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 1);
        assert_true(uv_hrtime() < end && len < size - 1);
    }
    out[len] = '\0';
    return len;
}

static inline void answer_free(struct answer *a)
{
    json_decref(a->json);
    free(a->body);
    *a = (struct answer){0};
}

static inline void answer_parse(struct answer *a, const char *text)
{
    const char *end = strstr(text, "\r\n\r\n");
    assert_non_null(end);
    assert_true((size_t)(end - text) < sizeof(a->head));
    snprintf(a->head, sizeof(a->head), "%.*s\r\n", (int)(end - text), text);
    assert_int_equal(sscanf(text, "HTTP/1.1 %d", &a->status), 1);
    a->body = strdup(end + 4);
    a->json = json_loads(a->body, JSON_REJECT_DUPLICATES, NULL);
}

/* Sends `head` (request line and own headers, each with its line end) and `body`. */
static inline void server_send_bytes(struct server *s, struct answer *a, enum http_face face,
                                     const char *head, const char *body, size_t body_len)
{
    char *text = malloc(ANSWER_MAX);
    assert_non_null(text);
    uint16_t port = face == HTTP_ADMIN ? net_admin_port(s->net) : net_port(s->net);
    int fd = server_connect(port);
    size_t len = (size_t)snprintf(text, ANSWER_MAX, "%sHost: 127.0.0.1:%u\r\nConnection: close\r\n",
                                  head, (unsigned)port);
    if (body)
        len += (size_t)snprintf(text + len, ANSWER_MAX - len, "Content-Length: %zu\r\n", body_len);
    len += (size_t)snprintf(text + len, ANSWER_MAX - len, "\r\n");
    assert_true(len + body_len < ANSWER_MAX);
    if (body)
        memcpy(text + len, body, body_len);
    len += body_len;
    assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), len);
    server_read_all(s, fd, text, ANSWER_MAX);
    close(fd);
    memset(a, 0, sizeof(*a));
    answer_parse(a, text);
    free(text);
}

static inline void server_send(struct server *s, struct answer *a, enum http_face face,
                               const char *head, const char *body)
{
    server_send_bytes(s, a, face, head, body, body ? strlen(body) : 0);
}

static inline const char *method_name(enum http_method method)
{
    switch (method) {
    case HTTP_GET: return "GET";
    case HTTP_POST: return "POST";
    case HTTP_PUT: return "PUT";
    case HTTP_DELETE: return "DELETE";
    }
    return "";
}

/* A well-formed request, with the token where one is needed. The answer's status is returned. */
static inline int server_call(struct server *s, struct answer *a, enum http_face face,
                              enum http_method method, const char *path, const char *body)
{
    char head[1024];
    answer_free(a);
    snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\n%s%s", method_name(method), path,
             face == HTTP_ADMIN ? "Authorization: Bearer " TOKEN "\r\n" : "",
             body ? "Content-Type: application/json\r\n" : "");
    server_send(s, a, face, head, body);
    return a->status;
}

/* A text of the answer's object; "" if it has none such. `path` is "links.teach" or so. */
static inline const char *answer_text(const struct answer *a, const char *path)
{
    char word[64];
    const json_t *at = a->json;
    while (at && *path) {
        size_t len = strcspn(path, ".");
        snprintf(word, sizeof(word), "%.*s", (int)len, path);
        at = json_object_get(at, word);
        path += len + (path[len] == '.');
    }
    const char *text = json_string_value(at);
    return text ? text : "";
}

static inline void assert_fails(const struct answer *a, int status, const char *code)
{
    assert_int_equal(a->status, status);
    assert_non_null(a->json);
    assert_int_equal(json_object_size(a->json), 1);
    assert_string_equal(answer_text(a, "error.code"), code);
    assert_true(strlen(answer_text(a, "error.message")) > 0);
}

/* How many a list has, of which this is a page. */
static inline size_t answer_items(const struct answer *a)
{
    return json_array_size(json_object_get(a->json, "items"));
}

/* Each test of this folder has a server to itself, and looks at what was answered last. */
static struct server server;
static struct answer answer;

static inline int server_setup(void **state)
{
    (void)state;
    server_start(&server);
    return 0;
}

static inline int server_teardown(void **state)
{
    (void)state;
    answer_free(&answer);
    server_stop(&server);
    return 0;
}

#endif
