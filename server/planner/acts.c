#include "server/planner/acts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

/* ---- judging ---- */

/* Allowed, or allowed by who says why. */
int act_may(struct planner_change *c)
{
    enum policy_verdict worst = c->verdict.worst;
    if (worst == POLICY_REFUSE || (worst == POLICY_NEEDS_OVERRIDE && !c->override[0]))
        return -EACCES;
    c->salt[0] = '\0';
    return worst == POLICY_NEEDS_OVERRIDE ? token_make(c->salt) : 0;
}

/* In the words that were needed, or none. */
struct store_reason act_reason_of(const struct planner_change *c)
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
void act_write_audit(struct planner_change *c, const char *act, const char *subject)
{
    enum { FINDINGS_MAX = 2048 };
    char hash[REASON_HASH_MAX], findings[FINDINGS_MAX], detail[REASON_HASH_MAX + FINDINGS_MAX + 4];
    const struct store_reason reason = act_reason_of(c);
    batch_audit(c->batch, c->actor, act, subject, "");
    if (!*reason.text)
        return;
    print_overridden(&c->verdict, findings, sizeof(findings));
    hash_reason(hash, &reason);
    snprintf(detail, sizeof(detail), "%s (%s)", hash, findings);
    batch_audit(c->batch, c->actor, "timetable.override", subject, detail);
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

bool act_concerns_school(const struct planner_change *c, const struct plan *plan,
                         const struct timetable_entry *e)
{
    (void)plan;
    return is_for_school(e, c->school);
}

bool act_concerns_grid(const struct planner_change *c, const struct plan *plan,
                       const struct timetable_entry *e)
{
    struct picked rows = {.n = 0};
    int err = 0;
    bool does = false;
    for (size_t i = 0; i < e->n_classes && !err; i++)
        err = picked_add(&rows, &plan->by_class, e->classes[i].school, e->classes[i].klass);
    for (size_t i = 0; i < rows.n && !does; i++)
        does = strcmp(plan->row[rows.entry[i]]->school, c->school) == 0;
    picked_release(&rows);
    return does || err;
}
