#ifndef AIRCLASS_SERVER_BASE_DATE_H
#define AIRCLASS_SERVER_BASE_DATE_H

#include <stdint.h>

/*
 * Days of the calendar as numbers: days since 1970-01-01, which can be added to and compared. The
 * years are 1970 to 2199.
 */
enum { DATE_TEXT_SIZE = 11, DATE_MIN = 0, DATE_MAX = 84005, DATE_DAY_S = 24 * 60 * 60 };

/* -EINVAL: there is no such day, as 29 February of a common year. */
int date_make(int32_t *out, int year, int month, int day);

/* Of any day of the years 1 to 9999. */
void date_split(int32_t date, int *year, int *month, int *day);

/* 1 is Monday, 7 Sunday. */
int date_weekday(int32_t date);

/* 2024-02-29, 2024/2/29, 2024.2.29, 2024年2月29日, 20240229. -EINVAL: none of these, or no such
 * day. */
int date_read(int32_t *out, const char *text);

/* 2024-02-29, of the same days */
void date_print(char out[DATE_TEXT_SIZE], int32_t date);

#endif
