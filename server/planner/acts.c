#include "server/planner/acts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

/* ---- judging ---- */

/* Allowed, or allowed by who says why. */
static int may(struct planner_change *c)
{
    enum policy_verdict worst = c->verdict.worst;
    if (worst == POLICY_REFUSE || (worst == POLICY_NEEDS_OVERRIDE && !c->override[0]))
        return -EACCES;
    c->salt[0] = '\0';
    return worst == POLICY_NEEDS_OVERRIDE ? token_make(c->salt) : 0;
}

/* In the words that were needed, or none. */
static struct store_reason reason_of(const struct planner_change *c)
{
    return c->salt[0] ? (struct store_reason){.text = c->override, .salt = c->salt}
                      : (struct store_reason){.text = ""};
}

/* "sha256:9f86d0...", of salt and text one behind the other. */
enum { REASON_HASH_MAX = 7 + 2 * crypto_hash_sha256_BYTES + 1 };
static void hash_reason(char out[REASON_HASH_MAX], const struct store_reason *r)
{
    crypto_hash_sha256_state state;
    uint8_t digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)r->salt, strlen(r->salt));
    crypto_hash_sha256_update(&state, (const uint8_t *)r->text, strlen(r->text));
    crypto_hash_sha256_final(&state, digest);
    snprintf(out, REASON_HASH_MAX, "sha256:");
    sodium_bin2hex(out + 7, REASON_HASH_MAX - 7, digest, sizeof(digest));
}

/* "outside_hours 2024-03-04 S1/7B; ...", of what was allowed all the same. */
static void print_overridden(const struct plan_verdict *v, char *out, size_t size)
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < v->n && n < size; i++) {
        const struct plan_finding *f = &v->finding[i];
        char date[DATE_TEXT_SIZE];
        if (f->verdict != POLICY_NEEDS_OVERRIDE || !f->klass)
            continue;
        date_print(date, f->date);
        n += (size_t)snprintf(out + n, size - n, "%s%s %s %s/%s", n > 0 ? "; " : "",
                              policy_reason_name(f->reason), date, f->klass->school,
                              f->klass->klass);
    }
}

/* Who did it, and what was allowed against the rules. The reason may name people: the log, which
 * forgets nothing, knows it by a hash, and the row has it. */
static void write_audit(struct planner_change *c, const char *act, const char *subject)
{
    enum { FINDINGS_MAX = 2048 };
    char hash[REASON_HASH_MAX], findings[FINDINGS_MAX], detail[REASON_HASH_MAX + FINDINGS_MAX + 4];
    const struct store_reason reason = reason_of(c);
    batch_audit(c->batch, c->actor, act, subject, "");
    if (!*reason.text)
        return;
    print_overridden(&c->verdict, findings, sizeof(findings));
    hash_reason(hash, &reason);
    snprintf(detail, sizeof(detail), "%s (%s)", hash, findings);
    batch_audit(c->batch, c->actor, "timetable.override", subject, detail);
}

/* ---- rows ---- */

static void write_row(struct planner_change *c, const struct plan *plan, const char *code,
                      const struct timetable_entry *e)
{
    struct store_place classes[STORE_ENTRY_CLASSES_MAX];
    const struct store_grid_row *before = plan_row(plan, c->school, code);
    size_t n = e->n_classes < STORE_ENTRY_CLASSES_MAX ? e->n_classes : STORE_ENTRY_CLASSES_MAX;
    for (size_t i = 0; i < n; i++)
        classes[i] =
            (struct store_place){.school = e->classes[i].school, .klass = e->classes[i].klass};
    batch_put_grid_row(c->batch,
                       &(struct store_grid_row){.school = c->school,
                                                .code = code,
                                                .title = e->title,
                                                .lecturer = e->lecturer,
                                                .link = e->link,
                                                .kind = (int)e->kind,
                                                .place = (int)e->place,
                                                .weeks = (int)e->weeks,
                                                .weekday = e->weekday,
                                                .start_min = e->start_min,
                                                .length_min = e->length_min,
                                                .from = e->from,
                                                .to = e->to,
                                                .published_ms = before ? before->published_ms : 0,
                                                .reason = reason_of(c),
                                                .classes = classes,
                                                .n_classes = n});
}

