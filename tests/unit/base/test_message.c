#include "tests/unit/unit.h"

#include <stdbool.h>
#include <string.h>

#include "server/api/plan_said.h"
#include "server/base/utf8.h"
#include "server/config/ini.h"
#include "server/csv/csv.h"
#include "server/importer/wrong.h"
#include "server/policy/wrong.h"
#include "server/roster/reason.h"
#include "server/table/table.h"
#include "server/timetable/list_columns.h"
#include "server/xlsx/wrong.h"

static bool has_chinese(const char *text)
{
    uint32_t code = 0;
    for (size_t n; (n = utf8_next(text, strlen(text), &code)) > 0; text += n) {
        if (code >= 0x4e00 && code <= 0x9fff)
            return true;
    }
    return false;
}

static size_t count_gaps(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == '*';
    return n;
}

static void assert_said(const struct message *m)
{
    assert_true(m->code && m->zh && m->en);
    assert_true(*m->code && *m->en && has_chinese(m->zh));
    assert_int_equal(count_gaps(m->zh), count_gaps(m->en));
}

#define ASSERT_ALL_SAID(get, type, n)                                                              \
    do {                                                                                           \
        for (int i = 0; i < (n); i++)                                                              \
            assert_said(get((type)i));                                                             \
    } while (0)

/* Every table of them: what one of them lacks, a page would show as nothing. */
static void what_people_are_told_is_there_in_both_languages(void **state)
{
    (void)state;
    size_t n;
    const struct message *fields = field_messages(&n);
    while (n > 0)
        assert_said(&fields[--n]);
    for (int i = 1; i <= CLASH_MESSAGES; i++)
        assert_said(clash_message((enum timetable_clash)i));
    ASSERT_ALL_SAID(csv_message, enum csv_wrong, CSV_WRONGS);
    ASSERT_ALL_SAID(import_message, enum import_wrong, IMPORT_WRONGS);
    ASSERT_ALL_SAID(ini_message, enum ini_wrong, INI_WRONGS);
    ASSERT_ALL_SAID(list_message, enum list_reason, LIST_REASONS);
    ASSERT_ALL_SAID(policy_message, enum policy_wrong, POLICY_WRONGS);
    ASSERT_ALL_SAID(reason_message, enum policy_reason, POLICY_REASONS);
    ASSERT_ALL_SAID(roster_message, enum roster_reason, ROSTER_REASONS);
    ASSERT_ALL_SAID(table_message, enum table_remark, TABLE_REMARKS);
    ASSERT_ALL_SAID(wrong_message, enum wrong, WRONGS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_are_told_is_there_in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
