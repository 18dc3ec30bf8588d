#ifndef AIRCLASS_SERVER_API_PLAN_JSON_H
#define AIRCLASS_SERVER_API_PLAN_JSON_H

#include <jansson.h>

#include "server/net/http.h"
#include "server/planner/planner.h"

/* The timetable as JSON, and back; private to this folder. */
struct api_app;

/* A page of lessons or rows ends behind the one with which it names so many classes, each in some
 * 110 bytes: 200 lessons of a city's 512 classes would be 11 MB. */
enum { PAGE_CLASSES_MAX = 2000 };

/* For those whose it is, who are told of their own classes alone unless they are its lecturer;
 * NULL: of all. NULL: no memory. */
json_t *item_json(const struct api_app *app, const struct timetable_lesson *lesson,
                  const struct plan_whose *whose);

/* {"items":[...],"next":null} of `n` lessons. NULL: no memory. */
json_t *items_json(const struct api_app *app, const struct timetable_lesson *lesson, size_t n,
                   const struct plan_whose *whose);

/* A row of the grid. */
json_t *row_json(const struct plan *plan, const struct store_grid_row *row);

/* What speaks against it: {verdict, reasons, clash, title, date, zh, findings:[...]}, a part of an
 * error. */
json_t *verdict_json(const struct plan *plan, const struct plan_verdict *verdict);

/* A finding for people, as a note of a list has it: {row, column, severity, code, zh, en}. */
json_t *finding_json(const struct plan_finding *finding, uint64_t row);

/* The words of the API: "lecture", "online", "every". -1: no word of it. */
int kind_of(const char *word);
int place_of(const char *word);
int weeks_of(const char *word);

/* "08:05" -> 485; -1: none. */
int minute_of(const char *text);

/* A date; -EINVAL: it is missing, or none. */
int date_field(const json_t *o, const char *name, int32_t *out);

/* ?date=&days=1..7, from today on if it is not said. False: answered. */
bool timetable_days_query(struct http_request *req, const struct api_app *app,
                          struct timetable_days *out);

/* A query's date, or `otherwise` when it says none. False: answered with 400 bad_date. */
bool date_query(struct http_request *req, const char *name, int32_t otherwise, int32_t *out);

#endif
