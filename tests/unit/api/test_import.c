#include "tests/unit/api/district.h"
#include "tests/unit/xlsx/book.h"

static char import[128]; /* the path of the one that is under way */

static int ask(char mark, enum http_method method, const char *behind, const char *body)
{
    char path[256];
    snprintf(path, sizeof(path), "%s%s", import, behind);
    return district_ask(&server, &answer, mark, method, path, body);
}

static int begin(char mark, const char *body)
{
    int status = district_ask(&server, &answer, mark, HTTP_POST, "/api/v1/imports", body);
    if (status == 201)
        snprintf(import, sizeof(import), "/api/v1/imports/%s", answer_text(&answer, "id"));
    return status;
}

/* Until the server does nothing more about it. */
static const char *settle(char mark)
{
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(ask(mark, HTTP_GET, "", NULL), 200);
        const char *now = answer_text(&answer, "state");
        if (strcmp(now, "reading") != 0 && strcmp(now, "applying") != 0)
            break;
        uv_run(&server.scene.loop, UV_RUN_NOWAIT);
    }
    return answer_text(&answer, "state");
}

static json_int_t count_of(const char *fate)
{
    return json_integer_value(json_object_get(json_object_get(answer.json, "counts"), fate));
}

static bool is_applicable(void)
{
    return json_is_true(json_object_get(answer.json, "is_applicable"));
}

static const char *item_text(size_t i, const char *name)
{
    const json_t *item = json_array_get(json_object_get(answer.json, "items"), i);
    const char *text = json_string_value(json_object_get(item, name));
    return text ? text : "";
}

#define PUPILS "班级,编号,姓名\n1,s1,某某\n1,n1,张三\n1,n2,李四\n"

static void a_list_becomes_a_plan_and_then_people(void **state)
{
    (void)state;
    assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
    assert_int_equal(ask('A', HTTP_PUT, "/files?name=pupils.csv", PUPILS), 200);
    assert_string_equal(settle('A'), "ready");
    assert_true(is_applicable());
    assert_int_equal(count_of("new"), 4); /* two people, and what they are */
    assert_int_equal(count_of("same"), 2);
    assert_string_equal(item_text(0, "fate"), "same");
    assert_string_equal(item_text(2, "fate"), "new");
    assert_string_equal(item_text(2, "kind"), "person");
    assert_string_equal(item_text(2, "file"), "pupils.csv");
    assert_null(directory_find_code(server.directory, "A", "n1"));

    assert_int_equal(ask('A', HTTP_PUT, "/files?name=late.csv", PUPILS), 409);
    assert_fails(&answer, 409, "closed");
    assert_int_equal(ask('A', HTTP_POST, "/apply", "{}"), 202);
    assert_string_equal(settle('A'), "done");
    assert_int_equal(count_of("new"), 4);
    assert_non_null(directory_find_code(server.directory, "A", "n1"));
    assert_int_equal(ask('A', HTTP_POST, "/apply", "{}"), 409);
    assert_int_equal(ask('A', HTTP_DELETE, "", NULL), 204);
    assert_int_equal(ask('A', HTTP_GET, "", NULL), 404);
    assert_fails(&answer, 404, "no_import");

    district_ask(&server, &answer, 'D', HTTP_GET, "/api/v1/audit", NULL);
    assert_non_null(strstr(answer.body, "\"roster.import\""));
    assert_non_null(strstr(answer.body, "\"school:A\""));
    assert_non_null(strstr(answer.body, "4 new, 0 changed, 0 removed"));
}

static void the_same_list_again_changes_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(begin('D', "{}"), 201);
        assert_int_equal(ask('D', HTTP_PUT, "/files?name=a", "学校,班级,编号,姓名\nA,1,n1,张三\n"),
                         200);
        assert_string_equal(settle('D'), "ready");
        assert_int_equal(count_of("new"), i == 0 ? 2 : 0);
        assert_int_equal(count_of("same"), i == 0 ? 0 : 2);
        assert_int_equal(ask('D', HTTP_POST, "/apply", "{}"), 202);
        assert_string_equal(settle('D'), "done");
    }
}