/* What it names that is not there; NULL. */
static const char *missing(const struct plan *plan, const struct timetable_entry *e)
{
    if (e->lecturer[0] && !plan_person(plan, e->lecturer))
        return "lecturer";
    for (size_t i = 0; i < e->n_classes; i++) {
        if (!plan_class(plan, e->classes[i].school, e->classes[i].klass))
            return "classes";
    }
    return e->n_classes <= STORE_ENTRY_CLASSES_MAX ? NULL : "classes";
}

static int check_row(struct planner_change *c, const struct plan *plan,
                     const struct timetable_entry *e)
{
    const char *wrong = timetable_entry_check(e);
    if (!wrong)
        wrong = missing(plan, e);
    if (wrong)
        snprintf(c->error, sizeof(c->error), "%s", wrong);
    return wrong ? -EINVAL : 0;
}

static int make_put_row(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    char id[PLAN_ID_MAX];
    const struct store_grid_row *before = plan_row(plan, c->school, c->code);
    plan_id(id, c->school, c->code);
    c->entry.id = id;
    int err = check_row(c, plan, &c->entry);
    if (!err)
        err = plan_judge(plan, &c->entry, before && before->published_ms, now_ms, &c->verdict);
    c->entry.id = c->code;
    if (!err)
        err = may(c);
    if (err)
        return err;
    write_row(c, plan, c->code, &c->entry);
    write_audit(c, "timetable.put", id);
    return 0;
}

static int make_drop_row(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    char id[PLAN_ID_MAX];
    (void)now_ms;
    if (!plan_row(plan, c->school, c->code))
        return -ENOENT;
    plan_id(id, c->school, c->code);
    batch_drop_grid_row(c->batch, c->school, c->code);
    write_audit(c, "timetable.drop", id);
    return 0;
}

/* The whole ids of `n` rows, one behind the other. */
static char *name_rows(struct planner_change *c)
{
    char *ids = malloc((c->n_rows + 1) * PLAN_ID_MAX);
    for (size_t i = 0; i < c->n_rows && ids; i++) {
        plan_id(ids + i * PLAN_ID_MAX, c->school, c->rows[i].id);
        c->rows[i].id = ids + i * PLAN_ID_MAX;
    }
    return ids;
}

static int judge_rows(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    int err = 0;
    for (size_t i = 0; i < c->n_rows && !err; i++)
        err = check_row(c, plan, &c->rows[i]);
    if (!err)
        err = plan_judge_rows(plan, c->school, c->rows, c->n_rows, now_ms, &c->verdict);
    return err ? err : may(c);
}

static int make_put_rows(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    char detail[32];
    c->ids = name_rows(c); /* the verdict names rows until the end */
    int err = c->ids ? judge_rows(c, plan, now_ms) : -ENOMEM;
    size_t skip = strlen(c->school) + 1;
    for (size_t i = 0; i < c->n_rows && !err; i++)
        write_row(c, plan, c->rows[i].id + skip, &c->rows[i]);
    snprintf(detail, sizeof(detail), "%zu rows", c->n_rows);
    if (!err)
        write_audit(c, "timetable.import", c->school);
    return err;
}

/* ---- lists ---- */

static const char *list_find_class(void *arg, const char *school, const char *klass)
{
    const struct store_place *place = plan_class(arg, school, klass);
    if (!place)
        place = plan_class_named(arg, school, klass);
    return place ? place->klass : NULL;
}

static const char *list_find_teacher(void *arg, const char *school, const char *code)
{
    const struct store_person *p = plan_staff(arg, school, code);
    return p ? p->id : NULL;
}

static int read_list(struct planner_change *c, const struct plan *plan)
{
    const struct timetable_list_options options = {.school = c->school,
                                                   .is_own_only = true,
                                                   .from = c->term.from,
                                                   .to = c->term.to,
                                                   .calendar = &plan->all,
                                                   .find_class = list_find_class,
                                                   .find_teacher = list_find_teacher,
                                                   .arg = (void *)plan};
    int err = timetable_list_new(&c->list, &options);
    return err ? err : timetable_list_read(c->list, &c->file, &c->list_rows);
}

/* The entries are the list's, which lives as long as the change. */
static int make_put_list(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    int err = read_list(c, plan);
    if (err)
        return err;
    c->rows = (struct timetable_entry *)c->list_rows->entry;
    c->n_rows = c->list_rows->n;
    return c->list_rows->is_applicable ? make_put_rows(c, plan, now_ms) : -EPERM;
}

static bool has_drafts(const struct plan *plan, const char *school)
{
    for (size_t i = plan->published.n_entries; i < plan->all.n_entries; i++) {
        if (strcmp(plan->row[i]->school, school) == 0)
            return true;
    }
    return false;
}

