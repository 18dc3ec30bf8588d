#ifndef AIRCLASS_SERVER_JSON_FIELDS_H
#define AIRCLASS_SERVER_JSON_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/*
 * Fields of a foreign JSON object, each checked, and a message written into a buffer. What is not
 * there has a value that says so; false is only what is there and is something else.
 */

/* A string of less than `room` bytes, without a NUL inside; "" if it is not there. */
bool field_text(const json_t *o, const char *name, char *out, size_t room);

/* A number from 0 to UINT32_MAX, cut to an integer; 0 if it is not there. */
bool field_u32(const json_t *o, const char *name, uint32_t *out, bool *is_there);

/* `otherwise` if it is not there. */
bool field_bool(const json_t *o, const char *name, bool otherwise, bool *out);

/* Writes `o` to `out` (no NUL) and gives it back; NULL: there was no memory to make it. The length;
 * -ENOMEM; -EMSGSIZE when it does not fit. */
int message_write(char *out, size_t room, json_t *o);

#endif
