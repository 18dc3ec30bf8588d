#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include "server/base/log.h"
#include "server/store/ask.h"
#include "server/store/care_impl.h"
#include "server/store/schema.h"
#include "server/store/trace.h"

static int say_error(char said[CARE_TEXT_MAX], int err, const char *code)
{
    if (said[0])
        return err;
    if (err == -ENOENT)
        snprintf(said, CARE_TEXT_MAX, "there is nobody with the code '%.100s' in that school",
                 code);
    else if (err == -EOWNERDEAD)
        snprintf(said, CARE_TEXT_MAX,
                 "'%.100s' is the district's last administrator: make another"
                 " one first",
                 code);
    else
        snprintf(said, CARE_TEXT_MAX, "%s", err_text(err));
    return err;
}

/* -- showing ----------------------------------------------------------------------------------- */

/* A value on one line. */
static void print_text(const char *text, FILE *out)
{
    for (; *text; text++)
        fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
    fputc('\n', out);
}

static void print_facts(const struct store_answer *a, FILE *out)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct store_fact *f = &a->facts[i];
        if (i == 0 || f->row != f[-1].row || strcmp(f->kind, f[-1].kind) != 0)
            fprintf(out, i ? "\n[%s]\n" : "[%s]\n", f->kind);
        fprintf(out, "%s = ", f->name);
        if (f->text)
            print_text(f->text, out);
        else
            fprintf(out, "%" PRId64 "\n", f->number);
    }
}

int care_open(struct db **out, const struct files *files, enum db_mode mode,
              char said[CARE_TEXT_MAX])
{
    int version = 0;
    int err = access(files->db, F_OK) ? -ENOENT : db_open(out, files->db, mode);
    if (err) {
        snprintf(said, CARE_TEXT_MAX, "%.900s: %s", files->db, err_text(err));
        return err;
    }
    err = schema_version(*out, &version);
    if (!err && version == schema_latest(schema_migrations))
        return 0;
    snprintf(said, CARE_TEXT_MAX, "%.900s: is not of this version; start the server first",
             files->db);
    db_close(out);
    return err ? err : -EPROTONOSUPPORT;
}

int care_show(const char *data_dir, const char *school, const char *code, FILE *out,
              char said[CARE_TEXT_MAX])
{
    struct files files;
    struct ask ask;
    struct db *db;
    said[0] = '\0';
    int err = files_name(&files, data_dir);
    if (!err)
        err = care_open(&db, &files, DB_READ, said);
    if (err)
        return say_error(said, err, code);
    err = ask_init(&ask, ask_facts, &(struct store_question){.school = school, .code = code});
    if (!err)
        err = ask.run(&ask, db);
    if (!err)
        print_facts(&ask.answer, out);
    ask_release(&ask);
    db_close(&db);
    return err ? say_error(said, err, code) : 0;
}

/* -- erasing ----------------------------------------------------------------------------------- */

static int erase(struct store *store, const char *school, const char *code)
{
    struct batch *b;
    int err = batch_new(&b);
    if (err)
        return err;
    batch_erase_person(b, "airclassctl", school, code);
    return store_apply_now(store, &b, NULL);
}

static void on_closed(void *arg)
{
    (void)arg;
}

static int erase_in(uv_loop_t *loop, const char *data_dir, const char *school, const char *code,
                    char said[CARE_TEXT_MAX])
{
    char error[STORE_ERROR_MAX];
    struct store *store;
    int err = store_open(&store, loop, data_dir, error);
    if (err) {
        snprintf(said, CARE_TEXT_MAX, "%s", error);
        return err;
    }
    err = erase(store, school, code);
    store_close(store, on_closed, NULL);
    uv_run(loop, UV_RUN_DEFAULT);
    if (err == -EINPROGRESS)
        snprintf(
            said, CARE_TEXT_MAX,
            "dropped, but not without a trace: somebody reads the database, or the disk is full;"
            " the next start of the server goes on with it");
    return err ? say_error(said, err, code) : 0;
}

int care_erase(const char *data_dir, const char *school, const char *code, char said[CARE_TEXT_MAX])
{
    uv_loop_t loop;
    said[0] = '\0';
    int err = uv_loop_init(&loop);
    if (err)
        return say_error(said, err, code);
    err = erase_in(&loop, data_dir, school, code, said);
    uv_loop_close(&loop);
    if (!err)
        snprintf(said, CARE_TEXT_MAX, "erased, without a trace in %.900s", data_dir);
    return err;
}
