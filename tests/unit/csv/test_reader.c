#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/csv/csv.h"

/* Everything that is read from `bytes`, given in pieces of `piece` bytes: fields between '|', rows
 * between '\n', what is wrong as !code@row:column. Borrowed until the next call. */
static const char *read_pieces(const void *bytes, size_t len, size_t piece)
{
    static char out[8192];
    struct csv_reader *r;
    struct csv_row row;
    size_t given = 0;
    size_t n = 0;
    out[0] = '\0';
    assert_int_equal(csv_reader_new(&r), 0);
    for (int err; (err = csv_next(r, &row)) != -ENODATA;) {
        struct csv_place at;
        if (err == -EAGAIN && given == len) {
            csv_end(r);
        } else if (err == -EAGAIN) {
            size_t more = len - given < piece ? len - given : piece;
            csv_feed(r, (const char *)bytes + given, more);
            given += more;
        } else if (err == -EINVAL) {
            enum csv_wrong wrong = csv_last_wrong(r, &at);
            n += (size_t)snprintf(out + n, sizeof(out) - n, "!%s@%d:%d\n", csv_message(wrong)->code,
                                  (int)at.row, (int)at.column);
        } else {
            assert_int_equal(err, 0);
            for (size_t i = 0; i < row.n; i++)
                n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s", i ? "|" : "", row.field[i]);
            n += (size_t)snprintf(out + n, sizeof(out) - n, "\n");
        }
        assert_true(n < sizeof(out));
    }
    csv_reader_free(&r);
    return out;
}

static const char *read_all(const char *text)
{
    return read_pieces(text, strlen(text), 1 << 20);
}

static void rows_are_fields_between_separators(void **state)
{
    (void)state;
    assert_string_equal(read_all("a,b\r\nc,d\r\n"), "a|b\nc|d\n");
    assert_string_equal(read_all("a,b\nc,d"), "a|b\nc|d\n");
    assert_string_equal(read_all("a,b\rc,d\r"), "a|b\nc|d\n");
    assert_string_equal(read_all("a,,\n,b,\n"), "a||\n|b|\n");
    assert_string_equal(read_all("a, b \n"), "a| b \n");
    assert_string_equal(read_all(""), "");
    assert_string_equal(read_all("\r\n\r\n"), "");
}

static void quotes_hold_separators_quotes_and_newlines(void **state)
{
    (void)state;
    assert_string_equal(read_all("\"a,b\",\"c\"\"d\"\n"), "a,b|c\"d\n");
    assert_string_equal(read_all("\"a\r\nb\",c\r\nd,e\r\n"), "a\r\nb|c\nd|e\n");
    assert_string_equal(read_all("\"\",x\n"), "|x\n");
    assert_string_equal(read_all("a\"b,c\n"), "a\"b|c\n");
    assert_string_equal(read_all("\"a\" ,b\n"), "a|b\n");
}

static void the_separator_is_found_in_the_first_row(void **state)
{
    (void)state;
    assert_string_equal(read_all("a;b\nc,d;e\n"), "a|b\nc,d|e\n");
    assert_string_equal(read_all("a\tb,c\td\n1\t2\t3\n"), "a|b,c|d\n1|2|3\n");
    assert_string_equal(read_all("\n\"x;y;z\",b\nc;d\n"), "x;y;z|b\nc;d\n");
}

static void excels_sep_line_names_the_separator_and_is_no_row(void **state)
{
    (void)state;
    assert_string_equal(read_all("sep=;\r\na;b,c,d\r\n\"x\n"), "a|b,c,d\n!open_quote@2:1\n");
    assert_string_equal(read_all("SEP=\t\na\tb\n"), "a|b\n");
    assert_string_equal(read_all("\xef\xbb\xbfsep=,\na,b;c;d\n"), "a|b;c;d\n");
    assert_string_equal(read_all("sep=x\n1\n"), "sep=x\n1\n");
}

static void rows_without_content_are_none_but_count(void **state)
{
    (void)state;
    assert_string_equal(read_all("a,b\n\n,,,\n\"\"\nc,\"d\"x\n"), "a|b\n!text_behind_quote@5:2\n");
}

static void a_row_knows_its_number_and_its_line(void **state)
{
    (void)state;
    static const char text[] = "sep=,\r\na\r\n\"b\r\nb\"\r\n\r\nc";
    static const int want[][2] = {
        {1, 2},
        {2, 3},
        {4, 6}
    };
    struct csv_reader *r;
    struct csv_row row;
    assert_int_equal(csv_reader_new(&r), 0);
    csv_feed(r, text, sizeof(text) - 1);
    assert_int_equal(csv_next(r, &row), -EAGAIN);
    csv_end(r);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(csv_next(r, &row), 0);
        assert_int_equal(row.at.row, want[i][0]);
        assert_int_equal(row.at.line, want[i][1]);
    }
    assert_int_equal(csv_next(r, &row), -ENODATA);
    assert_int_equal(csv_next(r, &row), -ENODATA);
    csv_reader_free(&r);
}

