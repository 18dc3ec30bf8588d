#ifndef AIRCLASS_SERVER_VIEWER_STAY_H
#define AIRCLASS_SERVER_VIEWER_STAY_H

#include <stdbool.h>
#include <stdint.h>

#include "server/door/door.h"
#include "server/net/ws.h"
#include "server/viewer/crowd.h"

/*
 * By what right a viewer is in, and whether it still has it. Who shows a key, or whom the lesson is
 * open to, stays as long as the lesson. Who is let in for who they are stays only while they are
 * that: until their session is ended, their pass is reset or taken over, their role, their class or
 * the lesson's is another one. Private to this folder.
 */
struct lesson;

/* Begins zeroed. */
struct stay {
    bool is_personal; /* for who they are */
    bool has_pass;
    struct door_turn turn; /* of the pass */
    /* As it was when it was last looked at. */
    uint32_t n_ended, door_changes, access_changes;
};

/* Why it is over; static. */
struct stay_end {
    enum ws_close_code code;
    const char *why;
};

/* Whether they may come in; `key` may be "". */
bool stay_is_allowed(const struct crowd_params *p, const struct caller *who, const char *key,
                     const struct lesson *lesson);

/* They come in: of a pupil's connections of one kind it is the one that counts from now on. */
void stay_begin(struct stay *stay, const struct crowd_params *p, const struct caller *who,
                const char *key, const struct lesson *lesson);

/* NULL: they may stay. Compares three numbers unless somebody's rights have changed somewhere. */
const struct stay_end *stay_look(struct stay *stay, const struct crowd_params *p,
                                 const struct caller *who, const char *lesson);

#endif
