#include "tests/unit/api/district.h"

#include "server/planner/plan.h"

/* The timetable over HTTP: what forms and pages say and are told. What is judged how is the
 * planner's own tests' affair. */
static int ask(char mark, enum http_method method, const char *path, const char *body)
{
    return district_ask(&server, &answer, mark, method, path, body);
}

static const char *text_at(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));
    return text ? text : "";
}

static json_t *first_item(void)
{
    json_t *item = json_array_get(json_object_get(answer.json, "items"), 0);
    assert_non_null(item);
    return item;
}

static size_t count_items(void)
{
    return answer_items(&answer);
}

/* A single lesson of that class by l1, today (+ days) at that time. */
static const char *row_of(const char *klass, int days, const char *start, const char *more)
{
    static char body[1024];
    char date[DATE_TEXT_SIZE];
    date_print(date, plan_date(planner_plan(server.planner), server_clock()) + days);
    snprintf(
        body, sizeof(body),
        "{\"title\":\"数学\",\"lecturer\":\"l1\",\"classes\":[{\"school\":\"A\",\"class\":\"%s\"}],"
        "\"kind\":\"meeting\",\"place\":\"online\",\"date\":\"%s\",\"start\":\"%s\","
        "\"length_min\":40%s}",
        klass, date, start, more);
    return body;
}

static const char *row_at(int days, const char *start, const char *more)
{
    return row_of("1", days, start, more);
}

#define ROW_R   "/api/v1/schools/A/timetable/r"
#define PUBLISH "/api/v1/schools/A/timetable/publish"
#define ME      "/api/v1/me/lessons"

static void a_row_goes_from_the_form_to_the_pupil(void **state)
{
    (void)state;
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, row_at(0, "23:00", "")), 200);
    assert_string_equal(text_at(answer.json, "entry"), "r");
    assert_string_equal(text_at(answer.json, "state"), "draft");
    assert_string_equal(text_at(json_object_get(answer.json, "lecturer"), "code"), "l1");
    assert_int_equal(ask('A', HTTP_GET, "/api/v1/timetable?school=A", NULL), 200);
    assert_string_equal(text_at(first_item(), "state"), "draft");
    assert_int_equal(ask('L', HTTP_GET, "/api/v1/timetable?school=A", NULL), 200);
    assert_int_equal(count_items(), 0); /* not for who does not make it */
    assert_int_equal(ask('S', HTTP_GET, ME, NULL), 200);
    assert_int_equal(count_items(), 0);
    assert_int_equal(ask('A', HTTP_POST, PUBLISH, "{}"), 200);
    for (const char *mark = "SuLTH"; *mark; mark++) {
        assert_int_equal(ask(*mark, HTTP_GET, ME, NULL), 200);
        assert_int_equal(count_items(), 1);
        assert_string_equal(text_at(first_item(), "title"), "数学");
        assert_true(strstr(text_at(first_item(), "start"), "T23:00:00+08:00"));
        assert_string_equal(text_at(first_item(), "lesson"), text_at(first_item(), "id"));
    }
    for (const char *mark = "hRD"; *mark; mark++) { /* of another class, or of none */
        assert_int_equal(ask(*mark, HTTP_GET, ME, NULL), 200);
        assert_int_equal(count_items(), 0);
    }
    assert_int_equal(ask('G', HTTP_GET, ME "?school=A&ward=s1", NULL), 200);
    assert_int_equal(count_items(), 1);
    assert_int_equal(ask('T', HTTP_GET, ME "?school=A&ward=h1", NULL), 403);
}

static void who_teaches_is_led_to_teach_and_who_learns_to_watch(void **state)
{
    (void)state;
    char path[128], start[160], link[256];
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, row_at(0, "23:00", "")), 200);
    assert_int_equal(ask('A', HTTP_POST, PUBLISH, "{}"), 200);
    assert_int_equal(ask('S', HTTP_GET, ME, NULL), 200);
    snprintf(path, sizeof(path), ME "/%s", text_at(first_item(), "id"));
    snprintf(start, sizeof(start), "%s/start", path);
    const struct lesson *l = lessons_find(server.lessons, text_at(first_item(), "id"));
    assert_non_null(l);
    assert_int_equal(ask('S', HTTP_GET, path, NULL), 200);
    snprintf(link, sizeof(link), "/watch/%s", l->id);
    assert_string_equal(text_at(answer.json, "link"), link);
    assert_int_equal(ask('T', HTTP_POST, start, "{}"), 200);
    assert_string_equal(text_at(answer.json, "link"), link);
    assert_int_equal(ask('L', HTTP_POST, start, "{}"), 200);
    snprintf(link, sizeof(link), "/teach#l=%s", l->id);
    assert_string_equal(text_at(answer.json, "link"), link);
    assert_int_equal(ask('S', HTTP_POST, start, "{}"), 403);
    assert_int_equal(ask('u', HTTP_POST, start, "{}"), 403);
    assert_int_equal(ask('h', HTTP_GET, path, NULL), 404);
    assert_int_equal(ask('D', HTTP_POST, start, "{}"), 404);
    assert_int_equal(ask('A', HTTP_DELETE, ROW_R, NULL), 204);
    assert_int_equal(ask('S', HTTP_GET, path, NULL), 404);
}

