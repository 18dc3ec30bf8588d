#ifndef AIRCLASS_TESTS_UNIT_STORE_SCENE_H
#define AIRCLASS_TESTS_UNIT_STORE_SCENE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uv.h>

#include "server/base/log.h"
#include "server/store/store.h"
#include "tests/unit/unit.h"

/* A data folder, a loop, and a store in it: what is done to it is waited for. */
struct scene {
    char dir[64];
    char db[96];
    uv_loop_t loop;
    struct store *store;
    bool is_closed;
};

static inline void scene_quiet(enum log_level level, const char *line, void *arg)
{
    (void)level;
    (void)line;
    (void)arg;
}

static inline void scene_make_dir(struct scene *s)
{
    memset(s, 0, sizeof(*s));
    strcpy(s->dir, "/tmp/airclass-test-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    snprintf(s->db, sizeof(s->db), "%s/airclass.db", s->dir);
    log_set_sink(scene_quiet, NULL);
    assert_int_equal(uv_loop_init(&s->loop), 0);
}

/* Removes the files of a folder, and the folder. */
static inline void scene_empty_dir(const char *name)
{
    DIR *dir = opendir(name);
    for (struct dirent *e; dir && (e = readdir(dir));)
        unlinkat(dirfd(dir), e->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(name);
}

static inline void scene_remove_dir(struct scene *s)
{
    scene_empty_dir(s->dir);
    assert_int_equal(uv_loop_close(&s->loop), 0);
    log_set_sink(NULL, NULL);
}

static inline void scene_open(struct scene *s)
{
    char error[STORE_ERROR_MAX];
    if (store_open(&s->store, &s->loop, s->dir, error))
        fail_msg("%s", error);
}

static inline void scene_on_closed(void *arg)
{
    ((struct scene *)arg)->is_closed = true;
}

static inline void scene_close(struct scene *s)
{
    s->is_closed = false;
    store_close(s->store, scene_on_closed, s);
    assert_false(s->is_closed);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    assert_true(s->is_closed);
    s->store = NULL;
}

static inline void scene_start(struct scene *s)
{
    scene_make_dir(s);
    scene_open(s);
}

static inline void scene_end(struct scene *s)
{
    if (s->store)
        scene_close(s);
    scene_remove_dir(s);
}

static inline void scene_reopen(struct scene *s)
{
    scene_close(s);
    scene_open(s);
}

/* A change that waits to be told. */
struct told {
    int times;
    int err;
    size_t at;
};

static inline void scene_on_applied(void *arg, int err, size_t at)
{
    struct told *t = arg;
    t->times++;
    t->err = err;
    t->at = at;
}

/* Applies and waits: what store_apply() or its callback said. `at` may be NULL. */
static inline int scene_apply(struct scene *s, struct batch *b, size_t *at)
{
    struct told t = {0};
    int err = store_apply(s->store, &b, scene_on_applied, &t);
    assert_null(b);
    assert_int_equal(t.times, 0);
    if (at)
        *at = SIZE_MAX;
    if (err)
        return err;
    uv_run(&s->loop, UV_RUN_DEFAULT);
    assert_int_equal(t.times, 1);
    if (at)
        *at = t.at;
    return t.err;
}

/* From now on no file can be written to behind its first byte, which is -EIO in the end. A test may
 * run as root, whom no file mode stops. */
static inline void scene_block_writing(void)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = 1;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static inline void scene_unblock_writing(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, SIG_DFL);
}

static inline struct batch *scene_batch(void)
{
    struct batch *b;
    assert_int_equal(batch_new(&b), 0);
    return b;
}

/* -- answers as text, a row a line ------------------------------------------------------------- */

enum { SCENE_TEXT_MAX = 1 << 20 };

struct answered {
    int times;
    int err;
    size_t n;
    int64_t revision;
    char next[STORE_NAME_MAX]; /* "" on the last page */
    char text[SCENE_TEXT_MAX];
    size_t len;
};

__attribute__((format(printf, 2, 3))) static inline void answered_say(struct answered *a,
                                                                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    a->len += (size_t)vsnprintf(a->text + a->len, SCENE_TEXT_MAX - a->len, format, args);
    va_end(args);
    assert_true(a->len < SCENE_TEXT_MAX);
}

static inline void answered_begin(struct answered *a, const struct store_answer *answer)
{
    a->times++;
    a->err = answer->err;
    a->n = answer->n;
    a->revision = answer->revision;
    snprintf(a->next, sizeof(a->next), "%s", answer->next ? answer->next : "");
}

static inline void scene_on_places(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_place *p = &answer->places[i];
        answered_say(arg, "%s/%s %s %d\n", p->school, p->klass, p->name, p->grade);
    }
}

static inline void scene_on_people(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_person *p = &answer->people[i];
        assert_true(strlen(p->id) > 0);
        answered_say(arg, "%s/%s %s\n", p->school, p->code, p->name);
    }
}

static inline void scene_on_members(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_member *m = &answer->members[i];
        assert_true(strlen(m->person.id) > 0);
        answered_say(arg, "%s at %s/%s: %s/%s %s\n", store_role_name(m->role), m->school, m->klass,
                     m->person.school, m->person.code, m->person.name);
    }
}

static inline void scene_on_audit(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_audit *e = &answer->audit[i];
        assert_true(e->at_ms > INT64_C(1700000000000));
        assert_int_equal(strlen(e->hash), 64);
        answered_say(arg, "%" PRId64 " %s %s %s %s\n", e->seq, e->actor, e->act, e->subject,
                     e->detail);
    }
}

typedef int question_fn(struct store *store, const struct store_question *q,
                        store_answer_fn *answer, void *arg);

/* Asks and waits. The last answer is kept until the next question. */
static inline const struct answered *scene_ask(struct scene *s, question_fn *ask,
                                               const struct store_question *q,
                                               store_answer_fn *answer)
{
    static struct answered a;
    memset(&a, 0, offsetof(struct answered, text) + 1);
    a.len = 0;
    int err = ask(s->store, q, answer, &a);
    assert_int_equal(a.times, 0);
    if (err) {
        a.err = err;
        return &a;
    }
    uv_run(&s->loop, UV_RUN_DEFAULT);
    assert_int_equal(a.times, 1);
    return &a;
}

#endif
