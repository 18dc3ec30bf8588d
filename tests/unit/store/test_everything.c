#include <sqlite3.h>

#include "server/store/care.h"
#include "server/store/door.h"
#include "server/store/feed.h"
#include "server/store/plan.h"
#include "server/store/trace.h"
#include "server/store/visit.h"
#include "tests/unit/store/bytes.h"

/* A pupil of whom there is everything that can be, in every table and every copy. */

static struct scene scene;
static char pupil_id[STORE_ID_MAX];
static char logged[1 << 16];

static const struct store_person pupil = {.school = "S1", .code = "Zq7731xK", .name = "欧阳若兮"};
static const struct store_person mother = {.school = "S1", .code = "Gq9902wM", .name = "欧阳母"};
static const struct store_person brother = {.school = "S1", .code = "Bq1203vN", .name = "欧阳弟"};

/* All that is written of them and of nobody else. */
static const char *const texts[] = {
    "Zq7731xK",        "欧阳若兮",           "login-of-theirs", "argon2-of-theirs",
    "totp-of-theirs",  "invitation-hash",    "session-id",      "session-hash",
    "entry-of-theirs", "calendar-of-theirs", "visit-id",
};
enum { TEXTS = sizeof(texts) / sizeof(*texts) };

static void keep_line(enum log_level level, const char *line, void *arg)
{
    (void)level;
    (void)arg;
    size_t len = strlen(logged);
    snprintf(logged + len, sizeof(logged) - len, "%s\n", line);
}

