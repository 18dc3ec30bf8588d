#ifndef AIRCLASS_TESTS_UNIT_DOOR_VISIT_H
#define AIRCLASS_TESTS_UNIT_DOOR_VISIT_H

#include "server/base/clock.h"
#include "server/door/door.h"
#include "tests/unit/store/scene.h"

/* The door with a real store behind it, and a clock of ours. */
static struct scene scene;
static struct door *door;
static char pupil_id[STORE_ID_MAX], teacher_id[STORE_ID_MAX];

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

static const char secret[] = "abcdefghijklmnopqrstuvwxyz";
static const char good[] = "correct horse";
static const char login[] = "wang.li";

static inline void on_person(void *arg, const struct store_answer *a)
{
    snprintf(arg, STORE_ID_MAX, "%s", a->n ? a->people[0].id : "");
}

static inline void find(const char *code, char out[STORE_ID_MAX])
{
    const struct store_question q = {.school = "S1", .code = code};
    assert_int_equal(store_find_person(scene.store, &q, on_person, out), 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
}

static inline void open_door(void)
{
    const struct door_params p = {.loop = &scene.loop, .store = scene.store, .secret = secret};
    assert_int_equal(door_open(&door, &p), 0);
}

static inline void on_door_closed(void *arg)
{
    *(bool *)arg = true;
}

static inline void close_door(void)
{
    bool is_closed = false;
    door_close(door, on_door_closed, &is_closed);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_true(is_closed);
}

/* As after kill -9: nothing that is only in memory stays. */
static inline void start_again(void)
{
    close_door();
    scene_reopen(&scene);
    open_door();
}

static inline int setup(void **state)
{
    (void)state;
    static const struct store_person li = {.school = "S1", .code = "P1", .name = "李雷"};
    static const struct store_person wang = {.school = "S1", .code = "T1", .name = "王老师"};
    fake_clock_start();
    scene_start(&scene);
    struct batch *b = scene_batch();
    batch_put_place(b, &(struct store_place){.school = "S1", .name = "一小"});
    batch_put_place(b, &(struct store_place){.school = "S1", .klass = "7B", .name = "二班"});
    batch_put_person(b, &li);
    batch_put_person(b, &wang);
    batch_put_role(b, &(struct store_member){
                          .person = li, .role = STORE_STUDENT, .school = "S1", .klass = "7B"});
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    find("P1", pupil_id);
    find("T1", teacher_id);
    open_door();
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    close_door();
    scene_end(&scene);
    fake_clock_stop();
    return 0;
}

/* -- asking and waiting ------------------------------------------------------------------------ */

static struct {
    int times;
    int err;
    int busy; /* times */
    char person[STORE_ID_MAX];
    char secret[PASS_TEXT_SIZE];
    int64_t until_ms;
} said;

static inline void on_told(void *arg, const struct door_told *told)
{
    (void)arg;
    said.times++;
    said.err = told->err;
    said.busy += told->err == -EAGAIN;
    said.until_ms = told->until_ms;
    snprintf(said.person, sizeof(said.person), "%s", told->person);
    snprintf(said.secret, sizeof(said.secret), "%s", told->secret);
}

static inline void keep(char *out, size_t size)
{
    assert_true(strlen(said.secret) < size);
    strcpy(out, said.secret);
}

/* What was returned, or else told. */
static inline int waited(int err)
{
    if (err)
        return err;
    assert_int_equal(said.times, 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(said.times, 1);
    return said.err;
}

static inline struct door_visit visit(uint8_t host)
{
    return (struct door_visit){
        .from = {.bytes = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = host}}};
}

#define ASK(call) (memset(&said, 0, sizeof(said)), waited(call))

static inline int sign_in(uint8_t host, const char *password, const char *totp)
{
    struct door_visit v = visit(host);
    return ASK(door_sign_in(door, &v, login, password, totp, on_told, NULL));
}

static inline int accept_as(const char *invite, const char *as, const char *password)
{
    struct door_visit v = visit(1);
    const struct door_newcomer who = {.secret = invite, .login = as, .password = password};
    return ASK(door_accept(door, &v, &who, on_told, NULL));
}

/* The teacher has an account; a session of it is in `said.secret`. */
static inline void make_account(void)
{
    char invite[DOOR_TOKEN_SIZE];
    assert_int_equal(ASK(door_invite(door, "console", teacher_id, on_told, NULL)), 0);
    keep(invite, sizeof(invite));
    assert_int_equal(accept_as(invite, login, good), 0);
}

static inline bool is_in(const char *token)
{
    struct door_session s;
    return door_find_session(door, token, &s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
