#ifndef AIRCLASS_SERVER_ATTENDANCE_ATTENDANCE_H
#define AIRCLASS_SERVER_ATTENDANCE_ATTENDANCE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Counts the minutes of pupils: what each has had of the district's day, and who was in which
 * lesson of the timetable. In memory, on the loop; what is new is on the disk half a minute later,
 * and before attendance_close() says that it is done.
 */
struct attendance;
struct attendance_seat; /* one connection of a pupil in a lesson */
struct directory;
struct planner;
struct store;
struct uv_loop_s;

struct attendance_params {
    struct uv_loop_s *loop;
    struct store *store;
    const struct planner *planner; /* whose clock and calendar say what day it is */
    const struct directory *directory;
};

/* Parameters are copied; what they point to must outlive it. -ENOMEM */
int attendance_new(struct attendance **out, const struct attendance_params *params);
/* Writes what is not written yet. All seats must have been left. `closed` is called from the loop.
 */
void attendance_close(struct attendance *attendance, void (*closed)(void *arg), void *arg);

/* A pupil (our id of theirs) takes part in a live lesson. -ENOENT: it is none of the timetable's;
 * -ENOMEM. */
int attendance_join(struct attendance *attendance, const char *person, const char *lesson,
                    struct attendance_seat **out);
/* Accepts NULL, leaves NULL. */
void attendance_leave(struct attendance_seat **seat);

/* What reaches the pupil by this connection at the moment. */
enum attendance_sight { ATTENDANCE_NOTHING, ATTENDANCE_VOICE, ATTENDANCE_PICTURE };

/* Some times a second; `now_ms` is clock_ms(). What passes between two of these counts, unless one
 * of them says that nothing came. */
void attendance_see(struct attendance_seat *seat, uint64_t now_ms, enum attendance_sight sight);

/* How much of the day's minutes with a picture is used. */
enum attendance_level {
    ATTENDANCE_FREE, /* less than nine tenths, or there is no limit */
    ATTENDANCE_NEAR,
    ATTENDANCE_USED
};

/* A pupil's day so far. */
struct attendance_day {
    uint32_t group_min, voice_min;
    uint32_t limit_min; /* of the former; POLICY_NO_LIMIT: none */
    enum attendance_level level;
    bool is_voice_only; /* no picture is to be sent any more */
};

/* As the rules for this lesson see it; in lessons that do not count nothing is ever used up. */
void attendance_seat_day(const struct attendance_seat *seat, struct attendance_day *out);
/* Of today, as the rules for lectures see it. */
void attendance_day_of(const struct attendance *attendance, const char *person,
                       struct attendance_day *out);

#endif
