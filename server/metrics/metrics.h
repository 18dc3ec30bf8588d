#ifndef AIRCLASS_SERVER_METRICS_METRICS_H
#define AIRCLASS_SERVER_METRICS_METRICS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The program's counters, gauges and histograms: one row in metrics.def each. A counter that is
 * told apart by a reason has a fixed list of reasons as its label; nothing is ever labelled by
 * person or address.
 *
 *     metric_add_named(METRIC_WS_CLOSED, "too_slow", 1);
 *
 * One thread only (the loop's).
 */
enum metric {
#define METRIC(id, name, type, help, label, values) id,
#include "server/metrics/metrics.def"
#undef METRIC
    METRIC_COUNT
};

enum { METRIC_VALUES_MAX = 24 };

/* `value` is an index into the row's list of label values; 0 where it has none. */
void metric_add(enum metric metric, unsigned value, int64_t n);
void metric_set(enum metric metric, unsigned value, int64_t n);
int64_t metric_get(enum metric metric, unsigned value);

/* The same by the label value's text (a codec's reason, a rung's name); an unlisted text counts as
 * the last value of the row, which is "other". */
void metric_add_named(enum metric metric, const char *value, int64_t n);
int64_t metric_get_named(enum metric metric, const char *value);

/* One measurement of a histogram, in the unit of its row: counts for the first bound (a label
 * value) that is not less, or for "+Inf", the last. */
void metric_observe(enum metric metric, int64_t measured);

/* All of them in Prometheus' text format, newly allocated and NUL-terminated (`*len` without it);
 * process_* lines included. -ENOMEM. */
int metrics_text(char **out, size_t *len);

#endif
