#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/xlsx/xlsx.h"
#include "tests/unit/xlsx/book.h"

/* Everything that is read: "row field|field" with {code} for a fault, and what is wrong as
 * !code@row. Borrowed until the next call. */
static const char *read_bytes(const char *bytes, size_t len, const char *sheet)
{
    static char out[16384];
    struct xlsx *x;
    struct csv_row row;
    struct csv_place at;
    size_t n = 0;
    out[0] = '\0';
    assert_int_equal(xlsx_new(&x, bytes, len, sheet), 0);
    for (int err; (err = xlsx_next(x, &row)) != -ENODATA; assert_true(n < sizeof(out))) {
        if (err == -EINVAL) {
            const char *code = xlsx_last_wrong(x, &at)->code;
            n += (size_t)snprintf(out + n, sizeof(out) - n, "!%s@%d\n", code, (int)at.row);
            continue;
        }
        assert_int_equal(err, 0);
        n += (size_t)snprintf(out + n, sizeof(out) - n, "%d ", (int)row.at.row);
        for (size_t i = 0; i < row.n; i++) {
            const struct message *fault = row.fault ? row.fault[i] : NULL;
            n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s", i ? "|" : "", row.field[i]);
            if (fault)
                n += (size_t)snprintf(out + n, sizeof(out) - n, "{%s}", fault->code);
        }
        n += (size_t)snprintf(out + n, sizeof(out) - n, "\n");
    }
    xlsx_free(&x);
    return out;
}

static const char *read_sheet(const struct book *b, const char *sheet)
{
    size_t len;
    char *bytes = book_make(b, &len);
    assert_true(xlsx_is_one(bytes, len));
    const char *out = read_bytes(bytes, len, sheet);
    free(bytes);
    return out;
}

static const char *read_book(const struct book *b)
{
    return read_sheet(b, NULL);
}

/* Of an ordinary workbook whose sheet has these rows. */
static const char *read_rows(const char *rows)
{
    char *sheet = NULL;
    assert_true(asprintf(&sheet,
                         "<worksheet xmlns=\"" BOOK_MAIN "\"><sheetData>%s</sheetData></worksheet>",
                         rows) > 0);
    const char *out = read_book(&(struct book){.sheet = sheet});
    free(sheet);
    return out;
}

static const char *read_zip(const struct book_part *parts, int method, const char *password)
{
    size_t len;
    char *bytes = book_zip(parts, method, password, &len);
    const char *out = read_bytes(bytes, len, NULL);
    free(bytes);
    return out;
}

/* ---- what stands where ---- */

static void cells_stand_where_they_say(void **state)
{
    (void)state;
    assert_string_equal(
        read_rows("<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"C1\"><v>3</v></c></row>"
                  "<row r=\"4\"><c r=\"B4\"><v>2</v></c><c r=\"C4\"/></row>"),
        "1 1||3\n4 |2\n");
    assert_string_equal(
        read_rows("<row><c><v>1</v></c><c><v>2</v></c></row><row/>"
                  "<row r=\"2\"><c r=\"A2\" s=\"3\"/></row><row><c><v>3</v></c></row>"),
        "1 1|2\n3 3\n");
    assert_string_equal(read_rows(""), "");
}

static void a_text_is_shared_or_stands_in_the_cell(void **state)
{
    (void)state;
    const struct book b = {
        .texts = BOOK_TEXTS(
            "<si><t>王芳</t></si>"
            "<si><r><rPr><b/></rPr><t xml:space=\"preserve\">三 </t></r><r><t>班</t></r></si>"
            "<si><t>東京</t><rPh sb=\"0\" eb=\"2\"><t>トウキョウ</t></rPh></si>"
            "<si/><si><t>a_x000D_b_x005F_x000D__x00e9__x4e00_ _xZZZZ_ _x0000_ _xD800_</t></si>"),
        .sheet = BOOK_SHEET(
            "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v></c></row>"
            "<row><c t=\"s\"><v>3</v></c><c t=\"s\"><v>4</v></c></row>"
            "<row><c t=\"inlineStr\"><is><t>甲</t><rPh><t>kou</t></rPh><r><t>乙</t></r></is></c>"
            "<c t=\"str\"><f>A1&amp;\"x\"</f><v>A&amp;x_x0041_</v></c><c t=\"str\"><v>'=1</v></c></row>")};
    assert_string_equal(read_book(&b), "1 王芳|三 班|東京\n"
                                       "2 |a\rb_x000D_é一 _xZZZZ_ _x0000_ _xD800_\n"
                                       "3 甲乙|A&xA|=1\n");
}

