#ifndef AIRCLASS_SERVER_APP_PATHS_H
#define AIRCLASS_SERVER_APP_PATHS_H

#include <limits.h>

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

/* Makes `dir` (one level) if it is not there; only its owner may look in. */
int paths_make_data_dir(const char *dir);

/* Reads the secret in `dir`/`name`, or makes one up and writes it, readable by its owner only. */
int paths_secret(const char *dir, const char *name, char *out, int room);

#endif
