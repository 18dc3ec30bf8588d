#include "server/policy/builtin.h"

#include "server/base/embed.h"

EMBED(policy_builtin, "config/policy.conf")