static void each_field_of_a_row_is_looked_at(void **state)
{
    (void)state;
    static const struct {
        const char *body, *code;
    } wrong[] = {
        {"{}",                                                                              "bad_title"     },
        {"{\"title\":7}",                                                                   "bad_title"     },
        {"{\"title\":\"x\"}",                                                               "bad_start"     },
        {"{\"title\":\"x\",\"kind\":\"party\"}",                                            "bad_kind"      },
        {"{\"title\":\"x\",\"place\":\"moon\"}",                                            "bad_place"     },
        {"{\"title\":\"x\",\"link\":7}",                                                    "bad_link"      },
        {"{\"title\":\"x\",\"start\":\"8:00\"}",                                            "bad_start"     },
        {"{\"title\":\"x\",\"start\":\"24:00\"}",                                           "bad_start"     },
        {"{\"title\":\"x\",\"start\":\"08:00\"}",                                           "bad_length_min"},
        {"{\"title\":\"x\",\"start\":\"08:00\",\"length_min\":9e9}",                        "bad_length_min"},
        {"{\"title\":\"x\",\"start\":\"08:00\",\"length_min\":40}",                         "bad_weekday"   },
        {"{\"title\":\"x\",\"start\":\"08:00\",\"length_min\":40,\"weeks\":\"x\"}",         "bad_weeks"     },
        {"{\"title\":\"x\",\"start\":\"08:00\",\"length_min\":40,\"date\":\"2023-02-29\"}",
         "bad_date"                                                                                         },
        {"{\"title\":\"x\",\"start\":\"08:00\",\"length_min\":40,\"weekday\":1}",           "bad_from"      },
        {"{\"title\":\"x\",\"start\":\"08:00\",\"length_min\":40,\"date\":\"2024-02-29\"}",
         "bad_classes"                                                                                      },
        {"{\"title\":\"x\",\"start\":\"08:00\",\"length_min\":40,\"date\":\"2024-02-29\","
         "\"lecturer\":\"nobody\"}",                                               "bad_lecturer"  },
        {"{\"title\":\"x\",\"start\":\"08:00\",\"length_min\":40,\"date\":\"2024-02-29\","
         "\"classes\":[{\"class\":\"9\"}]}",                                       "bad_classes"   },
        {"{\"title\":\"x\",\"start\":\"23:30\",\"length_min\":40,\"date\":\"2024-02-29\","
         "\"classes\":[{\"class\":\"1\"}]}",                                       "bad_time"      },
        {"{\"title\":\"x\",\"start\":\"08:00\",\"length_min\":40,\"date\":\"2024-02-29\","
         "\"place\":\"elsewhere\",\"classes\":[{\"class\":\"1\"}]}",               "bad_link"      },
        {"{\"title\":\"x\",\"override\":7}",                                                "bad_override"  },
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        ask('A', HTTP_PUT, ROW_R, wrong[i].body);
        const json_t *error = json_object_get(answer.json, "error");
        if (answer.status != 400 || strcmp(text_at(error, "code"), wrong[i].code) != 0 ||
            !*text_at(error, "zh") ||
            strcmp(text_at(error, "field"), wrong[i].code + strlen("bad_")) != 0)
            fail_msg("%s: %d %s", wrong[i].body, answer.status, answer.body);
    }
    assert_int_equal(ask('A', HTTP_GET, "/api/v1/schools/A/timetable", NULL), 200);
    assert_int_equal(count_items(), 0);
}

static void a_school_plans_for_its_own_classes(void **state)
{
    (void)state;
    static const char both[] =
        "{\"title\":\"x\",\"start\":\"08:00\",\"length_min\":40,"
        "\"kind\":\"meeting\",\"date\":\"2099-02-28\","
        "\"classes\":[{\"class\":\"1\"},{\"school\":\"B\",\"class\":\"1\"}]}";
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, both), 403);
    assert_int_equal(ask('D', HTTP_PUT, ROW_R, both), 200);
    assert_int_equal(ask('A', HTTP_PUT, "/api/v1/schools/Z/timetable/r", both), 403);
    assert_int_equal(ask('D', HTTP_PUT, "/api/v1/schools/Z/timetable/r", both), 404);
}

#define CITY "/api/v1/schools/-/timetable"

/* By l1 for a class of each school, today. */
static const char *city_row(const char *title)
{
    static char body[1024];
    char date[DATE_TEXT_SIZE];
    date_print(date, plan_date(planner_plan(server.planner), server_clock()));
    snprintf(body, sizeof(body),
             "{\"title\":\"%s\",\"lecturer\":{\"school\":\"A\",\"code\":\"l1\"},"
             "\"classes\":[{\"school\":\"A\",\"class\":\"1\"},{\"school\":\"B\",\"class\":\"2\"}],"
             "\"kind\":\"meeting\",\"date\":\"%s\",\"start\":\"23:00\",\"length_min\":40}",
             title, date);
    return body;
}

static void a_citys_lesson_stands_in_the_timetable_of_the_district(void **state)
{
    (void)state;
    assert_int_equal(ask('A', HTTP_PUT, CITY "/r", city_row("市级公开课")), 403);
    assert_int_equal(ask('D', HTTP_PUT, CITY "/r", city_row("市级公开课")), 200);
    assert_int_equal(ask('A', HTTP_GET, CITY, NULL), 403);
    assert_int_equal(ask('D', HTTP_GET, CITY, NULL), 200);
    const json_t *klass = json_array_get(json_object_get(first_item(), "classes"), 1);
    assert_string_equal(text_at(klass, "school_name"), "学校");
    assert_int_equal(ask('S', HTTP_GET, ME, NULL), 200);
    assert_int_equal(count_items(), 0);
    assert_int_equal(ask('D', HTTP_POST, CITY "/publish", "{}"), 200);
    for (const char *mark = "AaR"; *mark; mark++) { /* who looks after one of the schools */
        const char *path =
            *mark == 'a' ? "/api/v1/timetable?school=B" : "/api/v1/timetable?school=A";
        assert_int_equal(ask(*mark, HTTP_GET, path, NULL), 200);
        assert_string_equal(text_at(first_item(), "school"), "");
        assert_int_equal(json_array_size(json_object_get(first_item(), "classes")), 2);
    }
    assert_int_equal(ask('L', HTTP_GET, ME, NULL), 200);
    assert_int_equal(json_array_size(json_object_get(first_item(), "classes")), 2);
    assert_int_equal(ask('S', HTTP_GET, ME, NULL), 200); /* who else is in it is not their affair */
    assert_int_equal(json_array_size(json_object_get(first_item(), "classes")), 1);
    assert_int_equal(ask('A', HTTP_DELETE, CITY "/r", NULL), 403);
    assert_int_equal(ask('D', HTTP_DELETE, CITY "/r", NULL), 204);
}