static void apply_list(const char *list)
{
    assert_int_equal(begin('D', "{}"), 201);
    assert_int_equal(ask('D', HTTP_PUT, "/files?name=a", list), 200);
    assert_string_equal(settle('D'), "ready");
    assert_int_equal(ask('D', HTTP_POST, "/apply", "{}"), 202);
    assert_string_equal(settle('D'), "done");
}

static void move_by_form(const char *school, const char *klass)
{
    char path[128];
    snprintf(path, sizeof(path), "/api/v1/schools/A/people/s1/roles/student?school=%s&class=%s",
             school, klass);
    assert_int_equal(district_ask(&server, &answer, 'D', HTTP_PUT, path, ""), 204);
}

static void move_by_list(const char *school, const char *klass)
{
    char list[256];
    snprintf(list, sizeof(list), "学校,班级,编号,角色,人员学校\n%s,%s,s1,学生,A\n", school, klass);
    apply_list(list);
}

/* Of s1, the only one of their class who has none. */
static void make_code(char code[64], char mark, const char *path)
{
    assert_int_equal(district_ask(&server, &answer, mark, HTTP_POST, path, "{}"), 201);
    assert_int_equal(answer_items(&answer), 1);
    snprintf(code, 64, "%s", item_text(0, "entry_code"));
}

static int enter(const char *code)
{
    char body[128];
    snprintf(body, sizeof(body), "{\"code\":\"%s\",\"device\":\"phone\"}", code);
    return district_ask(&server, &answer, '-', HTTP_POST, "/api/v1/door/enter", body);
}

/* The sheet that it was printed on stays behind. */
static void a_code_does_not_go_along_to_another_school(void **state)
{
    (void)state;
    static void (*const moves[])(const char *school, const char *klass) = {move_by_form,
                                                                           move_by_list};
    char code[64], next[64];
    make_code(code, 'H', "/api/v1/schools/A/classes/1/codes");
    for (size_t i = 0; i < 2; i++) {
        moves[i]("A", "2");
        assert_int_equal(enter(code), 200);
        moves[i]("B", "2");
        assert_int_equal(enter(code), 401);
        assert_int_equal(district_ask(&server, &answer, 'a', HTTP_GET,
                                      "/api/v1/schools/B/classes/2/codes", NULL),
                         200);
        assert_non_null(strstr(answer.body, "\"has_code\":false"));
        moves[i]("A", "1");
        assert_int_equal(enter(code), 200);
    }
    move_by_list("B", "2");
    make_code(next, 'a', "/api/v1/schools/B/classes/2/codes");
    assert_int_equal(enter(next), 200);
    assert_int_equal(enter(code), 401);
    move_by_form("A", "1");
    assert_int_equal(enter(next), 401);
}

static void one_refused_row_refuses_all(void **state)
{
    (void)state;
    assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
    assert_int_equal(
        ask('A', HTTP_PUT, "/files?name=x.csv", "班级,编号,姓名\n1,n1,张三\n七（9）班,n2,李四\n"),
        200);
    assert_string_equal(settle('A'), "ready");
    assert_false(is_applicable());
    assert_int_equal(count_of("refused"), 1);
    const json_t *note = json_array_get(json_object_get(answer.json, "notes"), 0);
    assert_string_equal(json_string_value(json_object_get(note, "severity")), "error");
    assert_string_equal(json_string_value(json_object_get(note, "code")), "unknown_class");
    assert_int_equal(json_integer_value(json_object_get(note, "row")), 3);
    assert_int_equal(json_integer_value(json_object_get(note, "column")), 1);
    assert_non_null(strstr(json_string_value(json_object_get(note, "zh")), "七(9)班"));
    assert_int_equal(ask('A', HTTP_POST, "/apply", "{}"), 409);
    assert_fails(&answer, 409, "not_applicable");
    assert_null(directory_find_code(server.directory, "A", "n1"));
}

