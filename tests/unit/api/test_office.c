#include "tests/unit/api/district.h"

#define S "/api/v1/schools/"

static int get(char mark, const char *path)
{
    return district_ask(&server, &answer, mark, HTTP_GET, path, NULL);
}

static int put(char mark, const char *path, const char *body)
{
    return district_ask(&server, &answer, mark, HTTP_PUT, path, body);
}

static int drop(char mark, const char *path)
{
    return district_ask(&server, &answer, mark, HTTP_DELETE, path, NULL);
}

/* The answer's JSON without blanks. */
static void assert_body(const char *expected)
{
    char *text = json_dumps(answer.json, JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
}

static void a_district_is_made_step_by_step(void **state)
{
    (void)state;
    assert_int_equal(put('D', "/api/v1/district", "{\"name\":\"高新区\"}"), 200);
    assert_int_equal(get('A', "/api/v1/district"), 200);
    assert_body("{\"name\":\"高新区\"}");
    assert_int_equal(put('D', S "17", "{\"name\":\" 第十七  小学 \"}"), 200);
    assert_body("{\"code\":\"17\",\"name\":\"第十七 小学\"}");
    assert_int_equal(put('D', S "17/classes/5-1", "{\"name\":\"五（1）班\",\"grade\":5}"), 200);
    assert_int_equal(put('D', S "17/people/0421", "{\"name\":\"王芳\"}"), 200);
    assert_int_equal(put('D', S "17/people/0421/roles/student?class=5-1", ""), 204);
    assert_int_equal(get('D', S "17/classes/5-1/members"), 200);
    assert_body("{\"items\":[{\"role\":\"student\",\"school\":\"17\",\"code\":\"0421\","
                "\"name\":\"王芳\"}],\"next\":null}");
    assert_int_equal(get('D', S "17/people/0421"), 200);
    assert_body("{\"code\":\"0421\",\"name\":\"王芳\",\"roles\":[{\"role\":\"student\",\"school\":"
                "\"17\",\"school_name\":\"第十七 小学\",\"class\":\"5-1\",\"class_name\":"
                "\"五（1）班\"}],\"wards\":[],\"account\":null,\"invited_until\":null}");
    assert_int_equal(drop('D', S "17"), 409);
    assert_fails(&answer, 409, "not_empty");
    assert_int_equal(drop('D', S "17/people/0421"), 204);
    assert_int_equal(drop('D', S "17/people/0421"), 404);
    assert_int_equal(drop('D', S "17/classes/5-1"), 204);
    assert_int_equal(drop('D', S "17"), 204);
    assert_int_equal(get('D', S "17"), 404);
    assert_fails(&answer, 404, "no_school");
}

static void a_new_role_counts_from_its_answer_on(void **state)
{
    (void)state;
    assert_int_equal(get('L', S "A/people"), 403);
    assert_int_equal(put('A', S "A/people/l1/roles/school_admin", ""), 204);
    assert_int_equal(get('L', S "A/people"), 200);
    assert_int_equal(drop('A', S "A/people/l1/roles/school_admin"), 204);
    assert_int_equal(get('L', S "A/people"), 403);
}

static void nobody_gives_what_is_not_theirs(void **state)
{
    (void)state;
    static const char *const refused[] = {
        S "A/people/a1/roles/district_admin",    S "A/people/l1/roles/patrol_city",
        S "A/people/l1/roles/lecturer?school=B", S "A/people/t1/roles/homeroom?school=B&class=1",
        S "B/people/a1/roles/lecturer",          S "-/people/d1/roles/lecturer?school=A",
    };
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        if (put('A', refused[i], "") != 403)
            fail_msg("%s: %d", refused[i], answer.status);
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
        assert_int_equal(put('D', refused[i], ""), 204);
    /* Now the school's own administrator is the district's, and no longer the school's to change.
     */
    assert_int_equal(put('L', S "A/people/a1", "{\"name\":\"某某\"}"), 403);
    assert_int_equal(put('D', S "A/people/h1/roles/school_admin", ""), 204);
    assert_int_equal(put('H', S "A/people/a1", "{\"name\":\"某某\"}"), 403);
    assert_int_equal(drop('H', S "A/people/a1/roles/district_admin"), 403);
    assert_int_equal(drop('H', S "A/people/t1"), 403); /* homeroom teacher in B by now */
    assert_int_equal(drop('H', S "A/people/p1"), 204);
}

static void a_pupil_is_in_one_class(void **state)
{
    (void)state;
    assert_int_equal(put('A', S "A/people/s1/roles/student?class=2", ""), 204);
    assert_int_equal(get('A', S "A/people/s1"), 200);
    const json_t *roles = json_object_get(answer.json, "roles");
    assert_int_equal(json_array_size(roles), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(roles, 0), "class")), "2");
    assert_int_equal(put('A', S "A/people/s1/roles/tutor?class=2", ""), 409);
    assert_fails(&answer, 409, "pupil_and_staff");
    assert_int_equal(put('A', S "A/people/l1/roles/student?class=2", ""), 409);
}