static void utf8_is_read_with_and_without_its_mark(void **state)
{
    (void)state;
    assert_string_equal(read_all("\xef\xbb\xbf姓名,班级\n王芳,一班\n"), "姓名|班级\n王芳|一班\n");
    assert_string_equal(read_all("姓名,班级\n𠮷野,一班\n"), "姓名|班级\n𠮷野|一班\n");
}

/* 姓名,班级 / 王芳,一班 / 通,二班 */
#define GB_NAMES  "\xd0\xd5\xc3\xfb,\xb0\xe0\xbc\xb6\r\n\xcd\xf5\xb7\xbc,\xd2\xbb\xb0\xe0\r\n"
#define GB_TONG   "\xcd\xa8,\xb6\xfe\xb0\xe0\r\n"
#define GB_YOSHI  "\x95\x34\xb2\x35,\xb0\xe0\r\n"  /* 𠮷 in four bytes: GB18030, not GBK */
#define UTF8_WANG "\xe7\x8e\x8b\xe8\x8a\xb3,x\r\n" /* 王芳 in UTF-8: 鐜嬭姵 in GBK */

static void gb18030_is_told_from_utf8(void **state)
{
    (void)state;
    assert_string_equal(read_all(GB_NAMES), "姓名|班级\n王芳|一班\n");
    assert_string_equal(read_all(GB_NAMES GB_TONG GB_YOSHI),
                        "姓名|班级\n王芳|一班\n通|二班\n𠮷|班\n");
    assert_string_equal(read_all("\x84\x31\x95\x33" GB_TONG), "通|二班\n");
}

static void ascii_says_nothing_until_a_row_does(void **state)
{
    (void)state;
    enum { ROWS = CSV_WINDOW / 4 };
    char *text = malloc(ROWS * 4 + 64);
    for (size_t i = 0; i < ROWS; i++)
        memcpy(text + i * 4, "a,b\n", 4);
    memcpy(text + ROWS * 4, GB_NAMES, sizeof(GB_NAMES) - 1);

    struct csv_reader *r;
    struct csv_row row;
    assert_int_equal(csv_reader_new(&r), 0);
    csv_feed(r, text, ROWS * 4 + sizeof(GB_NAMES) - 1);
    csv_end(r);
    for (size_t i = 0; i < ROWS; i++)
        assert_int_equal(csv_next(r, &row), 0);
    assert_int_equal(csv_next(r, &row), 0);
    assert_string_equal(row.field[0], "姓名");
    csv_reader_free(&r);
    free(text);
}

static void a_row_of_the_other_encoding_is_told_with_its_column(void **state)
{
    (void)state;
    assert_string_equal(read_all("姓名,班级\n李娜,\xd2\xbb\xb0\xe0\n张伟,二班\n"),
                        "姓名|班级\n!mixed_encodings@2:2\n张伟|二班\n");
    assert_string_equal(read_all(GB_NAMES UTF8_WANG GB_TONG),
                        "姓名|班级\n王芳|一班\n!mixed_encodings@3:1\n通|二班\n");
    assert_string_equal(read_all("姓名,班级\n李娜,\xff\xff\n"), "姓名|班级\n!encoding@2:2\n");
}

static void utf16_is_refused_as_a_whole(void **state)
{
    (void)state;
    assert_string_equal(read_pieces("\xff\xfe\x61\x00\x0a\x00", 6, 6), "!utf16@1:0\n");
    assert_string_equal(read_pieces("\xfe\xff\x00\x61\x00\x0a", 6, 6), "!utf16@1:0\n");
}

static void zero_bytes_are_refused_where_they_stand(void **state)
{
    (void)state;
    assert_string_equal(read_pieces("a,b\nc,d\0e\nf,g\n", 14, 14), "a|b\n!nul@2:2\nf|g\n");
}

static void broken_quotes_are_refused(void **state)
{
    (void)state;
    assert_string_equal(read_all("\"a\"b,c\nd,e\n"), "!text_behind_quote@1:1\nd|e\n");
    assert_string_equal(read_all("a,b\nc,\"d\ne,f\n"), "a|b\n!open_quote@2:2\n");
}

/* Ten megabytes in one row, then an ordinary one. */
static char *long_row(const char *front, const char *behind, size_t *len)
{
    enum { MEGABYTES_10 = 10 << 20 };
    char *text = malloc(MEGABYTES_10 + 64);
    memset(text, 'x', MEGABYTES_10);
    memcpy(text, front, strlen(front));
    memcpy(text + MEGABYTES_10, behind, strlen(behind));
    *len = MEGABYTES_10 + strlen(behind);
    return text;
}