static void it_is_nobody_elses(void **state)
{
    (void)state;
    assert_int_equal(begin('A', "{\"school\":\"B\"}"), 403);
    assert_int_equal(begin('A', "{}"), 403);
    assert_int_equal(begin('D', "{\"school\":\"Z\"}"), 404);
    assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
    static const char others[] = "Da";
    for (size_t i = 0; others[i]; i++) {
        assert_int_equal(ask(others[i], HTTP_GET, "", NULL), 404);
        assert_int_equal(ask(others[i], HTTP_PUT, "/files", "x"), 404);
        assert_int_equal(ask(others[i], HTTP_POST, "/apply", "{}"), 404);
        assert_int_equal(ask(others[i], HTTP_DELETE, "", NULL), 404);
    }
    assert_int_equal(ask('A', HTTP_PUT, "/files?name=b", "学校,编号,姓名\nB,n1,张三\n"), 200);
    assert_string_equal(settle('A'), "ready");
    assert_false(is_applicable());
}

static void who_lost_the_right_applies_nothing(void **state)
{
    (void)state;
    assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
    assert_int_equal(ask('A', HTTP_PUT, "/files?name=p", PUPILS), 200);
    assert_string_equal(settle('A'), "ready");
    assert_int_equal(district_ask(&server, &answer, 'D', HTTP_PUT,
                                  "/api/v1/schools/A/people/a1/roles/school_admin?school=B", ""),
                     204);
    assert_int_equal(district_ask(&server, &answer, 'D', HTTP_DELETE,
                                  "/api/v1/schools/A/people/a1/roles/school_admin", NULL),
                     204);
    assert_int_equal(ask('A', HTTP_POST, "/apply", "{}"), 403);
}

static void what_has_changed_in_between_is_not_overwritten(void **state)
{
    (void)state;
    assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
    assert_int_equal(ask('A', HTTP_PUT, "/files?name=p", PUPILS), 200);
    assert_string_equal(settle('A'), "ready");
    assert_int_equal(district_ask(&server, &answer, 'D', HTTP_PUT, "/api/v1/schools/B/people/x9",
                                  "{\"name\":\"新\"}"),
                     200);
    assert_int_equal(ask('A', HTTP_POST, "/apply", "{}"), 202);
    assert_string_equal(settle('A'), "failed");
    assert_string_equal(answer_text(&answer, "error.code"), "changed");
    assert_null(directory_find_code(server.directory, "A", "n1"));
}

/* A list of the staff that leaves out one who is the district's administrator, too. */
static void lists_do_not_remove_who_is_more_than_they_say(void **state)
{
    (void)state;
    static const char staff[] = "编号,姓名,角色\nt1,某某,主讲教师\n";
    assert_int_equal(district_ask(&server, &answer, 'D', HTTP_PUT,
                                  "/api/v1/schools/A/people/l1/roles/district_admin", ""),
                     204);
    assert_int_equal(begin('A', "{\"school\":\"A\",\"may_remove\":true}"), 201);
    assert_int_equal(ask('A', HTTP_PUT, "/files?name=staff", staff), 200);
    assert_string_equal(settle('A'), "ready");
    assert_true(count_of("removed") > 0);
    assert_false(is_applicable());
    assert_string_equal(answer_text(&answer, "error.code"), "guarded");
    assert_int_equal(ask('A', HTTP_POST, "/apply", "{}"), 409);
}

static void a_new_one_takes_the_place_of_the_one_before(void **state)
{
    (void)state;
    char before[sizeof(import)];
    assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
    memcpy(before, import, sizeof(before));
    assert_int_equal(ask('A', HTTP_GET, "", NULL), 200); /* which a thread is reading now */
    assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
    assert_string_not_equal(import, before);
    assert_int_equal(district_ask(&server, &answer, 'A', HTTP_GET, before, NULL), 404);
    assert_string_equal(settle('A'), "ready");
}

static void too_many_files_are_refused(void **state)
{
    (void)state;
    assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
    for (int i = 0; i < ROSTER_FILES_MAX; i++)
        assert_int_equal(ask('A', HTTP_PUT, "/files?name=x", "编号,姓名\n"), 200);
    assert_int_equal(ask('A', HTTP_PUT, "/files?name=x", "编号,姓名\n"), 413);
}