static int make_publish(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    if (!has_drafts(plan, c->school)) /* nothing to be done, nor to be logged */
        return 0;
    plan_judge_publishing(plan, c->school, now_ms, &c->verdict);
    int err = may(c);
    if (err)
        return err;
    const struct store_reason reason = reason_of(c);
    batch_publish_grid(c->batch, c->school, now_ms, &reason);
    write_audit(c, "timetable.publish", c->school);
    return 0;
}

/* ---- days ---- */

static void tell_clash(void *arg, const struct timetable_entry *a, const struct timetable_entry *b,
                       enum timetable_clash clash, int32_t date)
{
    struct plan_verdict *v = arg;
    v->worst = POLICY_WARN;
    if (v->n < PLAN_FINDINGS_MAX)
        v->finding[v->n++] = (struct plan_finding){
            .clash = clash, .verdict = POLICY_WARN, .row = a, .other = b, .date = date};
}

/* The clashes of the grid in another year. -ENOMEM. */
static int judge_year(const struct plan *plan, const struct store_year *y, struct plan_verdict *v)
{
    struct timetable t = plan->all;
    struct timetable_days *holidays = calloc(y->n_holidays + 1, sizeof(*holidays));
    struct timetable_swap *swaps = calloc(y->n_swaps + 1, sizeof(*swaps));
    int err = holidays && swaps ? 0 : -ENOMEM;
    for (size_t i = 0; i < y->n_holidays && !err; i++)
        holidays[i] = (struct timetable_days){y->holidays[i].from, y->holidays[i].to};
    for (size_t i = 0; i < y->n_swaps && !err; i++)
        swaps[i] = (struct timetable_swap){y->swaps[i].from, y->swaps[i].to};
    t.first_monday = y->first_monday;
    t.holiday = holidays;
    t.n_holidays = y->n_holidays;
    t.swap = swaps;
    t.n_swaps = y->n_swaps;
    if (!err)
        err = timetable_find_clashes(&t, PLAN_FINDINGS_MAX, tell_clash, v);
    free(swaps);
    free(holidays);
    return err < 0 ? err : 0;
}

static bool is_date(int32_t date)
{
    return date >= DATE_MIN && date <= DATE_MAX;
}

static int wrong_field(struct planner_change *c, const char *field)
{
    snprintf(c->error, sizeof(c->error), "%s", field);
    return -EINVAL;
}

static int check_year(struct planner_change *c)
{
    enum { OFFSET_MAX_MIN = 14 * 60 };
    const struct store_year *y = &c->year;
    if (!is_date(y->first_monday) || date_weekday(y->first_monday) != 1)
        return wrong_field(c, "first_monday");
    if (y->utc_offset_min < -OFFSET_MAX_MIN || y->utc_offset_min > OFFSET_MAX_MIN)
        return wrong_field(c, "utc_offset_min");
    if (y->n_holidays > STORE_YEAR_DAYS_MAX || y->n_swaps > STORE_YEAR_DAYS_MAX)
        return wrong_field(c, y->n_swaps > STORE_YEAR_DAYS_MAX ? "swaps" : "holidays");
    for (size_t i = 0; i < y->n_holidays; i++) {
        const struct store_days *d = &y->holidays[i];
        if (!is_date(d->from) || !is_date(d->to) || d->to < d->from)
            return wrong_field(c, "holidays");
        for (size_t k = 0; k < i; k++) {
            if (y->holidays[k].from == d->from)
                return wrong_field(c, "holidays");
        }
    }
    for (size_t i = 0; i < y->n_swaps; i++) {
        if (!is_date(y->swaps[i].from) || !is_date(y->swaps[i].to))
            return wrong_field(c, "swaps");
        for (size_t k = 0; k < i; k++) {
            if (y->swaps[k].from == y->swaps[i].from)
                return wrong_field(c, "swaps");
        }
    }
    return 0;
}

static int make_put_year(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    (void)now_ms;
    int err = check_year(c);
    if (!err)
        err = judge_year(plan, &c->year, &c->verdict);
    if (err)
        return err;
    batch_put_year(c->batch, &c->year);
    write_audit(c, "timetable.year", "");
    return 0;
}

/* "S1 2024-02-26 2024-02-27" */
static void print_closure(const struct planner_change *c, char out[STORE_NAME_MAX])
{
    char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE];
    date_print(from, c->days.from);
    date_print(to, c->days.to);
    snprintf(out, STORE_NAME_MAX, "%s %s %s", c->school, from, to);
}