static int setup(void **state)
{
    (void)state;
    scene_start(&scene);
    logged[0] = '\0';
    log_threshold = LOG_TRACE;
    log_set_sink(keep_line, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    log_threshold = LOG_INFO;
    scene_end(&scene);
    return 0;
}

static void apply(struct batch *b)
{
    size_t at;
    int err = scene_apply(&scene, b, &at);
    if (err)
        fail_msg("change %zu: %s", at, strerror(-err));
}

static void put_role(struct batch *b, const struct store_person *p, enum store_role role,
                     const char *klass)
{
    batch_put_role(
        b, &(struct store_member){.person = *p, .role = role, .school = "S1", .klass = klass});
}

static void put_people(void)
{
    const struct store_person *const all[] = {&pupil, &mother, &brother};
    struct batch *b = scene_batch();
    batch_put_place(b, &(struct store_place){.school = "S1", .name = "一小"});
    batch_put_place(
        b, &(struct store_place){.school = "S1", .klass = "7B", .name = "七2", .grade = 7});
    for (int i = 0; i < 3; i++)
        batch_put_person(b, all[i]);
    put_role(b, &pupil, STORE_STUDENT, "7B");
    put_role(b, &brother, STORE_STUDENT, "7B");
    put_role(b, &pupil, STORE_LECTURER, "");
    batch_put_guardian(b, &mother, &pupil);
    batch_put_guardian(b, &pupil, &brother);
    batch_audit_person(b, "console", "person.put", &pupil, "");
    apply(b);
}

static void keep_id(void *arg, const struct store_answer *answer)
{
    assert_int_equal(answer->n, 1);
    snprintf(arg, STORE_ID_MAX, "%s", answer->people[0].id);
}

static void find_pupil(void)
{
    const struct store_question q = {.school = pupil.school, .code = pupil.code};
    assert_int_equal(store_find_person(scene.store, &q, keep_id, pupil_id), 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
}

static void put_keys(struct batch *b)
{
    const struct store_device device = {.device = 77, .made_ms = 5, .seen_ms = 6};
    batch_put_account(b, &(struct store_person){.id = pupil_id}, "login-of-theirs",
                      "argon2-of-theirs");
    batch_put_totp(b, pupil_id, "totp-of-theirs");
    batch_put_invitation(b, &(struct store_invitation){
                                .person = pupil_id, .hash = "invitation-hash", .until_ms = 9});
    batch_put_session(
        b, &(struct store_session){.id = "session-id", .hash = "session-hash", .person = pupil_id});
    batch_put_entry(b, pupil_id, "S1", "entry-of-theirs");
    batch_put_device(b, pupil_id, "entry-of-theirs", 1, &device);
    batch_put_device(b, pupil_id, "entry-of-theirs", 2, &device);
    batch_put_feed(b, pupil_id, "calendar-of-theirs");
    batch_audit(b, pupil_id, "session.end", pupil_id, "");
}

static void put_lessons(struct batch *b)
{
    batch_put_grid_row(b, &(struct store_grid_row){.school = "S1",
                                                   .code = "row",
                                                   .title = "数学",
                                                   .link = "",
                                                   .lecturer = pupil_id,
                                                   .weekday = 1,
                                                   .length_min = 40,
                                                   .to = 20000});
    batch_put_minutes(b, &(struct store_minutes){.person = pupil_id, .day = 1, .group_s = 60});
    batch_add_visit(b, &(struct store_visit){
                           .person = pupil_id, .day = 1, .lesson = "visit-id", .group_s = 60});
}

/* Twice each, so that pages have older states. */
static void put_everything(void)
{
    put_people();
    find_pupil();
    for (int i = 0; i < 2; i++) {
        struct batch *b = scene_batch();
        put_keys(b);
        put_lessons(b);
        apply(b);
        b = scene_batch();
        if (i == 0) {
            batch_drop_sessions(b, pupil_id, "");
            batch_drop_feed(b, pupil_id);
        }
        apply(b);
    }
}

/* What upgrades and restores leave. */
static void leave_copies(void)
{
    static const char *const endings[] = {".before-7", ".before-restore"};
    char path[PATH_MAX], said[CARE_TEXT_MAX];
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s%s", scene.db, endings[i]);
        if (care_backup(scene.dir, path, said))
            fail_msg("%s", said);
    }
    snprintf(path, sizeof(path), "%s.before-9.part", scene.db);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    for (int i = 0; i < TEXTS; i++)
        fputs(texts[i], f);
    fclose(f);
}

/* -- tables ------------------------------------------------------------------------------------ */

static int64_t number(sqlite3 *db, const char *sql, const char *id)
{
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

/* Each column that refers to people holds this one, or none does. */
static void assert_referred_to(bool is_there)
{
    static const char columns[] =
        "SELECT t.name, f.\"from\" FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f"
        " WHERE t.type = 'table' AND f.\"table\" IN ('person', 'entry')";
    sqlite3 *db;
    sqlite3_stmt *s;
    int n = 0;
    assert_int_equal(sqlite3_open(scene.db, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, columns, -1, &s, NULL), SQLITE_OK);
    for (; sqlite3_step(s) == SQLITE_ROW; n++) {
        char sql[256];
        const char *table = (const char *)sqlite3_column_text(s, 0);
        const char *column = (const char *)sqlite3_column_text(s, 1);
        snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM %s WHERE %s = ?", table, column);
        if ((number(db, sql, pupil_id) > 0) != is_there)
            fail_msg("%s.%s: %s", table, column,
                     is_there ? "the pupil of this test has none" : "still there");
    }
    assert_true(n >= 11);
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static void who_has_everything_leaves_nothing_but_an_id(void **state)
{
    (void)state;
    char said[CARE_TEXT_MAX];
    put_everything();
    leave_copies();
    assert_referred_to(true);
    for (int i = 0; i < TEXTS; i++)
        assert_true(bytes_in_folder(scene.dir, texts[i]) >= 4); /* here, and in three copies */
    struct batch *b = scene_batch();
    batch_erase_person(b, "console", pupil.school, pupil.code);
    apply(b);
    for (int is_later = 0; is_later < 2; is_later++) {
        assert_referred_to(false);
        for (int i = 0; i < TEXTS; i++) {
            if (bytes_in_folder(scene.dir, texts[i]))
                fail_msg("%s is there", texts[i]);
            assert_null(strstr(logged, texts[i]));
        }
        assert_true(bytes_in_folder(scene.dir, brother.name) >= 3);
        assert_true(bytes_in_folder(scene.dir, mother.code) >= 3);
        scene_reopen(&scene);
    }
    if (care_check(scene.dir, said))
        fail_msg("%s", said);
}

/* -- what is shown ----------------------------------------------------------------------------- */

static void everything_that_is_kept_is_shown_but_what_opens_a_door(void **state)
{
    (void)state;
    static const char *const kinds[] = {
        "person",  "roles", "guardians", "wards",   "account",    "sessions", "invitation",
        "devices", "audit", "timetable", "minutes", "entry_code", "lessons",  "calendar"};
    static const char *const secret[] = {"argon2-of-theirs", "totp-of-theirs",
                                         "invitation = i",   "session-hash",
                                         "entry-of-theirs",  "calendar-of-theirs"};
    char said[CARE_TEXT_MAX], heading[32];
    static char text[16384];
    put_everything();
    FILE *f = fmemopen(text, sizeof(text), "w");
    assert_int_equal(care_show(scene.dir, pupil.school, pupil.code, f, said), 0);
    fclose(f);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        snprintf(heading, sizeof(heading), "[%s]\n", kinds[i]);
        if (!strstr(text, heading))
            fail_msg("%s is not shown", kinds[i]);
    }
    for (size_t i = 0; i < sizeof(secret) / sizeof(*secret); i++)
        assert_null(strstr(text, secret[i]));
    assert_non_null(strstr(text, "login = login-of-theirs\n"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_has_everything_leaves_nothing_but_an_id),
        TEST(everything_that_is_kept_is_shown_but_what_opens_a_door),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
