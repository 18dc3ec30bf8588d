#include "server/lesson/rehearsal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void rehearsals_release(struct rehearsals *r)
{
    while (r->n > 0)
        free(r->all[--r->n]);
}

static size_t count_of(const struct rehearsals *r, const char *of)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += strcmp(r->all[i]->of, of) == 0;
    return n;
}

/* Nobody guesses its id or its keys. */
static int make_up(struct rehearsal *rehearsal, const struct lesson *of)
{
    struct lesson *l = &rehearsal->lesson;
    memcpy(l->title, of->title, sizeof(l->title));
    memcpy(rehearsal->of, of->id, sizeof(rehearsal->of));
    int err = token_make(l->id);
    return err ? err : lesson_complete(l);
}

int rehearsals_add(struct rehearsals *r, const struct lesson *of, const struct lesson **out)
{
    if (r->n == LESSON_REHEARSALS_MAX || count_of(r, of->id) == LESSON_REHEARSALS_OF_ONE)
        return -ENOSPC;
    struct rehearsal *rehearsal = calloc(1, sizeof(*rehearsal));
    if (!rehearsal)
        return -ENOMEM;
    int err = make_up(rehearsal, of);
    if (err) {
        free(rehearsal);
        return err;
    }
    r->all[r->n++] = rehearsal;
    *out = &rehearsal->lesson;
    return 0;
}

void rehearsals_remove(struct rehearsals *r, const char *id)
{
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->all[i]->lesson.id, id) != 0)
            continue;
        free(r->all[i]);
        r->all[i] = r->all[--r->n];
        return;
    }
}

const struct lesson *rehearsals_find(const struct rehearsals *r, const char *id)
{
    for (size_t i = 0; i < r->n; i++) {
        if (token_equal(r->all[i]->lesson.id, id))
            return &r->all[i]->lesson;
    }
    return NULL;
}

const struct lesson *rehearsals_find_by_key(const struct rehearsals *r, const char *stream_key)
{
    for (size_t i = 0; i < r->n; i++) {
        if (token_equal(r->all[i]->lesson.stream_key, stream_key))
            return &r->all[i]->lesson;
    }
    return NULL;
}