/* "r1" of so many classes of A. */
static int ask_row_of(size_t n, int at)
{
    static char body[64 * (STORE_ENTRY_CLASSES_MAX + 16)];
    char path[64];
    int len = snprintf(body, sizeof(body),
                       "{\"title\":\"开放日\",\"kind\":\"meeting\",\"date\":\"2024-03-08\","
                       "\"start\":\"%02d:00\",\"length_min\":40,\"classes\":[",
                       at);
    for (size_t i = 0; i < n; i++)
        len += snprintf(body + len, sizeof(body) - (size_t)len,
                        "%s{\"school\":\"A\",\"class\":\"the-large-class-%zu\"}", i ? "," : "", i);
    snprintf(body + len, sizeof(body) - (size_t)len, "]}");
    snprintf(path, sizeof(path), CITY "/r%d", at);
    return ask('D', HTTP_PUT, path, body);
}

static void a_lesson_of_a_whole_city_is_one_row_and_pages_of_such_rows_are_short(void **state)
{
    (void)state;
    char path[96];
    for (int i = 0; i <= STORE_ENTRY_CLASSES_MAX; i++) {
        snprintf(path, sizeof(path), "/api/v1/schools/A/classes/the-large-class-%d", i);
        assert_int_equal(ask('A', HTTP_PUT, path, "{\"name\":\"班\",\"grade\":7}"), 200);
    }
    assert_int_equal(ask_row_of(STORE_ENTRY_CLASSES_MAX + 1, 10), 400);
    assert_string_equal(text_at(json_object_get(answer.json, "error"), "code"), "bad_classes");
    for (int at = 10; at < 16; at++)
        assert_int_equal(ask_row_of(STORE_ENTRY_CLASSES_MAX, at), 200);
    assert_int_equal(
        ask('D', HTTP_PUT, CITY "/other",
            "{\"title\":\"x\",\"kind\":\"meeting\",\"date\":\"2024-03-08\",\"start\":\"10:10\","
            "\"length_min\":40,\"classes\":[{\"school\":\"A\",\"class\":\"1\"},"
            "{\"school\":\"A\",\"class\":\"the-large-class-7\"}]}"),
        409);
    const json_t *findings = json_object_get(json_object_get(answer.json, "error"), "findings");
    const json_t *found = json_object_get(json_array_get(findings, 0), "class");
    assert_string_equal(text_at(found, "class"), "the-large-class-7"); /* which, of hundreds */
    assert_int_equal(ask('D', HTTP_GET, CITY, NULL), 200);
    assert_int_equal(count_items(), 4); /* of 2,048 classes */
    assert_string_equal(text_at(answer.json, "next"), "r13");
    assert_int_equal(ask('D', HTTP_GET, CITY "?after=r13", NULL), 200);
    assert_int_equal(count_items(), 2);
    assert_string_equal(text_at(answer.json, "next"), "");
    assert_int_equal(ask('D', HTTP_GET, "/api/v1/timetable?date=2024-03-08&limit=5", NULL), 200);
    assert_int_equal(count_items(), 4);
    snprintf(path, sizeof(path), "/api/v1/timetable?date=2024-03-08&limit=5&after=%s",
             text_at(answer.json, "next"));
    assert_int_equal(ask('D', HTTP_GET, path, NULL), 200);
    assert_int_equal(count_items(), 2);
}

static void a_row_with_classes_of_others_is_the_districts_to_change(void **state)
{
    (void)state;
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, city_row("x")), 403);
    assert_string_equal(text_at(json_object_get(answer.json, "error"), "code"), "other_school");
    assert_int_equal(ask('D', HTTP_PUT, ROW_R, city_row("x")), 200);
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, row_at(0, "23:00", "")),
                     403); /* without B's class */
    assert_int_equal(ask('A', HTTP_DELETE, ROW_R, NULL), 403);
    assert_int_equal(ask('D', HTTP_DELETE, ROW_R, NULL), 204);
}

/* Who is taught by whom is said by whoever looks after the lecturer; what stands may stay. */
static void a_lecturer_of_others_is_kept_but_not_taken(void **state)
{
    (void)state;
    static const char body[] =
        "{\"title\":\"%s\",\"start\":\"08:00\",\"length_min\":40,\"kind\":"
        "\"meeting\",\"date\":\"2099-02-28\",\"classes\":[{\"class\":\"1\"}],"
        "\"lecturer\":{\"school\":\"B\",\"code\":\"a1\"}}";
    char text[512];
    snprintf(text, sizeof(text), body, "x");
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, text), 403);
    assert_int_equal(ask('D', HTTP_PUT, ROW_R, text), 200);
    snprintf(text, sizeof(text), body, "y");
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, text), 200);
    assert_string_equal(text_at(json_object_get(answer.json, "lecturer"), "school"), "B");
}