static struct store_closure closure_of(const struct planner_change *c)
{
    return (struct store_closure){
        c->school, {c->days.from, c->days.to}
    };
}

static int make_close(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    enum { CLOSED_DAYS_MAX = 60 };
    char subject[STORE_NAME_MAX];
    const struct timetable_days *d = &c->days;
    const struct store_closure closure = closure_of(c);
    (void)now_ms;
    if (!is_date(d->from) || !is_date(d->to) || d->to < d->from ||
        d->to - d->from >= CLOSED_DAYS_MAX)
        return wrong_field(c, "to");
    int err = plan_judge_closure(plan, &(struct timetable_closure){c->school, *d}, &c->verdict);
    if (err)
        return err;
    print_closure(c, subject);
    batch_put_closure(c->batch, &closure);
    write_audit(c, "school.close", subject);
    return 0;
}

static int make_open(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    char subject[STORE_NAME_MAX];
    const struct store_closure closure = closure_of(c);
    (void)plan;
    (void)now_ms;
    if (!is_date(c->days.from) || !is_date(c->days.to))
        return wrong_field(c, "from");
    print_closure(c, subject);
    batch_drop_closure(c->batch, &closure);
    write_audit(c, "school.open", subject);
    return 0;
}

static int make_put_rules(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    (void)plan;
    (void)now_ms;
    struct policy *policy = malloc(sizeof(*policy));
    if (!policy)
        return -ENOMEM;
    int err = c->text[0] ? policy_parse(policy, c->text, strlen(c->text), "policy", c->error) : 0;
    free(policy);
    if (err)
        return err;
    batch_put_policy(c->batch, c->text);
    write_audit(c, "policy.put", "");
    return 0;
}

/* ---- whom it concerns ---- */

static bool is_for_school(const struct timetable_entry *e, const char *school)
{
    for (size_t i = 0; i < e->n_classes; i++) {
        if (strcmp(e->classes[i].school, school) == 0)
            return true;
    }
    return false;
}

static bool have_common_class(const struct timetable_entry *e, const struct timetable_class *k,
                              size_t n)
{
    for (size_t i = 0; i < e->n_classes; i++) {
        for (size_t j = 0; j < n; j++) {
            if (strcmp(e->classes[i].school, k[j].school) == 0 &&
                strcmp(e->classes[i].klass, k[j].klass) == 0)
                return true;
        }
    }
    return false;
}

/* Who has had the row, and who gets it. */
static bool concerns_row(const struct planner_change *c, const struct plan *before,
                         const struct timetable_entry *e)
{
    const struct store_grid_row *old = plan_row(before, c->school, c->code);
    for (size_t i = 0; old && i < old->n_classes; i++) {
        const struct timetable_class k = {old->classes[i].school, old->classes[i].klass};
        if (have_common_class(e, &k, 1))
            return true;
    }
    return c->act == &act_put_row && have_common_class(e, c->entry.classes, c->entry.n_classes);
}

static bool concerns_school(const struct planner_change *c, const struct plan *before,
                            const struct timetable_entry *e)
{
    (void)before;
    return is_for_school(e, c->school);
}

static bool concerns_all(const struct planner_change *c, const struct plan *before,
                         const struct timetable_entry *e)
{
    (void)c;
    (void)before;
    (void)e;
    return true;
}

static bool concerns_nobody(const struct planner_change *c, const struct plan *before,
                            const struct timetable_entry *e)
{
    return !concerns_all(c, before, e);
}

const struct planner_act act_put_row = {STORE_GRID_SCHOOL, make_put_row, concerns_row};
const struct planner_act act_drop_row = {STORE_GRID_SCHOOL, make_drop_row, concerns_row};
const struct planner_act act_put_rows = {STORE_GRID_SCHOOL, make_put_rows, concerns_school};
const struct planner_act act_put_list = {STORE_GRID_SCHOOL, make_put_list, concerns_school};
const struct planner_act act_publish = {STORE_GRID_SCHOOL, make_publish, concerns_school};
const struct planner_act act_put_year = {STORE_GRID_NONE, make_put_year, concerns_all};
const struct planner_act act_close = {STORE_GRID_NONE, make_close, concerns_school};
const struct planner_act act_open = {STORE_GRID_NONE, make_open, concerns_school};
const struct planner_act act_put_rules = {STORE_GRID_NONE, make_put_rules, concerns_nobody};
