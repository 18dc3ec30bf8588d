#include "tests/unit/unit.h"

#include <string.h>

#include "server/access/permits.h"

/*
 * Two schools, A and B; A has the classes 1 and 2. Everybody is at home in A but the office's
 * people and those whose mark is small and stands for "the same in school B", or, of class roles, a
 * second one in class A/2.
 */
#define PERSON(name, home, ...)                                                                    \
    static const struct directory_role name##_roles[] = {__VA_ARGS__};                             \
    static const struct directory_person name = {.id = #name,                                      \
                                                 .school = home,                                   \
                                                 .code = #name,                                    \
                                                 .roles = name##_roles,                            \
                                                 .n_roles =                                        \
                                                     sizeof(name##_roles) / sizeof(*name##_roles)}

PERSON(district_admin, "", {STORE_DISTRICT_ADMIN, "", ""});
PERSON(admin_at_home_in_a, "A", {STORE_DISTRICT_ADMIN, "", ""});
PERSON(school_admin, "A", {STORE_SCHOOL_ADMIN, "A", ""});
PERSON(other_admin, "B", {STORE_SCHOOL_ADMIN, "B", ""});
PERSON(homeroom, "A", {STORE_HOMEROOM, "A", "1"});
PERSON(homeroom_2, "A", {STORE_HOMEROOM, "A", "2"});
PERSON(homeroom_b, "B", {STORE_HOMEROOM, "B", "1"});
PERSON(lecturer, "A", {STORE_LECTURER, "A", ""});
PERSON(tutor, "A", {STORE_TUTOR, "A", "1"});
PERSON(tutor_2, "A", {STORE_TUTOR, "A", "2"});
PERSON(patrol, "A", {STORE_PATROL_SCHOOL, "A", ""});
PERSON(patrol_b, "B", {STORE_PATROL_SCHOOL, "B", ""});
PERSON(county, "", {STORE_PATROL_COUNTY, "", ""});
PERSON(city, "", {STORE_PATROL_CITY, "", ""});
PERSON(reporter, "A", {STORE_REPORTER, "A", ""});
PERSON(pupil, "A", {STORE_STUDENT, "A", "1"});
PERSON(pupil_2, "A", {STORE_STUDENT, "A", "2"});
PERSON(lecturer_of_both, "A", {STORE_LECTURER, "A", ""}, {STORE_LECTURER, "B", ""});
PERSON(pupil_who_tutors, "A", {STORE_STUDENT, "A", "1"}, {STORE_TUTOR, "A", "2"});
/* Two of the wards have grown up since. */
static const char *const ward_ids[] = {"pupil", "lecturer", "pupil_who_tutors"};
static const char *const siblings[] = {"pupil"};
static const struct directory_person elder = {
    .id = "elder", .school = "A", .code = "E", .wards = siblings, .n_wards = 1};
static const struct directory_person guardian = {
    .id = "guardian", .school = "A", .code = "G", .wards = ward_ids, .n_wards = 3};

/* The columns of the tables below. */
static const struct who {
    char mark;
    enum caller_kind kind;
    const struct directory_person *person;
} everybody[] = {
    {'!', CALLER_CONSOLE, NULL           },
    {'D', CALLER_STAFF,   &district_admin},
    {'A', CALLER_STAFF,   &school_admin  },
    {'a', CALLER_STAFF,   &other_admin   },
    {'H', CALLER_STAFF,   &homeroom      },
    {'h', CALLER_STAFF,   &homeroom_2    },
    {'x', CALLER_STAFF,   &homeroom_b    },
    {'L', CALLER_STAFF,   &lecturer      },
    {'T', CALLER_STAFF,   &tutor         },
    {'t', CALLER_STAFF,   &tutor_2       },
    {'P', CALLER_STAFF,   &patrol        },
    {'p', CALLER_STAFF,   &patrol_b      },
    {'C', CALLER_STAFF,   &county        },
    {'Y', CALLER_STAFF,   &city          },
    {'R', CALLER_STAFF,   &reporter      },
    {'G', CALLER_STAFF,   &guardian      },
    {'E', CALLER_PUPIL,   &elder         },
    {'S', CALLER_PUPIL,   &pupil         },
    {'s', CALLER_PUPIL,   &pupil_2       },
    {'u', CALLER_GUEST,   NULL           },
    {'-', CALLER_NOBODY,  NULL           },
};

#define IN_DISTRICT                                                                                \
    {                                                                                              \
        "", "", NULL                                                                               \
    }
#define IN_A                                                                                       \
    {                                                                                              \
        "A", "", NULL                                                                              \
    }
#define IN_A1                                                                                      \
    {                                                                                              \
        "A", "1", NULL                                                                             \
    }
#define ABOUT(who)                                                                                 \
    {                                                                                              \
        "A", "", &(who)                                                                            \
    }

/* Who may, each by their mark; whoever is not named may not. */
static const struct {
    enum permit permit;
    struct access_place at;
    const char *who;
} table[] = {
    {PERMIT_ANYBODY,          IN_DISTRICT,               "!DAaHhxLTtPpCYRGESsu-"},
    {PERMIT_CONSOLE,          IN_DISTRICT,               "!"                    },
    {PERMIT_SIGNED_IN,        IN_DISTRICT,               "!DAaHhxLTtPpCYRGESsu" },
    {PERMIT_LIST_SCHOOLS,     IN_DISTRICT,               "!DAaHhxLTtPpCYR"      },
    {PERMIT_CHANGE_DISTRICT,  IN_DISTRICT,               "!D"                   },
    {PERMIT_CHANGE_DISTRICT,  IN_A,                      "!D"                   },
    {PERMIT_READ_SCHOOL,      IN_A,                      "!DAHhLTtPCYR"         },
    {PERMIT_READ_SCHOOL,      IN_DISTRICT,               "!DCY"                 },
    {PERMIT_CHANGE_SCHOOL,    IN_A,                      "!DA"                  },
    {PERMIT_CHANGE_SCHOOL,    IN_A1,                     "!DA"                  },
    {PERMIT_READ_PEOPLE,      IN_A,                      "!DAPCY"               },
    {PERMIT_READ_PEOPLE,      IN_DISTRICT,               "!DCY"                 },
    {PERMIT_CHANGE_PEOPLE,    IN_A,                      "!DA"                  },
    {PERMIT_CHANGE_PEOPLE,    IN_DISTRICT,               "!D"                   },
    {PERMIT_CHANGE_PEOPLE,    ABOUT(pupil),              "!DA"                  },
    {PERMIT_CHANGE_PEOPLE,    ABOUT(school_admin),       "!DA"                  },
    {PERMIT_CHANGE_PEOPLE,    ABOUT(admin_at_home_in_a), "!D"                   },
    {PERMIT_CHANGE_PEOPLE,    ABOUT(lecturer_of_both),   "!D"                   },
    {PERMIT_READ_CLASS,       IN_A1,                     "!DAHTPCYR"            },
    {PERMIT_GIVE_CODES,       IN_A1,                     "!DAH"                 },
    {PERMIT_GIVE_CODES,       ABOUT(pupil),              "!DAH"                 },
    {PERMIT_GIVE_CODES,       ABOUT(pupil_2),            "!DAh"                 },
    {PERMIT_GIVE_CODES,       ABOUT(pupil_who_tutors),   "!DA"                  },
    {PERMIT_GIVE_CODES,       ABOUT(admin_at_home_in_a), "!D"                   },
    {PERMIT_READ_PERSON,      ABOUT(pupil),              "!DAHGS"               },
    {PERMIT_READ_PERSON,      ABOUT(pupil_2),            "!DAhs"                },
    {PERMIT_READ_PERSON,      ABOUT(lecturer),           "!DAL"                 },
    {PERMIT_READ_PERSON,      ABOUT(pupil_who_tutors),   "!DA"                  },
    {PERMIT_IMPORT,           IN_DISTRICT,               "!DAa"                 },
    {PERMIT_EXPORT,           IN_DISTRICT,               "!D"                   },
    {PERMIT_EXPORT,           IN_A,                      "!DA"                  },
    {PERMIT_READ_TIMETABLE,   IN_DISTRICT,               "!DAaHhxLTtPpCYRGESs"  },
    {PERMIT_FOLLOW_LESSONS,   IN_A,                      "!DAPRCY"              },
    {PERMIT_FOLLOW_LESSONS,   IN_DISTRICT,               "!DCY"                 },
    {PERMIT_CHANGE_TIMETABLE, IN_A,                      "!DA"                  },
    {PERMIT_CHANGE_TIMETABLE, IN_DISTRICT,               "!D"                   },
    {PERMIT_READ_AUDIT,       IN_DISTRICT,               "!D"                   },
};

enum { ROWS = sizeof(table) / sizeof(*table), PEOPLE = sizeof(everybody) / sizeof(*everybody) };

static void each_may_what_the_table_says_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t k = 0; k < PEOPLE; k++) {
            const struct who *w = &everybody[k];
            struct caller caller = {.kind = w->kind};
            bool may = access_permits(table[i].permit, &caller, w->person, &table[i].at);
            if (may != (strchr(table[i].who, w->mark) != NULL))
                fail_msg("row %zu, '%c': %s", i, w->mark, may ? "may" : "may not");
        }
    }
}

