/* Lines of the list of who was erased: what is taken is what would be written, leading zeros aside.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/erased.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct erased_entry e;
    char *line = malloc(size + 1);
    if (!line)
        return 0;
    memcpy(line, data, size);
    line[size] = '\0';
    if (erased_parse(&e, line) == 0) {
        size_t len = strlen(line);
        assert(e.at_ms >= 0 && len >= 66 && len > (size_t)2 * ERASED_HASH_SIZE);
    }
    free(line);
    return 0;
}
