#ifndef AIRCLASS_TESTS_UNIT_TIMETABLE_GRID_H
#define AIRCLASS_TESTS_UNIT_TIMETABLE_GRID_H

#include "tests/unit/unit.h"

#include "server/timetable/timetable.h"

/* Rows of a grid for the tests: class c1 of school s1, the spring term of 2024 in China. */

static const struct timetable_class class_c1[] = {
    {"s1", "c1"}
};

static inline int32_t day_of(const char *text)
{
    int32_t date;
    assert_int_equal(date_read(&date, text), 0);
    return date;
}

/* A lecture of 40 minutes for c1, online, each week of the term. */
static inline struct timetable_entry a_row(const char *id, int weekday, int start_min)
{
    return (struct timetable_entry){.id = id,
                                    .title = "数学",
                                    .lecturer = "t1",
                                    .link = "",
                                    .classes = class_c1,
                                    .n_classes = 1,
                                    .weekday = (uint8_t)weekday,
                                    .start_min = (uint16_t)start_min,
                                    .length_min = 40,
                                    .from = day_of("2024-02-26"),
                                    .to = day_of("2024-06-28")};
}

static inline struct timetable a_term(const struct timetable_entry *entry, size_t n)
{
    return (struct timetable){.entry = entry,
                              .n_entries = n,
                              .first_monday = day_of("2024-02-26"),
                              .utc_offset_min = 8 * 60};
}

#endif
