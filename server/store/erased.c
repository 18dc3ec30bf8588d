#include "server/store/erased.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/sha.h>

#include "server/base/log.h"
#include "server/store/files.h"

enum { LINE_MAX_LEN = 20 + 1 + 2 * ERASED_HASH_SIZE };

void erased_release(struct erased *list)
{
    free(list->all);
    *list = (struct erased){.n = 0};
}

/* -- the list ---------------------------------------------------------------------------------- */

static int order(const void *one, const void *other)
{
    return memcmp(((const struct erased_entry *)one)->hash,
                  ((const struct erased_entry *)other)->hash, ERASED_HASH_SIZE);
}

static void sort(struct erased *list)
{
    if (!list->is_sorted && list->n > 0)
        qsort(list->all, list->n, sizeof(*list->all), order);
    list->is_sorted = true;
}

static const struct erased_entry *find(struct erased *list, const struct erased_entry *key)
{
    if (list->n == 0)
        return NULL;
    sort(list);
    return bsearch(key, list->all, list->n, sizeof(*key), order);
}

static int add(struct erased *list, const struct erased_entry *entry)
{
    if (list->n == ERASED_MAX)
        return -E2BIG;
    if (list->n == list->room) {
        size_t room = list->room ? 2 * list->room : 64;
        struct erased_entry *all = realloc(list->all, room * sizeof(*all));
        if (!all)
            return -ENOMEM;
        list->all = all;
        list->room = room;
    }
    list->all[list->n++] = *entry;
    list->is_sorted = false;
    return 0;
}

static struct erased_entry entry_of(const char *id, int64_t at_ms)
{
    struct erased_entry e = {.at_ms = at_ms};
    SHA256((const unsigned char *)id, strlen(id), e.hash);
    return e;
}

const struct erased_entry *erased_find(struct erased *list, const char *id)
{
    const struct erased_entry key = entry_of(id, 0);
    return find(list, &key);
}

/* -- the file ---------------------------------------------------------------------------------- */

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int erased_parse(struct erased_entry *out, const char *line)
{
    struct erased_entry e;
    char *end;
    if (line[0] < '0' || line[0] > '9')
        return -EINVAL;
    errno = 0;
    e.at_ms = strtoll(line, &end, 10);
    if (errno || *end != ' ' || strlen(end + 1) != sizeof(e.hash) * 2)
        return -EINVAL;
    for (size_t i = 0; i < sizeof(e.hash); i++) {
        int high = digit_of(end[1 + 2 * i]), low = digit_of(end[2 + 2 * i]);
        if (high < 0 || low < 0)
            return -EINVAL;
        e.hash[i] = (uint8_t)(high << 4 | low);
    }
    *out = e;
    return 0;
}

/* One, without its end, at most `size` - 1 bytes of it; false: there is none. What is cut short by
 * that, by the file's end or by a NUL is no line: '\0' stands before it. */
static bool read_line(char *line, size_t size, FILE *f)
{
    size_t len = 0;
    bool is_cut = false;
    int c = fgetc(f);
    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n'; c = fgetc(f)) {
        is_cut |= c == '\0' || len == size - 1;
        if (!is_cut)
            line[len++] = (char)c;
    }
    line[is_cut || c == EOF ? 0 : len] = '\0';
    return true;
}

static int read_lines(struct erased *list, FILE *f)
{
    char line[LINE_MAX_LEN + 2];
    size_t wrong = 0;
    for (size_t n = 1; read_line(line, sizeof(line), f); n++) {
        struct erased_entry e;
        bool is_wrong = erased_parse(&e, line) != 0;
        int err = is_wrong ? 0 : add(list, &e);
        if (err)
            return err;
        if (is_wrong && !wrong)
            wrong = n;
    }
    if (wrong)
        list->wrong_line = wrong;
    if (ferror(f))
        return -EIO;
    return wrong ? -EUCLEAN : 0;
}

int erased_read(struct erased *list, const char *path)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return -errno;
    int err = read_lines(list, f);
    fclose(f);
    return err;
}

static int write_lines(const struct erased *list, FILE *f)
{
    for (size_t i = 0; i < list->n; i++) {
        fprintf(f, "%" PRId64 " ", list->all[i].at_ms);
        for (size_t k = 0; k < ERASED_HASH_SIZE; k++)
            fprintf(f, "%02x", list->all[i].hash[k]);
        fputc('\n', f);
    }
    return fflush(f) || fsync(fileno(f)) ? -errno : 0;
}

