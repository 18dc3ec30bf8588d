#ifndef AIRCLASS_SERVER_VIEWER_IMPL_H
#define AIRCLASS_SERVER_VIEWER_IMPL_H

#include "server/attendance/attendance.h"
#include "server/base/log.h"
#include "server/session/session.h"
#include "server/viewer/control.h"
#include "server/viewer/feed.h"
#include "server/viewer/stay.h"
#include "server/viewer/viewer.h"

/* What viewer.c and tell.c share. Private to this folder. */
enum viewer_state { VIEWER_GREETING, VIEWER_SEATED, VIEWER_GONE };

struct viewer {
    enum viewer_state state;
    struct crowd *crowd;
    size_t place; /* in the crowd */
    struct ws *ws;
    struct session *session; /* from SEATED on, until freed */
    struct log log;
    char lesson[CONTROL_ID_MAX];
    struct feed feed;

    struct control_can can;
    enum rung_mode mode;
    bool is_hidden, wants_video;
    struct rung_state rung;
    struct seat_view view; /* as the session has counted it */
    enum rung_why why;
    enum wire_content content; /* what the lanes were chosen for */
    bool is_covered;           /* ... and whether the board covers the picture */
    bool is_rung_taken;        /* the lanes are those of the rung: memory did not run out */
    bool is_rung_told;
    bool is_state_told;
    enum session_state told_state;
    bool told_muted;
    uint64_t told_resent_bytes;
    uint32_t plan_changes;        /* session_plan_changes() as they are told */
    bool is_resting;              /* in a break: nothing is sent but control */
    uint64_t told_break_until_ms; /* 0: that there is none */
    uint64_t break_told_ms;
    uint64_t since_ms;               /* of the connection */
    uint64_t heard_ms;               /* last text from the player */
    struct attendance_seat *attends; /* NULL: nobody whose minutes are counted */
    struct attendance_day day;       /* of who is */
    enum attendance_level told_level;
    bool told_voice_only;
    struct stay stay;
};

/* -- viewer.c --------------------------------------------------------------------------------- */

const struct rung *viewer_rung(const struct viewer *v);
/* As the protocol names it: "none", "still", "video", "board". */
const char *viewer_picture(const struct viewer *v);

/* -- tell.c ----------------------------------------------------------------------------------- */

struct lesson;

/* The answer to hello. Negative errno: it was not sent. */
int viewer_tell_welcome(struct viewer *v, const struct lesson *lesson);
/* What is new, if there is something; what the socket does not take is told at the next look. */
void viewer_tell_rung(struct viewer *v);
void viewer_tell(struct viewer *v, uint64_t now_ms);

#endif
