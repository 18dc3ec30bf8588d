#include "server/lesson/import.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "server/base/log.h"
#include "server/lesson/table.h"
#include "server/store/store.h"

enum { FILE_VERSION = 1 };

/* What is being read, for messages. */
struct reading {
    const char *text;
    size_t len;
    const char *name;
    char *error;
};

/* Always -EINVAL. */
__attribute__((format(printf, 3, 4))) static int complain_at(const struct reading *r, int line,
                                                             const char *format, ...)
{
    int n = snprintf(r->error, LESSON_ERROR_MAX, "%s:%d: ", r->name, line);
    if (n < 0 || n >= LESSON_ERROR_MAX)
        return -EINVAL;
    va_list args;
    va_start(args, format);
    vsnprintf(r->error + n, LESSON_ERROR_MAX - (size_t)n, format, args);
    va_end(args);
    return -EINVAL;
}

/* The place behind the string that begins at `i`. The text is known to be valid JSON. */
static size_t skip_string(const struct reading *r, size_t i)
{
    for (i++; i < r->len && r->text[i] != '"'; i++) {
        if (r->text[i] == '\\')
            i++;
    }
    return i;
}

/* The line on which the `index`th element of the array inside the outermost object begins: a person
 * has to find it, and jansson forgets where its values stood. */
static int line_of_lesson(const struct reading *r, size_t index)
{
    int line = 1;
    int depth = 0;
    size_t seen = 0;
    for (size_t i = 0; i < r->len; i++) {
        char c = r->text[i];
        if (depth == 2 && seen == index && !strchr(" \t\r\n", c))
            break;
        switch (c) {
        case '\n': line++; break;
        case '"': i = skip_string(r, i); break;
        case '{':
        case '[': depth++; break;
        case '}':
        case ']': depth--; break;
        case ',': seen += depth == 2; break;
        }
    }
    return line;
}

/* Copies a text that must fit; -EINVAL. */
static int take_text(char *out, size_t size, const char *text)
{
    size_t len = strlen(text);
    if (len >= size)
        return -EINVAL;
    memcpy(out, text, len + 1);
    return 0;
}

/* `*what` says what is wrong: static text, or what `e` holds. */
static int read_lesson(json_t *row, struct lesson *l, json_error_t *e, const char **what)
{
    const char *id, *title, *stream_key, *watch_key;
    int open;
    if (json_unpack_ex(row, e, JSON_STRICT, "{s:s, s:s, s:b, s:s, s:s}", "id", &id, "title", &title,
                       "open", &open, "stream_key", &stream_key, "watch_key", &watch_key)) {
        *what = e->text;
        return -EINVAL;
    }
    *l = (struct lesson){.is_open = open};
    if (take_text(l->id, sizeof(l->id), id) || take_text(l->title, sizeof(l->title), title) ||
        take_text(l->stream_key, sizeof(l->stream_key), stream_key) ||
        take_text(l->watch_key, sizeof(l->watch_key), watch_key)) {
        *what = "a text is too long";
        return -EINVAL;
    }
    *what = lesson_check(l);
    return *what ? -EINVAL : 0;
}

static int read_lessons(const struct reading *r, json_t *rows, import_lesson_fn *each, void *arg)
{
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row)
    {
        struct lesson l;
        json_error_t e;
        const char *what;
        if (read_lesson(row, &l, &e, &what))
            return complain_at(r, line_of_lesson(r, index), "%s", what);
        int err = each(arg, &l);
        if (err == -EEXIST)
            return complain_at(r, line_of_lesson(r, index),
                               "id or stream_key is another lesson's too");
        if (err)
            return err;
    }
    return 0;
}

static int read_root(const struct reading *r, json_t *root, import_lesson_fn *each, void *arg)
{
    int version;
    json_t *rows;
    json_error_t e;
    if (json_unpack_ex(root, &e, JSON_STRICT, "{s:i, s:o}", "version", &version, "lessons", &rows))
        return complain_at(r, 1, "%s", e.text);
    if (version != FILE_VERSION)
        return complain_at(r, 1, "version %d; this program reads version %d", version,
                           FILE_VERSION);
    if (!json_is_array(rows))
        return complain_at(r, 1, "'lessons' is not an array");
    if (json_array_size(rows) > LESSONS_MAX)
        return complain_at(r, 1, "more than %d lessons", LESSONS_MAX);
    return read_lessons(r, rows, each, arg);
}

