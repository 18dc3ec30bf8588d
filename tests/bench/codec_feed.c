#include <time.h>

#include "tests/unit/codec/worker.h"

/*
 * Feeds an FLV file to a codec worker and counts what comes back:
 *
 *     codec_feed [--pace] [--dump DIR] PROGRAM FILE.flv RENDITION[,RENDITION...]
 *
 * --pace: at the speed of the file's clock; else as fast as the worker goes, staying less than a
 * second ahead of it, since it thins out the picture when it is late. --dump: writes the stills.
 * The last line is "cpu_s=... media_s=... rss_kb=...".
 */

enum { AHEAD_MS = 700, STUCK_MS = 60 };

struct count {
    unsigned configs, keys, units;
    size_t bytes;
    uint32_t first_ms, last_ms;
};

static struct count counts[R_COUNT];
static uint32_t newest_ms;
static const char *dump_dir;

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void dump(const struct wire_msg *m)
{
    char path[512];
    const char *end = R_SPECS[m->rendition].codec == CODEC_AVIF ? "avif" : "webp";
    snprintf(path, sizeof(path), "%s/%08u.%s", dump_dir, (unsigned)m->pts_ms, end);
    FILE *out = fopen(path, "wb");
    if (!out)
        return;
    fwrite(m->payload + 4, 1, m->len - 4, out);
    fclose(out);
}

static void take_unit(const struct wire_msg *m)
{
    if (m->rendition >= R_COUNT)
        return;
    struct count *c = &counts[m->rendition];
    c->configs += m->kind == WIRE_CONFIG;
    c->keys += m->kind == WIRE_KEYFRAME;
    if (m->kind == WIRE_CONFIG)
        return;
    if (!c->units)
        c->first_ms = m->pts_ms;
    c->units++;
    c->bytes += m->len;
    c->last_ms = m->pts_ms;
    if (m->pts_ms > newest_ms)
        newest_ms = m->pts_ms;
    if (m->kind == WIRE_STILL && dump_dir && m->len > 4)
        dump(m);
}

static void take(const struct wire_msg *m)
{
    const uint8_t *p = m->payload;
    if (m->type == WIRE_UNIT)
        take_unit(m);
    else if (m->type == WIRE_LOG || m->type == WIRE_FAIL)
        printf("%s: %.*s\n", m->type == WIRE_LOG ? "log" : "fail", (int)m->len, (const char *)p);
    else if (m->type == WIRE_SOURCE && m->len == 7)
        printf("source at %u ms: %s %ux%u %.2f fps\n", (unsigned)m->pts_ms,
               wire_content_name((enum wire_content)p[0]), p[1] << 8 | p[2], p[3] << 8 | p[4],
               (p[5] << 8 | p[6]) / 100.0);
}

static bool drain(struct worker *w, int timeout_ms)
{
    struct wire_msg m;
    bool any = false;
    while (worker_next(w, &m, any ? 0 : timeout_ms)) {
        take(&m);
        any = true;
    }
    return any;
}

/* Until it is time for the tag of `ms`. */
static void hold_back(struct worker *w, uint32_t ms, bool is_paced, uint64_t start_ms)
{
    if (is_paced) {
        while (now_ms() - start_ms < ms && !w->is_over)
            drain(w, (int)(ms - (now_ms() - start_ms)));
        drain(w, 0);
        return;
    }
    drain(w, 0);
    while (ms > newest_ms + AHEAD_MS && !w->is_over)
        if (!drain(w, STUCK_MS))
            newest_ms += STUCK_MS; /* nothing is wanted that shows how far it is */
}

static uint32_t feed(struct worker *w, struct flv_file *f, bool is_paced)
{
    uint64_t start_ms = now_ms();
    uint32_t ms = 0;
    size_t len;
    for (uint8_t *tag = flv_next(f, &len); tag; tag = flv_next(f, &len)) {
        if (tag != f->data) {
            ms = flv_tag_ms(tag);
            hold_back(w, ms, is_paced, start_ms);
        }
        if (!worker_send(w, WIRE_MEDIA, 0, ms, tag, len))
            break;
    }
    return ms;
}

static uint32_t mask_of(char *names)
{
    uint32_t mask = 0;
    for (char *name = strtok(names, ","); name; name = strtok(NULL, ","))
        for (int i = 0; i < R_COUNT; i++)
            if (strcmp(name, R_SPECS[i].name) == 0)
                mask |= 1u << i;
    return mask;
}

static void print_counts(uint32_t media_ms)
{
    for (int i = 0; i < R_COUNT; i++) {
        const struct count *c = &counts[i];
        if (c->units)
            printf("%-8s %5u units %3u keys %2u configs %8zu bytes %7.1f kbit/s %u..%u ms\n",
                   R_SPECS[i].name, c->units, c->keys, c->configs, c->bytes,
                   (double)c->bytes * 8 / media_ms, (unsigned)c->first_ms, (unsigned)c->last_ms);
    }
}

int main(int argc, char **argv)
{
    bool is_paced = false;
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "--pace") == 0)
            is_paced = true;
        else if (strcmp(argv[at], "--dump") == 0 && at + 1 < argc)
            dump_dir = argv[++at];
    }
    struct worker w;
    struct flv_file f;
    if (argc - at != 3 || !flv_load(&f, argv[at + 1]) || !worker_start(&w, argv[at])) {
        fprintf(stderr, "usage: codec_feed [--pace] [--dump DIR] PROGRAM FILE.flv RENDITIONS\n");
        return 2;
    }
    worker_set_up(&w);
    worker_want(&w, mask_of(argv[at + 2]));
    uint32_t media_ms = feed(&w, &f, is_paced);
    shutdown(w.fd, SHUT_WR);
    while (!w.is_over && drain(&w, 5000))
        ;
    struct rusage usage;
    int status = worker_end(&w, 5000, &usage);
    print_counts(media_ms);
    if (WIFSIGNALED(status))
        printf("killed by signal %d\n", WTERMSIG(status));
    printf("cpu_s=%.3f media_s=%.1f rss_kb=%ld\n",
           (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
               (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6,
           media_ms / 1000.0, usage.ru_maxrss);
    free(f.data);
    return status != 0;
}
