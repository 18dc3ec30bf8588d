#ifndef AIRCLASS_SERVER_API_LESSON_PAGE_H
#define AIRCLASS_SERVER_API_LESSON_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "server/net/http.h"
#include "server/planner/plan.h"

/* A page of a list of lessons, which stand in the order of their beginning and of their rows;
 * private to this folder. */
struct lesson_page {
    size_t limit;
    int64_t after_s;      /* behind the lesson that begins then ... */
    const char *after_id; /* ... and is of this row; NULL: from the first on */
};

enum { LESSON_NEXT_SIZE = 32 + PLAN_ID_MAX };

/* ?after=&limit=. False: it has been answered (400 bad_query). Lives as long as the request. */
bool lesson_page_read(struct http_request *req, struct lesson_page *out);

bool lesson_page_is_behind(const struct lesson_page *page, const struct timetable_lesson *lesson);

/* What a page that ends with this one says of the next: "1772409600/17/e1". */
void lesson_page_next(char out[LESSON_NEXT_SIZE], const struct timetable_lesson *last);

#endif
