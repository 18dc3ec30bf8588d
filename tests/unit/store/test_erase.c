#include <sqlite3.h>

#include "server/store/care.h"
#include "server/store/schema.h"
#include "server/store/trace.h"
#include "server/store/traces.h"
#include "server/store/visit.h"
#include "tests/unit/store/bytes.h"

/* What erasing leaves in the files, and which tables it knows of. */

static struct scene scene;

static int setup(void **state)
{
    (void)state;
    scene_start(&scene);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scene_end(&scene);
    return 0;
}

/* -- bytes ------------------------------------------------------------------------------------- */

static void beside(char out[PATH_MAX], const char *ending)
{
    snprintf(out, PATH_MAX, "%s%s", scene.db, ending);
}

/* A state of now under the name of a copy that airclass makes. */
static void copy_as(const char *ending)
{
    char path[PATH_MAX], said[CARE_TEXT_MAX];
    beside(path, ending);
    if (care_backup(scene.dir, path, said))
        fail_msg("%s", said);
}

enum { PEOPLE = 5000, STEP = 37, ERASED = PEOPLE / STEP + 1 };

static void name_of(char code[16], char name[32], int i)
{
    snprintf(code, 16, "Z%07dQ", i);
    snprintf(name, 32, "张%07d同学", i);
}

/* In an order that splits pages again and again, and in many transactions. */
static void put_people(void)
{
    for (int i = 0; i < PEOPLE;) {
        struct batch *b = scene_batch();
        for (int end = i + 50; i < end; i++) {
            char code[16], name[32];
            name_of(code, name, (int)(i * INT64_C(7919) % PEOPLE));
            batch_put_person(b, &(struct store_person){.code = code, .name = name});
        }
        assert_int_equal(scene_apply(&scene, b, NULL), 0);
    }
}

static int erase_many(void)
{
    struct batch *b = scene_batch();
    for (int i = 0; i < PEOPLE; i += STEP) {
        char code[16], name[32];
        name_of(code, name, i);
        batch_erase_person(b, "console", "", code);
    }
    return scene_apply(&scene, b, NULL);
}

/* Of the erased, and of as many others, how many have a byte somewhere. */
static void assert_only_others_are_left(void)
{
    for (int i = 0; i < PEOPLE; i += STEP) {
        for (int is_other = 0; is_other <= 1; is_other++) {
            char code[16], name[32];
            name_of(code, name, i + is_other);
            bool is_left =
                bytes_in_folder(scene.dir, code) > 0 || bytes_in_folder(scene.dir, name) > 0;
            if (is_left != (bool)is_other)
                fail_msg("%s is %sthere", code, is_left ? "" : "not ");
        }
    }
}

static void no_byte_of_who_was_erased_is_left_in_any_file(void **state)
{
    (void)state;
    put_people();
    copy_as(".before-2");
    copy_as(".before-restore");
    assert_true(bytes_in_folder(scene.dir, "Z0000000Q") >= 3);
    assert_int_equal(erase_many(), 0);
    assert_only_others_are_left(); /* while it runs, with its journal */
    scene_reopen(&scene);
    assert_only_others_are_left();
    char said[CARE_TEXT_MAX];
    if (care_check(scene.dir, said))
        fail_msg("%s", said);
}

static void put_one(const char *code, const char *name)
{
    struct batch *b = scene_batch();
    batch_put_person(b, &(struct store_person){.code = code, .name = name});
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
}

static int erase_one(const char *code)
{
    struct batch *b = scene_batch();
    batch_erase_person(b, "console", "", code);
    return scene_apply(&scene, b, NULL);
}

static void keep_id(void *arg, const struct store_answer *answer)
{
    assert_int_equal(answer->n, 1);
    snprintf(arg, STORE_ID_MAX, "%s", answer->people[0].id);
}

static void lessons_that_the_erased_were_in_leave_no_byte(void **state)
{
    (void)state;
    static const char *const visits[] = {"visit-of-the-erased", "visit-of-another"};
    put_one("Z1", "erased-person");
    put_one("Z2", "other-person");
    for (int i = 0; i < 2; i++) {
        char id[STORE_ID_MAX];
        const struct store_question q = {.code = i ? "Z2" : "Z1"};
        assert_int_equal(store_find_person(scene.store, &q, keep_id, id), 0);
        uv_run(&scene.loop, UV_RUN_DEFAULT);
        struct batch *b = scene_batch();
        batch_put_minutes(b, &(struct store_minutes){.person = id, .day = 1, .group_s = 60});
        batch_add_visit(
            b, &(struct store_visit){.person = id, .day = 1, .lesson = visits[i], .group_s = 60});
        assert_int_equal(scene_apply(&scene, b, NULL), 0);
    }
    copy_as(".before-2");
    assert_true(bytes_in_folder(scene.dir, visits[0]) >= 2);
    assert_int_equal(erase_one("Z1"), 0);
    assert_int_equal(bytes_in_folder(scene.dir, visits[0]), 0);
    assert_true(bytes_in_folder(scene.dir, visits[1]) >= 2);
}