static void nonsense_is_told(void **state)
{
    (void)state;
    static const char *const bodies[] = {"[]", "{\"school\":7}", "{\"may_remove\":\"yes\"}",
                                         "{\"school\":[\"A\"]}", "x"};
    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
        assert_int_equal(begin('D', bodies[i]), 400);
    assert_int_equal(begin('D', "{\"school\":null}"), 201);
    static const char *const afters[] = {"x", "-1", "1x", "9999999999", "+1"};
    for (size_t i = 0; i < sizeof(afters) / sizeof(*afters); i++) {
        char query[64];
        snprintf(query, sizeof(query), "?after=%s", afters[i]);
        assert_int_equal(ask('D', HTTP_GET, query, NULL), 400);
    }
    assert_int_equal(ask('D', HTTP_PUT, "/files?name=x", "\xff\xfe\x01\x02 no table"), 200);
    assert_string_equal(settle('D'), "ready");
    assert_false(is_applicable());
    assert_int_equal(ask('D', HTTP_GET, "?after=100", NULL), 200);
}

static void the_server_may_stop_in_the_middle(void **state)
{
    (void)state;
    assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
    assert_int_equal(ask('A', HTTP_PUT, "/files?name=p", PUPILS), 200);
    assert_int_equal(ask('A', HTTP_GET, "", NULL), 200);
}

static void an_export_is_taken_back_as_it_is(void **state)
{
    (void)state;
    static const char *const kinds[] = {"schools", "classes", "people", "roles", "guardians"};
    char path[128];
    assert_int_equal(begin('D', "{}"), 201);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        snprintf(path, sizeof(path), "/api/v1/exports/%s?encoding=%s&language=%s", kinds[i],
                 i % 2 ? "gb18030" : "utf-8", i < 2 ? "zh" : "en");
        assert_int_equal(district_ask(&server, &answer, 'D', HTTP_GET, path, NULL), 200);
        snprintf(path, sizeof(path), "filename=\"%s.csv\"", kinds[i]);
        assert_non_null(strstr(answer.head, path));
        char *file = strdup(answer.body);
        assert_int_equal(ask('D', HTTP_PUT, "/files?name=back", file), 200);
        free(file);
    }
    assert_string_equal(settle('D'), "ready");
    assert_int_equal(count_of("new") + count_of("changed") + count_of("refused"), 0);
    assert_true(count_of("same") > 10);
}

static bool is_guardian_of(const char *code, const char *ward)
{
    const struct directory_person *g = directory_find_code(server.directory, "A", code);
    const struct directory_person *w = directory_find_code(server.directory, "A", ward);
    for (size_t i = 0; g && w && i < g->n_wards; i++) {
        if (strcmp(g->wards[i], w->id) == 0)
            return true;
    }
    return false;
}

#define MOTHER "学号,家长姓名,关系,手机\ns1,陈静,妈妈,13800138000\n"

static void a_list_of_guardians_makes_them(void **state)
{
    (void)state;
    assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
    assert_int_equal(ask('A', HTTP_PUT, "/files?name=g.csv", MOTHER), 200);
    assert_string_equal(settle('A'), "ready");
    assert_int_equal(count_of("new"), 2);
    assert_string_equal(item_text(1, "kind"), "guardian");
    const json_t *items = json_object_get(answer.json, "items");
    const json_t *record = json_object_get(json_array_get(items, 1), "record");
    assert_string_equal(json_string_value(json_object_get(record, "ward")), "s1");
    assert_string_equal(json_string_value(json_object_get(record, "name")), "陈静");
    assert_null(strstr(answer.body, "13800138000"));
    assert_int_equal(ask('A', HTTP_POST, "/apply", "{}"), 202);
    assert_string_equal(settle('A'), "done");
    assert_true(is_guardian_of("gy2hd1jmkt-母", "s1"));
    assert_true(is_guardian_of("g1", "s1"));
    district_ask(&server, &answer, 'A', HTTP_GET, "/api/v1/exports/guardians?school=A", NULL);
    const char *const rows[] = {"\xef\xbb\xbf学校,学号,学生姓名,家长学校,家长编号,家长姓名\r\n",
                                "\r\nA,s1,某某,A,g1,某某\r\n",
                                "\r\nA,s1,某某,A,gy2hd1jmkt-母,陈静\r\n"};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_non_null(strstr(answer.body, rows[i]));
}

