/* Places in lists, as who asks for the next page gives them: what is taken is what would be printed
 * for that place, so that there is one way to write it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_member(const char *text)
{
    struct member_cursor c;
    char again[STORE_NAME_MAX];
    if (member_cursor_parse(&c, text) || !*text)
        return;
    struct store_member m = {
        .person = {.id = c.id, .code = c.code},
          .role = (enum store_role)c.role
    };
    member_cursor_print(again, &m);
    assert(strcmp(text, again) == 0);
}

static void try_seq(const char *text)
{
    int64_t seq;
    char again[STORE_NAME_MAX];
    if (seq_cursor_parse(&seq, text) || !*text)
        return;
    seq_cursor_print(again, seq);
    assert(seq >= 0 && strcmp(text, again) == 0);
}

static void try_moment(const char *text)
{
    struct moment_cursor c;
    char again[STORE_NAME_MAX];
    if (moment_cursor_parse(&c, text) || !*text)
        return;
    moment_cursor_print(again, &c);
    assert(c.at_ms >= 0 && c.seq >= 0 && strcmp(text, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size >= STORE_NAME_MAX) /* ask_init() refuses it */
        return 0;
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    try_member(text);
    try_seq(text);
    try_moment(text);
    free(text);
    return 0;
}