static void a_list_names_classes_of_other_schools_as_far_as_one_may(void **state)
{
    (void)state;
    static const char list[] = "班级,课程,日期,开始,结束,类型,主讲教师\n"
                               "A/1;B/2,市级公开课,2099-02-28,8:00,8:40,会议,A/l1\n";
    assert_int_equal(ask('A', HTTP_POST, "/api/v1/schools/A/timetable/import", list), 409);
    assert_true(strstr(answer.body, "\"others\""));
    assert_int_equal(ask('D', HTTP_POST, CITY "/import", list), 200);
    assert_int_equal(ask('D', HTTP_GET, CITY, NULL), 200);
    assert_int_equal(json_array_size(json_object_get(first_item(), "classes")), 2);
    assert_string_equal(text_at(json_object_get(first_item(), "lecturer"), "code"), "l1");
    assert_int_equal(ask('D', HTTP_POST, CITY "/import", list), 200); /* again: the same row */
    assert_int_equal(ask('D', HTTP_GET, CITY, NULL), 200);
    assert_int_equal(count_items(), 1);
    assert_int_equal(ask('D', HTTP_PUT, ROW_R, city_row("x")), 200);
    static const char over[] = "编号,班级,课程,日期,开始,结束,类型\n"
                               "r,1,自习,2099-03-01,8:00,8:40,会议\n";
    assert_int_equal(ask('A', HTTP_POST, "/api/v1/schools/A/timetable/import", over), 409);
    assert_true(strstr(answer.body, "others_row"));
    assert_int_equal(ask('D', HTTP_POST, "/api/v1/schools/A/timetable/import", over), 200);
}

static void who_has_just_come_can_be_planned_for(void **state)
{
    (void)state;
    static const char row[] = "{\"title\":\"x\",\"start\":\"08:00\",\"length_min\":40,"
                              "\"kind\":\"meeting\",\"date\":\"2099-02-28\","
                              "\"lecturer\":\"l9\",\"classes\":[{\"class\":\"9\"}]}";
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, row), 400);
    assert_int_equal(
        ask('A', HTTP_PUT, "/api/v1/schools/A/classes/9", "{\"name\":\"九班\",\"grade\":9}"), 200);
    assert_int_equal(ask('A', HTTP_PUT, "/api/v1/schools/A/people/l9", "{\"name\":\"李老师\"}"),
                     200);
    assert_int_equal(ask('A', HTTP_PUT, "/api/v1/schools/A/people/l9/roles/lecturer", "{}"), 204);
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, row), 200);
    assert_int_equal(ask('A', HTTP_DELETE, "/api/v1/schools/A/classes/9", NULL), 204);
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, row), 400);
}

static void what_speaks_against_it_is_told_in_full(void **state)
{
    (void)state;
    const json_t *error;
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, row_at(1, "08:00", "")), 200);
    assert_int_equal(ask('A', HTTP_PUT, "/api/v1/schools/A/timetable/s", row_at(1, "08:20", "")),
                     409);
    error = json_object_get(answer.json, "error");
    assert_string_equal(text_at(error, "code"), "refused");
    assert_string_equal(text_at(error, "clash"), "teacher");
    assert_string_equal(text_at(error, "title"), "数学");
    static const char late[] = "{\"title\":\"x\",\"start\":\"20:00\",\"length_min\":40,"
                               "\"date\":\"2099-02-28\",\"classes\":[{\"class\":\"1\"}]%s}";
    char body[512];
    snprintf(body, sizeof(body), late, "");
    assert_int_equal(ask('A', HTTP_PUT, "/api/v1/schools/A/timetable/s", body), 409);
    error = json_object_get(answer.json, "error");
    assert_string_equal(text_at(error, "code"), "needs_override");
    assert_string_equal(json_string_value(json_array_get(json_object_get(error, "reasons"), 0)),
                        "outside_hours");
    snprintf(body, sizeof(body), late, ",\"override\":\"家长会之后\"");
    assert_int_equal(ask('A', HTTP_PUT, "/api/v1/schools/A/timetable/s", body), 200);
    assert_int_equal(ask('D', HTTP_GET, "/api/v1/audit", NULL), 200);
    assert_non_null(strstr(answer.body, "timetable.override"));
    assert_non_null(strstr(answer.body, "sha256:"));
    assert_null(strstr(answer.body, "家长会"));
    assert_int_equal(ask('A', HTTP_GET, "/api/v1/schools/A/timetable", NULL), 200);
    const json_t *rows = json_object_get(answer.json, "items");
    assert_string_equal(text_at(json_array_get(rows, 0), "override"), "");
    assert_string_equal(text_at(json_array_get(rows, 1), "override"), "家长会之后");
    assert_int_equal(strlen(text_at(json_array_get(rows, 1), "override_salt")), 26);
}

