/*
 * What the store can do; scripts/bench-store runs it. `store WHAT DIR [N] [N]`, figures as
 * NAME=VALUE:
 *
 *   fill DIR MB                  audit entries of 4 kB until the database has so many megabytes
 *   commits DIR SECONDS N        N batches under way at any time, each a person and an audit entry
 *   paced DIR SECONDS RATE       so many of them a second, whether the last one is told or not
 *   import DIR PEOPLE SCHOOLS    one batch, as a roster comes, twice
 *   pages DIR SECONDS SCHOOLS    lists of that roster, one after the other
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <uv.h>

#include "server/base/log.h"
#include "server/store/store.h"

enum { TIMES_MAX = 4000000, UNDER_WAY_MAX = 1024, PACE_MS = 5, CLASS_SIZE = 40 };

static uv_loop_t loop;
static struct store *store;
static uint32_t times_us[TIMES_MAX];
static size_t n_times;
static uint64_t end_ns;
static size_t under_way;
static uint64_t next_code;

static void die(const char *what, int err)
{
    fprintf(stderr, "store: %s: %s\n", what, err_text(err));
    exit(1);
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double at_percent(double percent)
{
    size_t i = (size_t)((double)n_times * percent / 100);
    return n_times ? times_us[i < n_times ? i : n_times - 1] / 1000.0 : 0;
}

static void print_times(double seconds)
{
    qsort(times_us, n_times, sizeof(*times_us), compare);
    printf("n=%zu\nrate=%.0f\np50_ms=%.1f\np99_ms=%.1f\nmax_ms=%.1f\n", n_times,
           (double)n_times / seconds, at_percent(50), at_percent(99), at_percent(100));
}

static void took(uint64_t since_ns)
{
    if (n_times < TIMES_MAX)
        times_us[n_times++] = (uint32_t)((uv_hrtime() - since_ns) / 1000);
}

/* -- commits ----------------------------------------------------------------------------------- */

struct commit {
    uint64_t since_ns;
    bool is_endless; /* begins the next when it is told */
};

static void commit(struct commit *c);

static void on_committed(void *arg, int err, size_t at)
{
    struct commit *c = arg;
    (void)at;
    if (err)
        die("commit", err);
    took(c->since_ns);
    under_way--;
    if (c->is_endless && uv_hrtime() < end_ns)
        commit(c);
    else
        free(c);
}

static void commit(struct commit *c)
{
    struct batch *b;
    char code[24];
    snprintf(code, sizeof(code), "p%llu", (unsigned long long)next_code++);
    c->since_ns = uv_hrtime();
    int err = batch_new(&b);
    if (err)
        die("batch", err);
    batch_put_person(b, &(struct store_person){.code = code, .name = "某某某"});
    batch_audit(b, "bench", "person.put", code, "");
    err = store_apply(store, &b, on_committed, c);
    if (err)
        die("apply", err);
    under_way++;
}

static void begin_commit(bool is_endless)
{
    struct commit *c = calloc(1, sizeof(*c));
    if (!c)
        die("commit", -ENOMEM);
    c->is_endless = is_endless;
    commit(c);
}

static void commits(long seconds, long n)
{
    end_ns = uv_hrtime() + (uint64_t)seconds * 1000000000;
    for (long i = 0; i < n && i < UNDER_WAY_MAX; i++)
        begin_commit(true);
    uv_run(&loop, UV_RUN_DEFAULT);
    print_times((double)seconds);
}

static long pace;
static uint64_t pace_begin_ns;
static uint64_t paced;

static void on_pace(uv_timer_t *timer)
{
    uint64_t due = (uv_hrtime() - pace_begin_ns) / 1000 * (uint64_t)pace / 1000000;
    for (; paced < due; paced++)
        begin_commit(false);
    if (uv_hrtime() >= end_ns)
        uv_close((uv_handle_t *)timer, NULL);
}

static void paced_commits(long seconds, long rate)
{
    uv_timer_t timer;
    pace = rate;
    pace_begin_ns = uv_hrtime();
    end_ns = pace_begin_ns + (uint64_t)seconds * 1000000000;
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, on_pace, 0, PACE_MS);
    uv_run(&loop, UV_RUN_DEFAULT);
    print_times((double)seconds);
}

/* -- a large database -------------------------------------------------------------------------- */

static void fill(const char *dir, long megabytes)
{
    char path[512], text[4000];
    struct stat st = {0};
    snprintf(path, sizeof(path), "%s/airclass.db", dir);
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    while (stat(path, &st) == 0 && st.st_size < megabytes * 1000 * 1000) {
        struct batch *b;
        if (batch_new(&b))
            die("batch", -ENOMEM);
        for (int i = 0; i < 2000; i++)
            batch_audit(b, "bench", "fill", "", text);
        int err = store_apply_now(store, &b, NULL);
        if (err)
            die("fill", err);
    }
    printf("bytes=%lld\n", (long long)st.st_size);
}

