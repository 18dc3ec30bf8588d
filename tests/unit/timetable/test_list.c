#include "tests/unit/timetable/grid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/timetable/list.h"
#include "tests/unit/xlsx/book.h"

#define HEAD "学校,班级,课程,星期,开始,结束,主讲教师,单双周\n"

static const char *find_class(void *arg, const char *school, const char *klass)
{
    (void)arg;
    if (school[0] != 's')
        return NULL;
    return strcmp(klass, "三(1)班") == 0 ? "c1" : klass[0] == 'c' ? klass : NULL;
}

static const char *find_teacher(void *arg, const char *school, const char *code)
{
    static char id[64];
    (void)arg;
    snprintf(id, sizeof(id), "%s:%s", school, code);
    return code[0] == 't' ? id : NULL;
}

static struct timetable_list_options a_term_of(const char *school)
{
    static struct timetable calendar;
    calendar = a_term(NULL, 0);
    return (struct timetable_list_options){.school = school,
                                           .from = day_of("2024-02-26"),
                                           .to = day_of("2024-06-28"),
                                           .calendar = &calendar,
                                           .find_class = find_class,
                                           .find_teacher = find_teacher};
}

static char told[8192];

/* "id weekday start+length weeks lecturer classes" of each row, then "!code row:column value". */
static void tell(const struct timetable_rows *rows)
{
    size_t n = 0;
    told[0] = '\0';
    for (size_t i = 0; i < rows->n; i++) {
        const struct timetable_entry *e = &rows->entry[i];
        n += (size_t)snprintf(told + n, sizeof(told) - n, "%s %s %d %d+%d %d %s", e->id, e->title,
                              e->weekday, e->start_min, e->length_min, (int)e->weeks, e->lecturer);
        for (size_t k = 0; k < e->n_classes; k++)
            n += (size_t)snprintf(told + n, sizeof(told) - n, " %s/%s", e->classes[k].school,
                                  e->classes[k].klass);
        n += (size_t)snprintf(told + n, sizeof(told) - n, "\n");
        assert_null(timetable_entry_check(e));
    }
    for (size_t i = 0; i < rows->n_notes; i++) {
        const struct csv_note *note = &rows->note[i];
        n += (size_t)snprintf(told + n, sizeof(told) - n, "!%s %d:%d %s\n", note->what->code,
                              (int)note->at.row, (int)note->at.column, note->value);
    }
    assert_true(n < sizeof(told));
}

static const char *read_file(const struct timetable_list_options *options,
                             const struct table_file *file)
{
    struct timetable_list *l;
    const struct timetable_rows *rows;
    assert_int_equal(timetable_list_new(&l, options), 0);
    int err = timetable_list_read(l, file, &rows);
    if (err == -ENOENT) {
        const struct xlsx_sheet *sheet;
        assert_int_equal(timetable_list_sheets(l, &sheet), 1);
        snprintf(told, sizeof(told), "only %s", sheet[0].name);
        timetable_list_free(&l);
        return told;
    }
    assert_int_equal(err, 0);
    tell(rows);
    bool is_refused = false;
    for (size_t i = 0; i < rows->n_notes; i++)
        is_refused |= rows->note[i].is_refusal;
    assert_int_equal(rows->is_applicable, !is_refused);
    timetable_list_free(&l);
    return told;
}

static const char *read_with(const struct timetable_list_options *options, const char *text)
{
    return read_file(options, &(struct table_file){.bytes = text, .len = strlen(text)});
}

static const char *read_book(const struct timetable_list_options *options, const struct book *book,
                             const char *sheet)
{
    struct table_file file = {.sheet = sheet};
    char *bytes = book_make(book, &file.len);
    file.bytes = bytes;
    read_file(options, &file);
    free(bytes);
    return told;
}

static const char *read_list(const char *text)
{
    struct timetable_list_options o = a_term_of(NULL);
    return read_with(&o, text);
}

static void rows_become_a_grid(void **state)
{
    (void)state;
    assert_string_equal(read_list(HEAD "s1,c1,数学,星期一,08:00,08:40,t1,单周\n"
                                       "s1,c1；c2、c3,语文,2,9:00,9：40,,\n"),
                        "s1-c1-w1-480-odd 数学 1 480+40 1 s1:t1 s1/c1\n"
                        "s1-c1-w2-540 语文 2 540+40 0  s1/c1 s1/c2 s1/c3\n");
}

