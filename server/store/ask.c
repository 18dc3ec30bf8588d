#include "server/store/ask.h"

#include <errno.h>
#include <string.h>

const char *ask_keep(struct ask *a, const char *text)
{
    const char *copy = arena_text(&a->arena, text);
    if (!copy)
        a->has_no_memory = true;
    return copy ? copy : "";
}

const char *ask_text(struct ask *a, struct db_rows *rows, int column)
{
    return ask_keep(a, db_text(rows, column));
}

static bool is_too_long(const char *text, size_t size)
{
    return text && strnlen(text, size) == size;
}

int ask_init(struct ask *a, ask_fn *run, const struct store_question *q)
{
    *a = (struct ask){.run = run};
    if (is_too_long(q->school, STORE_CODE_MAX) || is_too_long(q->klass, STORE_CODE_MAX) ||
        is_too_long(q->code, STORE_CODE_MAX) || is_too_long(q->find, STORE_NAME_MAX) ||
        is_too_long(q->person, STORE_ID_MAX) || is_too_long(q->act, STORE_NAME_MAX) ||
        is_too_long(q->after, STORE_NAME_MAX))
        return -EINVAL;
    a->q = (struct store_question){
        .school = ask_keep(a, q->school),
        .klass = ask_keep(a, q->klass),
        .code = ask_keep(a, q->code),
        .find = ask_keep(a, q->find),
        .is_staff = q->is_staff,
        .person = ask_keep(a, q->person),
        .act = ask_keep(a, q->act),
        .from_ms = q->from_ms,
        .to_ms = q->to_ms,
        .after = ask_keep(a, q->after),
        .limit = q->limit && q->limit < STORE_PAGE_MAX ? q->limit : STORE_PAGE_MAX,
    };
    return a->has_no_memory ? -ENOMEM : 0;
}

void ask_release(struct ask *a)
{
    arena_release(&a->arena);
    store_plan_free(&a->plan);
}

int ask_page(struct ask *a, struct db_rows *rows, size_t size, ask_read_fn *read)
{
    char *page = arena_take(&a->arena, a->q.limit * size);
    const char *last = NULL;
    size_t n = 0;
    int err = page ? 0 : -ENOMEM;
    while (!err && (err = db_next(rows)) > 0) {
        err = 0;
        if (n == a->q.limit) {
            a->answer.next = last;
            break;
        }
        read(a, rows, page + n++ * size);
        last = a->cursor;
        if (a->has_no_memory || rows->err)
            err = -ENOMEM;
    }
    db_end(rows);
    a->answer.n = n;
    a->answer.places = (const void *)page; /* or what else the union holds */
    return err;
}

int ask_one(struct ask *a, struct db_rows *rows, size_t size, ask_read_fn *read)
{
    int err = ask_page(a, rows, size, read);
    return err ? err : a->answer.n ? 0 : -ENOENT;
}