static void a_row_of_ten_megabytes_is_refused_and_the_next_is_read(void **state)
{
    (void)state;
    size_t len;
    char *text = long_row("a,b\nc,", "\nd,e\n", &len);
    assert_string_equal(read_pieces(text, len, 4096), "a|b\n!long_row@2:0\nd|e\n");
    free(text);
    text = long_row("a,b\nc,\"", "\nd,e\n", &len);
    assert_string_equal(read_pieces(text, len, 4096), "a|b\n!open_quote@2:2\n");
    free(text);
}

static void the_largest_row_is_read(void **state)
{
    (void)state;
    char *text = malloc(CSV_ROW_MAX + 3);
    struct csv_reader *r;
    struct csv_row row;
    memset(text, 'x', CSV_ROW_MAX + 3);
    text[1] = ',';
    text[CSV_ROW_MAX + 1] = '\n'; /* the fields without their separator are as large as may be */
    assert_int_equal(csv_reader_new(&r), 0);
    csv_feed(r, text, CSV_ROW_MAX + 2);
    csv_end(r);
    assert_int_equal(csv_next(r, &row), 0);
    assert_int_equal(strlen(row.field[1]), CSV_ROW_MAX - 1);
    csv_reader_free(&r);

    text[CSV_ROW_MAX + 1] = 'x';
    text[CSV_ROW_MAX + 2] = '\n';
    assert_int_equal(csv_reader_new(&r), 0);
    csv_feed(r, text, CSV_ROW_MAX + 3);
    csv_end(r);
    assert_int_equal(csv_next(r, &row), -EINVAL);
    csv_reader_free(&r);
    free(text);
}

static void a_row_has_a_largest_number_of_fields(void **state)
{
    (void)state;
    char text[CSV_FIELDS_MAX + 8];
    memset(text, ',', sizeof(text));
    memcpy(text, "a", 1);
    memcpy(text + CSV_FIELDS_MAX, "\nb\n", 4);
    size_t fields = 0;
    for (const char *p = read_all(text); *p; p++)
        fields += *p == '|';
    assert_int_equal(fields, CSV_FIELDS_MAX - 1);
    memcpy(text + CSV_FIELDS_MAX, ",\nb\n", 5);
    assert_string_equal(read_all(text), "!wide_row@1:0\nb\n");
}

static void pieces_of_any_size_read_the_same(void **state)
{
    (void)state;
    static const char text[] = "sep=;\r\n\xe5\xa7\x93;\"b;\"\"\r\n\"\r\n;;\r\n\"x\"y;z\r\nc;\"d";
    char whole[512];
    strcpy(whole, read_all(text));
    for (size_t piece = 1; piece < sizeof(text); piece++)
        assert_string_equal(read_pieces(text, sizeof(text) - 1, piece), whole);
}

static void the_apostrophe_of_a_disarmed_formula_goes(void **state)
{
    (void)state;
    assert_string_equal(read_all("'=1+1,'@a,''-2,'tis,'\n"), "=1+1|@a|'-2|'tis|'\n");
}

static int make_a_reader(void)
{
    struct csv_reader *r = NULL;
    int err = csv_reader_new(&r);
    csv_reader_free(&r);
    return err;
}

static void a_full_memory_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(make_a_reader), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_fields_between_separators),
        cmocka_unit_test(quotes_hold_separators_quotes_and_newlines),
        cmocka_unit_test(the_separator_is_found_in_the_first_row),
        cmocka_unit_test(excels_sep_line_names_the_separator_and_is_no_row),
        cmocka_unit_test(rows_without_content_are_none_but_count),
        cmocka_unit_test(a_row_knows_its_number_and_its_line),
        cmocka_unit_test(utf8_is_read_with_and_without_its_mark),
        cmocka_unit_test(gb18030_is_told_from_utf8),
        cmocka_unit_test(ascii_says_nothing_until_a_row_does),
        cmocka_unit_test(a_row_of_the_other_encoding_is_told_with_its_column),
        cmocka_unit_test(utf16_is_refused_as_a_whole),
        cmocka_unit_test(zero_bytes_are_refused_where_they_stand),
        cmocka_unit_test(broken_quotes_are_refused),
        cmocka_unit_test(a_row_of_ten_megabytes_is_refused_and_the_next_is_read),
        cmocka_unit_test(the_largest_row_is_read),
        cmocka_unit_test(a_row_has_a_largest_number_of_fields),
        cmocka_unit_test(pieces_of_any_size_read_the_same),
        cmocka_unit_test(the_apostrophe_of_a_disarmed_formula_goes),
        cmocka_unit_test(a_full_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
