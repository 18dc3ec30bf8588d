#include "server/app/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/base/token.h"

/* Relative to the folder of the running program: beside it (build tree, or PREFIX/bin), then where
 * `make install` puts it. */
static const char *const codec_places[] = {"airclass-codec", "../lib/airclass/airclass-codec",
                                           NULL};
static const char *const web_places[] = {"../web", "../share/airclass/web", NULL};

static int program_dir(char out[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (n < 0)
        return -errno;
    out[n] = '\0';
    *strrchr(out, '/') = '\0';
    return 0;
}

static int find_one(char out[PATH_MAX], const char *given, const char *const *places, int mode)
{
    if (given && given[0]) {
        snprintf(out, PATH_MAX, "%s", given);
        return access(out, mode) == 0 ? 0 : -ENOENT;
    }
    char dir[PATH_MAX];
    int err = program_dir(dir);
    for (; !err && *places; places++) {
        if (snprintf(out, PATH_MAX, "%s/%s", dir, *places) < PATH_MAX && access(out, mode) == 0)
            return 0;
    }
    return err ? err : -ENOENT;
}

int paths_find(struct paths *out, const char *codec, const char *web, const char **missing)
{
    *missing = "the program airclass-codec";
    int err = find_one(out->codec, codec, codec_places, X_OK);
    if (err)
        return err;
    *missing = "the folder of web pages";
    return find_one(out->web, web, web_places, R_OK | X_OK);
}

bool paths_is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

bool paths_has_pages(const char *dir)
{
    char front[PATH_MAX];
    int n = snprintf(front, sizeof(front), "%s/index.html", dir);
    return n < (int)sizeof(front) && access(front, R_OK) == 0;
}

static int check_folder(const char *dir)
{
    struct stat st;
    if (stat(dir, &st))
        return -errno;
    if (!S_ISDIR(st.st_mode))
        return -ENOTDIR;
    return access(dir, W_OK | X_OK) == 0 ? 0 : -errno;
}

int paths_check_data_dir(const char *dir)
{
    char above[PATH_MAX];
    int err = check_folder(dir);
    if (err != -ENOENT)
        return err;
    if (snprintf(above, sizeof(above), "%s", dir) >= (int)sizeof(above))
        return -ENAMETOOLONG;
    return check_folder(dirname(above));
}

int paths_make_data_dir(const char *dir)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return -errno;
    return access(dir, W_OK | X_OK) == 0 ? 0 : -errno;
}

static int write_secret(const char *path, const char *secret)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    size_t len = strlen(secret);
    int err = write(fd, secret, len) == (ssize_t)len && fsync(fd) == 0 ? 0 : -EIO;
    close(fd);
    if (err)
        unlink(path);
    return err;
}

int paths_secret(const char *dir, const char *name, char *out, int room)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path) || room <= TOKEN_LEN)
        return -ENAMETOOLONG;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        int err = errno == ENOENT ? token_make(out) : -errno;
        return err ? err : write_secret(path, out);
    }
    ssize_t n = read(fd, out, (size_t)room - 1);
    close(fd);
    if (n < 0)
        return -errno;
    out[n] = '\0';
    out[strcspn(out, " \t\r\n")] = '\0';
    return strlen(out) >= PATHS_SECRET_MIN ? 0 : -EUCLEAN;
}
