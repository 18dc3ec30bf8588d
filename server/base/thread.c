#include "server/base/thread.h"

#include <stdbool.h>
#include <unistd.h>

void thread_step_back(void)
{
    enum { STEPS = 10 };
    static _Thread_local bool is_back;
    if (is_back)
        return;
    is_back = true;
    int now = nice(STEPS); /* of this thread alone, on Linux; where it can't be, nothing is lost */
    (void)now;
}