static void values_of_all_kinds_come_as_one_would_type_them(void **state)
{
    (void)state;
    assert_string_equal(
        read_rows("<row><c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c>"
                  "<c t=\"n\"><v>20230101001</v></c><c><f>1+1</f><v>2</v></c>"
                  "<c t=\"d\"><v>2024-02-29</v></c><c t=\"odd\"><v>x</v></c></row>"),
        "1 TRUE|FALSE|20230101001|2|2024-02-29|x\n");
}

static void what_cannot_be_relied_on_is_a_fault_of_its_field(void **state)
{
    (void)state;
    assert_string_equal(
        read_rows("<row><c><v>1.23456789012345E+17</v></c><c t=\"e\"><v>#N/A</v></c>"
                  "<c><f>A1</f></c><c t=\"str\"><f>\"\"</f><v></v></c><c><v>5</v></c></row>"
                  "<row><c><v>1</v></c></row>"),
        "1 1.23456789012345E+17{lost_digits}|#N/A{error_cell}|{formula_without_value}||5\n2 1\n");
}

static void formats_make_days_and_times_of_numbers(void **state)
{
    (void)state;
    struct book b = {
        .styles = BOOK_STYLES("<numFmt numFmtId=\"176\" formatCode=\"h:mm;@\"/>"
                              "<numFmt numFmtId=\"177\" formatCode=\"0000\"/>",
                              "<xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"176\"/>"
                              "<xf numFmtId=\"177\"/><xf numFmtId=\"22\"/><xf/>"),
        .sheet = BOOK_SHEET("<row><c s=\"0\"><v>45351</v></c><c s=\"1\"><v>45351</v></c>"
                            "<c s=\"2\"><v>0.33333333333333331</v></c><c s=\"3\"><v>12</v></c>"
                            "<c s=\"4\"><v>45351.5</v></c><c s=\"5\"><v>7</v></c>"
                            "<c s=\"99\"><v>8</v></c><c s=\"1\" t=\"str\"><v>9</v></c></row>")};
    assert_string_equal(read_book(&b), "1 45351|2024-02-29|08:00|0012|2024-02-29 12:00|7|8|9\n");
    b.workbook = BOOK_SHEETS("<workbookPr date1904=\"1\"/>", BOOK_ONE);
    assert_string_equal(read_book(&b), "1 45351|2028-03-01|08:00|0012|2028-03-01 12:00|7|8|9\n");
}

static void the_first_sheet_that_can_be_seen_is_read_or_the_one_asked_for(void **state)
{
    (void)state;
    struct book b = {
        .workbook = BOOK_SHEETS(
            "", "<sheet name=\"代码\" sheetId=\"7\" state=\"hidden\" r:id=\"r2\"/>" BOOK_ONE),
        .sheet = BOOK_SHEET("<row><c><v>1</v></c></row>"),
        .sheet2 = BOOK_SHEET("<row><c><v>2</v></c></row>")};
    assert_string_equal(read_book(&b), "1 1\n");
    assert_string_equal(read_sheet(&b, ""), "1 1\n");
    assert_string_equal(read_sheet(&b, "代码"), "1 2\n");
    assert_string_equal(read_sheet(&b, "别的"), "!no_sheet@0\n");
    b.workbook = BOOK_SHEETS("", "<sheet name=\"x\" state=\"veryHidden\" r:id=\"r1\"/>");
    assert_string_equal(read_book(&b), "!no_sheet@0\n");
    b.workbook = BOOK_SHEETS("", "<sheet name=\"x\" r:id=\"r9\"/>");
    assert_string_equal(read_book(&b), "!damaged_workbook@0\n");
}

