#ifndef AIRCLASS_SERVER_ROSTER_NAME_H
#define AIRCLASS_SERVER_ROSTER_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "server/roster/reason.h"

/*
 * What may stand in a roster, wherever it comes from: a list or a form. Texts come out as they are
 * kept: UTF-8 in NFC, one blank between words. HTML in a name is text like any other; whoever
 * prints a page escapes it.
 *
 * Nothing that looks like a number of an identity card or of a mobile phone is taken: such values
 * are put into the wrong column by accident, and we keep neither.
 */
enum {
    NAME_SIZE = 192, /* bytes with the NUL: 63 Chinese characters of three bytes */
    NAME_WIDTH = 60, /* columns; a Chinese character has two. The longest name of a person that the
                        police registers in Xinjiang has 15 characters, a school's can have 25. */
    CODE_SIZE = 64,  /* bytes with the NUL */
    GRADE_MAX = 12,
};

struct name {
    char text[NAME_SIZE];
    bool is_stripped; /* invisible and direction-changing characters were left out */
};

/* A person's name, a school's, a class's: something to be read, with a letter or a digit. */
enum roster_reason name_read(struct name *out, const char *text);

/* What somebody else's system calls them: letters and digits of any script, '-', '_', '.', '/' and
 * brackets, without blanks, and not of such signs alone ("-" and ".." mean other things in paths).
 * Full-width letters become ordinary ones (NFKC). */
enum roster_reason code_read(char out[CODE_SIZE], const char *text);

/* "3", "三年级", "初一", "07" -> 3, 3, 7, 7; 0 for "" and for what comes before school ("KG"). Of a
 * list, its first. */
enum roster_reason grade_read(uint8_t *out, const char *text);

#endif
