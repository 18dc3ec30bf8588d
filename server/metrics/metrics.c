#include "server/metrics/metrics.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/base/log.h"
#include "server/base/version.h"

struct row {
    const char *name;
    const char *type;
    const char *help;
    const char *label;
    const char *values; /* separated by spaces */
};

static const struct row rows[METRIC_COUNT] = {
#define METRIC(id, name_, type_, help_, label_, values_)                                           \
    [id] = {(name_), #type_, (help_), (label_), (values_)},
#include "server/metrics/metrics.def"
#undef METRIC
};

static int64_t numbers[METRIC_COUNT][METRIC_VALUES_MAX];
static int64_t sums[METRIC_COUNT]; /* of what histograms were told */

/* The word at the front of a list; its length, 0 at the end. Moves `*list` behind it. */
static size_t next_word(const char **list, const char **word)
{
    *word = *list + strspn(*list, " ");
    size_t len = strcspn(*word, " ");
    *list = *word + len;
    return len;
}

/* The index of `value` in the row's list, or the last one's. */
static unsigned value_index(enum metric metric, const char *value)
{
    const char *list = rows[metric].values;
    const char *word;
    unsigned index = 0;
    unsigned last = 0;
    for (size_t len; (len = next_word(&list, &word)) > 0; index++) {
        if (strlen(value) == len && memcmp(word, value, len) == 0)
            return index;
        last = index;
    }
    return last;
}

void metric_add(enum metric metric, unsigned value, int64_t n)
{
    assert(metric < METRIC_COUNT && value < METRIC_VALUES_MAX);
    numbers[metric][value] += n;
}

void metric_set(enum metric metric, unsigned value, int64_t n)
{
    assert(metric < METRIC_COUNT && value < METRIC_VALUES_MAX);
    numbers[metric][value] = n;
}

int64_t metric_get(enum metric metric, unsigned value)
{
    assert(metric < METRIC_COUNT && value < METRIC_VALUES_MAX);
    return numbers[metric][value];
}

void metric_add_named(enum metric metric, const char *value, int64_t n)
{
    metric_add(metric, value_index(metric, value ? value : ""), n);
}

int64_t metric_get_named(enum metric metric, const char *value)
{
    return metric_get(metric, value_index(metric, value ? value : ""));
}

void metric_observe(enum metric metric, int64_t measured)
{
    const char *list = rows[metric].values;
    const char *word;
    unsigned index = 0;
    while (next_word(&list, &word) > 0 && *word != '+' && strtoll(word, NULL, 10) < measured)
        index++;
    metric_add(metric, index, 1);
    sums[metric] += measured;
}

/* Text that grows; after a failed allocation it stays as it is and says so. */
struct text {
    char *data;
    size_t len;
    size_t size;
    bool is_short;
};

static bool text_reserve(struct text *t, size_t more)
{
    if (t->is_short)
        return false;
    if (t->size - t->len > more)
        return true;
    size_t size = (t->size ? t->size * 2 : 4096) + more;
    char *data = realloc(t->data, size);
    if (!data) {
        t->is_short = true;
        return false;
    }
    t->data = data;
    t->size = size;
    return true;
}

__attribute__((format(printf, 2, 3))) static void text_add(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0 || !text_reserve(t, (size_t)len))
        return;
    va_start(args, format);
    vsnprintf(t->data + t->len, t->size - t->len, format, args);
    va_end(args);
    t->len += (size_t)len;
}

static void add_head(struct text *t, const char *name, const char *type, const char *help)
{
    text_add(t, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Prometheus wants to know of each bound how many are not above it. */
static void add_histogram(struct text *t, const struct row *row, const int64_t *values, int64_t sum)
{
    const char *list = row->values;
    const char *word;
    int64_t n = 0;
    for (size_t len; (len = next_word(&list, &word)) > 0;) {
        n += *values++;
        text_add(t, "%s_bucket{le=\"%.*s\"} %" PRId64 "\n", row->name, (int)len, word, n);
    }
    text_add(t, "%s_sum %" PRId64 "\n%s_count %" PRId64 "\n", row->name, sum, row->name, n);
}

static void add_row(struct text *t, const struct row *row, const int64_t *values, int64_t sum)
{
    const char *list = row->values;
    const char *word;
    unsigned index = 0;

    add_head(t, row->name, row->type, row->help);
    if (strcmp(row->type, "histogram") == 0) {
        add_histogram(t, row, values, sum);
        return;
    }
    if (!*row->label)
        text_add(t, "%s %" PRId64 "\n", row->name, values[0]);
    for (size_t len; (len = next_word(&list, &word)) > 0; index++)
        text_add(t, "%s{%s=\"%.*s\"} %" PRId64 "\n", row->name, row->label, (int)len, word,
                 values[index]);
}

static double seconds(struct timeval tv)
{
    return (double)tv.tv_sec + (double)tv.tv_usec / 1e6;
}

/* The second number of statm. */
static uint64_t resident_bytes(void)
{
    char line[128] = "";
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f)
        return 0;
    const char *second = fgets(line, sizeof(line), f) ? strchr(line, ' ') : NULL;
    fclose(f);
    return second ? strtoull(second, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

/* Linux 6.2 has counted them; before, to look at 5,000 takes milliseconds. */
static unsigned open_fds(void)
{
    unsigned n = 0;
    struct stat folder;
    if (stat("/proc/self/fd", &folder) == 0 && folder.st_size > 0)
        return (unsigned)folder.st_size;
    DIR *dir = opendir("/proc/self/fd");
    if (!dir)
        return 0;
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        n += e->d_name[0] != '.';
    closedir(dir);
    return n - 1; /* its own */
}

/* The names that Prometheus' own client libraries use. */
static void add_process(struct text *t)
{
    struct rusage usage = {0};
    struct rlimit files = {0};
    getrusage(RUSAGE_SELF, &usage);
    getrlimit(RLIMIT_NOFILE, &files);

    add_head(t, "process_cpu_seconds_total", "counter", "User and system time spent.");
    text_add(t, "process_cpu_seconds_total %.3f\n",
             seconds(usage.ru_utime) + seconds(usage.ru_stime));
    add_head(t, "process_resident_memory_bytes", "gauge", "Memory held in RAM.");
    text_add(t, "process_resident_memory_bytes %" PRIu64 "\n", resident_bytes());
    add_head(t, "process_open_fds", "gauge", "Open file descriptors.");
    text_add(t, "process_open_fds %u\n", open_fds());
    add_head(t, "process_max_fds", "gauge", "File descriptors that may be open.");
    text_add(t, "process_max_fds %" PRIu64 "\n", (uint64_t)files.rlim_cur);
}

int metrics_text(char **out, size_t *len)
{
    struct text t = {0};
    metric_set(METRIC_BUILD_INFO, 0, 1);
    metric_set(METRIC_LOG_LINES_LOST, 0, (int64_t)log_lost());
    for (size_t i = 0; i < METRIC_COUNT; i++)
        add_row(&t, &rows[i], numbers[i], sums[i]);
    add_process(&t);
    if (t.is_short) {
        free(t.data);
        return -ENOMEM;
    }
    *out = t.data;
    *len = t.len;
    return 0;
}
