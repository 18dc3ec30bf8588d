#ifndef AIRCLASS_SERVER_XLSX_PACKAGE_H
#define AIRCLASS_SERVER_XLSX_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/xlsx/wrong.h"

/*
 * The zip file that a workbook is, and the XML of its parts, which point to one another by
 * relations. Private to this folder. Whatever fails with -EINVAL has said why in `wrong`.
 */
struct zip;
struct zip_file;
struct XML_ParserStruct;

struct package {
    struct zip *zip;
    uint64_t left; /* bytes that may still be inflated */
    enum wrong wrong;
};

/* `bytes` is borrowed until package_close(). -EINVAL; -ENOMEM. */
int package_open(struct package *out, const void *bytes, size_t len);
/* Zeroed is fine. */
void package_close(struct package *package);
bool package_has(const struct package *package, const char *name);

/* ---- a part, tag by tag ---- */

/* Told of tags, by their names without a prefix, and of text, in pieces, UTF-8. */
struct part_kind {
    void (*start)(void *arg, const char *name, const char **attributes);
    void (*end)(void *arg, const char *name);
    void (*text)(void *arg, const char *text, size_t len); /* optional */
};

struct part {
    struct package *package;
    struct zip_file *file;
    struct XML_ParserStruct *parser;
    const struct part_kind *kind;
    void *arg;
    int depth;
    size_t silent; /* bytes since it was told of something */
    bool is_paused;
    bool is_last; /* all of it was given to the parser */
    int err;      /* by part_fail() */
};

/* `arg` is what `kind` is called with. -ENOENT: there is none; -EINVAL; -ENOMEM. */
int part_open(struct part *out, struct package *package, const char *name,
              const struct part_kind *kind, void *arg);
/* Zeroed is fine. */
void part_close(struct part *part);

/* Goes on until part_pause(): 0; to the end: -ENODATA. -EINVAL; -ENOMEM. */
int part_run(struct part *part);

/* From within `kind`: part_run() is to return. */
void part_pause(struct part *part);
/* The same, for good: -ENOMEM, or -EINVAL for this reason. */
void part_fail(struct part *part, int err, enum wrong wrong);

/* All of a part; `arg` begins with the struct part. Errors as part_open(). */
int part_read(struct part *part, struct package *package, const char *name,
              const struct part_kind *kind);

/* The value of the attribute of that name, whatever its prefix; NULL: there is none. */
const char *part_attribute(const char **attributes, const char *name);
/* As a number of at most `max`; -1: none, or none such. */
int64_t part_number(const char **attributes, const char *name, uint32_t max);
bool part_flag(const char **attributes, const char *name);

/* ---- what a part points to ---- */

enum { PART_NAME_SIZE = 256 };

/* The name of the part to which the part `of` ("": the package) points, by the id of the relation,
 * or where that is NULL the end of its type, as "/styles". -ENOENT: to none; -EINVAL; -ENOMEM. */
int package_follow(struct package *package, const char *of, const char *id, const char *type,
                   char out[PART_NAME_SIZE]);

#endif
