#include "tests/unit/api/district.h"

#define SCHOOL "/api/v1/schools/:school"
#define CLASS  SCHOOL "/classes/:class"
#define PERSON SCHOOL "/people/:person"
#define TABLE  SCHOOL "/timetable"

/*
 * Who may ask what, by their marks: each route, about school A (with its class 1 and its people)
 * and about school B. Whoever is not named is refused. The requests are such that nothing changes:
 * they name what is not there, or say nothing that could be done.
 */
/* clang-format off */
static const struct line {
    enum http_method method;
    const char *route;
    const char *path; /* with %s for the school, if it has one */
    const char *in_a, *in_b;
} lines[] = {
    {HTTP_GET,    "/api/v1/district",  "/api/v1/district",                   "DCYAaHhLTPR", NULL},
    {HTTP_PUT,    "/api/v1/district",  "/api/v1/district",                   "D",           NULL},
    {HTTP_GET,    "/api/v1/schools",   "/api/v1/schools",                    "DCYAaHhLTPR", NULL},
    {HTTP_GET,    SCHOOL,              "/api/v1/schools/%s",                 "DCYAHhLTPR",  "DCYa"},
    {HTTP_PUT,    SCHOOL,              "/api/v1/schools/%s",                 "D",           "D"},
    {HTTP_DELETE, SCHOOL,              "/api/v1/schools/%s",                 "D",           "D"},
    {HTTP_GET,    SCHOOL "/classes",   "/api/v1/schools/%s/classes",         "DCYAHhLTPR",  "DCYa"},
    {HTTP_PUT,    CLASS,               "/api/v1/schools/%s/classes/1",       "DA",          "Da"},
    {HTTP_DELETE, CLASS,               "/api/v1/schools/%s/classes/9",       "DA",          "Da"},
    {HTTP_GET,    CLASS "/members",    "/api/v1/schools/%s/classes/1/members", "DCYAHTPR",  "DCYa"},
    {HTTP_GET,    CLASS "/roll",       "/api/v1/schools/%s/classes/1/roll",  "DCYAHTPR",    "DCYa"},
    {HTTP_GET,    SCHOOL "/people",    "/api/v1/schools/%s/people",          "DCYAP",       "DCYa"},
    {HTTP_GET,    PERSON,              "/api/v1/schools/%s/people/a1",       "DCYAP",       "DCYa"},
    {HTTP_PUT,    PERSON,              "/api/v1/schools/%s/people/a1",       "DA",          "Da"},
    {HTTP_DELETE, PERSON,              "/api/v1/schools/%s/people/none",     "DA",          "Da"},
    {HTTP_GET,    PERSON "/data",      "/api/v1/schools/%s/people/a1/data",  "DA",          "Da"},
    {HTTP_POST,   PERSON "/erase",     "/api/v1/schools/%s/people/none/erase", "DA",        "Da"},
    {HTTP_PUT,    PERSON "/roles/:role", "/api/v1/schools/%s/people/a1/roles/pope", "DA",   "Da"},
    {HTTP_DELETE, PERSON "/roles/:role", "/api/v1/schools/%s/people/a1/roles/pope", "DA",   "Da"},
    {HTTP_PUT,    PERSON "/wards/:ward", "/api/v1/schools/%s/people/a1/wards/none", "DA",   "Da"},
    {HTTP_DELETE, PERSON "/wards/:ward", "/api/v1/schools/%s/people/a1/wards/none", "DA",   "Da"},
    {HTTP_POST,   "/api/v1/imports",   "/api/v1/imports",                    "DAa",         NULL},
    {HTTP_PUT,    "/api/v1/imports/:id/files", "/api/v1/imports/x/files",    "DAa",         NULL},
    {HTTP_PUT,    "/api/v1/imports/:id/files/:file", "/api/v1/imports/x/files/0", "DAa",    NULL},
    {HTTP_GET,    "/api/v1/imports/:id", "/api/v1/imports/x",                "DAa",         NULL},
    {HTTP_POST,   "/api/v1/imports/:id/apply", "/api/v1/imports/x/apply",    "DAa",         NULL},
    {HTTP_DELETE, "/api/v1/imports/:id", "/api/v1/imports/x",                "DAa",         NULL},
    {HTTP_GET,    "/api/v1/exports/:kind", "/api/v1/exports/people?school=%s&language=none", "DA", "Da"},
    {HTTP_GET,    "/api/v1/exports/:kind", "/api/v1/exports/people?language=none", "D",      NULL},
    {HTTP_GET,    "/api/v1/timetable", "/api/v1/timetable?school=%s",        "DCYAaHhLTPRGS", "DCYAaHhLTPRGS"},
    {HTTP_GET,    "/api/v1/today",     "/api/v1/today?school=%s",            "DCYAPR",      "DCYa"},
    {HTTP_GET,    "/api/v1/today",     "/api/v1/today",                      "DCY",         NULL},
    {HTTP_GET,    TABLE,               "/api/v1/schools/%s/timetable",       "DA",          "Da"},
    {HTTP_PUT,    TABLE "/:entry",     "/api/v1/schools/%s/timetable/r",     "DA",          "Da"},
    {HTTP_DELETE, TABLE "/:entry",     "/api/v1/schools/%s/timetable/r",     "DA",          "Da"},
    {HTTP_POST,   TABLE "/import",     "/api/v1/schools/%s/timetable/import", "DA",         "Da"},
    {HTTP_POST,   TABLE "/publish",    "/api/v1/schools/%s/timetable/publish?no", "DA",     "Da"},
    {HTTP_GET,    SCHOOL "/closures",  "/api/v1/schools/%s/closures",        "DCYAHhLTPR",  "DCYa"},
    {HTTP_POST,   SCHOOL "/closures",  "/api/v1/schools/%s/closures",        "DA",          "Da"},
    {HTTP_DELETE, SCHOOL "/closures",  "/api/v1/schools/%s/closures",        "DA",          "Da"},
    {HTTP_GET,    "/api/v1/calendar",  "/api/v1/calendar",                   "DCYAaHhLTPRGS", NULL},
    {HTTP_PUT,    "/api/v1/calendar",  "/api/v1/calendar",                   "D",           NULL},
    {HTTP_GET,    "/api/v1/policy",    "/api/v1/policy",                     "DCYAaHhLTPR", NULL},
    {HTTP_PUT,    "/api/v1/policy",    "/api/v1/policy",                     "D",           NULL},
    {HTTP_GET,    "/api/v1/me/lessons", "/api/v1/me/lessons",                "DCYAaHhLTPRGSu", NULL},
    {HTTP_GET,    "/api/v1/me/lessons/:id", "/api/v1/me/lessons/x",          "DCYAaHhLTPRGSu", NULL},
    {HTTP_POST,   "/api/v1/me/lessons/:id/start", "/api/v1/me/lessons/x/start", "DCYAaHhLTPRGSu", NULL},
    {HTTP_POST,   "/api/v1/me/feed",   "/api/v1/me/feed",                    "DCYAaHhLTPRGS", NULL},
    {HTTP_DELETE, "/api/v1/me/feed",   "/api/v1/me/feed",                    "DCYAaHhLTPRGS", NULL},
    {HTTP_GET,    CLASS "/feed",       "/api/v1/schools/%s/classes/1/feed",  "DAH",         "Da"},
    {HTTP_POST,   CLASS "/feed",       "/api/v1/schools/%s/classes/9/feed",  "DA",          "Da"},
    {HTTP_DELETE, CLASS "/feed",       "/api/v1/schools/%s/classes/1/feed",  "DAH",         "Da"},
    {HTTP_GET,    "/api/v1/audit",     "/api/v1/audit",                      "D",           NULL},
    {HTTP_GET,     "/api/v1/me", "/api/v1/me", "DCYAaHhLTPRGSu", NULL},
    {HTTP_PUT,     "/api/v1/me/password", "/api/v1/me/password", "DCYAaHhLTPRG", NULL},
    {HTTP_POST,    "/api/v1/me/totp", "/api/v1/me/totp", "DCYAaHhLTPRG", NULL},
    {HTTP_PUT,     "/api/v1/me/totp", "/api/v1/me/totp", "DCYAaHhLTPRG", NULL},
    {HTTP_DELETE,  "/api/v1/me/totp", "/api/v1/me/totp", "DCYAaHhLTPRG", NULL},
    {HTTP_GET,     "/api/v1/me/sessions", "/api/v1/me/sessions", "DCYAaHhLTPRG", NULL},
    {HTTP_DELETE,  "/api/v1/me/sessions/:id", "/api/v1/me/sessions/x", "DCYAaHhLTPRG", NULL},
    {HTTP_POST,    PERSON "/invite", "/api/v1/schools/%s/people/none/invite", "DA", "Da"},
    {HTTP_POST,    PERSON "/entry-code", "/api/v1/schools/%s/people/none/entry-code", "DA", "Da"},
    {HTTP_GET,     CLASS "/codes", "/api/v1/schools/%s/classes/1/codes", "DAH", "Da"},
    {HTTP_POST,    CLASS "/codes", "/api/v1/schools/%s/classes/9/codes", "DA", "Da"},
    {HTTP_GET,     CLASS "/guardians", "/api/v1/schools/%s/classes/1/guardians", "DAH", "Da"},
    {HTTP_POST,    CLASS "/guardians", "/api/v1/schools/%s/classes/9/guardians", "DA", "Da"},
    {HTTP_GET,     CLASS "/guests", "/api/v1/schools/%s/classes/1/guests", "DAH", "Da"},
    {HTTP_POST,    CLASS "/guests", "/api/v1/schools/%s/classes/9/guests", "DA", "Da"},
    {HTTP_DELETE,  CLASS "/guests/:guest", "/api/v1/schools/%s/classes/9/guests/none", "DA", "Da"},
};
/* clang-format on */
enum { LINES = sizeof(lines) / sizeof(*lines) };

