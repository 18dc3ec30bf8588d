#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/net/forwarded.h"

/* What stands in X-Forwarded-For, and as text behind a NUL the proxies that are trusted. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct address_set proxies = {.n = 0};
    struct address a;
    const uint8_t *nul = size ? memchr(data, '\0', size) : NULL;
    size_t len = nul ? (size_t)(nul - data) : size;
    char *list = malloc(len ? len : 1);
    char *trusted = calloc(1, size - len + 1);
    if (list && trusted) {
        if (len)
            memcpy(list, data, len);
        if (nul)
            memcpy(trusted, nul + 1, size - len - 1);
        address_set_parse(&proxies, trusted);
        if (forwarded_for((struct slice){.p = list, .len = len}, &proxies, &a)) {
            char text[ADDRESS_TEXT_SIZE];
            struct address again;
            address_text(&a, text);
            if (address_parse(&again, text, strlen(text)) || memcmp(&a, &again, sizeof(a)) != 0)
                abort();
        }
        forwarded_is_https((struct slice){.p = list, .len = len});
    }
    free(list);
    free(trusted);
    return 0;
}