static void guardians_who_are_left_out_go_when_asked_for(void **state)
{
    (void)state;
    assert_int_equal(begin('A', "{\"school\":\"A\",\"may_remove\":true}"), 201);
    assert_int_equal(ask('A', HTTP_PUT, "/files?name=g.csv", MOTHER), 200);
    assert_string_equal(settle('A'), "ready");
    assert_int_equal(count_of("removed"), 2); /* g1, and what they were to s1 */
    assert_int_equal(ask('A', HTTP_POST, "/apply", "{}"), 202);
    assert_string_equal(settle('A'), "done");
    assert_true(is_guardian_of("gy2hd1jmkt-母", "s1"));
    assert_null(directory_find_code(server.directory, "A", "g1"));
}

#define ROLE_OF(code) "/api/v1/schools/A/people/" code "/roles/"

/* Roles that the district's lists could give, and school A's can't. */
static void a_schools_lists_reach_nobody_who_is_more_elsewhere(void **state)
{
    (void)state;
    static const struct {
        const char *list, *code;
    } cases[] = {
        {"班级,人员学校,编号,角色\n1,B,s9,学生\n", "other_school"   },
        {"班级,编号,角色\n1,s9,学生\n",                "other_school"   },
        {"编号,姓名\nt1,改名\n",                         "more_elsewhere" },
        {"班级,编号,角色\n2,t1,班主任\n",             "more_elsewhere" },
        {"学号,家长编号,家长姓名\ns1,t1,某某\n",   "more_elsewhere" },
        {"班级,编号,角色\n1,p1,学生\n",                "pupil_and_staff"},
    };
    assert_int_equal(district_ask(&server, &answer, 'D', HTTP_PUT, "/api/v1/schools/B/people/s9",
                                  "{\"name\":\"某某\"}"),
                     200);
    assert_int_equal(district_ask(&server, &answer, 'D', HTTP_PUT,
                                  "/api/v1/schools/B/people/s9/roles/student?class=2", ""),
                     204);
    assert_int_equal(
        district_ask(&server, &answer, 'D', HTTP_PUT, ROLE_OF("t1") "lecturer?school=B", ""), 204);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
        assert_int_equal(ask('A', HTTP_PUT, "/files?name=a.csv", cases[i].list), 200);
        assert_string_equal(settle('A'), "ready");
        if (is_applicable() || !strstr(answer.body, cases[i].code))
            fail_msg("%s: %s", cases[i].list, answer.body);
    }
}

static void what_an_import_tells_ends_with_the_right_to_it(void **state)
{
    (void)state;
    assert_int_equal(
        district_ask(&server, &answer, 'D', HTTP_PUT, ROLE_OF("l1") "school_admin", ""), 204);
    assert_int_equal(begin('L', "{\"school\":\"A\"}"), 201);
    assert_int_equal(ask('L', HTTP_PUT, "/files?name=pupils.csv", PUPILS), 200);
    assert_int_equal(
        district_ask(&server, &answer, 'D', HTTP_PUT, ROLE_OF("l1") "school_admin?school=B", ""),
        204);
    assert_int_equal(
        district_ask(&server, &answer, 'D', HTTP_DELETE, ROLE_OF("l1") "school_admin", NULL), 204);
    assert_int_equal(ask('L', HTTP_GET, "", NULL), 403);
    assert_int_equal(ask('L', HTTP_POST, "/apply", "{}"), 403);
}

/* Of the answer: entry `i` of the log is of that person. */
static void assert_logged(size_t i, const char *school, const char *code, const char *act,
                          const char *subject)
{
    const json_t *e = json_array_get(json_object_get(answer.json, "items"), i);
    assert_string_equal(json_string_value(json_object_get(e, "actor")),
                        directory_find_code(server.directory, school, code)->id);
    assert_string_equal(json_string_value(json_object_get(e, "act")), act);
    assert_string_equal(json_string_value(json_object_get(e, "subject")), subject);
}

#define TEXT(text)  "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define NAMES       "<row>" TEXT("编号") TEXT("姓名") "</row>"
#define PUPIL(code) "<row>" TEXT(code) TEXT("张三") "</row>"

