#include "server/access/access.h"

#include "server/base/token.h"
#include "server/lesson/lesson.h"

/* A lesson without a key is opened by none, not by the empty one. */
static bool opens(const struct access_claim *claim, const char *key)
{
    return key[0] && token_equal(claim->key, key);
}

bool access_may(const struct access_claim *claim, enum access_act act, const struct lesson *lesson)
{
    switch (act) {
    case ACCESS_WATCH: return lesson->is_open || opens(claim, lesson->watch_key);
    case ACCESS_TEACH: return opens(claim, lesson->stream_key);
    }
    return false;
}
