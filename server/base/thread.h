#ifndef AIRCLASS_SERVER_BASE_THREAD_H
#define AIRCLASS_SERVER_BASE_THREAD_H

/*
 * What this thread does from now on may wait for what the loop does, which has voices to send: it
 * gets a tenth of a core for which both of them ask. There is no way back, so that a pool's thread
 * stays like that.
 */
void thread_step_back(void);

#endif
