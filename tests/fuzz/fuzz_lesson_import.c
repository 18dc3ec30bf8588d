/* The file in which earlier versions kept lessons: whatever the bytes, each lesson that is read is
 * valid and found once, and an error names the file. */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/lesson/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int check(void *arg, const struct lesson *lesson)
{
    size_t *n = arg;
    assert(!lesson_check(lesson) && !lesson->from_config);
    return ++*n == 1000 ? -EEXIST : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[LESSON_ERROR_MAX] = "";
    size_t n = 0;
    char *text = malloc(size ? size : 1);
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    int err = import_parse(text, size, "lessons.json", check, &n, error);
    assert(err == 0 || err == -EINVAL);
    assert((err != 0) == (strncmp(error, "lessons.json:", 13) == 0));
    free(text);
    return 0;
}
