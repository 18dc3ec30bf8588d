#ifndef AIRCLASS_SERVER_LADDER_LADDER_H
#define AIRCLASS_SERVER_LADDER_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/wire/spec.h"
#include "codec/wire/wire.h"

/*
 * The ladder: which renditions exist and which of them make up each rung, read from a file
 * (config/ladder.conf documents every key) or from the copy of it built into the program.
 */
enum { LADDER_RUNGS_MAX = 16, RUNG_CHOICES_MAX = 4 };

/* Renditions by preference: a viewer gets the first that it can play. Indices into `specs`. */
struct rung_choice {
    uint8_t n; /* 0: the rung has no such track */
    uint8_t rendition[RUNG_CHOICES_MAX];
};

struct rung {
    char name[8];       /* "R2" */
    uint32_t wire_kbps; /* what it needs of a link, everything counted */
    uint16_t bundle_ms; /* voice of one message */
    struct rung_choice voice;
    struct rung_choice slides; /* picture while the source shows slides */
    struct rung_choice camera; /* picture while it shows a camera, or unknown */
    bool has_slides; /* the rung is offered for slides (its picture may still be empty: R0, R1) */
    bool has_camera;
};

struct ladder {
    struct rendition_spec specs[WIRE_RENDITIONS_MAX];
    size_t n_specs;
    struct rung rungs[LADDER_RUNGS_MAX]; /* cheapest first */
    size_t n_rungs;
};

enum { LADDER_ERROR_MAX = 256 };

/* Reads `path` (NULL: the built-in ladder). On failure -EINVAL or the errno of reading, with
 * "file:line: what is wrong" in `error`. */
int ladder_load(struct ladder *out, const char *path, char error[LADDER_ERROR_MAX]);

/* The same from memory; `name` stands for the file in errors. */
int ladder_parse(struct ladder *out, const char *text, size_t len, const char *name,
                 char error[LADDER_ERROR_MAX]);

/* Whether the rung is offered for this content. Unknown content counts as camera. */
bool rung_fits(const struct rung *rung, enum wire_content content);

/* The rung's picture for this content. */
const struct rung_choice *rung_picture(const struct rung *rung, enum wire_content content);

#endif