static void the_sheets_are_known_and_read_one_after_the_other(void **state)
{
    (void)state;
    const struct book b = {
        .workbook = BOOK_SHEETS("", BOOK_ONE
                                "<sheet name=\"代码\" sheetId=\"7\" state=\"hidden\" r:id=\"r2\"/>"
                                "<sheet name=\"图\" sheetId=\"8\" r:id=\"r9\"/>"),
        .texts = BOOK_TEXTS("<si><t>a</t></si>"),
        .sheet = BOOK_SHEET("<row r=\"5\"><c t=\"s\"><v>0</v></c></row>"),
        .sheet2 = BOOK_SHEET("<row><c t=\"s\"><v>0</v></c></row>")};
    static const char *const names[] = {"名单", "代码", "图"};
    static const uint64_t rows[] = {5, 1};
    const struct xlsx_sheet *sheet;
    struct xlsx *x;
    struct csv_row row;
    struct csv_place at;
    size_t len, now;
    char *bytes = book_make(&b, &len);
    assert_int_equal(xlsx_new(&x, bytes, len, "代码"), 0);
    assert_int_equal(xlsx_sheets(x, &sheet), 3);
    assert_int_equal(xlsx_sheet(x, &now), 0);
    assert_int_equal(now, 1);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(sheet[i].name, names[i]);
        assert_int_equal(sheet[i].is_hidden, i == 1);
        xlsx_turn(x, i);
        assert_int_equal(xlsx_next(x, &row), 0);
        assert_int_equal(row.at.row, rows[i]);
        assert_int_equal(xlsx_next(x, &row), -ENODATA);
    }
    xlsx_turn(x, 2);
    assert_int_equal(xlsx_next(x, &row), -EINVAL);
    assert_string_equal(xlsx_last_wrong(x, &at)->code, "damaged_workbook");
    assert_int_equal(at.row, 0); /* not that of the sheet before */
    xlsx_turn(x, 0);
    assert_int_equal(xlsx_next(x, &row), 0);
    xlsx_free(&x);
    free(bytes);
}

static void prefixes_and_cases_of_names_do_not_matter(void **state)
{
    (void)state;
    static const struct book_part parts[] = {
        {"_RELS/.rels",                BOOK_ROOT,                                              0},
        {"xl/Workbook.xml",
         "<x:workbook xmlns:x=\"" BOOK_MAIN "\" xmlns:o=\"" BOOK_REL
         "\"><x:sheets><x:sheet name=\"a\" o:id=\"r1\"/></x:sheets></x:workbook>",             0},
        {"xl/_rels/workbook.xml.rels",
         BOOK_RELS("<Relationship Id=\"r1\" Type=\"" BOOK_REL
                   "/worksheet\" Target=\"/xl/a.xml\"/>"),
         0                                                                                      },
        {"xl/a.xml",
         "<x:worksheet xmlns:x=\"" BOOK_MAIN
         "\"><x:sheetData><x:row><x:c><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>", 0},
        {NULL,                         NULL,                                                   0},
    };
    assert_string_equal(read_zip(parts, ZIP_CM_DEFLATE, NULL), "1 1\n");
    assert_string_equal(read_zip(parts, ZIP_CM_STORE, NULL), "1 1\n");
}

/* The same sheet, as three programs save it (openpyxl 3.0, ExcelJS 4.4, LibreOffice 7.4): with a
 * second or a hidden sheet, formats of times and days, rich text, merged cells, an empty row. */
static void workbooks_of_three_programs_say_the_same(void **state)
{
    (void)state;
    static const char *const names[] = {"openpyxl", "exceljs", "libreoffice"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[64], bytes[16384];
        snprintf(path, sizeof(path), "tests/data/xlsx/%s.xlsx", names[i]);
        FILE *f = fopen(path, "rb");
        assert_non_null(f);
        size_t len = fread(bytes, 1, sizeof(bytes), f);
        fclose(f);
        assert_string_equal(read_bytes(bytes, len, NULL),
                            "1 班级|课程|星期|开始|结束|日期|编号|备注\n"
                            "2 c1|数学|1|08:00|08:40||0012|TRUE\n"
                            "3 c1|语文 & <作文>||09:00|9:40|2024-02-29|20230101001|0.07\n"
                            "5 c2|考试|星期二|10:00|10:40|2024-03-05 08:00|7|合并\n"
                            "6 c3|美术|3|11:00|11:40||8\n");
    }
}

