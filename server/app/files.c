#include "server/app/files.h"

#include <sys/resource.h>

enum {
    /* The loop's, libwebsockets', its listeners, the log, what is read and written in passing. */
    OWN_FILES = 64,
    /* An encoder's connection, its lesson's codec process, and that of a lesson whose encoder is
     * away. */
    ENCODER_FILES = 3,
    LEAST_ROOM = 16,
};

uint64_t files_raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return UINT64_MAX;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

uint64_t files_needed(const struct files *f)
{
    return OWN_FILES + (uint64_t)f->connections + (uint64_t)f->encoders * ENCODER_FILES;
}

static uint32_t at_most(uint32_t n, uint64_t most)
{
    return n < most ? n : (uint32_t)most;
}

/* Encoders get up to a quarter, and what connections leave: a lesson that can't begin is worse than
 * one that is full. */
bool files_fit(struct files *f)
{
    if (files_needed(f) <= f->limit)
        return true;
    uint64_t room = f->limit > OWN_FILES + LEAST_ROOM ? f->limit - OWN_FILES : LEAST_ROOM;
    uint64_t left = room > f->connections ? room - f->connections : 0;
    uint64_t share = left > room / 4 ? left : room / 4;
    f->encoders = at_most(f->encoders, share / ENCODER_FILES);
    f->connections = at_most(f->connections, room - (uint64_t)f->encoders * ENCODER_FILES);
    return false;
}
