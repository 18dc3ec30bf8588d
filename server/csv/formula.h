#ifndef AIRCLASS_SERVER_CSV_FORMULA_H
#define AIRCLASS_SERVER_CSV_FORMULA_H

#include <stdbool.h>

/*
 * What a spreadsheet takes for a formula when it opens a CSV file, and so for an order: `=cmd|...`
 * starts programs. An apostrophe in front makes it text. Private to this folder.
 *
 * Apostrophes in front of the dangerous letter do not count, so that writing always adds one and
 * reading always takes one away, whatever there was.
 */
bool formula_is_one(const char *text);

#endif