/* ---- what is no workbook ---- */

static void other_files_are_called_by_their_names(void **state)
{
    (void)state;
    static const char ole[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook";
    static const char locked[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
                                 "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
    assert_true(xlsx_is_one(ole, sizeof(ole)));
    assert_string_equal(read_bytes(ole, sizeof(ole), NULL), "!old_workbook@0\n");
    assert_string_equal(read_bytes(locked, sizeof(locked), NULL), "!encrypted_workbook@0\n");
    static const struct book_part ods[] = {
        {"mimetype",    "x",  0},
        {"content.xml", "x",  0},
        {NULL,          NULL, 0}
    };
    static const struct book_part xlsb[] = {
        {"_rels/.rels",
         BOOK_RELS(
             "<Relationship Id=\"r1\" Type=\"x/officeDocument\" Target=\"xl/workbook.bin\"/>"),
         0                                                                                       },
        {"xl/workbook.bin", "x",                                                                0},
        {NULL,              NULL,                                                               0}
    };
    static const struct book_part letter[] = {
        {"_rels/.rels",     BOOK_ROOT,     0},
        {"xl/workbook.xml", "<document/>", 0},
        {NULL,              NULL,          0}
    };
    static const struct book_part photos[] = {
        {"a.jpg", "x",  0},
        {NULL,    NULL, 0}
    };
    assert_string_equal(read_zip(ods, ZIP_CM_DEFLATE, NULL), "!ods_workbook@0\n");
    assert_string_equal(read_zip(xlsb, ZIP_CM_DEFLATE, NULL), "!binary_workbook@0\n");
    assert_string_equal(read_zip(letter, ZIP_CM_DEFLATE, NULL), "!no_workbook@0\n");
    assert_string_equal(read_zip(photos, ZIP_CM_DEFLATE, NULL), "!no_workbook@0\n");
    assert_false(xlsx_is_one("a,b\n", 4));
    assert_false(xlsx_is_one("PK", 2));
}

static void parts_that_are_locked_or_packed_in_other_ways_are_refused(void **state)
{
    (void)state;
    static const struct book_part parts[] = {
        {"_rels/.rels", BOOK_ROOT, 0},
        {NULL,          NULL,      0}
    };
    assert_string_equal(read_zip(parts, ZIP_CM_DEFLATE, "secret"), "!encrypted_workbook@0\n");
    if (zip_compression_method_supported(ZIP_CM_BZIP2, 1))
        assert_string_equal(read_zip(parts, ZIP_CM_BZIP2, NULL), "!damaged_workbook@0\n");
    if (zip_compression_method_supported(ZIP_CM_XZ, 1))
        assert_string_equal(read_zip(parts, ZIP_CM_XZ, NULL), "!damaged_workbook@0\n");
}

static void a_file_that_was_cut_off_is_damaged(void **state)
{
    (void)state;
    size_t len;
    char *bytes =
        book_make(&(struct book){.sheet = BOOK_SHEET("<row><c><v>1</v></c></row>")}, &len);
    for (size_t i = 4; i < len; i += 7)
        assert_string_equal(read_bytes(bytes, i, NULL), "!damaged_workbook@0\n");
    free(bytes);
}

/* ---- what is wrong with a sheet ---- */

static void rows_before_what_is_broken_are_told(void **state)
{
    (void)state;
    assert_string_equal(
        read_book(&(struct book){
            .sheet = "<worksheet><row r=\"3\"><c><v>1</v></c></row><row r=\"4\"><c></row>"}),
        "3 1\n!damaged_workbook@4\n");
    assert_string_equal(read_book(&(struct book){.sheet = "<worksheet><row><c><v>1</v></c></row>"}),
                        "1 1\n!damaged_workbook@1\n");
    assert_string_equal(read_rows("<row r=\"2\"><c t=\"s\"><v>5</v></c></row>"),
                        "!damaged_workbook@2\n");
    assert_string_equal(read_book(&(struct book){.texts = "<sst><si><t>a"}),
                        "!damaged_workbook@0\n");
    assert_string_equal(read_book(&(struct book){.styles = "nonsense"}), "!damaged_workbook@0\n");
}

static void places_that_no_sheet_has_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {"<row r=\"0\"/>",
                                       "<row r=\"1048577\"/>",
                                       "<row r=\"-1\"/>",
                                       "<row r=\"99999999999999999999\"/>",
                                       "<row r=\"\"/>",
                                       "<row><c r=\"XFE1\"/></row>",
                                       "<row><c r=\"ZZZZZZZZZZ1\"/></row>",
                                       "<row><c r=\"7\"/></row>",
                                       "<row><c><c/></c></row>",
                                       "<row><row/></row>",
                                       "<row><c t=\"s\"><v>-1</v></c></row>",
                                       "<row><c t=\"s\"><v>x</v></c></row>",
                                       "<row><c t=\"s\"><v>99999999999999999999</v></c></row>"};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_non_null(strstr(read_rows(rows[i]), "!damaged_workbook@"));
}

static void a_row_is_no_wider_and_longer_than_in_a_csv_file(void **state)
{
    (void)state;
    assert_string_equal(
        read_rows(
            "<row><c r=\"DX1\"><v>1</v></c></row><row><c r=\"XFD2\"/><c r=\"A2\"><v>1</v></c></row>"
            "<row><c r=\"DY3\"><v>1</v></c></row><row><c><v>2</v></c></row>") +
            2 + CSV_FIELDS_MAX - 1,
        "1\n2 1\n!wide_row@3\n4 2\n");
    enum { LONG = CSV_ROW_MAX + 1 };
    char *rows = malloc(LONG + 256);
    size_t n = (size_t)sprintf(rows, "<row><c t=\"str\"><v>");
    memset(rows + n, 'x', LONG);
    sprintf(rows + n + LONG, "</v></c></row><row><c><v>1</v></c></row>");
    assert_string_equal(read_rows(rows), "!long_row@1\n2 1\n");
    free(rows);
}

static void shared_texts_count_for_the_row_that_names_them(void **state)
{
    (void)state;
    enum { LONG = CSV_ROW_MAX / 2 + 1 };
    char *texts = malloc(LONG + 64);
    size_t n = (size_t)sprintf(texts, "<sst><si><t>");
    memset(texts + n, 'x', LONG);
    sprintf(texts + n + LONG, "</t></si></sst>");
    const struct book b = {
        .texts = texts,
        .sheet = BOOK_SHEET("<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>0</v></c></row>")};
    assert_string_equal(read_book(&b), "!long_row@1\n");
    free(texts);
}

/* ---- bombs ---- */

static void a_little_that_becomes_much_is_refused(void **state)
{
    (void)state;
    enum { MUCH = XLSX_XML_MAX + 1 };
    char *sheet = malloc(MUCH);
    memset(sheet, ' ', MUCH);
    memcpy(sheet, "<worksheet><row>", 16);
    assert_string_equal(read_book(&(struct book){.sheet = sheet, .sheet_len = MUCH}),
                        "!large_workbook@1\n");
    free(sheet);
}

static void tags_that_do_not_end_are_refused(void **state)
{
    (void)state;
    enum { MUCH = 2 * XLSX_TAG_MAX };
    char *sheet = malloc(MUCH);
    memset(sheet, 'x', MUCH);
    memcpy(sheet, "<worksheet a=\"", 14);
    assert_string_equal(read_book(&(struct book){.sheet = sheet, .sheet_len = MUCH}),
                        "!large_workbook@0\n");
    memcpy(sheet, "<worksheet><!--", 15);
    assert_string_equal(read_book(&(struct book){.sheet = sheet, .sheet_len = MUCH}),
                        "!large_workbook@0\n");
    free(sheet);
}

static void entities_are_not_defined_by_a_file(void **state)
{
    (void)state;
    static const char *const heads[] = {
        "<!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>",
        "<!DOCTYPE w SYSTEM \"file:///etc/passwd\">", "<!DOCTYPE w>"};
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        char sheet[512];
        snprintf(sheet, sizeof(sheet), "%s<w><row><c t=\"str\"><v>1</v></c></row></w>", heads[i]);
        assert_string_equal(read_book(&(struct book){.sheet = sheet}), "!damaged_workbook@0\n");
    }
    assert_string_equal(read_rows("<row><c t=\"str\"><v>&a;</v></c></row>"),
                        "!damaged_workbook@1\n");
}