static void a_role_wants_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int status;
        const char *code;
    } cases[] = {
        {S "A/people/l1/roles/pope",                   400, "bad_role" },
        {S "A/people/l1/roles/guardian",               400, "bad_role" },
        {S "A/people/l1/roles/tutor",                  400, "bad_role" },
        {S "A/people/l1/roles/tutor?class=",           400, "bad_role" },
        {S "A/people/l1/roles/tutor?class=9",          404, "no_class" },
        {S "A/people/l1/roles/tutor?class=1&school=9", 404, "no_class" },
        {S "A/people/l1/roles/lecturer?school=9",      404, "no_school"},
        {S "-/people/d1/roles/lecturer",               400, "bad_role" },
        {S "A/people/none/roles/lecturer",             404, "no_person"},
        {S "A/people/l1/roles/lecturer?school=%FF",    400, "bad_role" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        put('D', cases[i].path, "");
        if (answer.status != cases[i].status)
            fail_msg("%s: %d", cases[i].path, answer.status);
        assert_fails(&answer, cases[i].status, cases[i].code);
    }
}

static void guardians_have_wards(void **state)
{
    (void)state;
    assert_int_equal(get('A', S "A/people/g1"), 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "wards")), 1);
    assert_int_equal(drop('A', S "A/people/g1/wards/s1"), 204);
    assert_int_equal(drop('A', S "A/people/g1/wards/s1"), 404);
    assert_int_equal(put('A', S "A/people/g1/wards/s1?school=A", ""), 204);
    assert_int_equal(put('A', S "A/people/g1/wards/a1?school=B", ""), 403);
    assert_int_equal(put('A', S "A/people/g1/wards/nobody", ""), 404);
    assert_int_equal(put('A', S "A/people/g1/wards/l1", ""), 409);
    assert_fails(&answer, 409, "not_a_pupil");
}

static void a_homeroom_teacher_invites_the_guardians_of_the_class(void **state)
{
    (void)state;
    static const char guardians[] = S "A/classes/1/guardians";
    assert_int_equal(put('A', S "A/people/t1/wards/s1", ""), 204);
    assert_int_equal(get('H', guardians), 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "items")), 2);
    assert_int_equal(get('h', guardians), 403);
    assert_int_equal(district_ask(&server, &answer, 'H', HTTP_POST, guardians, "{}"), 201);
    const json_t *items = json_object_get(answer.json, "items");
    const json_t *one = json_array_get(items, 0);
    assert_int_equal(json_array_size(items), 1); /* a tutor is invited as such */
    assert_string_equal(json_string_value(json_object_get(one, "code")), "g1");
    assert_string_equal(json_string_value(json_object_get(one, "ward")), "s1");
    const char *link = json_string_value(json_object_get(one, "link"));
    assert_memory_equal(link, "/sign-in#invite=", 16);
    assert_int_equal(get('H', S "A/classes/1/guardians?limit=1"), 200);
    char next[256];
    const char *after = answer_text(&answer, "next");
    snprintf(next, sizeof(next), S "A/classes/1/guardians?limit=1&after=s1%%20%s",
             strchr(after, ' ') + 1);
    assert_int_equal(get('H', next), 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "items")), 1);
    assert_true(json_is_null(json_object_get(answer.json, "next")));
    district_ask(&server, &answer, 'D', HTTP_GET, "/api/v1/audit", NULL);
    assert_non_null(strstr(answer.body, "\"1 invitations\""));
}