int import_parse(const char *text, size_t len, const char *name, import_lesson_fn *each, void *arg,
                 char error[LESSON_ERROR_MAX])
{
    struct reading r = {.text = text, .len = len, .name = name, .error = error};
    json_error_t e;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &e);
    if (!root)
        return complain_at(&r, e.line > 0 ? e.line : 1, "%s", e.text);
    int err = read_root(&r, root, each, arg);
    json_decref(root);
    return err;
}

/* The whole of `fd`, newly allocated. -EFBIG over IMPORT_FILE_MAX. */
static int read_all(int fd, char **out, size_t *len)
{
    struct stat st;
    if (fstat(fd, &st))
        return -errno;
    if (!S_ISREG(st.st_mode))
        return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
    if (st.st_size > IMPORT_FILE_MAX)
        return -EFBIG;
    char *text = malloc((size_t)st.st_size + 1);
    if (!text)
        return -ENOMEM;
    size_t n = 0;
    while (n < (size_t)st.st_size) {
        ssize_t got = read(fd, text + n, (size_t)st.st_size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            int err = got < 0 ? -errno : -EIO;
            free(text);
            return err;
        }
        n += (size_t)got;
    }
    *out = text;
    *len = n;
    return 0;
}

static int read_file(const char *path, char **out, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    int err = read_all(fd, out, len);
    close(fd);
    return err;
}

/* Ids and keys that the file has twice. */
struct taken {
    struct table table;
    struct batch *batch;
};

static int take_lesson(void *arg, const struct lesson *l)
{
    struct taken *t = arg;
    struct entry *e;
    if (table_find(&t->table, l->id))
        return -EEXIST;
    int err = table_reserve(&t->table);
    if (!err)
        err = entry_new(&e, &t->table, l);
    if (err)
        return err;
    table_insert(&t->table, e);
    batch_put_lesson(t->batch, &(struct store_lesson){.id = l->id,
                                                      .title = l->title,
                                                      .stream_key = l->stream_key,
                                                      .watch_key = l->watch_key,
                                                      .is_open = l->is_open});
    return 0;
}

static int store_lessons(struct store *store, const char *text, size_t len, const char *path,
                         char error[LESSON_ERROR_MAX])
{
    struct taken t = {0};
    size_t at;
    int err = batch_new(&t.batch);
    if (!err)
        err = import_parse(text, len, path, take_lesson, &t, error);
    if (!err) {
        batch_audit(t.batch, "console", "lesson.import", "lessons.json", "");
        err = store_apply_now(store, &t.batch, &at);
        if (err == -EEXIST)
            snprintf(error, LESSON_ERROR_MAX, "%s: the stream_key of its lesson %zu is taken", path,
                     at + 1);
    }
    batch_free(&t.batch);
    table_release(&t.table);
    return err;
}

/* The folder's entry is on the disk, too, before a change can be made to what was taken in. */
static int put_aside(const char *data_dir, const char *path)
{
    char *aside;
    if (asprintf(&aside, "%s.imported", path) < 0)
        return -ENOMEM;
    int err = rename(path, aside) ? -errno : 0;
    free(aside);
    int dir = err ? -1 : open(data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (err || dir < 0)
        return err ? err : -errno;
    err = fsync(dir) ? -errno : 0;
    close(dir);
    return err;
}

static int import_file(struct store *store, const char *data_dir, const char *path,
                       char error[LESSON_ERROR_MAX])
{
    char *text = NULL;
    size_t len = 0;
    int err = read_file(path, &text, &len);
    if (err)
        return err == -ENOENT ? 0 : err;
    err = store_lessons(store, text, len, path, error);
    free(text);
    if (!err)
        err = put_aside(data_dir, path);
    if (!err)
        log_info(NULL, "lesson.imported", LOG_STR("file", path));
    return err;
}

int lessons_import(struct store *store, const char *data_dir, char error[LESSON_ERROR_MAX])
{
    char *path;
    if (asprintf(&path, "%s/lessons.json", data_dir) < 0)
        return -ENOMEM;
    int err = import_file(store, data_dir, path, error);
    if (err && !error[0])
        snprintf(error, LESSON_ERROR_MAX, "%s: %s", path, err_text(err));
    free(path);
    return err;
}
