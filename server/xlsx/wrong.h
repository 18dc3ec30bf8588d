#ifndef AIRCLASS_SERVER_XLSX_WRONG_H
#define AIRCLASS_SERVER_XLSX_WRONG_H

#include "server/base/message.h"

/* What is wrong with a workbook or a cell. Private to this folder. */
enum wrong {
    WRONG_NOTHING,
    /* a file */
    WRONG_OLD,       /* .xls */
    WRONG_ENCRYPTED, /* asks for a password */
    WRONG_ODS,
    WRONG_BINARY, /* .xlsb */
    WRONG_OTHER,  /* a zip file that is no workbook */
    WRONG_DAMAGED,
    WRONG_TOO_LARGE,
    WRONG_NO_SHEET,
    /* a cell */
    WRONG_DIGITS,
    WRONG_ERROR,
    WRONG_NO_VALUE,
    WRONGS
};

const struct message *wrong_message(enum wrong wrong);

#endif
