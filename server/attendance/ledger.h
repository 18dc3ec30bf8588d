#ifndef AIRCLASS_SERVER_ATTENDANCE_LEDGER_H
#define AIRCLASS_SERVER_ATTENDANCE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/policy/policy.h"
#include "server/store/visit.h"

/*
 * One day of the district: what its pupils have had of it, and who was in which lesson. Pure:
 * whoever keeps the ledger says what time it is. What is new goes to the store in portions, each
 * pupil's a while after it changed. Private to this folder.
 */
struct ledger;
struct ledger_visit; /* of a pupil to a lesson */

enum {
    LEDGER_DUE_MS = 30000, /* so old gets what is not on its way to the disk */
    LEDGER_PORTION = 1000, /* pupils that are written at once: 1 ms of the loop, 10 of the disk */
};

/* -ENOMEM */
int ledger_new(struct ledger **out, int32_t date);
void ledger_free(struct ledger **ledger);
/* The same in slices: forgets at most `n` pupils. True: there are none left. */
bool ledger_shrink(struct ledger *ledger, size_t n);

int32_t ledger_date(const struct ledger *ledger);

/* Of somebody who was not seen: nothing. */
struct policy_day ledger_day(const struct ledger *ledger, const char *person);

/* What the disk has of this day, from before the ledger was begun. What is told again of a pupil,
 * by a reading that began anew, counts no more. -ENOMEM */
int ledger_add(struct ledger *ledger, const struct store_minutes *saved);

/* A connection of the pupil comes to the lesson, and goes; all of them share the visit. -ENOMEM */
int ledger_enter(struct ledger *ledger, const char *person, const char *lesson, const char *title,
                 struct ledger_visit **out);
void ledger_leave(struct ledger_visit *visit);
/* The pupil's day so far. */
const struct policy_day *ledger_visit_day(const struct ledger_visit *visit);

/* What a connection was shown from one second of the day to another. */
struct ledger_span {
    uint32_t from_s, to_s;
    bool has_picture;
    bool is_counted; /* it is a lesson whose minutes count */
};

/* A second counts once, whatever the number of connections: as one with a picture if any of them
 * had one within LEDGER_PICTURE_S. */
enum { LEDGER_PICTURE_S = 2 };
void ledger_count(struct ledger *ledger, struct ledger_visit *visit, const struct ledger_span *span,
                  uint64_t now_ms);

/*
 * Adds what has changed to the batch, a portion at most: what is due, or all if `is_hasty`. How
 * many pupils that are; 0 also while the portion before is on its way. Then ledger_written() says
 * what became of it.
 */
size_t ledger_take(struct ledger *ledger, struct batch *batch, uint64_t now_ms, bool is_hasty);
/* An error: it is due again LEDGER_DUE_MS later. */
void ledger_written(struct ledger *ledger, int err, uint64_t now_ms);
/* Everything is on the disk. */
bool ledger_is_written(const struct ledger *ledger);

#endif
