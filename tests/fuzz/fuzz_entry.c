#include <stdlib.h>
#include <string.h>

#include "server/entry/pass.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1800000000 };

static const uint8_t key[ENTRY_KEY_SIZE] = {7};

/* A code that is taken is printed as one that is taken, and is the same. */
static void try_code(const char *typed)
{
    struct entry_code code, again;
    char text[ENTRY_CODE_TEXT_SIZE];
    if (entry_code_read(&code, typed))
        return;
    entry_code_print(text, &code);
    if (entry_code_read(&again, text) || strcmp(code.letters, again.letters) != 0)
        abort();
}

/* What has no seal of ours is never taken. */
static void try_pass(const char *text, size_t len)
{
    struct pass pass;
    if (pass_read(&pass, text, len, key, NOW) == 0)
        abort();
}

/* Any pass that can be made is read as what it is. */
static void try_fields(const uint8_t *data, size_t size)
{
    struct pass pass, again;
    char text[PASS_TEXT_SIZE];
    memset(&pass, 0, sizeof(pass));
    memcpy(&pass, data, size < sizeof(pass) ? size : sizeof(pass));
    pass.issued_s = NOW;
    if (pass_make(text, &pass, key))
        return;
    if (pass_read(&again, text, strlen(text), key, NOW) || again.role != pass.role ||
        again.device != pass.device || again.version != pass.version ||
        again.device_id != pass.device_id || strcmp(again.school, pass.school) != 0 ||
        strcmp(again.person, pass.person) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    try_code(text);
    try_fields(data, size);
    free(text);
    text = malloc(size ? size : 1);
    memcpy(text, data, size);
    try_pass(text, size);
    free(text);
    return 0;
}
