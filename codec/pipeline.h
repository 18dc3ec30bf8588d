#ifndef AIRCLASS_CODEC_PIPELINE_H
#define AIRCLASS_CODEC_PIPELINE_H

#include "codec/link.h"

/* A live session from the first message to the end of the socket. */
struct pipeline;

int pipeline_new(struct pipeline **out, struct link *link);
void pipeline_free(struct pipeline **pipeline);

/*
 * Waits for the set-up, says WIRE_READY, then works until the server hangs up. 0 for an orderly
 * end; else the negative errno that ended it, after WIRE_FAIL if the source was to blame.
 */
int pipeline_run(struct pipeline *pipeline);

#endif