static void check(const struct line *line, const char *school, const char *may, char mark)
{
    char path[256];
    size_t before = strcspn(line->path, "%");
    const char *behind = line->path + before;
    snprintf(path, sizeof(path), "%.*s%s%s", (int)before, line->path, *behind ? school : "",
             *behind ? behind + 2 : "");
    const char *body = line->method & (HTTP_POST | HTTP_PUT) ? "{\"school\":7}" : NULL;
    int status = district_ask(&server, &answer, mark, line->method, path, body);
    int refusal = mark == '-' ? 401 : 403;
    bool is_right = strchr(may, mark) ? status != 401 && status != 403 : status == refusal;
    if (!is_right)
        fail_msg("'%c' %s %s: %d", mark, method_name(line->method), path, status);
}

static void each_role_may_what_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < LINES; i++) {
        for (size_t k = 0; k <= DISTRICT_PEOPLE; k++) {
            char mark = k < DISTRICT_PEOPLE ? district_people[k].mark : '-';
            check(&lines[i], "A", lines[i].in_a, mark);
            if (lines[i].in_b)
                check(&lines[i], "B", lines[i].in_b, mark);
        }
    }
}

/* Routes of the console have no roles; those that anybody may ask have no refusals. */
static void each_route_with_a_permit_is_in_the_table(void **state)
{
    (void)state;
    for (const struct route *r = api_routes; r->path; r++) {
        bool is_there = r->permit == PERMIT_ANYBODY || r->face == HTTP_ADMIN;
        for (size_t i = 0; i < LINES && !is_there; i++)
            is_there = lines[i].method == r->method && strcmp(lines[i].route, r->path) == 0;
        if (!is_there)
            fail_msg("who may %s %s?", method_name(r->method), r->path);
    }
}

/* What is kept about a pupil: theirs, their guardians', their homeroom teacher's. */
static void a_pupils_data_are_shown_to_those_who_answer_for_them(void **state)
{
    (void)state;
    static const struct line about_pupil = {HTTP_GET, PERSON "/data",
                                            "/api/v1/schools/%s/people/s1/data", "DAHGS", NULL};
    for (size_t k = 0; k <= DISTRICT_PEOPLE; k++)
        check(&about_pupil, "A", about_pupil.in_a,
              k < DISTRICT_PEOPLE ? district_people[k].mark : '-');
}

static void nothing_was_changed_by_asking(void **state)
{
    (void)state;
    uint32_t changes = directory_changes(server.directory);
    each_role_may_what_the_table_says(state);
    assert_int_equal(district_ask(&server, &answer, 'D', HTTP_GET, "/api/v1/audit", NULL), 200);
    assert_int_equal(answer_items(&answer), 0);
    assert_int_equal(directory_changes(server.directory), changes);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, district_setup, server_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_route_with_a_permit_is_in_the_table),
        TEST(a_pupils_data_are_shown_to_those_who_answer_for_them),
        TEST(nothing_was_changed_by_asking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
