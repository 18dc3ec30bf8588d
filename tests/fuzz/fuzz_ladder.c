#include <stdlib.h>
#include <string.h>

#include "server/ladder/ladder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever was accepted can be handed to a worker, and its indices stay inside the table. */
static void check_ladder(const struct ladder *l)
{
    uint8_t table[SETUP_MAX];
    struct rendition_spec specs[WIRE_RENDITIONS_MAX];
    size_t n;
    if (setup_parse(specs, &n, table, setup_write(table, l->specs, l->n_specs)) != 0)
        abort();
    for (size_t i = 0; i < l->n_rungs; i++) {
        const struct rung *r = &l->rungs[i];
        const struct rung_choice *choices[] = {&r->voice, &r->slides, &r->camera};
        for (size_t j = 0; j < 3; j++) {
            for (size_t k = 0; k < choices[j]->n; k++) {
                if (choices[j]->rendition[k] >= l->n_specs)
                    abort();
            }
        }
        if (r->voice.n == 0 || (i > 0 && r->wire_kbps <= l->rungs[i - 1].wire_kbps))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size);
    if (!text && size > 0)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    struct ladder ladder;
    char error[LADDER_ERROR_MAX];
    if (ladder_parse(&ladder, text, size, "fuzz", error) == 0)
        check_ladder(&ladder);
    free(text);
    return 0;
}
