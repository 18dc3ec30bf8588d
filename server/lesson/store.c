#include "server/lesson/store.h"

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

static const char file_name[] = "lessons.json";
static const char new_file_name[] = "lessons.json.new";

enum { FILE_VERSION = 1 };

int store_init(struct store *store, const char *data_dir)
{
    store->path = NULL;
    store->dir = open(data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->dir < 0)
        return -errno;
    if (asprintf(&store->path, "%s/%s", data_dir, file_name) < 0) {
        store->path = NULL;
        store_release(store);
        return -ENOMEM;
    }
    return 0;
}

void store_release(struct store *store)
{
    if (store->dir >= 0)
        close(store->dir);
    store->dir = -1;
    free(store->path);
    store->path = NULL;
}

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

static int read_lessons(const struct reading *r, json_t *rows, store_lesson_fn *each, void *arg)
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

static int read_root(const struct reading *r, json_t *root, store_lesson_fn *each, void *arg)
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

int store_parse(const char *text, size_t len, const char *name, store_lesson_fn *each, void *arg,
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

/* The whole of `fd`, newly allocated. -EFBIG over STORE_FILE_MAX. */
static int read_all(int fd, char **out, size_t *len)
{
    struct stat st;
    if (fstat(fd, &st))
        return -errno;
    if (!S_ISREG(st.st_mode))
        return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
    if (st.st_size > STORE_FILE_MAX)
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

static int read_file(const struct store *store, char **out, size_t *len)
{
    int fd = openat(store->dir, file_name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    int err = read_all(fd, out, len);
    close(fd);
    return err;
}

int store_read(const struct store *store, store_lesson_fn *each, void *arg,
               char error[LESSON_ERROR_MAX])
{
    char *text = NULL;
    size_t len = 0;
    int err = read_file(store, &text, &len);
    if (err == -ENOENT)
        return 0;
    if (err) {
        snprintf(error, LESSON_ERROR_MAX, "%s: %s", store->path, err_text(err));
        return err;
    }
    err = store_parse(text, len, store->path, each, arg, error);
    free(text);
    return err;
}

/* One a line, so that an error has a line and a person can read the file. */
static int print_lesson(FILE *f, const struct lesson *l, bool is_first)
{
    json_t *row = json_pack("{s:s, s:s, s:b, s:s, s:s}", "id", l->id, "title", l->title, "open",
                            l->is_open, "stream_key", l->stream_key, "watch_key", l->watch_key);
    if (!row)
        return -ENOMEM;
    errno = 0;
    int err = fputs(is_first ? "" : ",\n", f) < 0 || json_dumpf(row, f, JSON_COMPACT)
                  ? -(errno ? errno : EIO)
                  : 0;
    json_decref(row);
    return err;
}

static int print_lessons(FILE *f, const struct lesson *lessons, size_t n)
{
    fprintf(f, "{\"version\":%d,\"lessons\":[\n", FILE_VERSION);
    for (size_t i = 0; i < n; i++) {
        int err = print_lesson(f, &lessons[i], i == 0);
        if (err)
            return err;
    }
    fputs("\n]}\n", f);
    errno = 0;
    if (fflush(f) || ferror(f) || fsync(fileno(f)))
        return -(errno ? errno : EIO);
    return 0;
}

static int write_new_file(const struct store *store, const struct lesson *lessons, size_t n)
{
    /* One that a killed program left may have another owner's mode. */
    if (unlinkat(store->dir, new_file_name, 0) && errno != ENOENT)
        return -errno;
    int fd = openat(store->dir, new_file_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    FILE *f = fdopen(fd, "w");
    if (!f) {
        close(fd);
        return -ENOMEM;
    }
    int err = print_lessons(f, lessons, n);
    if (fclose(f) && !err)
        err = -EIO;
    return err;
}

int store_write(const struct store *store, const struct lesson *lessons, size_t n)
{
    int err = write_new_file(store, lessons, n);
    if (!err && renameat(store->dir, new_file_name, store->dir, file_name))
        err = -errno;
    if (err) {
        unlinkat(store->dir, new_file_name, 0);
        return err;
    }
    return fsync(store->dir) ? -errno : 0;
}
