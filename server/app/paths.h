#ifndef AIRCLASS_SERVER_APP_PATHS_H
#define AIRCLASS_SERVER_APP_PATHS_H

#include <limits.h>
#include <stdbool.h>

/*
 * Where the server's other files are, found from where its program is: in the build tree, or
 * installed under a prefix. Blocking; for the start only.
 */
struct paths {
    char codec[PATH_MAX]; /* the program airclass-codec */
    char web[PATH_MAX];   /* the folder of built pages */
};

/* Finds both; `codec` and `web` override ("" or NULL: look). -ENOENT with `*missing` naming the one
 * that is nowhere. */
int paths_find(struct paths *out, const char *codec, const char *web, const char **missing);

/* Whether what a setting names is of use: a program, a folder with a front page in it. */
bool paths_is_program(const char *path);
bool paths_has_pages(const char *dir);

/* Whether paths_make_data_dir() would do: 0, -ENOTDIR, -EACCES, -ENOENT, ... Makes nothing. */
int paths_check_data_dir(const char *dir);

/* Makes `dir` (one level) if it is not there; only its owner may look in. */
int paths_make_data_dir(const char *dir);

/* Reads the secret in `dir`/`name`, or makes one up and writes it, readable by its owner only.
 * -EUCLEAN: what is there is shorter than any that was made: cut short, or written by hand. */
enum { PATHS_SECRET_MIN = 16 };
int paths_secret(const char *dir, const char *name, char *out, int room);

#endif