/* Two classes, whose sheets are called by their codes, and one that is hidden. */
static int put_workbook(const char *query)
{
    static const struct book book = {
        .workbook =
            BOOK_SHEETS("", "<sheet name=\"1\" sheetId=\"1\" r:id=\"r1\"/>"
                            "<sheet name=\"旧\" state=\"hidden\" sheetId=\"3\" r:id=\"r1\"/>"
                            "<sheet name=\"2\" sheetId=\"2\" r:id=\"r2\"/>"),
        .sheet = BOOK_SHEET(NAMES PUPIL("n1")),
        .sheet2 = BOOK_SHEET(NAMES PUPIL("n2"))};
    char head[512];
    size_t len;
    char *bytes = book_make(&book, &len);
    answer_free(&answer);
    snprintf(head, sizeof(head), "PUT %s/files?name=a.xlsx%s HTTP/1.1\r\nCookie: who=A\r\n", import,
             query);
    server_send_bytes(&server, &answer, HTTP_PUBLIC, head, bytes, len);
    free(bytes);
    return answer.status;
}

static void a_workbook_says_which_sheets_it_has(void **state)
{
    (void)state;
    assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
    assert_int_equal(put_workbook(""), 200);
    const json_t *sheets = json_object_get(answer.json, "sheets");
    assert_int_equal(json_array_size(sheets), 3);
    assert_string_equal(json_string_value(json_object_get(json_array_get(sheets, 2), "name")), "2");
    assert_true(json_is_true(json_object_get(json_array_get(sheets, 1), "is_hidden")));

    assert_int_equal(ask('A', HTTP_PUT, "/files/0?sheet=2", ""), 200);
    assert_int_equal(ask('A', HTTP_PUT, "/files/0?sheet=3", ""), 400);
    assert_fails(&answer, 400, "no_sheet");
    assert_int_equal(ask('A', HTTP_PUT, "/files/1?sheet=2", ""), 404);
    assert_int_equal(ask('A', HTTP_PUT, "/files/00000?sheet=2", ""), 404);
    assert_string_equal(settle('A'), "ready");
    assert_int_equal(count_of("new"), 2);
    assert_string_equal(item_text(0, "sheet"), "2");
    assert_int_equal(ask('A', HTTP_PUT, "/files/0?sheet=1", ""), 409);
}

static void all_sheets_of_a_workbook_are_one_import(void **state)
{
    (void)state;
    assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
    assert_int_equal(put_workbook("&sheet=*"), 200);
    assert_string_equal(settle('A'), "ready");
    assert_true(is_applicable());
    assert_int_equal(count_of("new"), 4);
    assert_string_equal(item_text(3, "file"), "a.xlsx");
    assert_string_equal(item_text(3, "sheet"), "2");
    const json_t *record =
        json_object_get(json_array_get(json_object_get(answer.json, "items"), 3), "record");
    assert_string_equal(json_string_value(json_object_get(record, "class")), "2");
    assert_non_null(strstr(answer.body, "\"hidden_sheet\""));
    assert_non_null(strstr(answer.body, "\"class_by_sheet\""));
}

static void a_sheet_that_is_not_there_is_told_with_those_that_are(void **state)
{
    (void)state;
    assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
    assert_int_equal(put_workbook("&sheet=3"), 400);
    assert_fails(&answer, 400, "no_sheet");
    assert_int_equal(
        json_array_size(json_object_get(json_object_get(answer.json, "error"), "sheets")), 3);
    assert_int_equal(put_workbook("&sheet=%FF"), 400);
    assert_fails(&answer, 400, "bad_sheet");
    /* What was refused is not there. */
    assert_int_equal(put_workbook(""), 200);
    assert_int_equal(json_integer_value(json_object_get(answer.json, "file")), 1);
    assert_string_equal(settle('A'), "ready");
    assert_int_equal(count_of("new"), 2);
    assert_string_equal(item_text(0, "file"), "a.xlsx");
}

static void what_was_before_is_told_with_its_file(void **state)
{
    (void)state;
    assert_int_equal(begin('A', "{\"school\":\"A\"}"), 201);
    assert_int_equal(ask('A', HTTP_PUT, "/files?name=a.csv", "编号,姓名\nn1,张三\n"), 200);
    assert_int_equal(ask('A', HTTP_PUT, "/files?name=b.csv", "编号,姓名\nn2,李四\nn1,李四\n"), 200);
    assert_string_equal(settle('A'), "ready");
    assert_false(is_applicable());
    assert_non_null(strstr(answer.body, "“n1”（a.csv 第 2 行）"));
}

