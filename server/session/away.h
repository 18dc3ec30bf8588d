#ifndef AIRCLASS_SERVER_SESSION_AWAY_H
#define AIRCLASS_SERVER_SESSION_AWAY_H

#include <stddef.h>
#include <stdint.h>

/*
 * How many pupils are on their way back: their connection broke, without a good-bye, less than
 * AWAY_BACK_S ago, and nobody has come back in their stead. Pupils have no names, so they are only
 * counted: one who says that it resumes makes up for one who broke off. Pure. Begins zeroed.
 */
enum {
    AWAY_BACK_S = 30,
    /* A page that hears nothing for 8 s comes back on another connection; that the old one is dead
     * shows up to half a minute later. */
    AWAY_EARLY_S = 45,
};

/* Counts by the second in which they came; older ones fade. */
struct away_ring {
    uint64_t second;
    size_t n;
    uint32_t of_second[AWAY_EARLY_S];
};

struct away {
    struct away_ring broken; /* and not back */
    struct away_ring early;  /* back before their old connection was known to be broken */
};

void away_broke(struct away *away, uint64_t now_ms);
void away_back(struct away *away, uint64_t now_ms);
size_t away_count(struct away *away, uint64_t now_ms);

#endif
