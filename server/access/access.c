#include "server/access/access.h"

#include "server/base/token.h"
#include "server/lesson/lesson.h"

bool access_may(const struct access_claim *claim, enum access_act act, const struct lesson *lesson)
{
    switch (act) {
    case ACCESS_WATCH: return lesson->is_open || token_equal(claim->key, lesson->watch_key);
    case ACCESS_TEACH: return token_equal(claim->key, lesson->stream_key);
    }
    return false;
}
