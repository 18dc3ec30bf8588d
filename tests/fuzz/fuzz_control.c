#include <stdlib.h>
#include <string.h>

#include "server/viewer/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever was accepted is a message of ours, with texts that end. */
static void check(const struct control *c)
{
    if (!memchr(c->lesson, '\0', sizeof(c->lesson)) || !memchr(c->key, '\0', sizeof(c->key)))
        abort();
    switch (c->type) {
    case CONTROL_HELLO:
        if (!c->lesson[0])
            abort();
        break;
    case CONTROL_REPORT:
    case CONTROL_MODE: break;
    }
    enum rung_mode mode;
    if (rung_mode_parse(rung_mode_name(c->mode), &mode) != 0 || mode != c->mode)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size);
    if (!text && size > 0)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    struct control c;
    const char *why;
    int err = control_parse(&c, text, size, &why);
    if ((err != 0) != (why != NULL))
        abort();
    if (!err)
        check(&c);
    free(text);
    return 0;
}
