#ifndef AIRCLASS_SERVER_STORE_ASK_H
#define AIRCLASS_SERVER_STORE_ASK_H

#include "server/store/arena.h"
#include "server/store/db.h"
#include "server/store/plan.h"
#include "server/store/store.h"

/* A question on its way to an answer; private to this folder. */
struct ask;
typedef int ask_fn(struct ask *ask, struct db *db);

struct ask {
    ask_fn *run;
    struct store_question q; /* no text of it is NULL; `limit` is 1 to STORE_PAGE_MAX */
    struct store_answer answer;
    struct arena arena;
    const char *cursor; /* of the row just read: the `after` that leads behind it */
    bool has_no_memory;
    struct store_plan *plan; /* until it is taken */
};

/* -EINVAL: a text is too long; -ENOMEM. To be released in either case. */
int ask_init(struct ask *ask, ask_fn *run, const struct store_question *q);
void ask_release(struct ask *ask);

/* Fills the answer with the rows of a question that asked for one more than `limit`. Each `read`
 * fills a zeroed row of `size` bytes and sets the cursor. */
typedef void ask_read_fn(struct ask *ask, struct db_rows *rows, void *row);
int ask_page(struct ask *ask, struct db_rows *rows, size_t size, ask_read_fn *read);
/* The same of what there is one of: none is -ENOENT. */
int ask_one(struct ask *ask, struct db_rows *rows, size_t size, ask_read_fn *read);

/* A column's text, kept as long as the answer; "" when there is no memory, which ask_page() tells.
 */
const char *ask_text(struct ask *ask, struct db_rows *rows, int column);
const char *ask_keep(struct ask *ask, const char *text);

/* The questions: lesson.c, people_ask.c, audit.c, deeds.c, door_ask.c. */
ask_fn ask_lessons;
ask_fn ask_places, ask_place, ask_people, ask_person, ask_members, ask_roles, ask_wards;
ask_fn ask_audit, ask_deeds;
ask_fn ask_facts; /* trace.c */
ask_fn ask_about; /* whole.c */

/* What store_list_x() are made of. */
int store_ask(struct store *store, ask_fn *run, const struct store_question *what,
              store_answer_fn *answer, void *arg);

/* What store_each_x() are made of: every page, waited for; what `page` returns other than 0 ends
 * the reading. */
typedef int store_page_fn(void *arg, const struct store_answer *answer);
int store_read_all(struct store *store, ask_fn *run, store_page_fn *page, void *arg);

#endif
