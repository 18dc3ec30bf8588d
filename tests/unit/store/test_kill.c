#include <stdlib.h>

#include "server/store/care.h"
#include "server/store/trace.h"
#include "tests/unit/store/bytes.h"
#include "tests/unit/store/child.h"

/*
 * The child keeps sixteen batches under way, each a person and an entry of the audit log, and says
 * the number of each that it was told to be on the disk. It is killed at a hundred random moments.
 */
enum { ROUNDS = 100, UNDER_WAY = 16, ACKS_MAX = 200, DELAY_MAX_US = 3000, ROWS_MAX = 200000 };

struct writer {
    struct scene scene;
    uint32_t next;
};

struct row {
    struct writer *writer;
    uint32_t n;
};

static void put_next(struct writer *w, struct row *row);

static void on_written(void *arg, int err, size_t at)
{
    struct row *row = arg;
    (void)at;
    if (err)
        _exit(3);
    child_say(row->n);
    put_next(row->writer, row);
}

static void put_next(struct writer *w, struct row *row)
{
    char code[16];
    struct batch *b;
    row->n = w->next++;
    snprintf(code, sizeof(code), "%08u", row->n);
    if (batch_new(&b))
        _exit(3);
    batch_put_person(b, &(struct store_person){.code = code, .name = "killed at any moment"});
    batch_audit(b, "child", "person.put", code, "");
    if (store_apply(w->scene.store, &b, on_written, row))
        _exit(3);
}

static int write_rows(const char *dir)
{
    static struct writer w;
    static struct row rows[UNDER_WAY];
    char error[STORE_ERROR_MAX];
    log_set_sink(scene_quiet, NULL);
    uv_loop_init(&w.scene.loop);
    if (store_open(&w.scene.store, &w.scene.loop, dir, error)) {
        fprintf(stderr, "%s\n", error);
        return 2;
    }
    /* Numbers of other rounds are left alone. */
    w.next = (uint32_t)getpid() % 1000 * 100000;
    for (int i = 0; i < UNDER_WAY; i++) {
        rows[i].writer = &w;
        put_next(&w, &rows[i]);
    }
    uv_run(&w.scene.loop, UV_RUN_DEFAULT);
    return 0;
}

struct said {
    uint32_t rows[ROWS_MAX];
    size_t n;
};

static void hear(struct said *said, struct child *c, int most)
{
    uint32_t n;
    while (most-- > 0 && child_hear(c, &n)) {
        assert_true(said->n < ROWS_MAX);
        said->rows[said->n++] = n;
    }
}

static void kill_writer_at_random(const char *dir, struct said *said)
{
    struct child c = child_start("write", dir);
    hear(said, &c, rand() % ACKS_MAX);
    child_wait_us(rand() % DELAY_MAX_US);
    assert_int_equal(kill(c.pid, SIGKILL), 0);
    hear(said, &c, INT_MAX); /* what it said before it died */
    assert_true(child_kill(&c));
}

static void check_rows(struct scene *s, const struct said *said, size_t from)
{
    scene_open(s);
    for (size_t i = from; i < said->n; i++) {
        char code[16];
        snprintf(code, sizeof(code), "%08u", said->rows[i]);
        const struct answered *a = scene_ask(
            s, store_find_person, &(struct store_question){.code = code}, scene_on_people);
        assert_int_equal(a->err, 0);
    }
    scene_close(s);
}

static void every_row_that_was_told_outlives_a_kill(void **state)
{
    (void)state;
    static struct said said;
    struct scene s;
    char text[CARE_TEXT_MAX];
    scene_make_dir(&s);
    srand((unsigned)getpid());
    for (int round = 0; round < ROUNDS; round++) {
        size_t before = said.n;
        kill_writer_at_random(s.dir, &said);
        check_rows(&s, &said, before);
    }
    check_rows(&s, &said, 0);
    assert_true(said.n > ROUNDS);
    if (care_check(s.dir, text))
        fail_msg("%s", text);
    scene_remove_dir(&s);
}

/* -- erasures ---------------------------------------------------------------------------------- */

enum { ERASING_ROUNDS = 12, ERASED_MAX = 12, NAMED_MAX = 100000 };

/* Somebody comes and is erased, again and again, and says each number twice: there, and gone. */
static int erase_rows(const char *dir)
{
    static struct writer w;
    char error[STORE_ERROR_MAX];
    log_set_sink(scene_quiet, NULL);
    if (uv_loop_init(&w.scene.loop) || store_open(&w.scene.store, &w.scene.loop, dir, error))
        return 2;
    for (uint32_t n = (uint32_t)getpid() % 1000 * NAMED_MAX;; n++) {
        char code[16];
        struct batch *b = scene_batch(), *e = scene_batch();
        snprintf(code, sizeof(code), "E%08u", n);
        batch_put_person(b, &(struct store_person){.code = code, .name = code});
        batch_erase_person(e, "child", "", code);
        if (store_apply_now(w.scene.store, &b, NULL))
            return 3;
        child_say(n);
        if (store_apply_now(w.scene.store, &e, NULL))
            return 3;
        child_say(n);
    }
}

static int assert_gone(const char *dir, const struct said *said)
{
    int erased = 0;
    for (size_t i = 1; i < said->n; i++) {
        char code[16];
        snprintf(code, sizeof(code), "E%08u", said->rows[i]);
        bool is_erased = said->rows[i] == said->rows[i - 1];
        if (is_erased && bytes_in_folder(dir, code))
            fail_msg("%s was erased, and is there", code);
        erased += is_erased;
    }
    return erased;
}

static void whoever_was_told_as_erased_leaves_no_byte_after_a_kill(void **state)
{
    (void)state;
    static struct said said;
    struct scene s;
    char text[CARE_TEXT_MAX];
    int erased = 0;
    scene_make_dir(&s);
    for (int round = 0; round < ERASING_ROUNDS; round++) {
        said.n = 0;
        struct child c = child_start("erase", s.dir);
        hear(&said, &c, 1 + rand() % (2 * ERASED_MAX));
        child_wait_us(rand() % (4 * DELAY_MAX_US));
        assert_int_equal(kill(c.pid, SIGKILL), 0);
        hear(&said, &c, INT_MAX);
        assert_true(child_kill(&c));
        assert_gone(s.dir, &said); /* at once, and after what the next start does */
        scene_open(&s);
        erased += assert_gone(s.dir, &said);
        scene_close(&s);
    }
    assert_true(erased > ERASING_ROUNDS);
    if (care_check(s.dir, text))
        fail_msg("%s", text);
    scene_remove_dir(&s);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "write") == 0)
        return write_rows(argv[2]);
    if (argc == 3 && strcmp(argv[1], "erase") == 0)
        return erase_rows(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_that_was_told_outlives_a_kill),
        cmocka_unit_test(whoever_was_told_as_erased_leaves_no_byte_after_a_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