static void english_names_lengths_and_ids_will_do(void **state)
{
    (void)state;
    struct timetable_list_options o = a_term_of("s1");
    assert_string_equal(
        read_with(
            &o,
            "ID,Class,Title,Weekday,Start,Minutes,Kind,Place\nm1,c1,Maths,Mon,8:00,45,qa,at_school\n"),
        "m1 Maths 1 480+45 0  s1/c1\n");
}

static void a_date_makes_a_single_lesson(void **state)
{
    (void)state;
    struct timetable_list_options o = a_term_of("s1");
    assert_string_equal(read_with(&o, "班级,课程,日期,开始,时长\nc1,考试,2024年2月29日,08:00,40\n"),
                        "s1-c1-19782-480 考试 4 480+40 0  s1/c1\n");
    assert_string_equal(read_with(&o, "班级,课程,日期,开始,时长\nc1,考试,2023-02-29,08:00,40\n"),
                        "!bad_date 2:3 2023-02-29\n");
    assert_string_equal(read_with(&o, "班级,课程,日期,开始,时长\nc1,考试,2024-02-29,23:30,31\n"),
                        "!bad_length 2:5 31\n");
    assert_string_equal(read_with(&o, "班级,课程,日期,开始,时长\nc1,考试,2024-02-29,23:30,30\n"),
                        "s1-c1-19782-1410 考试 4 1410+30 0  s1/c1\n");
}

static void what_is_wrong_is_told_with_row_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        const char *want;
    } rows[] = {
        {"s1,c1,数学,星期八,08:00,08:40,t1,\n", "!bad_weekday 2:4 星期八\n"},
        {"s1,c1,数学,,08:00,08:40,t1,\n",          "!empty 2:4 \n"               },
        {"s1,c1,数学,1,8,08:40,t1,\n",             "!bad_time 2:5 8\n"           },
        {"s1,c1,数学,1,08:00,24:01,t1,\n",         "!bad_time 2:6 24:01\n"       },
        {"s1,c1,数学,1,08:00,07:00,t1,\n",         "!bad_length 2:6 07:00\n"     },
        {"s1,c1,数学,1,08:00,,t1,\n",              "!bad_length 2:0 \n"          },
        {"s1,c1,数学,1,08:00,08:40,t1,三周\n",   "!bad_weeks 2:8 三周\n"     },
        {"s1,x1,数学,1,08:00,08:40,t1,\n",         "!unknown_class 2:2 x1\n"     },
        {"s1,c1;x1,数学,1,08:00,08:40,t1,\n",      "!unknown_class 2:2 x1\n"     },
        {"s1,,数学,1,08:00,08:40,t1,\n",           "!empty 2:2 \n"               },
        {"s1,c1,数学,1,08:00,08:40,x1,\n",         "!unknown_teacher 2:7 x1\n"   },
        {",c1,数学,1,08:00,08:40,t1,\n",           "!which_school 2:1 \n"        },
        {"s1,c1,,1,08:00,08:40,t1,\n",               "!empty 2:3 \n"               },
        {"s1,c1,13800138000,1,08:00,08:40,t1,\n",    "!looks_like_a_phone 2:3 \n"  },
        {"s1,c1,\"数\"学,1,08:00,08:40,t1,\n",     "!text_behind_quote 2:3 \n"   },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[512];
        snprintf(text, sizeof(text), "%s%s", HEAD, rows[i].row);
        assert_string_equal(read_list(text), rows[i].want);
    }
}

static void links_dates_and_kinds_are_checked(void **state)
{
    (void)state;
    struct timetable_list_options o = a_term_of("s1");
    static const char head[] = "班级,课程,星期,开始,结束,开始日期,结束日期,类型,方式,链接\n";
    static const struct {
        const char *row;
        const char *want;
    } rows[] = {
        {"c1,数学,1,08:00,08:40,2024-03-01,2024-02-28,,,\n",             "!bad_date 2:7 2024-02-28\n"   },
        {"c1,数学,1,08:00,08:40,2024-13-01,,,,\n",                       "!bad_date 2:6 2024-13-01\n"   },
        {"c1,数学,1,08:00,08:40,,,派对,,\n",                           "!bad_kind 2:8 派对\n"       },
        {"c1,数学,1,08:00,08:40,,,,月球,\n",                           "!bad_place 2:9 月球\n"      },
        {"c1,数学,1,08:00,08:40,,,,外部,\n",                           "!bad_link 2:10 \n"            },
        {"c1,数学,1,08:00,08:40,,,,线上,javascript:x\n",               "!bad_link 2:10 javascript:x\n"},
        {"c1,数学,1,08:00,08:40,,,答疑,外部,https://tv.example/1\n",
         "s1-c1-w1-480 数学 1 480+40 0  s1/c1\n"                                                        },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[512];
        snprintf(text, sizeof(text), "%s%s", head, rows[i].row);
        assert_string_equal(read_with(&o, text), rows[i].want);
    }
}

