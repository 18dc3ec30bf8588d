#ifndef AIRCLASS_SERVER_CSV_SNIFF_H
#define AIRCLASS_SERVER_CSV_SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/csv/csv.h"

/* What the beginning of a file says about all of it. Private to this folder. */
struct sniffed {
    size_t skip;    /* bytes before the first row: a byte order mark, a "sep=" line */
    uint32_t lines; /* of them */
    char separator;
    bool is_utf16;
    enum csv_encoding encoding; /* as far as these bytes tell */
};

struct sniffed sniff(const uint8_t *bytes, size_t len, bool is_cut);

/* `is_cut`: a character may be broken off at the end. */
enum csv_encoding sniff_encoding(const uint8_t *bytes, size_t len, bool is_cut);

/*
 * Whether bytes that are GB18030 are rather UTF-8: they are well-formed, and hold a byte 0x80 to
 * 0xa0, which nearly every third byte of Chinese UTF-8 is, and which no GB2312 text has. A
 * name in GB18030 passes for UTF-8 only with characters beyond GB2312 in just these places.
 */
bool sniff_is_rather_utf8(const uint8_t *bytes, size_t len);

#endif
