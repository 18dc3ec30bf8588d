#ifndef AIRCLASS_SERVER_API_PLAN_SAID_H
#define AIRCLASS_SERVER_API_PLAN_SAID_H

#include "server/base/message.h"
#include "server/timetable/timetable.h"

/* What is said of a change of the timetable; private to this folder. */

/* What clashes; not of TIMETABLE_NO_CLASH. */
const struct message *clash_message(enum timetable_clash clash);
enum { CLASH_MESSAGES = TIMETABLE_CLASS_CLASH };

/* Which rule is broken; of POLICY_FINE: that nobody can start the lesson. */
const struct message *reason_message(enum policy_reason reason);

/* "bad_start" of "start". Of a field that has no words of its own those of "body". */
const struct message *field_message(const char *field);
/* All of them, to be gone through. */
const struct message *field_messages(size_t *n);

#endif