/* The notes of a list of two rows. */
static const char *notes_of(const char *first, const char *second)
{
    char text[512];
    snprintf(text, sizeof(text), "%s%s\n%s\n", HEAD, first, second);
    read_list(text);
    return told + strcspn(told, "!");
}

static void rows_that_clash_are_refused(void **state)
{
    (void)state;
    assert_string_equal(notes_of("s1,c1,数学,1,08:00,08:40,t1,", "s1,c2,语文,1,08:20,09:00,t1,"),
                        "!teacher_clash 3:7 2024-02-26\n");
    assert_string_equal(
        notes_of("s1,c1,数学,1,08:00,08:40,t1,", "s1,c1,语文,1,08:20,09:00,t2,双周"),
        "!class_clash 3:2 2024-03-04\n");
    assert_string_equal(
        notes_of("s1,c1,数学,1,08:00,08:40,t1,单周", "s1,c1,语文,1,08:00,08:40,t1,双周"), "");
    /* Two teachers of one code in two schools are two people. */
    assert_string_equal(notes_of("s1,c1,数学,1,08:00,08:40,t1,", "s2,c1,语文,1,08:00,08:40,t1,"),
                        "");
}

static void an_id_stands_once(void **state)
{
    (void)state;
    struct timetable_list_options o = a_term_of("s1");
    assert_non_null(strstr(
        read_with(&o,
                  "编号,班级,课程,星期,开始,时长\nm1,c1,数学,1,8:00,40\nm1,c2,数学,2,8:00,40\n"),
        "!duplicate 3:1 m1\n"));
}

/* Paths of the API hold 63 bytes. */
static void a_row_without_an_id_has_no_class_that_is_too_long(void **state)
{
    (void)state;
    static const char row[] = "%s班级,课程,星期,开始,时长\n%s%s,数学,1,8:00,40\n";
    char klass[64], text[512];
    memset(klass, 'c', sizeof(klass));
    klass[53] = '\0'; /* s1-c...-w1-480 */
    struct timetable_list_options o = a_term_of("s1");
    snprintf(text, sizeof(text), row, "", "", klass);
    assert_null(strstr(read_with(&o, text), "!"));
    klass[53] = 'c';
    klass[54] = '\0';
    snprintf(text, sizeof(text), row, "", "", klass);
    assert_non_null(strstr(read_with(&o, text), "!long_id 2:1 "));
    snprintf(text, sizeof(text), row, "编号,", ",", klass);
    assert_non_null(strstr(read_with(&o, text), "!long_id 2:1 "));
    snprintf(text, sizeof(text), row, "编号,", "m1,", klass);
    assert_null(strstr(read_with(&o, text), "!"));
}

static void a_school_plans_its_own_lessons_only(void **state)
{
    (void)state;
    struct timetable_list_options o = a_term_of("s1");
    o.is_own_only = true;
    assert_string_equal(read_with(&o, HEAD "s2,c1,数学,1,08:00,08:40,t1,\n"),
                        "!other_school 2:1 s2\n");
}

static void the_first_row_names_the_columns(void **state)
{
    (void)state;
    assert_string_equal(read_list(""), "!missing_column 0:0 班级 / class\n");
    assert_string_equal(read_list("班级,课程,星期,开始\nc1,x,1,8:00\n"),
                        "!missing_column 1:0 结束 / end\n");
    assert_string_equal(read_list("班级,课程,星期,开始,结束,班级\n"), "!double_column 1:6 班级\n");
    struct timetable_list_options o = a_term_of("s1");
    assert_string_equal(
        read_with(&o, "班级（必填）,课程,星期,开始,结束,教室\nc1,数学,1,8:00,8:40,101\n"),
        "s1-c1-w1-480 数学 1 480+40 0  s1/c1\n!ignored_column 1:6 教室\n");
}

