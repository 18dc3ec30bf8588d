#include "server/ladder/builtin.h"

#include "server/base/embed.h"

EMBED(ladder_builtin, "config/ladder.conf")