static void copies_stay_whole_and_what_is_no_copy_any_more_goes(void **state)
{
    (void)state;
    char whole[PATH_MAX], broken[PATH_MAX], part[PATH_MAX], said[CARE_TEXT_MAX];
    put_one("Z1", "erased-person");
    put_one("Z2", "other-person");
    copy_as(".before-2");
    beside(whole, ".before-2");
    beside(broken, ".before-3");
    beside(part, ".restored.part");
    const char *const wrong[] = {broken, part};
    for (int i = 0; i < 2; i++) {
        FILE *f = fopen(wrong[i], "we");
        fputs("half a database, with erased-person in it", f);
        fclose(f);
    }
    assert_int_equal(erase_one("Z1"), 0);
    assert_int_equal(bytes_in_folder(scene.dir, "erased-person"), 0);
    assert_int_not_equal(access(broken, F_OK), 0);
    assert_int_not_equal(access(part, F_OK), 0);
    assert_int_equal(bytes_in_file(whole, "other-person"), 1);
    /* It is still one file that can be put in the database's place. */
    scene_close(&scene);
    if (care_restore(scene.dir, whole, NULL, said))
        fail_msg("%s", said);
    scene_open(&scene);
    const struct answered *a =
        scene_ask(&scene, store_list_people, &(struct store_question){0}, scene_on_people);
    assert_string_equal(a->text, "/Z2 other-person\n");
}

static void who_was_erased_does_not_come_back_with_a_backup(void **state)
{
    (void)state;
    char kept[PATH_MAX], said[CARE_TEXT_MAX];
    put_one("Z1", "erased-person");
    put_one("Z2", "other-person");
    snprintf(kept, sizeof(kept), "%s.elsewhere", scene.dir);
    assert_int_equal(care_backup(scene.dir, kept, said), 0);
    assert_int_equal(erase_one("Z1"), 0);
    for (int i = 0; i < 2; i++) { /* the restored state remembers it in turn */
        scene_close(&scene);
        if (care_restore(scene.dir, kept, NULL, said))
            fail_msg("%s", said);
        scene_open(&scene);
        const struct answered *a =
            scene_ask(&scene, store_list_people, &(struct store_question){0}, scene_on_people);
        assert_string_equal(a->text, "/Z2 other-person\n");
        assert_int_equal(bytes_in_folder(scene.dir, "erased-person"), 0);
    }
    unlink(kept);
}

/* Somebody who reads keeps the journal: it takes the database's 5 s to give up waiting. */
static void what_somebody_still_reads_is_cleaned_at_the_next_start(void **state)
{
    (void)state;
    sqlite3 *reader;
    put_one("Z1", "erased-person");
    assert_int_equal(sqlite3_open(scene.db, &reader), SQLITE_OK);
    sqlite3_exec(reader, "BEGIN; SELECT * FROM person", NULL, NULL, NULL);
    assert_int_equal(erase_one("Z1"), -EINPROGRESS);
    assert_true(bytes_in_folder(scene.dir, "erased-person") > 0);
    const struct answered *a =
        scene_ask(&scene, store_list_people, &(struct store_question){0}, scene_on_people);
    assert_int_equal(a->n, 0); /* gone for everybody all the same */
    assert_int_equal(sqlite3_close(reader), SQLITE_OK);
    scene_reopen(&scene);
    assert_int_equal(bytes_in_folder(scene.dir, "erased-person"), 0);
}

/* -- by an operator ---------------------------------------------------------------------------- */

static const char *shown_to_operator(const char *code, char said[CARE_TEXT_MAX])
{
    static char text[4096];
    FILE *f = fmemopen(text, sizeof(text), "w");
    assert_non_null(f);
    text[0] = '\0';
    int err = care_show(scene.dir, "", code, f, said);
    fclose(f);
    assert_int_equal(err == 0, said[0] == '\0');
    return text;
}

static void an_operator_shows_what_is_kept_while_the_server_runs(void **state)
{
    (void)state;
    char said[CARE_TEXT_MAX];
    struct batch *b = scene_batch();
    put_one("Z1", "a name\nof two lines");
    batch_put_role(b, &(struct store_member){.person.code = "Z1", .role = STORE_PATROL_CITY});
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    const char *text = shown_to_operator("Z1", said);
    assert_non_null(strstr(text, "code = Z1\nname = a name of two lines\n\n[roles]\n"
                                 "role = patrol_city\n"));
    assert_string_equal(shown_to_operator("Z2", said), "");
    assert_non_null(strstr(said, "nobody with the code 'Z2'"));
}