static void an_invitation_of_nobody_is_not_in_the_log(void **state)
{
    (void)state;
    static const char *const lists[] = {S "A/classes/2/guardians", S "A/classes/2/codes"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(district_ask(&server, &answer, 'A', HTTP_POST, lists[i], "{}"), 201);
        assert_int_equal(answer_items(&answer), 0);
    }
    district_ask(&server, &answer, 'D', HTTP_GET, "/api/v1/audit", NULL);
    assert_int_equal(answer_items(&answer), 0);
}

/* A pupil of class 1 who is more; the API refuses that. */
static void a_classs_codes_let_nobody_in_who_is_more_than_a_pupil(void **state)
{
    (void)state;
    static const char codes[] = S "A/classes/1/codes", all[] = "{\"reset\":true}";
    struct batch *b = scene_batch();
    batch_put_role(b, &(struct store_member){
                          .person = {.school = "A", .code = "s1"},
                          .role = STORE_LECTURER,
                          .school = "B",
                          .klass = ""
    });
    assert_int_equal(district_ask(&server, &answer, 'H', HTTP_POST, codes, all), 201);
    assert_int_equal(answer_items(&answer), 1);
    assert_int_equal(store_apply_now(server.scene.store, &b, NULL), 0);
    assert_int_equal(put('D', S "A/people/s1", "{\"name\":\"某某\"}"), 200);
    for (const char *mark = "HAD"; *mark; mark++) {
        assert_int_equal(district_ask(&server, &answer, *mark, HTTP_POST, codes, all), 201);
        assert_int_equal(answer_items(&answer), *mark == 'D');
    }
}

/* Cookies outlive people: their sessions and passes are in memory until they run out. */
static void who_is_gone_is_nobody(void **state)
{
    (void)state;
    static const struct {
        char mark;
        const char *person;
    } gone[] = {
        {'L', S "A/people/l1"},
        {'S', S "A/people/s1"},
    };
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(get(gone[i].mark, "/api/v1/timetable"), 200);
        assert_int_equal(drop('A', gone[i].person), 204);
        assert_int_equal(get(gone[i].mark, "/api/v1/timetable"), 401);
        assert_int_equal(get(gone[i].mark, "/api/v1/me"), 401);
    }
}

static int invite(char who, const char *path)
{
    return district_ask(&server, &answer, who, HTTP_POST, path, "{}");
}

static void a_guardian_of_another_schools_pupil_too_is_invited_by_the_district(void **state)
{
    (void)state;
    static const char guardians[] = S "A/classes/1/guardians", one[] = S "A/people/g1/invite";
    const struct {
        char who;
        int items, status;
    } invited[] = {
        {'H', 0, 403},
        {'A', 0, 403},
        {'D', 1, 201},
    };
    assert_int_equal(invite('A', one), 201);
    assert_int_equal(put('D', S "B/people/s9", "{\"name\":\"弟弟\"}"), 200);
    assert_int_equal(put('D', S "A/people/g1/wards/s9?school=B", ""), 204);
    for (int is_in_class = 0; is_in_class < 2; is_in_class++) {
        for (size_t i = 0; i < sizeof(invited) / sizeof(*invited); i++) {
            assert_int_equal(invite(invited[i].who, guardians), 201);
            assert_int_equal(answer_items(&answer), invited[i].items);
            assert_int_equal(invite(invited[i].who, one), invited[i].status);
        }
        assert_int_equal(put('D', S "B/people/s9/roles/student?class=2", ""), 204);
    }
    assert_int_equal(invite('A', one), 403);
    assert_fails(&answer, 403, "more_elsewhere");
}

/* On the disk, and the directory was not told yet: as in the moment before it is. */
static void become_an_admin(const char *code)
{
    struct batch *b = scene_batch();
    batch_put_role(b, &(struct store_member){
                          .person = {.school = "A", .code = code},
                          .role = STORE_DISTRICT_ADMIN,
                          .school = "",
                          .klass = ""
    });
    assert_int_equal(store_apply_now(server.scene.store, &b, NULL), 0);
}