static void a_list_is_judged_first_and_then_taken(void **state)
{
    (void)state;
    static const char good[] = "班级,课程,星期,开始,结束,主讲教师,类型\n"
                               "1,语文,一,8:00,8:40,l1,会议\n2,数学,二,8:00,8:40,,会议\n";
    static const char bad[] = "班级,课程,星期,开始,结束\n9,语文,一,8:00,8:40\n";
    static const char path[] = "/api/v1/schools/A/timetable/import?from=2099-03-02&to=2099-06-30";
    char dry[128];
    snprintf(dry, sizeof(dry), "%s&dry=1", path);
    assert_int_equal(ask('A', HTTP_POST, dry, good), 200);
    assert_true(json_is_true(json_object_get(answer.json, "is_applicable")));
    assert_int_equal(json_integer_value(json_object_get(answer.json, "rows")), 2);
    assert_int_equal(ask('A', HTTP_GET, "/api/v1/schools/A/timetable", NULL), 200);
    assert_int_equal(count_items(), 0);
    assert_int_equal(ask('A', HTTP_POST, dry, bad), 200);
    assert_false(json_is_true(json_object_get(answer.json, "is_applicable")));
    assert_int_equal(ask('A', HTTP_POST, path, bad), 409);
    assert_true(strstr(answer.body, "unknown_class"));
    assert_int_equal(ask('A', HTTP_POST, path, "PK\3\4..."), 409);
    assert_true(strstr(answer.body, "damaged_workbook"));
    assert_int_equal(ask('A', HTTP_POST, path, good), 200);
    assert_int_equal(ask('A', HTTP_GET, "/api/v1/schools/A/timetable", NULL), 200);
    assert_int_equal(count_items(), 2);
    assert_int_equal(ask('A', HTTP_GET, "/api/v1/schools/A/timetable?after=A-1-w1-480", NULL), 200);
    assert_int_equal(count_items(), 1);
}

/* Nobody plans lessons of 1970, where the store's weeks begin. */
static void a_list_without_a_term_is_for_the_weeks_to_come(void **state)
{
    (void)state;
    static const char list[] = "班级,课程,星期,开始,结束,类型\n1,语文,二,8:00,8:40,会议\n";
    static const char path[] = "/api/v1/schools/A/timetable/import";
    assert_int_equal(ask('A', HTTP_POST, path, list), 200);
    assert_int_equal(ask('A', HTTP_GET, "/api/v1/schools/A/timetable", NULL), 200);
    assert_string_equal(text_at(first_item(), "from"), "2026-03-02");
    assert_string_equal(text_at(first_item(), "to"), "2026-07-20");
    static const char *const terms[][2] = {
        {"2026-02-23", "2026-02-23"},
        {"2025-09-01", "2026-03-02"}  /* that one is over */
    };
    for (int i = 0; i < 2; i++) {
        char year[128];
        snprintf(year, sizeof(year), "{\"first_monday\":\"%s\",\"utc_offset_min\":480}",
                 terms[i][0]);
        assert_int_equal(ask('D', HTTP_PUT, "/api/v1/calendar", year), 200);
        assert_int_equal(ask('A', HTTP_POST, path, list), 200);
        assert_int_equal(ask('A', HTTP_GET, "/api/v1/schools/A/timetable", NULL), 200);
        assert_string_equal(text_at(first_item(), "from"), terms[i][1]);
    }
}

static bool wants_first_monday(void)
{
    assert_int_equal(ask('A', HTTP_GET, "/api/v1/calendar", NULL), 200);
    return json_is_true(json_object_get(answer.json, "wants_first_monday"));
}

static void a_first_monday_is_wanted_where_weeks_alternate(void **state)
{
    (void)state;
    static const char odd[] = "{\"title\":\"美术\",\"start\":\"08:00\",\"length_min\":40,"
                              "\"weekday\":1,\"weeks\":\"odd\",\"from\":\"2099-03-02\","
                              "\"to\":\"2099-07-01\",\"classes\":[{\"class\":\"1\"}]}";
    assert_false(wants_first_monday());
    assert_true(json_is_null(json_object_get(answer.json, "first_monday")));
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, odd), 200);
    assert_true(wants_first_monday());
    /* Other days may be said before. */
    assert_int_equal(ask('D', HTTP_PUT, "/api/v1/calendar",
                         "{\"first_monday\":null,\"utc_offset_min\":480,"
                         "\"holidays\":[{\"from\":\"2099-05-01\",\"to\":\"2099-05-05\"}]}"),
                     200);
    assert_true(wants_first_monday());
    assert_int_equal(ask('D', HTTP_PUT, "/api/v1/calendar",
                         "{\"first_monday\":\"2099-03-02\",\"utc_offset_min\":480}"),
                     200);
    assert_false(wants_first_monday());
    assert_int_equal(ask('D', HTTP_PUT, "/api/v1/calendar", "{\"utc_offset_min\":480}"), 400);
}

static void the_year_the_rules_and_snow_days_are_changed(void **state)
{
    (void)state;
    static const char year[] = "{\"first_monday\":\"2099-03-02\",\"utc_offset_min\":480,"
                               "\"holidays\":[{\"from\":\"2099-05-01\",\"to\":\"2099-05-05\"}],"
                               "\"swaps\":[{\"date\":\"2099-05-09\",\"as\":\"2099-05-04\"}]}";
    assert_int_equal(ask('D', HTTP_PUT, "/api/v1/calendar", year), 200);
    assert_int_equal(ask('S', HTTP_GET, "/api/v1/calendar", NULL), 200);
    assert_string_equal(text_at(answer.json, "first_monday"), "2099-03-02");
    assert_int_equal(json_array_size(json_object_get(answer.json, "swaps")), 1);
    assert_int_equal(ask('D', HTTP_PUT, "/api/v1/policy", "{\"text\":\"[rule x]\\nhuors = 1\"}"),
                     400);
    const json_t *error = json_object_get(answer.json, "error");
    assert_int_equal(json_integer_value(json_object_get(error, "line")), 2);
    assert_string_equal(text_at(error, "message"), "unknown key 'huors'; did you mean 'hours'?");
    assert_string_equal(text_at(error, "zh"), "没有“huors”这一项，是不是“hours”？");
    assert_int_equal(ask('D', HTTP_PUT, "/api/v1/policy", "{\"text\":\"[rule x]\\nchat = off\"}"),
                     200);
    assert_int_equal(ask('L', HTTP_GET, "/api/v1/policy", NULL), 200);
    assert_string_equal(text_at(answer.json, "text"), "[rule x]\nchat = off");
    assert_int_equal(ask('D', HTTP_PUT, "/api/v1/policy", "{\"text\":\"\"}"), 200);
    assert_true(json_is_true(json_object_get(answer.json, "is_builtin")));
    assert_true(strstr(text_at(answer.json, "text"), "[rule everyone]"));
    static const char days[] = "{\"from\":\"2099-03-02\",\"to\":\"2099-03-03\"}";
    static const char closures[] = "/api/v1/schools/A/closures";
    assert_int_equal(ask('A', HTTP_POST, closures, days), 201);
    assert_int_equal(ask('L', HTTP_GET, closures, NULL), 200);
    assert_string_equal(text_at(first_item(), "to"), "2099-03-03");
    assert_int_equal(
        ask('A', HTTP_DELETE, "/api/v1/schools/A/closures?from=2099-03-02&to=2099-03-03", NULL),
        204);
    assert_int_equal(
        ask('A', HTTP_DELETE, "/api/v1/schools/A/closures?from=2099-03-02&to=2099-03-03", NULL),
        404);
}