static void each_permit_is_in_the_table(void **state)
{
    (void)state;
    for (int permit = 0; permit < PERMITS; permit++) {
        size_t rows = 0;
        for (size_t i = 0; i < ROWS; i++)
            rows += table[i].permit == (enum permit)permit;
        if (!rows)
            fail_msg("permit %d is not tried", permit);
    }
}

/* A pupil who also teaches: what is remembered by a phone opens a pupil's doors only. */
static void a_pupils_device_has_no_rights_of_staff(void **state)
{
    (void)state;
    struct caller device = {.kind = CALLER_PUPIL};
    struct access_place at = IN_A1;
    assert_false(access_permits(PERMIT_READ_CLASS, &device, &homeroom, &at));
    assert_true(
        access_permits(PERMIT_READ_CLASS, &(struct caller){.kind = CALLER_STAFF}, &homeroom, &at));
}

static void who_is_not_in_the_directory_may_nothing(void **state)
{
    (void)state;
    struct caller staff = {.kind = CALLER_STAFF, .person = "gone"};
    for (size_t i = 0; i < ROWS; i++) {
        enum permit p = table[i].permit;
        bool is_for_all =
            p == PERMIT_ANYBODY || p == PERMIT_SIGNED_IN || p == PERMIT_READ_TIMETABLE;
        assert_int_equal(access_permits(p, &staff, NULL, &table[i].at), is_for_all);
    }
}

static void a_permit_that_nobody_knows_is_nobodys(void **state)
{
    (void)state;
    struct access_place at = IN_DISTRICT;
    struct caller console = {.kind = CALLER_CONSOLE};
    assert_false(access_permits(PERMITS, &console, NULL, &at));
    assert_false(access_permits((enum permit) - 1, &console, NULL, &at));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_may_what_the_table_says_and_nothing_else),
        cmocka_unit_test(each_permit_is_in_the_table),
        cmocka_unit_test(a_pupils_device_has_no_rights_of_staff),
        cmocka_unit_test(who_is_not_in_the_directory_may_nothing),
        cmocka_unit_test(a_permit_that_nobody_knows_is_nobodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
