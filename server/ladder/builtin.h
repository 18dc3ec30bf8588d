#ifndef AIRCLASS_SERVER_LADDER_BUILTIN_H
#define AIRCLASS_SERVER_LADDER_BUILTIN_H

#include <stddef.h>

/* config/ladder.conf as it was when the program was built. */
extern const char ladder_builtin[];
extern const char ladder_builtin_end[];

#endif
