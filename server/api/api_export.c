#include "server/api/handlers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/change.h"
#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/importer/record.h"

/* At once; 50,000 pupils are 3 MB of text. */
enum { EXPORTS_MAX = 4 };

/* A list that is being written in a thread of the store's. */
struct export
{
    struct http_request *req;
    struct store *store;
    enum roster_kind kind;
    enum language language;
    enum csv_encoding encoding;
    char school[STORE_CODE_MAX]; /* "": all */
    char *text;
    size_t len;
    FILE *file;
    struct csv_writer *writer;
};

static int under_way;

static const char *const kinds[ROSTER_KINDS] = {"schools", "classes", "people", "roles",
                                                "guardians"};

static void export_free(struct export *e)
{
    csv_writer_free(&e->writer);
    if (e->file)
        fclose(e->file);
    free(e->text);
    free(e);
    under_way--;
}

static bool is_wanted(const struct export *e, const struct roster_record *r)
{
    const char *school = r->kind == ROSTER_PERSON ? r->home : r->school;
    return r->kind == e->kind && (!*e->school || strcmp(e->school, school) == 0);
}

static int on_row(void *arg, const struct store_row *row)
{
    struct export *e = arg;
    struct roster_record record;
    if (!record_of(row, &record) || !is_wanted(e, &record))
        return 0;
    return roster_write(e->writer, &record, e->language);
}

static void name_file(const struct export *e)
{
    char value[128];
    snprintf(value, sizeof(value), "attachment; filename=\"%s.csv\"", kinds[e->kind]);
    http_set_header(e->req, "Content-Disposition", value);
}

static void on_logged(void *arg, int err, size_t at)
{
    struct export *e = arg;
    (void)at;
    if (err) {
        fail_store(e->req, err);
    } else {
        name_file(e);
        http_reply(e->req, 200,
                   e->encoding == CSV_UTF8 ? "text/csv; charset=utf-8"
                                           : "text/csv; charset=gb18030",
                   e->text, e->len);
    }
    export_free(e);
}

/* Who took which list out, before they have it: a list is people's data by the thousand. */
static int write_log(struct export *e)
{
    char act[32], subject[STORE_CODE_MAX + 16];
    struct batch *batch;
    int err = batch_new(&batch);
    if (err)
        return err;
    snprintf(act, sizeof(act), "export.%s", kinds[e->kind]);
    snprintf(subject, sizeof(subject), "%s%s", *e->school ? "school:" : "district", e->school);
    batch_audit(batch, change_actor(e->req), act, subject, "");
    return store_apply(e->store, &batch, on_logged, e);
}

static void on_read(void *arg, int err, int64_t revision)
{
    struct export *e = arg;
    (void)revision;
    if (!err && fflush(e->file))
        err = -ENOMEM;
    if (!err)
        err = write_log(e);
    if (!err)
        return;
    fail_store(e->req, err);
    export_free(e);
}

/* False: the request says something else. */
static bool read_query(struct http_request *req, struct export *e)
{
    const char *school = http_query(req, "school"), *language = http_query(req, "language"),
               *encoding = http_query(req, "encoding"), *kind = http_param(req, "kind");
    int k = 0;
    while (k < ROSTER_KINDS && strcmp(kinds[k], kind) != 0)
        k++;
    if (k == ROSTER_KINDS || !school || strlen(school) >= STORE_CODE_MAX || !language || !encoding)
        return false;
    bool is_en = strcmp(language, "en") == 0, is_gb = strcmp(encoding, "gb18030") == 0;
    e->kind = (enum roster_kind)k;
    e->language = is_en ? LANGUAGE_EN : LANGUAGE_ZH;
    e->encoding = is_gb ? CSV_GB18030 : CSV_UTF8;
    snprintf(e->school, sizeof(e->school), "%s", school);
    return (is_en || !*language || strcmp(language, "zh") == 0) &&
           (is_gb || !*encoding || strcmp(encoding, "utf-8") == 0);
}

static int begin(struct export *e, const struct api_app *app)
{
    e->file = open_memstream(&e->text, &e->len);
    int err = e->file ? csv_writer_new(&e->writer, e->file, e->encoding) : -ENOMEM;
    if (!err)
        err = roster_write_head(e->writer, e->kind, e->language);
    return err ? err : store_read_whole(app->store, on_row, on_read, e);
}

void api_export(struct http_request *req, void *arg)
{
    struct export *e = under_way < EXPORTS_MAX ? calloc(1, sizeof(*e)) : NULL;
    if (!e) {
        fail_store(req, under_way < EXPORTS_MAX ? -ENOMEM : -EAGAIN);
        return;
    }
    under_way++;
    e->req = req;
    e->store = ((const struct api_app *)arg)->store;
    int err = read_query(req, e) ? begin(e, arg) : -EINVAL;
    if (!err)
        return;
    if (err == -EINVAL)
        http_fail(
            req, 400, "bad_query",
            "Expected schools, classes, people, roles or guardians, ?school=CODE, ?language=zh|en, "
            "?encoding=utf-8|gb18030.");
    else
        fail_store(req, err);
    export_free(e);
}