static void an_export_is_of_the_school_that_is_asked_for(void **state)
{
    (void)state;
    assert_int_equal(
        district_ask(&server, &answer, 'A', HTTP_GET, "/api/v1/exports/people?school=A", NULL),
        200);
    assert_non_null(strstr(answer.body, "A,s1,"));
    assert_null(strstr(answer.body, "B,"));
    assert_int_equal(district_ask(&server, &answer, 'D', HTTP_GET, "/api/v1/exports/roles", NULL),
                     200);
    assert_int_equal(district_ask(&server, &answer, 'D', HTTP_GET, "/api/v1/audit", NULL), 200);
    assert_logged(0, "A", "a1", "export.people", "school:A");
    assert_logged(1, "", "d1", "export.roles", "district");
    static const char *const bad[] = {"pope?school=A", "people?school=A&language=fr",
                                      "people?school=A&encoding=latin1",
                                      "people?school=A&language=%FF"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        char path[128];
        snprintf(path, sizeof(path), "/api/v1/exports/%s", bad[i]);
        assert_int_equal(district_ask(&server, &answer, 'A', HTTP_GET, path, NULL), 400);
    }
}

static void imports_are_few_and_forgotten(void **state)
{
    (void)state;
    struct import *one = NULL;
    char owner[16], id[64];
    fake_clock_start();
    for (int i = 0; i < IMPORTS_MAX; i++) {
        snprintf(owner, sizeof(owner), "o%d", i);
        const struct import_who who = {.owner = owner, .school = ""};
        assert_int_equal(importer_begin(server.importer, &who, &one), 0);
    }
    snprintf(id, sizeof(id), "%s", import_id(one));
    const struct import_who another = {.owner = "another", .school = ""};
    assert_int_equal(importer_begin(server.importer, &another, &one), -EAGAIN);
    fake_clock_advance(IMPORT_IDLE_MS - 1);
    assert_non_null(importer_find(server.importer, id, owner)); /* which counts as asking */
    fake_clock_advance(1);
    importer_forget_idle(server.importer);
    assert_non_null(importer_find(server.importer, id, owner));
    for (int i = 1; i < IMPORTS_MAX; i++) {
        snprintf(owner, sizeof(owner), "n%d", i);
        const struct import_who who = {.owner = owner, .school = ""};
        assert_int_equal(importer_begin(server.importer, &who, &one), 0);
    }
    assert_int_equal(importer_begin(server.importer, &another, &one), -EAGAIN);
    fake_clock_stop();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, district_setup, server_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_list_becomes_a_plan_and_then_people),
        TEST(the_same_list_again_changes_nothing),
        TEST(a_code_does_not_go_along_to_another_school),
        TEST(one_refused_row_refuses_all),
        TEST(it_is_nobody_elses),
        TEST(who_lost_the_right_applies_nothing),
        TEST(what_has_changed_in_between_is_not_overwritten),
        TEST(lists_do_not_remove_who_is_more_than_they_say),
        TEST(a_new_one_takes_the_place_of_the_one_before),
        TEST(too_many_files_are_refused),
        TEST(nonsense_is_told),
        TEST(the_server_may_stop_in_the_middle),
        TEST(an_export_is_taken_back_as_it_is),
        TEST(a_list_of_guardians_makes_them),
        TEST(guardians_who_are_left_out_go_when_asked_for),
        TEST(a_schools_lists_reach_nobody_who_is_more_elsewhere),
        TEST(what_an_import_tells_ends_with_the_right_to_it),
        TEST(a_workbook_says_which_sheets_it_has),
        TEST(all_sheets_of_a_workbook_are_one_import),
        TEST(a_sheet_that_is_not_there_is_told_with_those_that_are),
        TEST(what_was_before_is_told_with_its_file),
        TEST(an_export_is_of_the_school_that_is_asked_for),
        TEST(imports_are_few_and_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
