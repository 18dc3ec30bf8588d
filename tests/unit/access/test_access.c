#include "tests/unit/unit.h"

#include "server/access/access.h"
#include "server/lesson/lesson.h"
#include "tests/unit/store/scene.h"

static const struct lesson shut = {
    .id = "shut", .stream_key = "teach-1234", .watch_key = "watch-1234"};
static const struct lesson open_to_all = {
    .id = "open", .stream_key = "teach-1234", .watch_key = "watch-1234", .is_open = true};

static bool may(const char *key, enum access_act act, const struct lesson *lesson)
{
    return access_may(&(struct access_claim){.key = key}, act, lesson);
}

static void anybody_may_watch_an_open_lesson(void **state)
{
    (void)state;
    assert_true(may(NULL, ACCESS_WATCH, &open_to_all));
    assert_true(may("", ACCESS_WATCH, &open_to_all));
    assert_true(may("nonsense", ACCESS_WATCH, &open_to_all));
}

static void a_shut_lesson_is_watched_with_its_watch_key_only(void **state)
{
    (void)state;
    assert_true(may("watch-1234", ACCESS_WATCH, &shut));
    static const char *const wrong[] = {NULL,         "",           "watch-123", "watch-12345",
                                        "Watch-1234", "teach-1234", "shut"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_false(may(wrong[i], ACCESS_WATCH, &shut));
}

static void teaching_takes_the_stream_key_even_of_an_open_lesson(void **state)
{
    (void)state;
    assert_true(may("teach-1234", ACCESS_TEACH, &shut));
    assert_true(may("teach-1234", ACCESS_TEACH, &open_to_all));
    static const char *const wrong[] = {NULL, "", "watch-1234", "teach-123", "teach-12345", "open"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        assert_false(may(wrong[i], ACCESS_TEACH, &shut));
        assert_false(may(wrong[i], ACCESS_TEACH, &open_to_all));
    }
}

static void a_missing_key_is_not_opened_by_an_empty_one(void **state)
{
    (void)state;
    struct lesson keyless = {.id = "keyless"};
    assert_false(may("", ACCESS_WATCH, &keyless));
    assert_false(may(NULL, ACCESS_WATCH, &keyless));
    assert_false(may("", ACCESS_TEACH, &keyless));
    assert_false(may(NULL, ACCESS_TEACH, &keyless));
}

static void an_act_that_nobody_knows_is_not_allowed(void **state)
{
    (void)state;
    assert_false(may("teach-1234", (enum access_act)99, &open_to_all));
}

/* -- lessons of the timetable -------------------------------------------------------------------
 */

static struct scene scene;
static struct directory *directory;

/* "shut" is for 7B of S1, and P2 teaches it. */
static bool addresses(void *arg, const char *lesson, const char *school, const char *klass)
{
    (void)arg;
    return strcmp(lesson, "shut") == 0 && (!*school || strcmp(school, "S1") == 0) &&
           (!*klass || strcmp(klass, "7B") == 0);
}

static char lecturer[STORE_ID_MAX];

static bool is_lecturer(void *arg, const char *lesson, const char *person)
{
    (void)arg;
    return strcmp(lesson, "shut") == 0 && strcmp(person, lecturer) == 0;
}

static uint32_t plan_changes;

static uint32_t changes(void *arg)
{
    (void)arg;
    return plan_changes;
}

static const struct access_plan plan = {
    .addresses = addresses, .is_lecturer = is_lecturer, .changes = changes};

static const struct {
    const char *code;
    enum store_role role;
    const char *school, *klass;
    bool watches;
} people[] = {
    {"pupil",     STORE_STUDENT,        "S1", "7B", true },
    {"other",     STORE_STUDENT,        "S1", "8A", false},
    {"lecturer",  STORE_LECTURER,       "S1", "",   true }, /* of this lesson */
    {"colleague", STORE_LECTURER,       "S1", "",   false},
    {"homeroom",  STORE_HOMEROOM,       "S1", "7B", true },
    {"homeroom8", STORE_HOMEROOM,       "S1", "8A", false},
    {"tutor",     STORE_TUTOR,          "S1", "7B", true },
    {"admin",     STORE_SCHOOL_ADMIN,   "S1", "",   true },
    {"admin2",    STORE_SCHOOL_ADMIN,   "S2", "",   false},
    {"patrol",    STORE_PATROL_SCHOOL,  "S1", "",   true },
    {"patrol2",   STORE_PATROL_SCHOOL,  "S2", "",   false},
    {"county",    STORE_PATROL_COUNTY,  "",   "",   true },
    {"city",      STORE_PATROL_CITY,    "",   "",   true },
    {"district",  STORE_DISTRICT_ADMIN, "",   "",   true },
    {"reporter",  STORE_REPORTER,       "S1", "",   false},
};
enum { PEOPLE = sizeof(people) / sizeof(*people) };

static int open_district(void **state)
{
    (void)state;
    scene_start(&scene);
    struct batch *b = scene_batch();
    for (int i = 1; i <= 2; i++) {
        const char *school = i == 1 ? "S1" : "S2";
        batch_put_place(b, &(struct store_place){.school = school, .name = school});
        batch_put_place(b, &(struct store_place){.school = school, .klass = "7B", .name = "7"});
        batch_put_place(b, &(struct store_place){.school = school, .klass = "8A", .name = "8"});
    }
    for (size_t i = 0; i < PEOPLE; i++) {
        const struct store_person p = {.school = "S1", .code = people[i].code, .name = "x"};
        batch_put_person(b, &p);
        batch_put_role(b, &(struct store_member){.person = p,
                                                 .role = people[i].role,
                                                 .school = people[i].school,
                                                 .klass = people[i].klass});
    }
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_int_equal(directory_open(&directory, scene.store), 0);
    snprintf(lecturer, sizeof(lecturer), "%s",
             directory_find_code(directory, "S1", "lecturer")->id);
    return 0;
}

static int close_district(void **state)
{
    (void)state;
    scene_close(&scene);
    directory_free(&directory);
    scene_end(&scene);
    return 0;
}

static struct caller caller_of(const char *code, enum caller_kind kind)
{
    struct caller c = {.kind = kind};
    const struct directory_person *p = directory_find_code(directory, "S1", code);
    snprintf(c.person, sizeof(c.person), "%s", p ? p->id : "nobody");
    return c;
}

static bool caller_may(const struct caller *caller, enum access_act act,
                       const struct lesson *lesson)
{
    const struct access_claim claim = {
        .key = "", .caller = caller, .directory = directory, .plan = &plan};
    return access_may(&claim, act, lesson);
}

static void who_somebody_is_opens_lessons_of_the_timetable(void **state)
{
    (void)state;
    static const struct lesson unplanned = {.id = "unplanned", .watch_key = "watch-1234"};
    for (size_t i = 0; i < PEOPLE; i++) {
        bool is_pupil = people[i].role == STORE_STUDENT;
        struct caller right = caller_of(people[i].code, is_pupil ? CALLER_PUPIL : CALLER_STAFF);
        struct caller wrong = caller_of(people[i].code, is_pupil ? CALLER_STAFF : CALLER_PUPIL);
        bool teaches = strcmp(people[i].code, "lecturer") == 0;
        if (caller_may(&right, ACCESS_WATCH, &shut) != people[i].watches)
            fail_msg("%s watches: %d", people[i].code, !people[i].watches);
        assert_int_equal(caller_may(&right, ACCESS_TEACH, &shut), teaches);
        assert_false(caller_may(&wrong, ACCESS_WATCH, &shut));
        assert_false(caller_may(&wrong, ACCESS_TEACH, &shut));
        assert_false(caller_may(&right, ACCESS_WATCH, &unplanned));
        assert_false(caller_may(&right, ACCESS_TEACH, &unplanned));
    }
}

static void guests_watch_lessons_of_their_class(void **state)
{
    (void)state;
    struct caller guest = {.kind = CALLER_GUEST, .person = "g", .school = "S1", .klass = "7B"};
    assert_true(caller_may(&guest, ACCESS_WATCH, &shut));
    assert_false(caller_may(&guest, ACCESS_TEACH, &shut));
    strcpy(guest.klass, "8A");
    assert_false(caller_may(&guest, ACCESS_WATCH, &shut));
}

static void whoever_is_gone_or_nobody_stays_outside(void **state)
{
    (void)state;
    static const enum caller_kind kinds[] = {CALLER_NOBODY, CALLER_CONSOLE, CALLER_STAFF,
                                             CALLER_PUPIL};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        struct caller c = caller_of("gone", kinds[i]);
        assert_false(caller_may(&c, ACCESS_WATCH, &shut));
        assert_false(caller_may(&c, ACCESS_TEACH, &shut));
    }
}