static void who_becomes_more_while_they_are_invited_is_not(void **state)
{
    (void)state;
    become_an_admin("g1");
    assert_int_equal(invite('H', S "A/classes/1/guardians"), 201);
    assert_int_equal(answer_items(&answer), 0);
    become_an_admin("t1");
    assert_int_equal(invite('A', S "A/people/t1/invite"), 403);
    assert_fails(&answer, 403, "more_elsewhere");
    assert_int_equal(invite('D', S "A/people/t1/invite"), 201);
    assert_memory_equal(answer_text(&answer, "link"), "/sign-in#invite=", 16);
}

static bool is_invited(const char *path)
{
    assert_int_equal(get('D', path), 200);
    return !json_is_null(json_object_get(answer.json, "invited_until"));
}

static void who_is_given_more_is_invited_anew(void **state)
{
    (void)state;
    static const char *const given[] = {S "A/people/g1/roles/school_admin",
                                        S "A/people/g1/wards/s2"};
    assert_int_equal(put('D', S "A/people/s2", "{\"name\":\"妹妹\"}"), 200);
    for (size_t i = 0; i < sizeof(given) / sizeof(*given); i++) {
        assert_int_equal(invite('A', S "A/people/g1/invite"), 201);
        assert_true(is_invited(S "A/people/g1"));
        assert_int_equal(put('A', given[i], ""), 204);
        assert_false(is_invited(S "A/people/g1"));
    }
}

static void a_slash_in_a_code_is_a_tilde_in_a_path(void **state)
{
    (void)state;
    assert_int_equal(put('A', S "A/classes/2026~7", "{\"name\":\"新班\"}"), 200);
    assert_body("{\"code\":\"2026/7\",\"name\":\"新班\",\"grade\":0}");
    assert_int_equal(get('A', S "A/classes/2026~7/members"), 200);
    assert_int_equal(drop('A', S "A/classes/2026~7"), 204);
}

/* The small fuzz of what people and programs put into forms. */
static void bad_fields_are_told_and_change_nothing(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{}",
        "{\"name\":\"\"}",
        "{\"name\":\"   \"}",
        "{\"name\":null}",
        "{\"name\":7}",
        "{\"name\":[\"x\"]}",
        "{\"name\":{\"name\":\"x\"}}",
        "{\"name\":true}",
        "{\"name\":\"a\\u0000b\"}",
        "{\"name\":\"a\\u0007b\"}",
        "{\"name\":\"\\u202e\"}",
        "{\"name\":\"13800138000\"}",
        "{\"name\":\"11010519491231002X\"}",
        "{\"name\":\"...\"}",
        "{\"name\":\"好\",\"name\":\"坏\"}",
        "{\"name\":\"好\",\"role\":\"district_admin\"}",
        "{\"name\":\"好\",\"id\":\"1\"}",
        "{\"name\":\"好\",\"grade\":13}",
        "{\"name\":\"好\",\"grade\":-1}",
        "{\"name\":\"好\",\"grade\":1.5}",
        "{\"name\":\"好\",\"grade\":\"7\"}",
        "{\"name\":\"好\",\"grade\":99999999999999999999}",
        "[\"name\"]",
        "\"name\"",
        "{\"name\":\"好\"",
        "{\"name\":\"\xff\"}",
        "",
        "null",
    };
    static const char *const paths[] = {"/api/v1/district", S "A", S "A/people/new1",
                                        S "A/classes/new1"};
    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
        for (size_t k = 0; k < sizeof(paths) / sizeof(*paths); k++) {
            if (put('D', paths[k], bodies[i]) != 400)
                fail_msg("%s to %s: %d", bodies[i], paths[k], answer.status);
            assert_true(strlen(answer_text(&answer, "error.message")) > 0);
        }
    }
    assert_int_equal(get('D', "/api/v1/audit"), 200);
    assert_int_equal(answer_items(&answer), 0);
}