static void a_row_has_a_largest_number_of_classes(void **state)
{
    (void)state;
    char text[8 * (TIMETABLE_ROW_CLASSES_MAX + 32)] = HEAD "s1,";
    for (int i = 0; i <= TIMETABLE_ROW_CLASSES_MAX; i++) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof(text) - n, "c%d;", i);
    }
    strcat(text, ",数学,1,08:00,08:40,t1,\n");
    assert_string_equal(read_list(text), "!too_many_classes 2:2 \n");
}

static void a_class_is_called_by_its_code_or_its_name(void **state)
{
    (void)state;
    const struct timetable_list_options o = a_term_of("s1");
    assert_string_equal(read_with(&o, HEAD "s1,三（1）班;c1;c2,数学,1,8:00,8:40,,\n"),
                        "s1-c1-w1-480 数学 1 480+40 0  s1/c1 s1/c2\n");
}

static bool may_name(void *arg, const char *school)
{
    (void)arg;
    return strcmp(school, "s9") != 0;
}

static bool may_replace(void *arg, const char *id)
{
    (void)arg;
    return strcmp(id, "mine") == 0;
}

static void classes_and_teachers_of_other_schools_stand_behind_a_slash(void **state)
{
    (void)state;
    struct timetable_list_options o = a_term_of("s1");
    o.may_name = may_name;
    assert_string_equal(read_with(&o,
                                  HEAD ",c1;s2/c1、s3／三（1）班;s2/c1,数学,1,8:00,8:40,s2/t1,\n"
                                       ",s2/c2;c2,语文,1,9:00,9:40,-/t1,\n"),
                        "s1-c1-w1-480 数学 1 480+40 0 s2:t1 s1/c1 s2/c1 s3/c1\n"
                        "s2-c2-w1-540 语文 1 540+40 0 :t1 s2/c2 s1/c2\n");
    /* Codes may have slashes: the row's own school goes first, then the shortest school's code. */
    assert_string_equal(read_with(&o, HEAD ",c/1;s2/1/c2;s/2/c2,数学,1,8:00,8:40,t/1,\n"),
                        "s1-c/1-w1-480 数学 1 480+40 0 s1:t/1 s1/c/1 s2/1/c2 s/2/c2\n");
    assert_string_equal(read_with(&o, HEAD ",s9/c1,数学,1,8:00,8:40,s9/t1,\n"
                                           ",s2/x,语文,1,9:00,9:40,s2/x,\n"
                                           ",/c1;s2/,语文,1,9:00,9:40,/,\n"),
                        "!others 2:2 s9/c1\n!others 2:7 s9/t1\n!unknown_class 3:2 s2/x\n"
                        "!unknown_teacher 3:7 s2/x\n!unknown_class 4:2 /c1\n"
                        "!unknown_class 4:2 s2/\n!bad_code 4:7 /\n");
}

static void the_district_has_a_list_of_its_own(void **state)
{
    (void)state;
    struct timetable_list_options o = a_term_of("");
    o.is_own_only = true;
    assert_string_equal(read_with(&o, HEAD ",s1/c1;s2/c1,数学,1,8:00,8:40,t1,\n"),
                        "s1-c1-w1-480 数学 1 480+40 0 :t1 s1/c1 s2/c1\n");
    assert_string_equal(read_with(&o, HEAD "s1,c1,数学,1,8:00,8:40,,\n,c1,x,1,9:00,9:40,,\n"),
                        "!other_school 2:1 s1\n!unknown_class 3:2 c1\n");
}

static void a_row_of_others_is_not_replaced(void **state)
{
    (void)state;
    struct timetable_list_options o = a_term_of("s1");
    o.may_replace = may_replace;
    assert_string_equal(read_with(&o, "编号,班级,课程,星期,开始,结束\n"
                                      "mine,c1,数学,1,8:00,8:40\ntheirs,c2,语文,1,9:00,9:40\n"),
                        "mine 数学 1 480+40 0  s1/c1\n!others_row 3:2 c2\n");
}

#define TEXT(text)  "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define TIME(value) "<c s=\"1\"><v>" value "</v></c>"

