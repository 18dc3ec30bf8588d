#include <stdlib.h>
#include <string.h>

#include "server/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever was accepted must print as a file that is accepted again and prints the same. */
static void check_round_trip(const struct config *c)
{
    char *text[2] = {NULL, NULL};
    size_t len[2];
    char error[CONFIG_ERROR_MAX];
    struct config again;
    config_init(&again);
    FILE *f = open_memstream(&text[0], &len[0]);
    config_print(c, f);
    fclose(f);
    if (config_parse(&again, text[0], len[0], "printed", error))
        abort();
    f = open_memstream(&text[1], &len[1]);
    config_print(&again, f);
    fclose(f);
    if (len[0] != len[1] || memcmp(text[0], text[1], len[0]) != 0)
        abort();
    free(text[0]);
    free(text[1]);
    config_release(&again);
}

static void set_one(const char *text, size_t size)
{
    struct config c;
    char error[CONFIG_ERROR_MAX];
    char *assignment = strndup(text, size);
    config_init(&c);
    if (config_set(&c, assignment, error) == 0)
        check_round_trip(&c);
    config_release(&c);
    free(assignment);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size);
    if (!text && size > 0)
        return 0;
    if (size > 0)
        memcpy(text, data, size);

    struct config c;
    char error[CONFIG_ERROR_MAX];
    config_init(&c);
    if (config_parse(&c, text, size, "fuzz", error) == 0) {
        check_round_trip(&c);
        config_check(&c, error);
    }
    config_release(&c);
    set_one(text, size);
    free(text);
    return 0;
}