static void bad_codes_are_told(void **state)
{
    (void)state;
    static const char *const codes[] = {
        "-", "a%20b", "%EF%BC%91", "13800138000", "~", "11010519491231002X", "a,b"};
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
        char path[128];
        snprintf(path, sizeof(path), S "A/people/%s", codes[i]);
        if (put('A', path, "{\"name\":\"好\"}") != 400)
            fail_msg("%s: %d", path, answer.status);
        assert_string_equal(answer_text(&answer, "error.code"), "bad_code");
        assert_true(strlen(answer_text(&answer, "error.zh")) > 0);
    }
    char path[256] = S "A/people/";
    memset(path + strlen(path), 'x', 65);
    assert_int_equal(put('A', path, "{\"name\":\"好\"}"), 404);
    path[strlen(path) - 1] = '\0'; /* 64 bytes, and a code has 63 */
    assert_int_equal(put('A', path, "{\"name\":\"好\"}"), 400);
}

static void html_and_invisible_signs_are_text_and_nothing(void **state)
{
    (void)state;
    assert_int_equal(put('A', S "A/people/x1", "{\"name\":\"<img src=x>\\u202e\\u200b王\"}"), 200);
    assert_body("{\"code\":\"x1\",\"name\":\"<img src=x>王\"}");
    assert_non_null(strstr(answer.head, "Content-Type: application/json"));
    assert_non_null(strstr(answer.head, "Cache-Control: no-store"));
}

static void lists_come_in_pages(void **state)
{
    (void)state;
    char path[256] = S "A/people?limit=4";
    size_t seen = 0;
    while (path[0]) {
        assert_int_equal(get('A', path), 200);
        assert_true(answer_items(&answer) <= 4);
        seen += answer_items(&answer);
        const char *next = json_string_value(json_object_get(answer.json, "next"));
        path[0] = '\0';
        if (next)
            snprintf(path, sizeof(path), S "A/people?limit=4&after=%s", next);
    }
    assert_int_equal(seen, 9);
    static const char *const bad[] = {"limit=0",  "limit=201", "limit=x",
                                      "limit=-1", "limit=1e2", "limit=%FF"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        snprintf(path, sizeof(path), S "A/people?%s", bad[i]);
        assert_int_equal(get('A', path), 400);
        assert_fails(&answer, 400, "bad_query");
    }
    assert_int_equal(get('A', S "A/classes/1/members?after=nonsense"), 400);
    assert_int_equal(get('D', "/api/v1/audit?after=-1"), 400);
}

static void people_are_found_by_a_part_of_what_they_are_called(void **state)
{
    (void)state;
    assert_int_equal(get('A', S "A/people?q=H&limit=1"), 200);
    assert_body("{\"items\":[{\"code\":\"h1\",\"name\":\"某某\"}],\"next\":\"h1\"}");
    assert_int_equal(get('A', S "A/people?q=H&after=h1"), 200);
    assert_body("{\"items\":[{\"code\":\"h2\",\"name\":\"某某\"}],\"next\":null}");
    assert_int_equal(get('A', S "A/people?q=%FF"), 400);
    assert_fails(&answer, 400, "bad_query");
    assert_int_equal(get('A', S "A/people?q=1&staff=1&after=l1&limit=2"), 200);
    assert_body(
        "{\"items\":[{\"code\":\"p1\",\"name\":\"某某\"},{\"code\":\"r1\",\"name\":\"某某\"}],"
        "\"next\":\"r1\"}");
    assert_int_equal(get('A', S "A/people?staff=1&after=r1"), 200); /* no pupil, and no guardian */
    assert_body("{\"items\":[{\"code\":\"t1\",\"name\":\"某某\"}],\"next\":null}");
}

static void schools_are_found_by_a_part_of_what_they_are_called(void **state)
{
    (void)state;
    assert_int_equal(get('A', "/api/v1/schools?q=b"), 200);
    assert_body("{\"items\":[{\"code\":\"B\",\"name\":\"学校\"}],\"next\":null}");
    assert_int_equal(get('A', "/api/v1/schools?q=%E6%A0%A1&limit=1"), 200);
    assert_body("{\"items\":[{\"code\":\"A\",\"name\":\"学校\"}],\"next\":\"A\"}");
    assert_int_equal(get('A', "/api/v1/schools?q=%25"), 200);
    assert_body("{\"items\":[],\"next\":null}");
    assert_int_equal(get('A', "/api/v1/schools?q=%FF"), 400);
    assert_fails(&answer, 400, "bad_query");
}

