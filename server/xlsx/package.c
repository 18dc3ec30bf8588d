#include "server/xlsx/package.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <expat.h>
#include <zip.h>

#include "server/xlsx/xlsx.h"

static int refuse(struct package *p, enum wrong wrong)
{
    p->wrong = wrong;
    return -EINVAL;
}

/* ---- the zip file ---- */

static int open_error(struct package *p, zip_error_t *e)
{
    bool is_memory = zip_error_code_zip(e) == ZIP_ER_MEMORY;
    zip_error_fini(e);
    return is_memory ? -ENOMEM : refuse(p, WRONG_DAMAGED);
}

int package_open(struct package *out, const void *bytes, size_t len)
{
    zip_error_t e;
    *out = (struct package){.left = XLSX_XML_MAX};
    zip_error_init(&e);
    zip_source_t *source = zip_source_buffer_create(bytes, len, 0, &e);
    if (!source)
        return open_error(out, &e);
    out->zip = zip_open_from_source(source, ZIP_RDONLY, &e);
    if (!out->zip) {
        zip_source_free(source);
        return open_error(out, &e);
    }
    return zip_get_num_entries(out->zip, 0) > XLSX_PARTS_MAX ? refuse(out, WRONG_TOO_LARGE) : 0;
}

void package_close(struct package *p)
{
    if (p->zip)
        zip_discard(p->zip);
    p->zip = NULL;
}

/* Names of parts are the same in upper and lower case (ECMA-376, part 2). */
static zip_int64_t locate(const struct package *p, const char *name)
{
    return zip_name_locate(p->zip, name, ZIP_FL_NOCASE);
}

bool package_has(const struct package *p, const char *name)
{
    return locate(p, name) >= 0;
}

/* Other ways of packing are not of workbooks, and some of them ask for gigabytes. */
static int open_file(struct package *p, zip_uint64_t index, zip_file_t **out)
{
    zip_stat_t st;
    if (zip_stat_index(p->zip, index, 0, &st) || !(st.valid & ZIP_STAT_COMP_METHOD))
        return refuse(p, WRONG_DAMAGED);
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
        return refuse(p, WRONG_ENCRYPTED);
    if (st.comp_method != ZIP_CM_STORE && st.comp_method != ZIP_CM_DEFLATE)
        return refuse(p, WRONG_DAMAGED);
    *out = zip_fopen_index(p->zip, index, 0);
    if (*out)
        return 0;
    return zip_error_code_zip(zip_get_error(p->zip)) == ZIP_ER_MEMORY ? -ENOMEM
                                                                      : refuse(p, WRONG_DAMAGED);
}

/* ---- a part ---- */

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *part_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2) {
        if (strcmp(local(attributes[0]), name) == 0)
            return attributes[1];
    }
    return NULL;
}

int64_t part_number(const char **attributes, const char *name, uint32_t max)
{
    const char *text = part_attribute(attributes, name);
    int64_t n = text && *text ? 0 : -1;
    for (; n >= 0 && *text; text++)
        n = *text < '0' || *text > '9' || n > max ? -1 : n * 10 + (*text - '0');
    return n > max ? -1 : n;
}

bool part_flag(const char **attributes, const char *name)
{
    const char *text = part_attribute(attributes, name);
    return text && (strcmp(text, "1") == 0 || strcmp(text, "true") == 0);
}

void part_pause(struct part *p)
{
    XML_StopParser(p->parser, XML_TRUE);
}

void part_fail(struct part *p, int err, enum wrong wrong)
{
    if (p->err)
        return;
    p->err = err;
    p->package->wrong = wrong;
    XML_StopParser(p->parser, XML_FALSE);
}

/* The parser may tell of a little more after it was stopped. */
static void on_start(void *arg, const char *name, const char **attributes)
{
    struct part *p = arg;
    p->silent = 0;
    if (++p->depth > XLSX_DEPTH_MAX)
        part_fail(p, -EINVAL, WRONG_DAMAGED);
    if (!p->err)
        p->kind->start(p->arg, local(name), attributes);
}

static void on_end(void *arg, const char *name)
{
    struct part *p = arg;
    p->silent = 0;
    p->depth--;
    if (!p->err)
        p->kind->end(p->arg, local(name));
}

static void on_text(void *arg, const char *text, int len)
{
    struct part *p = arg;
    p->silent = 0;
    if (!p->err && p->kind->text)
        p->kind->text(p->arg, text, (size_t)len);
}

/* No workbook has one; with them come entities that grow. */
static void on_doctype(void *arg, const char *name, const char *system, const char *id,
                       int has_internal)
{
    (void)name;
    (void)system;
    (void)id;
    (void)has_internal;
    part_fail(arg, -EINVAL, WRONG_DAMAGED);
}

int part_open(struct part *out, struct package *package, const char *name,
              const struct part_kind *kind, void *arg)
{
    zip_int64_t index = locate(package, name);
    *out = (struct part){.package = package, .kind = kind, .arg = arg};
    if (index < 0)
        return -ENOENT;
    int err = open_file(package, (zip_uint64_t)index, &out->file);
    if (err)
        return err;
    out->parser = XML_ParserCreate(NULL);
    if (!out->parser)
        return -ENOMEM;
    XML_SetUserData(out->parser, out);
    XML_SetElementHandler(out->parser, on_start, on_end);
    XML_SetCharacterDataHandler(out->parser, on_text);
    XML_SetStartDoctypeDeclHandler(out->parser, on_doctype);
    return 0;
}

void part_close(struct part *p)
{
    if (p->parser)
        XML_ParserFree(p->parser);
    if (p->file)
        zip_fclose(p->file);
    p->parser = NULL;
    p->file = NULL;
}

/* More of the file to the parser. */
static int feed(struct part *p, enum XML_Status *status)
{
    enum { PIECE = 64 << 10 };
    void *room = XML_GetBuffer(p->parser, PIECE);
    if (!room)
        return -ENOMEM;
    zip_int64_t n = zip_fread(p->file, room, PIECE);
    if (n < 0)
        return refuse(p->package, WRONG_DAMAGED);
    if ((uint64_t)n > p->package->left || p->silent > XLSX_TAG_MAX)
        return refuse(p->package, WRONG_TOO_LARGE);
    p->package->left -= (uint64_t)n;
    p->silent += (size_t)n;
    p->is_last = n == 0;
    *status = XML_ParseBuffer(p->parser, (int)n, p->is_last);
    return 0;
}

static int parse_error(struct part *p)
{
    if (p->err)
        return p->err;
    return XML_GetErrorCode(p->parser) == XML_ERROR_NO_MEMORY ? -ENOMEM
                                                              : refuse(p->package, WRONG_DAMAGED);
}

int part_run(struct part *p)
{
    enum XML_Status status = XML_STATUS_OK;
    int err = 0;
    if (p->is_paused)
        status = XML_ResumeParser(p->parser);
    while (status == XML_STATUS_OK && !p->is_last && !err)
        err = feed(p, &status);
    p->is_paused = status == XML_STATUS_SUSPENDED;
    if (err)
        return err;
    if (status == XML_STATUS_ERROR)
        return parse_error(p);
    return p->is_paused ? 0 : -ENODATA;
}

int part_read(struct part *part, struct package *package, const char *name,
              const struct part_kind *kind)
{
    int err = part_open(part, package, name, kind, part);
    if (!err)
        err = part_run(part);
    part_close(part);
    return err == -ENODATA ? 0 : err;
}