static void a_snow_day_names_what_nobody_can_start(void **state)
{
    (void)state;
    char days[128], row[512], date[DATE_TEXT_SIZE];
    date_print(date, plan_date(planner_plan(server.planner), server_clock()));
    snprintf(days, sizeof(days), "{\"from\":\"%s\",\"to\":\"%s\"}", date, date);
    snprintf(row, sizeof(row),
             "{\"title\":\"数学\",\"lecturer\":\"l1\",\"classes\":[{\"class\":\"1\"}],"
             "\"place\":\"school\",\"date\":\"%s\",\"start\":\"23:00\",\"length_min\":40}",
             date);
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, row), 200);
    assert_int_equal(ask('A', HTTP_POST, PUBLISH, "{}"), 200);
    assert_int_equal(ask('A', HTTP_POST, "/api/v1/schools/A/closures", days), 201);
    const json_t *note = json_array_get(json_object_get(answer.json, "notes"), 0);
    assert_string_equal(text_at(note, "code"), "nobody_starts"); /* l1 has no account */
    assert_string_equal(text_at(note, "severity"), "warning");
    assert_true(strstr(text_at(note, "zh"), "数学") && strstr(text_at(note, "en"), "数学"));
    assert_int_equal(ask('A', HTTP_GET, "/api/v1/timetable?school=A", NULL), 200);
    assert_true(json_is_true(json_object_get(first_item(), "is_online")));
    assert_true(json_is_false(json_object_get(first_item(), "can_start")));
}

static void the_timetable_comes_in_pages(void **state)
{
    (void)state;
    static const char *const starts[] = {"08:00", "09:00", "09:50", "14:00"};
    char row[128], path[256];
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        snprintf(row, sizeof(row), "/api/v1/schools/A/timetable/r%zu", i);
        assert_int_equal(ask('A', HTTP_PUT, row, row_at(1, starts[i], "")), 200);
    }
    assert_int_equal(ask('A', HTTP_POST, PUBLISH, "{}"), 200);
    const char *next = "";
    do {
        snprintf(path, sizeof(path), "/api/v1/timetable?days=2&limit=3&after=%s", next);
        assert_int_equal(ask('S', HTTP_GET, path, NULL), 200);
        assert_int_equal(count_items(), n == 0 ? 3 : 1);
        assert_non_null(strstr(text_at(first_item(), "start"), n == 0 ? "08:00" : "14:00"));
        next = text_at(answer.json, "next");
        n++;
    } while (*next);
    assert_int_equal(n, 2);
    assert_int_equal(ask('S', HTTP_GET, "/api/v1/timetable?after=x", NULL), 400);
    assert_int_equal(ask('S', HTTP_GET, "/api/v1/timetable?limit=201", NULL), 400);
}

/* The one of a lesson elsewhere opens it to whoever has it. */
static void a_link_is_for_those_whose_lesson_it_is(void **state)
{
    (void)state;
    static const char link[] = ",\"link\":\"https://meeting.example/1\"";
    static const struct {
        char who;
        const char *path;
        bool is_told;
    } cases[] = {
        {'D', "/api/v1/timetable",          true },
        {'A', "/api/v1/timetable?school=A", true },
        {'R', "/api/v1/timetable?school=A", true },
        {'S', ME,                           true },
        {'L', ME,                           true },
        {'S', "/api/v1/timetable?school=A", false},
        {'G', "/api/v1/timetable",          false},
        {'T', "/api/v1/timetable?school=A", false},
        {'a', "/api/v1/timetable?school=A", false},
    };
    char row[1024];
    snprintf(row, sizeof(row), "%s", row_at(0, "23:00", link));
    memcpy(strstr(row, "\"online\""), "\"school\"", 8); /* of which it says where else it is */
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, row), 200);
    assert_int_equal(ask('A', HTTP_POST, PUBLISH, "{}"), 200);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_int_equal(ask(cases[i].who, HTTP_GET, cases[i].path, NULL), 200);
        if (cases[i].is_told != json_is_string(json_object_get(first_item(), "link")))
            fail_msg("%c %s", cases[i].who, cases[i].path);
    }
}