static void the_log_says_who_did_what_without_names(void **state)
{
    (void)state;
    assert_int_equal(put('A', S "A/people/new1", "{\"name\":\"新同学\"}"), 200);
    assert_int_equal(put('A', S "A/people/new1/roles/student?class=1", ""), 204);
    assert_int_equal(
        server_call(&server, &answer, HTTP_ADMIN, HTTP_DELETE, S "A/people/new1", NULL), 204);
    assert_int_equal(get('D', "/api/v1/audit"), 200);
    assert_int_equal(answer_items(&answer), 3);
    assert_null(strstr(answer.body, "新"));
    assert_null(strstr(answer.body, "new1"));
    static const char *const acts[] = {"person.put", "role.put", "person.drop"};
    const char *admin = directory_find_code(server.directory, "A", "a1")->id;
    for (size_t i = 0; i < 3; i++) {
        const json_t *entry = json_array_get(json_object_get(answer.json, "items"), i);
        assert_string_equal(json_string_value(json_object_get(entry, "act")), acts[i]);
        assert_string_equal(json_string_value(json_object_get(entry, "actor")),
                            i < 2 ? admin : "console");
        assert_memory_equal(json_string_value(json_object_get(entry, "subject")), "person:", 7);
    }
    const json_t *given = json_array_get(json_object_get(answer.json, "items"), 1);
    assert_string_equal(json_string_value(json_object_get(given, "detail")), "student at A/1");
}

static const char *word(size_t i, const char *who, const char *field)
{
    const json_t *item = json_array_get(json_object_get(answer.json, "items"), i);
    const json_t *o = *who ? json_object_get(item, who) : item;
    const char *text = json_string_value(json_object_get(o, field));
    return text ? text : "-";
}

static void who_did_what_is_found_newest_first_and_by_name(void **state)
{
    (void)state;
    assert_int_equal(put('A', S "A/people/new1", "{\"name\":\"新同学\"}"), 200);
    assert_int_equal(put('A', S "A/people/new1/roles/student?class=1", ""), 204);
    assert_int_equal(put('D', S "A/classes/3", "{\"name\":\"三班\"}"), 200);
    assert_int_equal(get('D', "/api/v1/audit?order=newest"), 200);
    assert_int_equal(answer_items(&answer), 3);
    assert_string_equal(word(0, "", "act"), "class.put");
    assert_string_equal(word(0, "", "subject"), "class:A/3");
    assert_string_equal(word(0, "by", "code"), "d1");
    assert_string_equal(word(0, "about", "code"), "-");
    assert_string_equal(word(1, "", "act"), "role.put");
    assert_string_equal(word(1, "by", "code"), "a1");
    assert_string_equal(word(1, "by", "name"), "某某");
    assert_string_equal(word(1, "about", "name"), "新同学");
    assert_string_equal(word(1, "about", "school"), "A");
    assert_int_equal(get('D', "/api/v1/audit?order=newest&school=A&person=new1&limit=1"), 200);
    assert_int_equal(answer_items(&answer), 1);
    char path[256];
    snprintf(path, sizeof(path), "/api/v1/audit?order=newest&school=A&person=new1&after=%s",
             json_string_value(json_object_get(answer.json, "next")));
    assert_int_equal(get('D', path), 200);
    assert_int_equal(answer_items(&answer), 1);
    assert_string_equal(word(0, "", "act"), "person.put");
    assert_int_equal(get('D', "/api/v1/audit?order=newest&act=class.put&from=2020-01-01"), 200);
    assert_int_equal(answer_items(&answer), 1);
    assert_int_equal(get('D', "/api/v1/audit?order=newest&to=2020-01-01"), 200);
    assert_int_equal(answer_items(&answer), 0);
    assert_int_equal(drop('A', S "A/people/new1"), 204);
    assert_int_equal(get('D', "/api/v1/audit?order=newest"), 200);
    assert_string_equal(word(0, "", "act"), "person.drop");
    assert_string_equal(word(0, "about", "name"), "-");
    assert_null(strstr(answer.body, "新同学"));
    assert_int_equal(get('D', "/api/v1/audit?order=newest&school=A&person=new1"), 404);
    static const char *const bad[] = {"order=up",
                                      "act=class.put",
                                      "from=2020-01-01",
                                      "order=newest&from=2020-13-01",
                                      "order=newest&after=7",
                                      "order=newest&school=A",
                                      "order=newest&act=%FF"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        snprintf(path, sizeof(path), "/api/v1/audit?%s", bad[i]);
        assert_int_equal(get('D', path), 400);
    }
}

