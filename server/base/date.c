#include "server/base/date.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { YEAR_MIN = 1970, YEAR_MAX = 2199, DAYS_400 = 146097, DAYS_TO_1970 = 719468 };

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Years that begin in March have the odd day at their end, and months of 153 days in five. */
int date_make(int32_t *out, int year, int month, int day)
{
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 ||
        day > days_of(year, month))
        return -EINVAL;
    int y = month > 2 ? year : year - 1;
    int from_march = (month + 9) % 12;
    int day_of_year = (153 * from_march + 2) / 5 + day - 1;
    *out = y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - DAYS_TO_1970;
    return 0;
}

void date_split(int32_t date, int *year, int *month, int *day)
{
    int d = date + DAYS_TO_1970;
    int era = d / DAYS_400;
    int of_era = d % DAYS_400;
    int y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * y + y / 4 - y / 100);
    int from_march = (5 * of_year + 2) / 153;
    *day = of_year - (153 * from_march + 2) / 5 + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = y + era * 400 + (*month <= 2);
}

int date_weekday(int32_t date)
{
    return (date + 3) % 7 + 1; /* 1970 began on a Thursday */
}

/* The number at `*p`, which is passed; -1: there are not `min` to `max` digits. */
static int take_number(const char **p, int min, int max)
{
    int n = 0;
    int digits = 0;
    for (; digits < max && **p >= '0' && **p <= '9'; (*p)++, digits++)
        n = n * 10 + (**p - '0');
    return digits >= min ? n : -1;
}

static bool take_text(const char **p, const char *text)
{
    size_t len = strlen(text);
    if (strncmp(*p, text, len) != 0)
        return false;
    *p += len;
    return true;
}

int date_read(int32_t *out, const char *text)
{
    static const char *const between[][3] = {
        {"-",   "-",   ""   },
        {"/",   "/",   ""   },
        {".",   ".",   ""   },
        {"年", "月", "日"},
        {"",    "",    ""   }
    };
    for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
        const char *p = text;
        int least =
            between[i][0][0] ? 1 : 2; /* without signs between them the digits must be all */
        int year = take_number(&p, 4, 4);
        bool fits = take_text(&p, between[i][0]);
        int month = take_number(&p, least, 2);
        fits = fits && take_text(&p, between[i][1]);
        int day = take_number(&p, least, 2);
        fits = fits && take_text(&p, between[i][2]) && !*p;
        if (fits)
            return date_make(out, year, month, day);
    }
    return -EINVAL;
}

void date_print(char out[DATE_TEXT_SIZE], int32_t date)
{
    int year, month, day;
    date_split(date, &year, &month, &day);
    snprintf(out, DATE_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)year % 10000u, (unsigned)month % 100u,
             (unsigned)day % 100u);
}