static void tags_within_tags_have_an_end(void **state)
{
    (void)state;
    char sheet[XLSX_DEPTH_MAX * 7 + 32] = "";
    for (int i = 0; i <= XLSX_DEPTH_MAX; i++)
        strcat(sheet, "<a>");
    for (int i = 0; i <= XLSX_DEPTH_MAX; i++)
        strcat(sheet, "</a>");
    assert_string_equal(read_book(&(struct book){.sheet = sheet}), "!damaged_workbook@0\n");
    assert_string_equal(read_book(&(struct book){.sheet = "<a><a></a></a>"}), "");
}

static void a_file_of_too_many_files_is_refused(void **state)
{
    (void)state;
    static char names[XLSX_PARTS_MAX + 1][12];
    static struct book_part parts[XLSX_PARTS_MAX + 2];
    for (int i = 0; i <= XLSX_PARTS_MAX; i++) {
        snprintf(names[i], sizeof(names[i]), "%d", i);
        parts[i] = (struct book_part){names[i], "x", 0};
    }
    assert_string_equal(read_zip(parts, ZIP_CM_STORE, NULL), "!large_workbook@0\n");
}

/* ---- memory ---- */

static char *scene_bytes;
static size_t scene_len;

static int read_scene(void)
{
    struct xlsx *x;
    struct csv_row row;
    int err = xlsx_new(&x, scene_bytes, scene_len, NULL);
    if (err)
        return err;
    while (!err)
        err = xlsx_next(x, &row);
    xlsx_free(&x);
    return err == -ENODATA ? 0 : err;
}

