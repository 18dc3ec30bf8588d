#ifndef AIRCLASS_TESTS_UNIT_XLSX_BOOK_H
#define AIRCLASS_TESTS_UNIT_XLSX_BOOK_H

#include <stdlib.h>
#include <string.h>

#include <zip.h>

/* Workbooks made in memory, part by part: for the tests of those who read them, and for fuzzing. */
struct book_part {
    const char *name;
    const char *bytes;
    size_t len; /* 0: as long as the text is */
};

static inline void book_must(int is_fine)
{
    if (!is_fine)
        abort();
}

/* All that was written to `source`, to be freed. */
static inline char *book_bytes(zip_source_t *source, size_t *len)
{
    zip_stat_t st;
    book_must(zip_source_open(source) == 0 && zip_source_stat(source, &st) == 0);
    char *bytes = malloc(st.size);
    *len = (size_t)st.size;
    book_must(bytes && zip_source_read(source, bytes, st.size) == (zip_int64_t)st.size);
    zip_source_close(source);
    zip_source_free(source);
    return bytes;
}

/* A zip file of the parts up to one without a name, packed by `method` (ZIP_CM_DEFLATE) and with
 * `password`, if that is not NULL. */
static inline char *book_zip(const struct book_part *part, int method, const char *password,
                             size_t *len)
{
    zip_error_t e;
    zip_error_init(&e);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &e);
    book_must(source != NULL);
    zip_source_keep(source);
    zip_t *zip = zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &e);
    book_must(zip != NULL);
    for (; part->name; part++) {
        size_t n = part->len ? part->len : strlen(part->bytes);
        zip_int64_t i = zip_file_add(zip, part->name, zip_source_buffer(zip, part->bytes, n, 0),
                                     ZIP_FL_OVERWRITE);
        book_must(i >= 0 && zip_set_file_compression(zip, (zip_uint64_t)i, method, 1) == 0);
        if (password)
            book_must(zip_file_set_encryption(zip, (zip_uint64_t)i, ZIP_EM_AES_128, password) == 0);
    }
    book_must(zip_close(zip) == 0);
    return book_bytes(source, len);
}

#define BOOK_REL  "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define BOOK_MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define BOOK_RELS(inside)                                                                           \
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" inside \
    "</Relationships>"
#define BOOK_ROOT                                                                                  \
    BOOK_RELS("<Relationship Id=\"r1\" Type=\"" BOOK_REL                                           \
              "/officeDocument\" Target=\"xl/workbook.xml\"/>")
#define BOOK_LINKS                                                                                 \
    BOOK_RELS("<Relationship Id=\"r1\" Type=\"" BOOK_REL                                           \
              "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"                                    \
              "<Relationship Id=\"r2\" Type=\"" BOOK_REL                                           \
              "/worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/>"                                \
              "<Relationship Id=\"r3\" Type=\"" BOOK_REL                                           \
              "/sharedStrings\" Target=\"sharedStrings.xml\"/>"                                    \
              "<Relationship Id=\"r4\" Type=\"" BOOK_REL "/styles\" Target=\"styles.xml\"/>")
#define BOOK_SHEETS(properties, sheets)                                                            \
    "<?xml version=\"1.0\"?><workbook xmlns=\"" BOOK_MAIN "\" xmlns:r=\"" BOOK_REL                 \
    "\">" properties "<sheets>" sheets "</sheets></workbook>"
#define BOOK_ONE "<sheet name=\"名单\" sheetId=\"1\" r:id=\"r1\"/>"
#define BOOK_SHEET(rows)                                                                           \
    "<worksheet xmlns=\"" BOOK_MAIN "\"><sheetData>" rows "</sheetData></worksheet>"
#define BOOK_TEXTS(texts) "<sst xmlns=\"" BOOK_MAIN "\">" texts "</sst>"
#define BOOK_STYLES(codes, styles)                                                                 \
    "<styleSheet xmlns=\"" BOOK_MAIN "\"><numFmts>" codes "</numFmts><cellXfs>" styles             \
    "</cellXfs></styleSheet>"

/* A whole workbook. What is NULL is as in an ordinary one. */
struct book {
    const char *workbook, *sheet, *sheet2, *texts, *styles;
    size_t sheet_len; /* 0: as long as the text is */
};

static inline char *book_make(const struct book *b, size_t *len)
{
    const struct book_part parts[] = {
        {"_rels/.rels",     BOOK_ROOT,                                  0                    },
        {"xl/workbook.xml", b->workbook ? b->workbook : BOOK_SHEETS("", BOOK_ONE),             0},
        {"xl/_rels/workbook.xml.rels",                 BOOK_LINKS,                                0                          },
        {"xl/worksheets/sheet1.xml",                 b->sheet ? b->sheet : BOOK_SHEET(""),                                  b->sheet_len},
        {"xl/worksheets/sheet2.xml",                 b->sheet2 ? b->sheet2 : BOOK_SHEET(""),                                  0                        },
        {"xl/sharedStrings.xml",                 b->texts ? b->texts : BOOK_TEXTS(""),                                      0},
        {"xl/styles.xml",                 b->styles ? b->styles : BOOK_STYLES("",                                             ""),                              0},
        {NULL,                NULL,                                                          0                                              },
    };
    return book_zip(parts, ZIP_CM_DEFLATE, NULL, len);
}

#endif