static void on_known(struct directory_wait *wait, int err)
{
    (void)wait;
    assert_int_equal(err, 0);
}

/* What was answered before holds until then. */
static void a_change_of_people_or_of_the_timetable_is_a_reason_to_ask_again(void **state)
{
    (void)state;
    const struct access_claim claim = {.directory = directory, .plan = &plan};
    uint32_t before = access_changes(&claim);
    assert_int_equal(access_changes(&claim), before);
    plan_changes++;
    assert_int_not_equal(access_changes(&claim), before);
    before = access_changes(&claim);
    struct directory_wait wait = {.done = on_known, .is_all = true};
    directory_refresh(directory, &wait);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_not_equal(access_changes(&claim), before);
    assert_int_equal(access_changes(&(struct access_claim){.key = ""}), 0);
}

#define DISTRICT(f) cmocka_unit_test_setup_teardown(f, open_district, close_district)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(anybody_may_watch_an_open_lesson),
        cmocka_unit_test(a_shut_lesson_is_watched_with_its_watch_key_only),
        cmocka_unit_test(teaching_takes_the_stream_key_even_of_an_open_lesson),
        cmocka_unit_test(a_missing_key_is_not_opened_by_an_empty_one),
        cmocka_unit_test(an_act_that_nobody_knows_is_not_allowed),
        DISTRICT(who_somebody_is_opens_lessons_of_the_timetable),
        DISTRICT(guests_watch_lessons_of_their_class),
        DISTRICT(whoever_is_gone_or_nobody_stays_outside),
        DISTRICT(a_change_of_people_or_of_the_timetable_is_a_reason_to_ask_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
