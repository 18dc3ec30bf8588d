#ifndef AIRCLASS_TESTS_UNIT_UNIT_H
#define AIRCLASS_TESTS_UNIT_UNIT_H

/* cmocka wants these four before it, in any order; a sorting formatter would put it first. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

/*
 * Runs `scene` with its 1st, 2nd, 3rd, ... allocation failing until it succeeds, and returns how
 * many were failed. A scene returns 0, or -ENOMEM after having released everything. Only
 * allocations of our own code fail, not those inside shared libraries.
 */
int oom_levels(int (*scene)(void));

/* A clock that stands still until told: clock_ms() is 1000 at first. */
void fake_clock_start(void);
void fake_clock_advance(uint32_t ms);
void fake_clock_stop(void);

#endif
