#ifndef AIRCLASS_SERVER_BASE_CLOCK_H
#define AIRCLASS_SERVER_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds and microseconds of a clock that never jumps; its zero has no meaning. */
uint64_t clock_ms(void);
uint64_t clock_us(void);

/* Milliseconds since 1970, UTC: what is kept, and what people read. It may jump. */
int64_t clock_wall_ms(void);

/* Tests: from now on clock_ms() and clock_us() read `*us`, and clock_wall_ms() goes on with it from
 * CLOCK_FAKE_WALL_MS; NULL goes back to the real clocks. */
#define CLOCK_FAKE_WALL_MS INT64_C(1800000000000)
void clock_fake(const uint64_t *us);

#endif
