#ifndef AIRCLASS_CODEC_SANDBOX_H
#define AIRCLASS_CODEC_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Shuts the process in before it reads foreign bytes: it can use memory, tell the time, talk over
 * descriptor 0 (recv, send without an address) and complain on descriptor 2. Any other system call
 * ends it with SIGSYS.
 */

/* True unless built with a sanitizer, whose runtime needs far more than the filter allows. */
bool sandbox_is_complete(void);

/*
 * Limits and filter, in this order: descriptors from 3 up are closed, resource limits set
 * (`memory_mb` of address space), privileges given up, the filter loaded. 0 or the negative errno
 * of the first step that failed; the caller must then not go on.
 */
int sandbox_close(size_t memory_mb);

#endif