/* -- a roster ---------------------------------------------------------------------------------- */

enum { CODE_MAX = 24 };

static void school_code(char out[CODE_MAX], long school)
{
    snprintf(out, CODE_MAX, "S%03ld", school);
}

static void put_pupil(struct batch *b, const char *school, const char *klass, long n)
{
    char code[24], name[64];
    snprintf(code, sizeof(code), "2026%06ld", n);
    snprintf(name, sizeof(name), "学生%ld", n);
    struct store_member m = {
        .person = {.school = school, .code = code, .name = name},
        .role = STORE_STUDENT,
        .school = school,
        .klass = klass
    };
    batch_put_person(b, &m.person);
    batch_put_role(b, &m);
}

static struct batch *roster(long people, long schools)
{
    struct batch *b;
    char school[CODE_MAX] = "", klass[CODE_MAX] = "";
    if (batch_new(&b))
        die("batch", -ENOMEM);
    for (long n = 0; n < people; n++) {
        long place = n % (people / schools);
        if (place == 0) {
            school_code(school, n / (people / schools));
            batch_put_place(b, &(struct store_place){.school = school, .name = "某小学"});
        }
        if (place % CLASS_SIZE == 0) {
            snprintf(klass, sizeof(klass), "C%02ld", place / CLASS_SIZE);
            batch_put_place(b, &(struct store_place){
                                   .school = school, .klass = klass, .name = "班", .grade = 3});
        }
        put_pupil(b, school, klass, n);
    }
    batch_audit(b, "bench", "roster.import", "", "");
    return b;
}

static void import(long people, long schools)
{
    for (int i = 0; i < 2; i++) {
        uint64_t begin = uv_hrtime();
        struct batch *b = roster(people, schools);
        uint64_t made = uv_hrtime();
        int err = store_apply_now(store, &b, NULL);
        if (err)
            die("import", err);
        printf("make%d_ms=%.0f\napply%d_ms=%.0f\n", i + 1, (double)(made - begin) / 1e6, i + 1,
               (double)(uv_hrtime() - made) / 1e6);
    }
}

static long schools_asked;
static uint64_t asked_ns;
static char school_asked[CODE_MAX];

static void ask_next(void);

static void on_page(void *arg, const struct store_answer *answer)
{
    (void)arg;
    if (answer->err)
        die("page", answer->err);
    took(asked_ns);
    if (uv_hrtime() < end_ns)
        ask_next();
}

static void ask_next(void)
{
    static const struct {
        int (*ask)(struct store *, const struct store_question *, store_answer_fn *, void *);
        const char *klass;
    } lists[] = {
        {store_list_people,  ""   },
        {store_list_members, "C03"},
        {store_list_places,  ""   }
    };
    int which = rand() % 3;
    school_code(school_asked, rand() % schools_asked);
    struct store_question q = {.school = school_asked, .klass = lists[which].klass, .limit = 100};
    asked_ns = uv_hrtime();
    int err = lists[which].ask(store, &q, on_page, NULL);
    if (err)
        die("ask", err);
}

static void pages(long seconds, long schools)
{
    schools_asked = schools;
    end_ns = uv_hrtime() + (uint64_t)seconds * 1000000000;
    ask_next();
    uv_run(&loop, UV_RUN_DEFAULT);
    print_times((double)seconds);
}

static void on_closed(void *arg)
{
    (void)arg;
}

int main(int argc, char **argv)
{
    char error[STORE_ERROR_MAX];
    long first = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
    long second = argc > 4 ? strtol(argv[4], NULL, 10) : 0;
    if (argc < 4) {
        fputs("store: see the comment at its beginning\n", stderr);
        return 2;
    }
    log_threshold = LOG_WARN;
    next_code = uv_hrtime();
    uv_loop_init(&loop);
    if (store_open(&store, &loop, argv[2], error)) {
        fprintf(stderr, "store: %s\n", error);
        return 1;
    }
    if (strcmp(argv[1], "fill") == 0)
        fill(argv[2], first);
    else if (strcmp(argv[1], "commits") == 0)
        commits(first, second);
    else if (strcmp(argv[1], "paced") == 0)
        paced_commits(first, second);
    else if (strcmp(argv[1], "import") == 0)
        import(first, second);
    else if (strcmp(argv[1], "pages") == 0)
        pages(first, second);
    store_close(store, on_closed, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert(under_way == 0);
    return uv_loop_close(&loop) ? 1 : 0;
}
