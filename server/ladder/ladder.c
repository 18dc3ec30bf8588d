#include "server/ladder/ladder.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/base/log.h"
#include "server/ladder/builtin.h"
#include "server/ladder/reader.h"

int ladder_parse(struct ladder *out, const char *text, size_t len, const char *name,
                 char error[LADDER_ERROR_MAX])
{
    struct complaint c = {.text = error, .size = LADDER_ERROR_MAX, .file = name};
    /* Apart, so that a broken file leaves the caller's ladder as it was. */
    struct ladder ladder = {.n_rungs = 0};
    int err = ladder_read(&ladder, text, len, &c);
    if (!err)
        *out = ladder;
    return err;
}

int ladder_load(struct ladder *out, const char *path, char error[LADDER_ERROR_MAX])
{
    if (!path)
        return ladder_parse(out, ladder_builtin, (size_t)(ladder_builtin_end - ladder_builtin),
                            "built-in ladder", error);
    char *text;
    size_t len;
    int err = ini_read_file(&text, &len, path);
    if (err) {
        snprintf(error, LADDER_ERROR_MAX, "%s: %s", path, err_text(err));
        return err;
    }
    err = ladder_parse(out, text, len, path, error);
    free(text);
    return err;
}

bool rung_fits(const struct rung *rung, enum wire_content content)
{
    return content == WIRE_CONTENT_SLIDES ? rung->has_slides : rung->has_camera;
}

const struct rung_choice *rung_picture(const struct rung *rung, enum wire_content content)
{
    return content == WIRE_CONTENT_SLIDES ? &rung->slides : &rung->camera;
}
