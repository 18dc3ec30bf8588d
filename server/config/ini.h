#ifndef AIRCLASS_SERVER_CONFIG_INI_H
#define AIRCLASS_SERVER_CONFIG_INI_H

#include <stddef.h>
#include <stdint.h>

#include "server/base/message.h"

/*
 * The file syntax of the configuration and the ladder, one line at a time, pure:
 *
 *     # a comment, on a line of its own
 *     [section]   or   [section name]
 *     key = value to the end of the line
 *
 * UTF-8 without control characters, lines of at most INI_LINE_MAX - 1 bytes, LF or CRLF. Blanks
 * around names and values do not count; there are no quotes, escapes or continued lines.
 */
enum { INI_LINE_MAX = 1024, INI_NAME_MAX = 64, INI_FILE_MAX = 1 << 20 };

enum ini_kind { INI_END, INI_SECTION, INI_ENTRY };

struct ini {
    const char *next;
    const char *end;
    uint32_t line; /* of the item that was read last; the first is 1 */
};

struct ini_item {
    enum ini_kind kind;
    char name[INI_NAME_MAX];  /* the section, or the key */
    char id[INI_NAME_MAX];    /* of a section: its second word, or "" */
    char value[INI_LINE_MAX]; /* of an entry; may be "" */
};

/* Why a line is not of this syntax. */
enum ini_wrong {
    INI_LONG_LINE,
    INI_NO_TEXT,
    INI_LONG_NAME,
    INI_NO_BRACKET,
    INI_NO_SECTION,
    INI_NO_EQUALS,
    INI_NO_KEY,
    INI_COMMENT,
    INI_QUOTES,
    INI_WRONGS
};

const struct message *ini_message(enum ini_wrong wrong);

/* Borrows `text`. A byte order mark at its front is skipped. */
void ini_start(struct ini *ini, const char *text, size_t len);

/* 0: `*item` is the next section or entry, or INI_END. -EINVAL: the line ini->line is not of this
 * syntax; `*wrong` says why. */
int ini_next(struct ini *ini, struct ini_item *item, const struct message **wrong);

/* The whole file, newly allocated, not NUL-terminated. -EFBIG over INI_FILE_MAX; -EISDIR, -ENOMEM,
 * or the errno of opening and reading. */
int ini_read_file(char **out, size_t *len, const char *path);

/* Where an error message goes, and what it is about. */
struct complaint {
    char *text;
    size_t size;
    const char *file;
    uint32_t line; /* 0: none */
};

/* Writes "file:line: message", cut at the end of the room. Always -EINVAL. */
int complain(const struct complaint *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
