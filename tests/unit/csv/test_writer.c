#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/csv/csv.h"

enum { FIELDS_MAX = 4 };

/* One row as it is written. To be freed. */
static char *written(enum csv_encoding encoding, const char *const *field, size_t n, size_t *len)
{
    char *text = NULL;
    FILE *f = open_memstream(&text, len);
    struct csv_writer *w;
    assert_int_equal(csv_writer_new(&w, f, encoding), 0);
    assert_int_equal(csv_write(w, field, n), 0);
    csv_writer_free(&w);
    fclose(f);
    return text;
}

#define ROW(...)                                                                                   \
    (const char *const[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)

static void assert_written(const char *want, enum csv_encoding encoding, const char *const *field,
                           size_t n)
{
    size_t len;
    char *text = written(encoding, field, n, &len);
    assert_string_equal(text, want);
    free(text);
}

static void utf8_begins_with_a_mark_and_rows_end_in_crlf(void **state)
{
    (void)state;
    assert_written("\xef\xbb\xbf姓名,,班级\r\n", CSV_UTF8, ROW("姓名", NULL, "班级"));
}

static void gb18030_holds_every_character(void **state)
{
    (void)state;
    assert_written("\xcd\xf5\xb7\xbc,\x95\x34\xb2\x35\r\n", CSV_GB18030, ROW("王芳", "𠮷"));
}

static void only_what_must_be_is_quoted(void **state)
{
    (void)state;
    assert_written("\xef\xbb\xbf\"a,b\",\"c\"\"d\",\"e\nf\",g h\r\n", CSV_UTF8,
                   ROW("a,b", "c\"d", "e\nf", "g h"));
    assert_written("\xef\xbb\xbf\"a;b\",\" c\",\"sep=;\"\r\n", CSV_UTF8, ROW("a;b", " c", "sep=;"));
}

static void formulas_are_disarmed(void **state)
{
    (void)state;
    assert_written("\xef\xbb\xbf'=cmd|' /C calc'!A0,'+1,'-1,'@x\r\n", CSV_UTF8,
                   ROW("=cmd|' /C calc'!A0", "+1", "-1", "@x"));
    assert_written("\xef\xbb\xbf\"'\t=1\",\"'\r=1\",'＝1,''=1\r\n", CSV_UTF8,
                   ROW("\t=1", "\r=1", "＝1", "'=1"));
}

static void a_long_field_of_gb18030_is_whole(void **state)
{
    (void)state;
    enum { CHARS = 1000 };
    char text[CHARS * 3 + 1];
    for (size_t i = 0; i < CHARS; i++)
        memcpy(text + i * 3, "王", 3);
    text[CHARS * 3] = '\0';
    size_t len;
    char *out = written(CSV_GB18030, ROW(text), &len);
    assert_int_equal(len, CHARS * 2 + 2);
    for (size_t i = 0; i < CHARS; i++)
        assert_memory_equal(out + i * 2, "\xcd\xf5", 2);
    free(out);
}

static void what_was_written_is_read_back(void **state)
{
    (void)state;
    static const char *const field[FIELDS_MAX] = {"=1+1", "''@ 王\"芳\r\n", " 二,班; ", "sep=x"};
    static const enum csv_encoding encodings[] = {CSV_UTF8, CSV_GB18030};
    for (size_t i = 0; i < 2; i++) {
        size_t len;
        char *text = written(encodings[i], field, FIELDS_MAX, &len);
        struct csv_reader *r;
        struct csv_row row;
        assert_int_equal(csv_reader_new(&r), 0);
        csv_feed(r, text, len);
        csv_end(r);
        assert_int_equal(csv_next(r, &row), 0);
        assert_int_equal(row.n, FIELDS_MAX);
        for (size_t k = 0; k < FIELDS_MAX; k++)
            assert_string_equal(row.field[k], field[k]);
        csv_reader_free(&r);
        free(text);
    }
}

static void what_is_no_utf8_is_not_written(void **state)
{
    (void)state;
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    struct csv_writer *w;
    assert_int_equal(csv_writer_new(&w, f, CSV_UTF8), 0);
    assert_int_equal(csv_write(w, ROW("a", "\xff")), -EILSEQ);
    csv_writer_free(&w);
    fclose(f);
    assert_int_equal(len, 0);
    free(text);
    assert_int_equal(csv_writer_new(&w, stderr, CSV_ASCII), -EINVAL);
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    FILE *f = fopen("/dev/full", "w");
    setvbuf(f, NULL, _IONBF, 0);
    struct csv_writer *w;
    assert_int_equal(csv_writer_new(&w, f, CSV_UTF8), 0);
    assert_int_equal(csv_write(w, ROW("a")), -EIO);
    csv_writer_free(&w);
    fclose(f);
}

static int make_a_writer(void)
{
    struct csv_writer *w = NULL;
    int err = csv_writer_new(&w, stderr, CSV_GB18030);
    csv_writer_free(&w);
    return err;
}

static void a_full_memory_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(make_a_writer), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_begins_with_a_mark_and_rows_end_in_crlf),
        cmocka_unit_test(gb18030_holds_every_character),
        cmocka_unit_test(only_what_must_be_is_quoted),
        cmocka_unit_test(formulas_are_disarmed),
        cmocka_unit_test(a_long_field_of_gb18030_is_whole),
        cmocka_unit_test(what_was_written_is_read_back),
        cmocka_unit_test(what_is_no_utf8_is_not_written),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(a_full_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