static int write_as(const struct erased *list, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f) {
        int err = -errno;
        if (fd >= 0)
            close(fd);
        return err;
    }
    int err = write_lines(list, f);
    if (fclose(f) && !err)
        err = -errno;
    return err;
}

static int replace(const struct erased *list, const char *path)
{
    char part[PATH_MAX], dir[PATH_MAX];
    int err = files_beside(part, path, ".part");
    if (!err)
        err = files_beside(dir, path, "");
    if (err)
        return err;
    err = write_as(list, part);
    if (!err)
        err = files_give(part, dirname(dir));
    if (!err && rename(part, path))
        err = -errno;
    if (err)
        unlink(part);
    return err ? err : files_sync_dir(dir);
}

/* -- keeping it -------------------------------------------------------------------------------- */

static int add_table(struct erased *to, struct db *db)
{
    struct db_rows rows;
    int err = db_has_table(db, "erasure"); /* not in the first versions */
    if (err <= 0)
        return err;
    err = db_select(&rows, db, "SELECT person, at_ms FROM erasure", DB_NONE);
    while (!err && (err = db_next(&rows)) > 0) {
        const struct erased_entry e = entry_of(db_text(&rows, 0), db_int(&rows, 1));
        err = rows.err ? rows.err : add(to, &e);
    }
    db_end(&rows);
    return err;
}

static int add_missing(struct erased *to, const struct erased *from, struct erased *there)
{
    int err = 0;
    for (size_t i = 0; i < from->n && !err; i++)
        err = find(there, &from->all[i]) ? 0 : add(to, &from->all[i]);
    return err;
}

/* Each once. */
static void unify(struct erased *list)
{
    size_t n = 0;
    sort(list);
    for (size_t i = 0; i < list->n; i++) {
        if (n == 0 || order(&list->all[n - 1], &list->all[i]) != 0)
            list->all[n++] = list->all[i];
    }
    list->n = n;
}

/* Of the list and the table, what is not there. */
static int find_missing(struct erased *missing, const struct erased *list, struct db *db,
                        struct erased *there)
{
    struct erased table = {.n = 0};
    int err = list ? add_missing(missing, list, there) : 0;
    if (!err)
        err = add_table(&table, db);
    if (!err)
        err = add_missing(missing, &table, there);
    erased_release(&table);
    unify(missing);
    return err;
}

/* Behind what is in the file, on lines of their own. */
static int append(const struct erased *missing, const char *path)
{
    FILE *f = fopen(path, "r+e");
    if (!f)
        return -errno;
    int err = fseek(f, -1, SEEK_END) ? -errno : 0;
    bool is_whole = !err && fgetc(f) == '\n';
    if (!err && (fseek(f, 0, SEEK_END) || (!is_whole && fputc('\n', f) == EOF)))
        err = -errno;
    if (!err)
        err = write_lines(missing, f);
    if (fclose(f) && !err)
        err = -errno;
    return err;
}

static int put_all(struct erased *there, const struct erased *missing, const char *path)
{
    int err = 0;
    for (size_t i = 0; i < missing->n && !err; i++)
        err = add(there, &missing->all[i]);
    sort(there);
    return err ? err : replace(there, path);
}

int erased_keep(const char *path, const struct erased *list, struct db *db, size_t *wrong_line)
{
    struct erased there = {.n = 0}, missing = {.n = 0};
    int damage = erased_read(&there, path);
    int err = damage == -ENOENT || damage == -EUCLEAN ? 0 : damage;
    *wrong_line = there.wrong_line;
    if (!err)
        err = find_missing(&missing, list, db, &there);
    if (!err && missing.n > 0)
        err = damage == -EUCLEAN ? append(&missing, path) : put_all(&there, &missing, path);
    erased_release(&there);
    erased_release(&missing);
    return !err && damage == -EUCLEAN ? damage : err;
}

void erased_explain(char *out, size_t size, const char *path, size_t wrong_line, int err)
{
    if (err == -EUCLEAN)
        snprintf(
            out, size,
            "%.500s:%zu: is no line of the list of who was erased; take such lines out, or add"
            " a whole copy of the list (one is beside each backup): until then no backup can be"
            " restored here",
            path, wrong_line);
    else
        snprintf(out, size, "%.500s: the list of who was erased: %s", path, err_text(err));
}

int erased_beside(char out[PATH_MAX], const char *path)
{
    char copy[PATH_MAX];
    int err = files_beside(copy, path, "");
    return err ? err : files_beside(out, dirname(copy), "/" ERASED_NAME);
}
