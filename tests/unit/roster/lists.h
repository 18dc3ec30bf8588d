#ifndef AIRCLASS_TESTS_UNIT_ROSTER_LISTS_H
#define AIRCLASS_TESTS_UNIT_ROSTER_LISTS_H

#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/roster/roster.h"

/* Lists in, and the plan they become as a text. */

#define SCHOOLS "学校编号,学校名称\ns1,第一小学\ns2,第二小学\n"
#define CLASSES                                                                                    \
    "学校,班级编号,班级名称,年级\ns1,c1,三（1）班,三年级\ns1,c2,三（2）班,3\ns2,c1,一班,\n"
#define PEOPLE                                                                                     \
    "学校,编号,姓名,角色,班级\ns1,p1,王芳,学生,c1\ns1,p2,李娜,学生,c1\ns1,t1,张伟,班主任,c1\n"
#define LISTS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NOTHING    ((const char *const[]){NULL})
#define ALL        LISTS(SCHOOLS, CLASSES, PEOPLE)

static const struct roster_options plainly = {.school = NULL};
static const struct roster_options removing = {.may_remove = true};

static inline int give(struct roster *r, const char *text)
{
    return roster_read(r, &(struct table_file){.bytes = text, .len = strlen(text)});
}

static inline int give_all(struct roster *r, const char *const *files)
{
    int err = 0;
    for (size_t i = 0; !err && files[i]; i++)
        err = give(r, files[i]);
    return err;
}

static inline int know_line(void *arg, const struct roster_line *line)
{
    return roster_know(arg, line->record);
}

/* Lets `r` know what these lists hold. */
static inline int know(struct roster *r, const char *const *lists)
{
    struct roster *reader = NULL;
    const struct roster_plan *plan = NULL;
    int err = roster_new(&reader, &plainly);
    if (!err)
        err = give_all(reader, lists);
    if (!err)
        err = roster_finish(reader, &plan);
    if (!err) {
        assert_true(plan->is_applicable);
        err = roster_each_change(plan, know_line, r);
    }
    roster_free(&reader);
    return err;
}

static inline size_t print_record(char *out, size_t size, const struct roster_record *r)
{
    int n = 0;
    switch (r->kind) {
    case ROSTER_SCHOOL: n = snprintf(out, size, "school %s %s", r->school, r->name); break;
    case ROSTER_CLASS:
        n = snprintf(out, size, "class %s/%s %s %d", r->school, r->klass, r->name, r->grade);
        break;
    case ROSTER_PERSON:
        n = snprintf(out, size, "person %s/%s %s", r->home, r->person, r->name);
        break;
    case ROSTER_ROLE:
        n = snprintf(out, size, "%s %s/%s at %s/%s", roster_role_name(r->role), r->home, r->person,
                     r->school, r->klass);
        break;
    case ROSTER_GUARDIAN:
        n = snprintf(out, size, "guardian %s/%s %s of %s/%s", r->home, r->person, r->name,
                     r->school, r->ward);
        break;
    case ROSTER_KINDS: break;
    }
    return (size_t)n;
}

static char told[16384];

/* "row fate record" for each line of the plan, then "!code row:column value" for each note. */
static inline const char *print_plan(const struct roster_plan *plan)
{
    size_t n = 0;
    told[0] = '\0';
    for (size_t i = 0; i < plan->n_lines; i++) {
        const struct roster_line *line = &plan->line[i];
        n += (size_t)snprintf(told + n, sizeof(told) - n, "%d %s ", (int)line->row,
                              roster_fate_name(line->fate));
        if (line->record)
            n += print_record(told + n, sizeof(told) - n, line->record);
        n += (size_t)snprintf(told + n, sizeof(told) - n, "\n");
    }
    for (size_t i = 0; i < plan->n_notes; i++) {
        const struct csv_note *note = &plan->note[i];
        n += (size_t)snprintf(told + n, sizeof(told) - n, "!%s %d:%d %s\n", note->what->code,
                              (int)note->at.row, (int)note->at.column, note->value);
    }
    assert_true(n < sizeof(told));
    return told;
}

static inline const char *fate_of(const struct roster_options *options, const char *const *known,
                                  const char *const *files)
{
    struct roster *r;
    const struct roster_plan *plan;
    assert_int_equal(roster_new(&r, options), 0);
    assert_int_equal(know(r, known), 0);
    assert_int_equal(give_all(r, files), 0);
    assert_int_equal(roster_finish(r, &plan), 0);
    print_plan(plan);
    roster_free(&r);
    return told;
}

#endif
