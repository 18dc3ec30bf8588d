#include "server/api/lesson_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/listing.h"

bool lesson_page_read(struct http_request *req, struct lesson_page *out)
{
    const char *after;
    char *end;
    *out = (struct lesson_page){.after_id = NULL};
    if (!listing_read(req, &after, &out->limit))
        return false;
    if (!*after)
        return true;
    out->after_s = strtoll(after, &end, 10);
    out->after_id = end + 1;
    if (end != after && *end == '/')
        return true;
    http_fail(req, 400, "bad_query", "Expected ?after=NEXT.");
    return false;
}

bool lesson_page_is_behind(const struct lesson_page *p, const struct timetable_lesson *l)
{
    if (!p->after_id || l->start_s != p->after_s)
        return !p->after_id || l->start_s > p->after_s;
    return strcmp(l->entry->id, p->after_id) > 0;
}

void lesson_page_next(char out[LESSON_NEXT_SIZE], const struct timetable_lesson *last)
{
    snprintf(out, LESSON_NEXT_SIZE, "%" PRId64 "/%s", last->start_s, last->entry->id);
}