static void an_operator_erases_when_no_server_runs(void **state)
{
    (void)state;
    char said[CARE_TEXT_MAX];
    put_one("Z1", "erased-person");
    assert_int_equal(care_erase(scene.dir, "", "Z1", said), -EBUSY);
    assert_non_null(strstr(said, "in use"));
    scene_close(&scene);
    assert_int_equal(care_erase(scene.dir, "", "Z1", said), 0);
    assert_int_equal(bytes_in_folder(scene.dir, "erased-person"), 0);
    assert_int_equal(care_erase(scene.dir, "", "Z1", said), -ENOENT);
    assert_int_equal(care_check(scene.dir, said), 0);
    scene_open(&scene);
}

/* -- tables ------------------------------------------------------------------------------------ */

/* Columns that name people without referring to them, and why. */
static const char *const free_columns[] = {
    "audit.actor",    /* stays: an id that nothing else holds, or a word such as "console" */
    "erasure.person", /* remembers whom a backup must not bring back */
};

/* Columns with words of people in them, whose rows go with the person, or are nobody's. */
static const char *const word_columns[] = {
    "place.name", "person.name", "account.login",
    "guest.name", /* a day pass: named by the school, and gone when it ends */
};

static bool is_among(const char *const *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i], name) == 0)
            return true;
    }
    return false;
}

#define IS_AMONG(list, name) is_among(list, sizeof(list) / sizeof(*(list)), name)

static bool is_shown(const char *table)
{
    for (const struct trace *t = traces; t->kind; t++) {
        if (strcmp(t->table, table) == 0)
            return true;
    }
    return false;
}

static bool means_a_person(const char *column)
{
    static const char *const names[] = {"person", "pupil",  "student", "lecturer", "teacher",
                                        "tutor",  "author", "actor",   "owner",    "guardian",
                                        "whose",  "who",    "user"};
    return IS_AMONG(names, column);
}

static bool means_words(const char *column)
{
    static const char *const names[] = {"name",  "login", "nick",    "email", "phone",
                                        "birth", "note",  "address", "photo"};
    return IS_AMONG(names, column);
}

/* One text a row: "table.column to-table on-delete"; what is empty stays so. */
static const char columns_sql[] =
    "SELECT t.name, c.name, COALESCE(f.\"table\", ''), COALESCE(f.on_delete, '') FROM sqlite_master t"
    " JOIN pragma_table_info(t.name) c"
    " LEFT JOIN pragma_foreign_key_list(t.name) f ON f.\"from\" = c.name WHERE t.type = 'table'";

static const char *cell(sqlite3_stmt *s, int i)
{
    return (const char *)sqlite3_column_text(s, i);
}

static void check_column(const char *table, const char *column, const char *to, const char *then)
{
    char full[128];
    snprintf(full, sizeof(full), "%s.%s", table, column);
    /* A device's entry is a person, too. */
    bool refers = strcmp(to, "person") == 0 || strcmp(to, "entry") == 0;
    if (means_words(column) && !IS_AMONG(word_columns, full))
        fail_msg("%s: whose is it, and what becomes of it when they are erased?", full);
    if (means_a_person(column) && !refers && !IS_AMONG(free_columns, full))
        fail_msg("%s names a person: REFERENCES person (id) ON DELETE CASCADE", full);
    if (refers && strcmp(then, "CASCADE") != 0 && strcmp(then, "SET NULL") != 0)
        fail_msg("%s: who is erased would be kept by it", full);
    if (refers && !is_shown(table))
        fail_msg("%s holds something about people: it needs a row in server/store/trace.c", table);
}

static void every_table_with_a_person_in_it_is_known(void **state)
{
    (void)state;
    sqlite3 *db;
    sqlite3_stmt *s;
    int n = 0, persons = 0;
    assert_int_equal(sqlite3_open(scene.db, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, columns_sql, -1, &s, NULL), SQLITE_OK);
    for (; sqlite3_step(s) == SQLITE_ROW; n++) {
        check_column(cell(s, 0), cell(s, 1), cell(s, 2), cell(s, 3));
        persons += strcmp(cell(s, 2), "person") == 0;
    }
    assert_true(n > 40 && persons >= 7); /* it has looked at something */
    sqlite3_finalize(s);
    sqlite3_close(db);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_byte_of_who_was_erased_is_left_in_any_file),
        TEST(lessons_that_the_erased_were_in_leave_no_byte),
        TEST(copies_stay_whole_and_what_is_no_copy_any_more_goes),
        TEST(who_was_erased_does_not_come_back_with_a_backup),
        TEST(what_somebody_still_reads_is_cleaned_at_the_next_start),
        TEST(an_operator_shows_what_is_kept_while_the_server_runs),
        TEST(an_operator_erases_when_no_server_runs),
        TEST(every_table_with_a_person_in_it_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
