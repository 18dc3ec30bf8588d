#ifndef AIRCLASS_TESTS_UNIT_STORE_BYTES_H
#define AIRCLASS_TESTS_UNIT_STORE_BYTES_H

#include "tests/unit/store/scene.h"

/* How often the text stands in the file. */
static inline size_t bytes_in_file(const char *path, const char *text)
{
    struct stat st;
    size_t found = 0;
    FILE *f = fopen(path, "re");
    assert_non_null(f);
    assert_int_equal(fstat(fileno(f), &st), 0);
    char *bytes = malloc((size_t)st.st_size + 1);
    size_t len = fread(bytes, 1, (size_t)st.st_size, f);
    for (char *at = bytes; (at = memmem(at, len - (size_t)(at - bytes), text, strlen(text))); at++)
        found++;
    free(bytes);
    fclose(f);
    return found;
}

/* How often it stands in any file of the folder. */
static inline size_t bytes_in_folder(const char *folder, const char *text)
{
    char path[PATH_MAX];
    size_t found = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e; (e = readdir(dir));) {
        assert_true(snprintf(path, sizeof(path), "%s/%s", folder, e->d_name) < PATH_MAX);
        if (e->d_type == DT_REG)
            found += bytes_in_file(path, text);
    }
    closedir(dir);
    return found;
}

#endif