/* Where the times are numbers of days, and the weekday is a number. */
static void a_workbook_is_a_list_as_any_other(void **state)
{
    (void)state;
    struct timetable_list_options o = a_term_of("s1");
    static const struct book b = {
        .styles = BOOK_STYLES("", "<xf numFmtId=\"0\"/><xf numFmtId=\"20\"/><xf numFmtId=\"14\"/>"),
        .sheet = BOOK_SHEET(
            "<row>" TEXT("班级") TEXT("课程") TEXT("星期") TEXT("开始") TEXT("结束") TEXT("日期") TEXT(
                "备注") "</row>"
                        "<row>" TEXT("c1")
                            TEXT("数学") "<c><v>1</v></c>" TIME("0.33333333333333331") TIME(
                                "0.3611111111111111") "<c/>"
                                                      "<c t=\"e\"><v>#REF!</v></c></row>"
                                                      "<row>" TEXT("c1")
                                                          TEXT("考试") "<c/>" TIME("0.375") TIME(
                                                              "0.40277777777777779") "<c s=\"2\"><v>45351</v></c></row>")};
    assert_string_equal(read_book(&o, &b, "名单"), "s1-c1-w1-480 数学 1 480+40 0  s1/c1\n"
                                                   "s1-c1-19782-540 考试 4 540+40 0  s1/c1\n"
                                                   "!ignored_column 1:7 备注\n");
    assert_string_equal(read_book(&o, &b, "别的"), "only 名单");
}

static void what_a_sheet_has_lost_is_refused(void **state)
{
    (void)state;
    struct timetable_list_options o = a_term_of("s1");
    static const struct book b = {
        .sheet = BOOK_SHEET("<row>" TEXT("班级") TEXT("课程") TEXT("星期") TEXT("开始") TEXT(
            "结束") "</row>"
                    "<row>" TEXT("c1") "<c><f>A1</f></c><c><v>1</v></c>" TEXT("8:00")
                                TEXT("8:40") "</row>")};
    assert_string_equal(read_book(&o, &b, NULL), "!formula_without_value 2:2 \n");
}

static void too_many_rows_are_refused(void **state)
{
    (void)state;
    struct timetable_list_options o = a_term_of("s1");
    struct timetable_list *l;
    const struct timetable_rows *rows;
    static const char row[] = "s1,c1,数学,9,08:00,08:40,t1,\n";
    char *text = malloc(sizeof(HEAD) + (TIMETABLE_ROWS_MAX + 10) * (sizeof(row) - 1));
    char *end = stpcpy(text, HEAD);
    for (int i = 0; i < TIMETABLE_ROWS_MAX + 10; i++)
        end = stpcpy(end, row);
    assert_int_equal(timetable_list_new(&l, &o), 0);
    const struct table_file file = {.bytes = text, .len = (size_t)(end - text)};
    assert_int_equal(timetable_list_read(l, &file, &rows), 0);
    free(text);
    assert_int_equal(rows->n_notes, TIMETABLE_NOTES_MAX);
    assert_int_equal(rows->n_notes + rows->notes_left_out, TIMETABLE_ROWS_MAX + 1);
    assert_false(rows->is_applicable);
    timetable_list_free(&l);
}

static int read_a_list(void)
{
    struct timetable_list_options o = a_term_of("s1");
    struct timetable_list *l = NULL;
    const struct timetable_rows *rows;
    static const char text[] =
        HEAD "s1,c1;c2,数学,1,08:00,08:40,t1,\ns1,c1,语文,9,08:20,09:00,t2,\n";
    const struct table_file file = {.bytes = text, .len = sizeof(text) - 1};
    int err = timetable_list_new(&l, &o);
    if (!err)
        err = timetable_list_read(l, &file, &rows);
    timetable_list_free(&l);
    return err;
}

static void a_full_memory_is_an_error(void **state)
{
    (void)state;
    assert_true(oom_levels(read_a_list) >= 8);
}

static void what_stands_around_a_grid_is_left_out_with_a_note(void **state)
{
    (void)state;
    const struct timetable_list_options o = a_term_of("s1");
    assert_non_null(strstr(read_with(&o, "第一小学课程表\n" HEAD "s1,c1,数学,1,8:00,8:40,,\n" HEAD
                                         "备注：周五下午不上课,,,,,,,\n"),
                           "s1-c1-w1-480 数学 1 480+40 0  s1/c1\n!title_row 1:0 \n"
                           "!head_again 4:0 \n!below_table 5:0 \n"));
    assert_string_equal(read_with(&o, HEAD "school,class,title,weekday,start,end\n"),
                        "!two_heads 2:0 \n");
    assert_string_equal(read_with(&o, "课程表\n班级,课程,星期,开始\nc1,数学,1,8:00\n"),
                        "!title_row 1:0 \n!missing_column 2:0 结束 / end\n");
}

