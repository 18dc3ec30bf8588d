#ifndef AIRCLASS_SERVER_BASE_CLOCK_H
#define AIRCLASS_SERVER_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds and microseconds of a clock that never jumps; its zero has no meaning. */
uint64_t clock_ms(void);
uint64_t clock_us(void);

/* Tests: from now on clock_ms() and clock_us() read `*us`; NULL goes back to the real clock. */
void clock_fake(const uint64_t *us);

#endif
