#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"
#include "server/timetable/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *find_class(void *arg, const char *school, const char *klass)
{
    (void)arg;
    if (school[0] != 's')
        return NULL;
    return strcmp(klass, "三(1)班") == 0 ? "c1" : klass[0] == 'c' ? klass : NULL;
}

static const char *find_teacher(void *arg, const char *school, const char *code)
{
    (void)arg;
    (void)school;
    return code[0] == 't' ? code : NULL;
}

static bool may_name(void *arg, const char *school)
{
    (void)arg;
    return strcmp(school, "s9") != 0;
}

static const struct timetable calendar = {.first_monday = 19779};

/* Every row that was taken can be, and of an applicable list no two clash. */
static void check_rows(const struct timetable_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        const struct timetable_entry *e = &rows->entry[i];
        int32_t date;
        if (timetable_entry_check(e) || !utf8_is_valid(e->title, strlen(e->title)))
            abort();
        for (size_t k = 0; k < e->n_classes; k++) {
            if (!find_class(NULL, e->classes[k].school, e->classes[k].klass) ||
                !may_name(NULL, e->classes[k].school))
                abort();
        }
        for (size_t k = 0; rows->is_applicable && k < i; k++) {
            if (timetable_clash(&calendar, e, &rows->entry[k], &date) != TIMETABLE_NO_CLASH ||
                strcmp(e->id, rows->entry[k].id) == 0)
                abort();
        }
    }
    for (size_t i = 0; i < rows->n_notes; i++) {
        char text[256];
        csv_note_print(&rows->note[i], i % 2 ? LANGUAGE_ZH : LANGUAGE_EN, text, sizeof(text));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct timetable_list_options options = {.school = "s1",
                                                   .from = 19779,
                                                   .to = 19902,
                                                   .calendar = &calendar,
                                                   .find_class = find_class,
                                                   .find_teacher = find_teacher,
                                                   .may_name = may_name};
    struct timetable_list *l;
    const struct timetable_rows *rows;
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, data, size);
    const struct table_file file = {.bytes = copy, .len = size, .sheet = TABLE_ALL};
    if (timetable_list_new(&l, &options))
        abort();
    int err = timetable_list_read(l, &file, &rows);
    if (!err)
        check_rows(rows);
    else if (err != -ENOENT) /* all sheets are hidden */
        abort();
    timetable_list_free(&l);
    free(copy);
    return 0;
}