static void a_calendar_has_an_address_that_can_be_withdrawn(void **state)
{
    (void)state;
    char path[256];
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, row_at(1, "08:00", "")), 200);
    assert_int_equal(ask('A', HTTP_POST, PUBLISH, "{}"), 200);
    for (const char *mark = "LS"; *mark; mark++) {
        assert_int_equal(ask(*mark, HTTP_POST, "/api/v1/me/feed", "{}"), 200);
        const char *found = strstr(text_at(answer.json, "url"), "/feeds/");
        assert_non_null(found);
        snprintf(path, sizeof(path), "%s", found);
        assert_int_equal(ask('-', HTTP_GET, path, NULL), 200);
        assert_true(strstr(answer.head, "text/calendar"));
        assert_true(strstr(answer.body, "SUMMARY:数学\r\n"));
        assert_int_equal(ask(*mark, HTTP_DELETE, "/api/v1/me/feed", NULL), 204);
        assert_int_equal(ask('-', HTTP_GET, path, NULL), 404);
        assert_int_equal(ask(*mark, HTTP_DELETE, "/api/v1/me/feed", NULL), 204);
    }
    assert_int_equal(ask('u', HTTP_POST, "/api/v1/me/feed", "{}"), 403);
}

#define FEED "/api/v1/schools/A/classes/1/feed"

/* Keeps where it is in `path`. */
static void make_class_feed(char mark, char path[256])
{
    assert_int_equal(ask(mark, HTTP_POST, FEED, "{}"), 200);
    const char *found = strstr(text_at(answer.json, "url"), "/feeds/");
    assert_non_null(found);
    snprintf(path, 256, "%s", found);
}

static bool has_class_feed(void)
{
    assert_int_equal(ask('H', HTTP_GET, FEED, NULL), 200);
    assert_null(json_object_get(answer.json, "url"));
    return json_is_string(json_object_get(answer.json, "since"));
}

static int count_audited(const char *act)
{
    int n = 0;
    size_t i;
    json_t *item;
    assert_int_equal(ask('D', HTTP_GET, "/api/v1/audit", NULL), 200);
    json_array_foreach(json_object_get(answer.json, "items"), i, item) n +=
        strcmp(text_at(item, "act"), act) == 0 &&
        strcmp(text_at(item, "subject"), "class:A/1") == 0;
    return n;
}

/* Of class 1, and of class 2; one of each is not published. */
static void plan_both_classes(void)
{
    assert_int_equal(ask('A', HTTP_PUT, ROW_R, row_at(1, "08:00", "")), 200);
    assert_int_equal(
        ask('A', HTTP_PUT, "/api/v1/schools/A/timetable/r2", row_of("2", 1, "09:00", "")), 200);
    assert_int_equal(ask('A', HTTP_POST, PUBLISH, "{}"), 200);
    assert_int_equal(ask('A', HTTP_PUT, "/api/v1/schools/A/timetable/r3", row_at(2, "08:00", "")),
                     200);
}

static size_t count_events(const char *path)
{
    size_t n = 0;
    assert_int_equal(ask('-', HTTP_GET, path, NULL), 200);
    for (const char *at = answer.body; (at = strstr(at, "BEGIN:VEVENT")); at++)
        n++;
    return n;
}

static void a_class_has_a_calendar_of_its_own(void **state)
{
    (void)state;
    char path[256], before[256];
    plan_both_classes();
    assert_false(has_class_feed());
    make_class_feed('H', before);
    assert_true(has_class_feed());
    assert_int_equal(count_events(before), 1); /* what is published, of this class */
    assert_true(strstr(answer.body, "SUMMARY:数学\r\n"));
    assert_true(strstr(answer.body, "X-WR-CALNAME:班 · 空中课堂 Airclass\r\n"));
    assert_null(strstr(answer.body, "某某")); /* whoever is in it */
    make_class_feed('A', path);
    assert_int_equal(ask('-', HTTP_GET, before, NULL), 404);
    assert_int_equal(count_events(path), 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ask('D', HTTP_DELETE, FEED, NULL), 204);
        assert_int_equal(ask('-', HTTP_GET, path, NULL), 404);
        assert_false(has_class_feed());
    }
    assert_int_equal(count_audited("feed.make"), 2);
    assert_int_equal(count_audited("feed.drop"), 1);
}

/* Which is another face of the server than the one that has calendars. */
static void the_console_is_told_an_address_that_others_can_open(void **state)
{
    (void)state;
    char expected[64];
    assert_int_equal(server_call(&server, &answer, HTTP_ADMIN, HTTP_POST, FEED, "{}"), 200);
    const char *url = text_at(answer.json, "url");
    int n = snprintf(expected, sizeof(expected), "http://localhost:%u/feeds/", server.app.port);
    assert_memory_equal(url, expected, (size_t)n);
    char path[256];
    snprintf(path, sizeof(path), "%s", strstr(url, "/feeds/"));
    assert_int_equal(count_events(path), 0);
}

static void a_classs_calendar_goes_with_the_class(void **state)
{
    (void)state;
    char path[256];
    make_class_feed('H', path);
    assert_int_equal(count_events(path), 0);
    assert_int_equal(ask('A', HTTP_DELETE, "/api/v1/schools/A/classes/1", NULL), 204);
    assert_int_equal(ask('-', HTTP_GET, path, NULL), 404);
    assert_int_equal(ask('A', HTTP_GET, FEED, NULL), 404);
    assert_int_equal(ask('A', HTTP_POST, FEED, "{}"), 404);
}

/* A lesson of today, without a lecturer; the clock stands at eight. */
static void plan_today(const char *code, const char *klass, const char *start, const char *where)
{
    char path[128], body[512], date[DATE_TEXT_SIZE];
    date_print(date, plan_date(planner_plan(server.planner), server_clock()));
    snprintf(path, sizeof(path), "/api/v1/schools/A/timetable/%s", code);
    snprintf(body, sizeof(body),
             "{\"title\":\"数学\",\"classes\":[{\"class\":\"%s\"}],\"kind\":\"meeting\","
             "\"date\":\"%s\",\"start\":\"%s\",\"length_min\":40,%s}",
             klass, date, start, where);
    assert_int_equal(ask('A', HTTP_PUT, path, body), 200);
}