static int make(char mark, const char *path, const char *body)
{
    char head[512];
    answer_free(&answer);
    snprintf(head, sizeof(head),
             "PUT %s HTTP/1.1\r\nCookie: who=%c\r\nContent-Type: application/json\r\n"
             "If-None-Match: *\r\n",
             path, mark);
    server_send(&server, &answer, HTTP_PUBLIC, head, body);
    return answer.status;
}

static void what_is_to_be_made_changes_nothing_that_is_there(void **state)
{
    (void)state;
    static const char *const paths[] = {S "C", S "A/classes/3", S "A/people/n1", S "-/people/n1"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        assert_int_equal(make('D', paths[i], "{\"name\":\"新的\"}"), 200);
        assert_int_equal(make('D', paths[i], "{\"name\":\"别的\"}"), 412);
        assert_fails(&answer, 412, "exists");
        assert_int_equal(put('D', paths[i], "{\"name\":\"新的\"}"), 200);
    }
    assert_int_equal(get('D', "/api/v1/audit"), 200);
    assert_null(strstr(answer.body, "别的"));
    assert_int_equal(get('D', S "C"), 200);
    assert_body("{\"code\":\"C\",\"name\":\"新的\"}");
}

static void the_last_district_admin_stays(void **state)
{
    (void)state;
    assert_int_equal(drop('D', S "-/people/d1/roles/district_admin"), 409);
    assert_fails(&answer, 409, "last_admin");
    assert_int_equal(drop('D', S "-/people/d1"), 409);
    assert_int_equal(district_ask(&server, &answer, 'D', HTTP_POST, S "-/people/d1/erase", "{}"),
                     409);
    assert_int_equal(put('D', S "A/people/a1/roles/district_admin", ""), 204);
    assert_int_equal(drop('D', S "-/people/d1/roles/district_admin"), 204);
    assert_int_equal(drop('A', S "A/people/a1/roles/district_admin"), 409);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, district_setup, server_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_district_is_made_step_by_step),
        TEST(a_new_role_counts_from_its_answer_on),
        TEST(nobody_gives_what_is_not_theirs),
        TEST(a_pupil_is_in_one_class),
        TEST(a_role_wants_its_place),
        TEST(guardians_have_wards),
        TEST(a_homeroom_teacher_invites_the_guardians_of_the_class),
        TEST(an_invitation_of_nobody_is_not_in_the_log),
        TEST(who_is_gone_is_nobody),
        TEST(a_classs_codes_let_nobody_in_who_is_more_than_a_pupil),
        TEST(a_guardian_of_another_schools_pupil_too_is_invited_by_the_district),
        TEST(who_is_given_more_is_invited_anew),
        TEST(who_becomes_more_while_they_are_invited_is_not),
        TEST(a_slash_in_a_code_is_a_tilde_in_a_path),
        TEST(bad_fields_are_told_and_change_nothing),
        TEST(bad_codes_are_told),
        TEST(html_and_invisible_signs_are_text_and_nothing),
        TEST(lists_come_in_pages),
        TEST(people_are_found_by_a_part_of_what_they_are_called),
        TEST(schools_are_found_by_a_part_of_what_they_are_called),
        TEST(the_log_says_who_did_what_without_names),
        TEST(who_did_what_is_found_newest_first_and_by_name),
        TEST(what_is_to_be_made_changes_nothing_that_is_there),
        TEST(the_last_district_admin_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
