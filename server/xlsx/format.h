#ifndef AIRCLASS_SERVER_XLSX_FORMAT_H
#define AIRCLASS_SERVER_XLSX_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a cell's format says its number is, and how it is written. Pure; private to this folder. */
enum format_kind {
    FORMAT_NUMBER,
    FORMAT_DATE,
    FORMAT_TIME,
    FORMAT_DATE_TIME,
    FORMAT_HOURS, /* a length, which may be more than a day */
};

struct format {
    enum format_kind kind;
    uint8_t zeros; /* of a number: at least so many digits */
};

/* "yyyy/m/d", "[$-804]h:mm AM/PM", "0000" */
struct format format_of_code(const char *code);

/* One that has no code in the file, but a number that everybody knows (ECMA-376 18.8.30; from 27 to
 * 58 as in Chinese). */
struct format format_of_id(uint32_t id);

enum { FORMAT_TEXT_SIZE = 512 };

/* The number that `text` is, as it is to be read. False: its last digits are lost. What is no
 * number stays as it is, cut to the size. */
bool format_print(char out[FORMAT_TEXT_SIZE], const char *text, struct format format, bool is_1904);

#endif