static void plan_a_day(void)
{
    static const char online[] = "\"place\":\"online\"";
    plan_today("over", "1", "06:00", online);
    plan_today("tv", "2", "07:30", "\"place\":\"elsewhere\",\"link\":\"https://tv.example/\"");
    plan_today("late", "1", "07:40", online);
    plan_today("indoors", "2", "08:20", "\"place\":\"school\"");
    plan_today("later", "1", "23:00", online);
    assert_int_equal(ask('A', HTTP_POST, PUBLISH, "{}"), 200);
    plan_today("draft", "2", "23:00", online);
}

static int count_of(const char *phase)
{
    const json_t *counts = json_object_get(answer.json, "counts");
    return (int)json_integer_value(json_object_get(counts, phase));
}

#define TODAY "/api/v1/today"

static void todays_lessons_are_followed_by_who_looks_after_them(void **state)
{
    (void)state;
    static const char *const order[] = {"over", "tv", "late", "later"};
    static const char *const phases[] = {"over", "elsewhere", "late", "later"};
    plan_a_day();
    for (const char *mark = "DCYAPR"; *mark; mark++) {
        assert_int_equal(ask(*mark, HTTP_GET, TODAY "?school=A", NULL), 200);
        assert_int_equal(count_items(), 4);
        for (size_t i = 0; i < 4; i++) {
            const json_t *item = json_array_get(json_object_get(answer.json, "items"), i);
            assert_string_equal(text_at(item, "entry"), order[i]);
            assert_string_equal(text_at(item, "phase"), phases[i]);
            assert_int_equal(json_integer_value(json_object_get(item, "viewers")), 0);
            assert_int_equal(count_of(phases[i]), 1);
        }
    }
    assert_int_equal(ask('C', HTTP_GET, TODAY, NULL), 200);
    assert_int_equal(count_items(), 4);
    assert_int_equal(ask('C', HTTP_GET, TODAY "?school=B", NULL), 200);
    assert_int_equal(count_items() + (size_t)count_of("over"), 0);
}

static void todays_lessons_come_by_phase_and_in_pages(void **state)
{
    (void)state;
    char path[256] = TODAY "?limit=1";
    size_t seen = 0;
    plan_a_day();
    assert_int_equal(ask('C', HTTP_GET, TODAY "?state=now", NULL), 200);
    assert_int_equal(count_items(), 2);
    assert_string_equal(text_at(first_item(), "entry"), "tv");
    assert_int_equal(count_of("later"), 1); /* all are counted */
    assert_int_equal(ask('C', HTTP_GET, TODAY "?state=late", NULL), 200);
    assert_int_equal(count_items(), 1);
    assert_string_equal(text_at(first_item(), "entry"), "late");
    assert_int_equal(ask('C', HTTP_GET, TODAY "?state=live", NULL), 200);
    assert_int_equal(count_items(), 0);
    while (path[0]) {
        assert_int_equal(ask('C', HTTP_GET, path, NULL), 200);
        seen += count_items();
        assert_int_equal(count_of("over") + count_of("later"), 2);
        const char *next = json_string_value(json_object_get(answer.json, "next"));
        path[0] = '\0';
        if (next)
            snprintf(path, sizeof(path), TODAY "?limit=1&after=%s", next);
    }
    assert_int_equal(seen, 4);
    static const char *const bad[] = {"state=x",  "state=%FF", "after=x",
                                      "after=/x", "after=7",   "limit=0"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        snprintf(path, sizeof(path), TODAY "?%s", bad[i]);
        assert_int_equal(ask('C', HTTP_GET, path, NULL), 400);
        assert_fails(&answer, 400, "bad_query");
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, district_setup, server_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_row_goes_from_the_form_to_the_pupil),
        TEST(who_teaches_is_led_to_teach_and_who_learns_to_watch),
        TEST(each_field_of_a_row_is_looked_at),
        TEST(a_school_plans_for_its_own_classes),
        TEST(a_citys_lesson_stands_in_the_timetable_of_the_district),
        TEST(a_lesson_of_a_whole_city_is_one_row_and_pages_of_such_rows_are_short),
        TEST(a_row_with_classes_of_others_is_the_districts_to_change),
        TEST(a_lecturer_of_others_is_kept_but_not_taken),
        TEST(a_list_names_classes_of_other_schools_as_far_as_one_may),
        TEST(who_has_just_come_can_be_planned_for),
        TEST(what_speaks_against_it_is_told_in_full),
        TEST(a_list_is_judged_first_and_then_taken),
        TEST(a_list_without_a_term_is_for_the_weeks_to_come),
        TEST(a_first_monday_is_wanted_where_weeks_alternate),
        TEST(the_year_the_rules_and_snow_days_are_changed),
        TEST(a_snow_day_names_what_nobody_can_start),
        TEST(the_timetable_comes_in_pages),
        TEST(a_link_is_for_those_whose_lesson_it_is),
        TEST(a_calendar_has_an_address_that_can_be_withdrawn),
        TEST(a_class_has_a_calendar_of_its_own),
        TEST(the_console_is_told_an_address_that_others_can_open),
        TEST(a_classs_calendar_goes_with_the_class),
        TEST(todays_lessons_are_followed_by_who_looks_after_them),
        TEST(todays_lessons_come_by_phase_and_in_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
