#ifndef AIRCLASS_SERVER_CSV_CSV_H
#define AIRCLASS_SERVER_CSV_CSV_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "server/base/message.h"

/*
 * Tables as spreadsheets write them (RFC 4180 and what people really send): UTF-8 with or without
 * a byte order mark, or GB18030 (which Excel in Chinese saves; GBK and GB2312 are parts of it);
 * CRLF, LF or CR; comma, semicolon or tab, found in the first row that has one, or named by Excel's
 * "sep=" line.
 * Quoted fields may hold newlines. A row whose fields are all empty is no row.
 */

enum {
    CSV_ROW_MAX = 64 << 10,         /* bytes of a row's fields as they stand in the file */
    CSV_FIELDS_MAX = 128,           /* of a row */
    CSV_WINDOW = 64 << 10,          /* bytes looked at to tell the encoding and the separator */
    CSV_TEXT_MAX = 2 * CSV_ROW_MAX, /* a GBK character has 2 bytes, and 3 in UTF-8 */
};

enum csv_encoding {
    CSV_ASCII, /* as far as is known */
    CSV_UTF8,
    CSV_GB18030,
};

enum csv_wrong {
    CSV_FINE,
    CSV_UTF16,    /* the file is UTF-16, Excel's "Unicode text": nothing of it is read */
    CSV_NUL,      /* a zero byte */
    CSV_ENCODING, /* neither UTF-8 nor GB18030 */
    CSV_MIXED,    /* one of them, and the rows before were the other */
    CSV_LONG,     /* a row over CSV_ROW_MAX */
    CSV_WIDE,     /* a row of more than CSV_FIELDS_MAX fields */
    CSV_QUOTE,    /* text behind a closing quote */
    CSV_OPEN,     /* a quote that nothing closes */
    CSV_WRONGS
};

/* Rows and columns count from 1. `row` is the number that a spreadsheet shows beside the row: empty
 * rows count, the "sep=" line does not, a newline in quotes does not. `line` is that of an editor,
 * where the row begins. */
struct csv_place {
    uint64_t row;
    uint64_t line;
    uint32_t column; /* 0: the row as a whole */
};

struct csv_row {
    struct csv_place at; /* column 0 */
    size_t n;
    const char *const *field; /* UTF-8, NUL-terminated */
    /* Of each field, NULL: it is fine; else why nobody may rely on it. NULL: all are. Only
     * workbooks have such (server/xlsx). */
    const struct message *const *fault;
};

struct csv_reader;

/* One block of memory of about 260 KiB, whatever the file's size. -ENOMEM; -ENOTSUP: this system's
 * iconv knows no GB18030. */
int csv_reader_new(struct csv_reader **out);
void csv_reader_free(struct csv_reader **reader);

/* More of the file: borrowed until csv_next() says -EAGAIN. Only then may more be given. */
void csv_feed(struct csv_reader *reader, const void *bytes, size_t len);

/* Nothing more will be given. */
void csv_end(struct csv_reader *reader);

/*
 * The next row. 0: `*row`, borrowed until the next call; -EAGAIN: wants csv_feed() or csv_end();
 * -ENODATA: the end; -EINVAL: this row is wrong, csv_last_wrong() says how, and the one behind it
 * can be asked for. Blanks around a field stay; the apostrophe by which csv_write() disarms a
 * formula goes.
 */
int csv_next(struct csv_reader *reader, struct csv_row *row);

/* What was wrong with the row that csv_next() refused last. */
enum csv_wrong csv_last_wrong(const struct csv_reader *reader, struct csv_place *at);
const struct message *csv_message(enum csv_wrong wrong);

/* A field without the apostrophe by which csv_write() disarms a formula. */
const char *csv_without_guard(const char *field);

/*
 * Writing. UTF-8 begins with a byte order mark, without which Excel takes it for the local
 * encoding; rows end in CRLF. A field which a spreadsheet would take for a formula (it begins with
 * = + - @, their full-width forms, a tab or a CR) gets an apostrophe in front of it.
 */
struct csv_writer;

/* `file` is borrowed; the caller flushes and closes it. -EINVAL: neither UTF-8 nor GB18030;
 * -ENOMEM; -ENOTSUP as csv_reader_new(). */
int csv_writer_new(struct csv_writer **out, FILE *file, enum csv_encoding encoding);
void csv_writer_free(struct csv_writer **writer);

/* One row; NULL is an empty field. 0; -EILSEQ: a field is not UTF-8, and nothing of it or behind it
 * was written; -EIO: the file says so. */
int csv_write(struct csv_writer *writer, const char *const *field, size_t n);

#endif
