#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"
#include "server/roster/roster.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SEPARATOR = 0x1e }; /* between files */

/* What there is: two schools, three classes, two pupils, a teacher, a guardian. */
static const struct roster_record there[] = {
    {ROSTER_SCHOOL,   "s1", "",   "",   "",   "一小", 0, 0,               "",   ""      },
    {ROSTER_SCHOOL,   "s2", "",   "",   "",   "二小", 0, 0,               "",   ""      },
    {ROSTER_CLASS,    "s1", "c1", "",   "",   "一班", 3, 0,               "",   ""      },
    {ROSTER_CLASS,    "s1", "c2", "",   "",   "二班", 3, 0,               "",   ""      },
    {ROSTER_CLASS,    "s2", "c1", "",   "",   "一班", 0, 0,               "",   ""      },
    {ROSTER_PERSON,   "",   "",   "s1", "p1", "王芳", 0, 0,               "",   ""      },
    {ROSTER_PERSON,   "",   "",   "s1", "p2", "李娜", 0, 0,               "",   ""      },
    {ROSTER_PERSON,   "",   "",   "s1", "t1", "张伟", 0, 0,               "",   ""      },
    {ROSTER_PERSON,   "",   "",   "s2", "g1", "王强", 0, 0,               "",   ""      },
    {ROSTER_ROLE,     "s1", "c1", "s1", "p1", "",       0, ROSTER_STUDENT,  "",   ""      },
    {ROSTER_ROLE,     "s1", "c1", "s1", "t1", "",       0, ROSTER_HOMEROOM, "",   ""      },
    {ROSTER_GUARDIAN, "s1", "",   "s2", "g1", "王强", 0, 0,               "p1", "王芳"},
};

enum { THERE = sizeof(there) / sizeof(there[0]) };

static bool is_same_thing(const struct roster_record *a, const struct roster_record *b)
{
    return a->kind == b->kind && a->role == b->role && strcmp(a->school, b->school) == 0 &&
           strcmp(a->klass, b->klass) == 0 && strcmp(a->home, b->home) == 0 &&
           strcmp(a->person, b->person) == 0 &&
           strcmp(a->ward ? a->ward : "", b->ward ? b->ward : "") == 0;
}

static void must(int err)
{
    if (err)
        abort();
}

static void give(struct roster *r, const uint8_t *data, size_t size)
{
    for (size_t n; size > 0; data += n, size -= n) {
        const uint8_t *end = memchr(data, SEPARATOR, size);
        size_t len = end ? (size_t)(end - data) : size;
        uint8_t *copy = malloc(len + 1);
        memcpy(copy, data, len);
        int err =
            roster_read(r, &(struct table_file){.bytes = copy, .len = len, .sheet = TABLE_ALL});
        must(err == -E2BIG ? 0 : err);
        free(copy);
        n = len + (end != NULL);
    }
}

static void check_texts(const struct roster_plan *plan)
{
    char text[256];
    for (size_t i = 0; i < plan->n_notes; i++) {
        csv_note_print(&plan->note[i], i % 2 ? LANGUAGE_ZH : LANGUAGE_EN, text, sizeof(text));
        if (!utf8_is_valid(plan->note[i].value, strlen(plan->note[i].value)))
            abort();
    }
    for (size_t i = 0; i < plan->n_lines; i++) {
        const struct roster_record *rec = plan->line[i].record;
        if (rec && (!utf8_is_valid(rec->name, strlen(rec->name)) || strpbrk(rec->name, "\r\n\t")))
            abort();
    }
}

static int know_put(void *arg, const struct roster_line *line)
{
    return line->fate == ROSTER_REMOVED ? 0 : roster_know(arg, line->record);
}

/* What is as the plan leaves it. */
static void know_what_stays(struct roster *r, const struct roster_plan *plan)
{
    for (size_t i = 0; i < THERE; i++) {
        bool stays = true;
        for (size_t k = 0; k < plan->n_lines; k++) {
            const struct roster_line *line = &plan->line[k];
            bool is_touched = line->fate == ROSTER_CHANGED || line->fate == ROSTER_REMOVED;
            stays &= !(is_touched && is_same_thing(line->record, &there[i]));
        }
        if (stays)
            must(roster_know(r, &there[i]));
    }
    must(roster_each_change(plan, know_put, r));
}

/* A list that was taken says nothing new when it comes again. */
static void check_again(const struct roster_plan *before, const uint8_t *data, size_t size)
{
    const struct roster_options plainly = {.school = NULL};
    const struct roster_plan *plan;
    struct roster *r;
    must(roster_new(&r, &plainly));
    know_what_stays(r, before);
    give(r, data, size);
    must(roster_finish(r, &plan));
    if (!plan->is_applicable || plan->count[ROSTER_NEW] || plan->count[ROSTER_CHANGED] ||
        plan->count[ROSTER_REMOVED])
        abort();
    roster_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct roster_plan *plan;
    for (int may_remove = 0; may_remove < 2; may_remove++) {
        const struct roster_options options = {.may_remove = may_remove};
        struct roster *r;
        must(roster_new(&r, &options));
        for (size_t i = 0; i < THERE; i++)
            must(roster_know(r, &there[i]));
        give(r, data, size);
        must(roster_finish(r, &plan));
        check_texts(plan);
        bool is_one_file = size > 0 && !memchr(data, SEPARATOR, size);
        if (plan->is_applicable && !may_remove && is_one_file)
            check_again(plan, data, size);
        roster_free(&r);
    }
    return 0;
}
