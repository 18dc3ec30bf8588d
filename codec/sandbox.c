#include "codec/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#    define HAS_SANITIZER 1
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                     \
        __has_feature(memory_sanitizer)
#        define HAS_SANITIZER 1
#    endif
#endif
#ifndef HAS_SANITIZER
#    define HAS_SANITIZER 0
#endif

bool sandbox_is_complete(void)
{
    return !HAS_SANITIZER;
}

struct limit {
    int resource;
    rlim_t value;
};

static int limit_set(struct limit l)
{
    struct rlimit r = {.rlim_cur = l.value, .rlim_max = l.value};
    /* Lowering always works; a limit that is lower already is as good. */
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)l.resource, &now) == 0 && now.rlim_max < l.value)
        r.rlim_cur = r.rlim_max = now.rlim_max;
    return setrlimit((__rlimit_resource_t)l.resource, &r) ? -errno : 0;
}

static int limits_set(size_t memory_mb)
{
    const struct limit limits[] = {
        {RLIMIT_CORE,   0},
        {RLIMIT_FSIZE,  0},
        {RLIMIT_NOFILE, 3},
        {RLIMIT_NPROC,  0},
    };
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        int err = limit_set(limits[i]);
        if (err)
            return err;
    }
    return limit_set((struct limit){RLIMIT_AS, (rlim_t)memory_mb << 20});
}

static int privileges_drop(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return -errno;
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) ? -errno : 0;
}

/* Neither other processes of this user nor a core dump may look at a lesson. */
static int hide(void)
{
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ? -errno : 0;
}

struct rule {
    int call;
    unsigned n;
    struct scmp_arg_cmp args[3];
};

static const struct rule allowed[] = {
  /* The one socket. Without an address, so that it can't be aimed elsewhere; recvmsg, which
  * could receive descriptors, is not there. */
    {SCMP_SYS(recvfrom),        1, {SCMP_A0_32(SCMP_CMP_EQ, 0, 0)}                               },
    {SCMP_SYS(sendto),          2, {SCMP_A0_32(SCMP_CMP_EQ, 0, 0), SCMP_A4_64(SCMP_CMP_EQ, 0, 0)}},
    {SCMP_SYS(write),           1, {SCMP_A0_32(SCMP_CMP_EQ, 2, 0)}                               },
 /* Memory that can't be executed and has no file behind it. */
    {SCMP_SYS(mmap),
     3,                            {SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
      SCMP_A3_64(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS),
      SCMP_A4_32(SCMP_CMP_EQ, 0xffffffffu, 0)}                                            },
    {SCMP_SYS(mprotect),        1, {SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)}                },
    {SCMP_SYS(munmap),          0, {{0}}                                                         },
    {SCMP_SYS(mremap),          0, {{0}}                                                         },
    {SCMP_SYS(brk),             0, {{0}}                                                         },
    {SCMP_SYS(madvise),         0, {{0}}                                                         },
    {SCMP_SYS(futex),           0, {{0}}                                                         },
    {SCMP_SYS(clock_gettime),   0, {{0}}                                                         },
    {SCMP_SYS(gettimeofday),    0, {{0}}                                                         },
    {SCMP_SYS(getrandom),       0, {{0}}                                                         },
    {SCMP_SYS(restart_syscall), 0, {{0}}                                                         },
    {SCMP_SYS(rt_sigreturn),    0, {{0}}                                                         },
    {SCMP_SYS(exit),            0, {{0}}                                                         },
    {SCMP_SYS(exit_group),      0, {{0}}                                                         },
};

/* Libraries ask these out of curiosity and cope with "no". */
static const int refused[] = {
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sysinfo),
    SCMP_SYS(sched_yield),
};

static int filter_load(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return -ENOMEM;
    int err = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    for (size_t i = 0; !err && i < sizeof(allowed) / sizeof(allowed[0]); i++)
        err = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, allowed[i].call, allowed[i].n,
                                     allowed[i].args);
    for (size_t i = 0; !err && i < sizeof(refused) / sizeof(refused[0]); i++)
        err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), refused[i], 0);
    if (!err)
        err = seccomp_load(filter);
    seccomp_release(filter);
    return err;
}

int sandbox_close(size_t memory_mb)
{
    if (close_range(3, ~0u, 0))
        return -errno;
    int err = privileges_drop();
    /* A sanitizer maps terabytes, and looks for leaks through /proc with a process of its own. */
    if (err || !sandbox_is_complete())
        return err;
    err = limits_set(memory_mb);
    if (!err)
        err = hide();
    return err ? err : filter_load();
}