static void without_memory_nothing_leaks(void **state)
{
    (void)state;
    scene_bytes =
        book_make(&(struct book){.texts = BOOK_TEXTS("<si><t>a</t></si>"),
                                 .styles = BOOK_STYLES("", "<xf numFmtId=\"14\"/>"),
                                 .sheet = BOOK_SHEET("<row><c t=\"s\"><v>0</v></c></row>")},
                  &scene_len);
    assert_true(oom_levels(read_scene) >= 5);
    free(scene_bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_stand_where_they_say),
        cmocka_unit_test(a_text_is_shared_or_stands_in_the_cell),
        cmocka_unit_test(values_of_all_kinds_come_as_one_would_type_them),
        cmocka_unit_test(what_cannot_be_relied_on_is_a_fault_of_its_field),
        cmocka_unit_test(formats_make_days_and_times_of_numbers),
        cmocka_unit_test(the_first_sheet_that_can_be_seen_is_read_or_the_one_asked_for),
        cmocka_unit_test(the_sheets_are_known_and_read_one_after_the_other),
        cmocka_unit_test(prefixes_and_cases_of_names_do_not_matter),
        cmocka_unit_test(workbooks_of_three_programs_say_the_same),
        cmocka_unit_test(other_files_are_called_by_their_names),
        cmocka_unit_test(parts_that_are_locked_or_packed_in_other_ways_are_refused),
        cmocka_unit_test(a_file_that_was_cut_off_is_damaged),
        cmocka_unit_test(rows_before_what_is_broken_are_told),
        cmocka_unit_test(places_that_no_sheet_has_are_refused),
        cmocka_unit_test(a_row_is_no_wider_and_longer_than_in_a_csv_file),
        cmocka_unit_test(shared_texts_count_for_the_row_that_names_them),
        cmocka_unit_test(a_little_that_becomes_much_is_refused),
        cmocka_unit_test(tags_that_do_not_end_are_refused),
        cmocka_unit_test(entities_are_not_defined_by_a_file),
        cmocka_unit_test(tags_within_tags_have_an_end),
        cmocka_unit_test(a_file_of_too_many_files_is_refused),
        cmocka_unit_test(without_memory_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
