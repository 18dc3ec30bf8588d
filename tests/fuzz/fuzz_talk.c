#include <stdlib.h>
#include <string.h>

#include "server/ingest/web/talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever was accepted is a message of ours, with texts that end. */
static void check(const struct talk *m)
{
    if (!memchr(m->key, '\0', sizeof(m->key)) || !memchr(m->next_key, '\0', sizeof(m->next_key)) ||
        !memchr(m->device, '\0', sizeof(m->device)))
        abort();
    switch (m->type) {
    case TALK_HELLO:
        if (strlen(m->device) < 8)
            abort();
        break;
    case TALK_SOURCE:
        if (m->content > WIRE_CONTENT_CAMERA)
            abort();
        break;
    case TALK_BREAK:
        if (m->break_min > TALK_BREAK_MIN)
            abort();
        break;
    case TALK_ROTATE:
        if (strlen(m->next_key) < 26)
            abort();
        break;
    case TALK_END:
    case TALK_ADMIT: break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size ? size : 1);
    if (!text)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    struct talk m;
    const char *why;
    int err = talk_parse(&m, text, size, &why);
    if ((err != 0) != (why != NULL))
        abort();
    if (!err)
        check(&m);
    free(text);
    return 0;
}
