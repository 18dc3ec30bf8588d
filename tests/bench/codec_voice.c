#include <opus/opus.h>

#include "tests/unit/codec/worker.h"

/*
 * What a player hears of a voice rendition: has a codec worker encode the sound of an FLV file, as
 * fast as it goes, and decodes it again.
 *
 *     codec_voice PROGRAM FILE.flv OUT BITRATE FRAME_MS COMPLEXITY DTX
 *
 * OUT: 16-bit samples, mono, 48 kHz, from session time 0 on.
 */

enum { RATE = 48000, PER_MS = RATE / 1000, STEP_MAX = RATE * 120 / 1000, TOC_MASK = 0xfc };

struct hearing {
    OpusDecoder *opus;
    FILE *out;
    uint32_t n; /* samples written */
    uint8_t toc;
    size_t bytes;
};

static void put_silence(struct hearing *h, uint32_t until)
{
    static const int16_t nothing;
    for (; h->n < until; h->n++)
        fwrite(&nothing, sizeof(nothing), 1, h->out);
}

/* A packet of no bytes is silence; a player puts a byte there that says how long (player/voice.ts).
 */
static bool hear(struct hearing *h, const struct wire_msg *m)
{
    int16_t samples[STEP_MAX];
    if (m->kind != WIRE_PACKET)
        return true;
    if (m->len > 0 && !h->toc)
        h->toc = m->payload[0] & TOC_MASK;
    const uint8_t *packet = m->len > 0 ? m->payload : &h->toc;
    int n = opus_decode(h->opus, packet, m->len > 0 ? (int)m->len : 1, samples, STEP_MAX, 0);
    if (n < 0)
        return false;
    put_silence(h, m->pts_ms * PER_MS);
    fwrite(samples, sizeof(samples[0]), (size_t)n, h->out);
    h->n += (uint32_t)n;
    h->bytes += m->len;
    return true;
}

static bool hear_all(struct hearing *h, struct worker *w, int timeout_ms)
{
    struct wire_msg m;
    while (worker_next(w, &m, timeout_ms)) {
        if (m.type == WIRE_UNIT && !hear(h, &m))
            return false;
        if (m.type == WIRE_FAIL)
            fprintf(stderr, "codec_voice: %.*s\n", (int)m.len, (const char *)m.payload);
    }
    return true;
}

static bool run(struct hearing *h, struct worker *w, struct flv_file *f,
                const struct rendition_spec *spec)
{
    uint8_t setup[SETUP_MAX];
    size_t len = setup_write(setup, spec, 1);
    bool is_good = worker_send(w, WIRE_SETUP, 0, 0, setup, len) && worker_want(w, 1);
    for (uint8_t *tag = flv_next(f, &len); tag && is_good; tag = flv_next(f, &len))
        is_good = worker_send(w, WIRE_MEDIA, 0, 0, tag, len) && hear_all(h, w, 0);
    shutdown(w->fd, SHUT_WR);
    while (is_good && !w->is_over)
        is_good = hear_all(h, w, 5000);
    return is_good;
}

int main(int argc, char **argv)
{
    struct worker w;
    struct flv_file f;
    int err = 0;
    struct hearing h = {.opus = opus_decoder_create(RATE, 1, &err)};
    if (argc != 8 || err || !flv_load(&f, argv[2]) || !(h.out = fopen(argv[3], "wb")) ||
        !worker_start(&w, argv[1])) {
        fputs("usage: codec_voice PROGRAM FILE.flv OUT BITRATE FRAME_MS COMPLEXITY DTX\n", stderr);
        return 2;
    }
    struct rendition_spec spec = {.name = "voice",
                                  .codec = CODEC_OPUS,
                                  .bitrate_bps = (uint32_t)atoi(argv[4]),
                                  .frame_ms = (uint16_t)atoi(argv[5]),
                                  .complexity = (uint8_t)atoi(argv[6]),
                                  .dtx = atoi(argv[7]) != 0};
    bool is_good = run(&h, &w, &f, &spec);
    int status = worker_end(&w, 5000, NULL);
    printf("kbps=%.2f\n", h.n ? (double)h.bytes * 8 * PER_MS / h.n : 0);
    opus_decoder_destroy(h.opus);
    fclose(h.out);
    free(f.data);
    return is_good && status == 0 && h.n > 0 ? 0 : 1;
}