#define TEXT(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define GRID       "<row>" TEXT("课程") TEXT("星期") TEXT("开始") TEXT("时长") "</row>"
#define LESSON     "<row>" TEXT("数学") TEXT("1") TEXT("8:00") TEXT("40") "</row>"
#define NAMED      "<row>" TEXT("课程") TEXT("星期") TEXT("开始") TEXT("时长") TEXT("主讲教师") "</row>"
#define LECTURE    "<row>" TEXT("数学") TEXT("1") TEXT("9:00") TEXT("40") TEXT("t1") "</row>"

static void each_sheet_is_the_grid_of_a_class(void **state)
{
    (void)state;
    const struct timetable_list_options o = a_term_of("s1");
    struct book b = {.workbook = BOOK_SHEETS("", "<sheet name=\"c1\" sheetId=\"1\" r:id=\"r1\"/>"
                                                 "<sheet name=\"封面\" sheetId=\"3\" r:id=\"r3\"/>"
                                                 "<sheet name=\"旧\" state=\"hidden\" r:id=\"r1\"/>"
                                                 "<sheet name=\"c2\" sheetId=\"2\" r:id=\"r2\"/>"),
                     .sheet = BOOK_SHEET(GRID LESSON),
                     .sheet2 = BOOK_SHEET(GRID LESSON)};
    assert_string_equal(read_book(&o, &b, TABLE_ALL),
                        "s1-c1-w1-480 数学 1 480+40 0  s1/c1\ns1-c2-w1-480 数学 1 480+40 0  s1/c2\n"
                        "!class_by_sheet 0:0 \n!hidden_sheet 0:0 \n!class_by_sheet 0:0 \n");
    assert_string_equal(read_book(&o, &b, "c2"),
                        "s1-c2-w1-480 数学 1 480+40 0  s1/c2\n!class_by_sheet 0:0 \n");
    b.sheet2 = BOOK_SHEET(GRID LESSON LESSON);
    assert_non_null(strstr(read_book(&o, &b, TABLE_ALL), "!class_clash 3:0"));
    b.sheet = BOOK_SHEET(NAMED LECTURE LECTURE);
    assert_non_null(strstr(read_book(&o, &b, TABLE_ALL), "!teacher_clash 3:5 2024-02-26\n"));
    b.workbook = BOOK_SHEETS("", "<sheet name=\"x\" sheetId=\"1\" r:id=\"r1\"/>");
    b.sheet = BOOK_SHEET(GRID LESSON);
    assert_string_equal(read_book(&o, &b, TABLE_ALL), "!missing_column 1:0 班级 / class\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_around_a_grid_is_left_out_with_a_note),
        cmocka_unit_test(each_sheet_is_the_grid_of_a_class),
        cmocka_unit_test(a_class_is_called_by_its_code_or_its_name),
        cmocka_unit_test(classes_and_teachers_of_other_schools_stand_behind_a_slash),
        cmocka_unit_test(the_district_has_a_list_of_its_own),
        cmocka_unit_test(a_row_of_others_is_not_replaced),
        cmocka_unit_test(rows_become_a_grid),
        cmocka_unit_test(english_names_lengths_and_ids_will_do),
        cmocka_unit_test(a_date_makes_a_single_lesson),
        cmocka_unit_test(what_is_wrong_is_told_with_row_and_column),
        cmocka_unit_test(links_dates_and_kinds_are_checked),
        cmocka_unit_test(rows_that_clash_are_refused),
        cmocka_unit_test(an_id_stands_once),
        cmocka_unit_test(a_row_without_an_id_has_no_class_that_is_too_long),
        cmocka_unit_test(a_school_plans_its_own_lessons_only),
        cmocka_unit_test(the_first_row_names_the_columns),
        cmocka_unit_test(a_row_has_a_largest_number_of_classes),
        cmocka_unit_test(a_workbook_is_a_list_as_any_other),
        cmocka_unit_test(what_a_sheet_has_lost_is_refused),
        cmocka_unit_test(too_many_rows_are_refused),
        cmocka_unit_test(a_full_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
