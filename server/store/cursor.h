#ifndef AIRCLASS_SERVER_STORE_CURSOR_H
#define AIRCLASS_SERVER_STORE_CURSOR_H

#include <stdint.h>

#include "server/store/store.h"

/*
 * Places in lists that are sorted by more than a text: the `next` of an answer, which comes back as
 * the `after` of a question. Whoever asks may have made it up. Pure; private to this folder.
 */

/* In a list of members, "ROLE/ID/CODE": as they are sorted, but for the code, which may hold a
 * slash. */
struct member_cursor {
    int role;
    char id[STORE_ID_MAX];
    const char *code; /* borrowed from the text */
};

/* "" is the place before the first. -EINVAL. */
int member_cursor_parse(struct member_cursor *out, const char *text);
void member_cursor_print(char out[STORE_NAME_MAX], const struct store_member *member);

/* In a list with numbers from 1; "" is 0. -EINVAL. */
int seq_cursor_parse(int64_t *out, const char *text);
void seq_cursor_print(char out[STORE_NAME_MAX], int64_t seq);

/* In a list by time, newest first: "AT/SEQ" of the last entry that was seen. */
struct moment_cursor {
    int64_t at_ms;
    int64_t seq;
};

/* "" is the place before the newest. -EINVAL. */
int moment_cursor_parse(struct moment_cursor *out, const char *text);
void moment_cursor_print(char out[STORE_NAME_MAX], const struct moment_cursor *cursor);

#endif
