#include "server/ladder/reader.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "server/config/value.h"
#include "server/ladder/rows.h"

/* A player takes 64 packets in a bundle (docs/protocol.md), and a packet may be of 20 ms. */
enum { WIRE_KBPS_MAX = 100000, BUNDLE_MS_MIN = 20, BUNDLE_MS_MAX = 1200 };

enum rung_key { RUNG_WIRE, RUNG_BUNDLE, RUNG_VOICE, RUNG_PICTURE, RUNG_SLIDES, RUNG_CAMERA };

static const char *const rung_keys[] = {
    [RUNG_WIRE] = "wire",       [RUNG_BUNDLE] = "bundle", [RUNG_VOICE] = "voice",
    [RUNG_PICTURE] = "picture", [RUNG_SLIDES] = "slides", [RUNG_CAMERA] = "camera",
};

enum { RUNG_KEYS = sizeof(rung_keys) / sizeof(rung_keys[0]) };

static_assert((int)RUNG_KEYS <= (int)SPEC_KEYS, "set_at has room for both");

enum place { IN_NOTHING, IN_RENDITION, IN_RUNG };

struct reader {
    struct ladder *ladder;
    struct complaint *c;
    enum place in;
    uint32_t began_at;          /* line of the section */
    uint32_t set_at[SPEC_KEYS]; /* line of each key, of a rung too; 0: not yet */
};

static struct rendition_spec *last_spec(const struct reader *r)
{
    return &r->ladder->specs[r->ladder->n_specs - 1];
}

static struct rung *last_rung(const struct reader *r)
{
    return &r->ladder->rungs[r->ladder->n_rungs - 1];
}

/* The index of a rendition, or -1. */
static int spec_find(const struct ladder *l, const char *name)
{
    for (size_t i = 0; i < l->n_specs; i++) {
        if (strcmp(l->specs[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

/* ---- the end of a section: is it whole? ---- */

/* Complains about the line of spec_keys[key], or of the section where it is missing. */
static int spec_complain(const struct reader *r, int key, const char *what)
{
    r->c->line = key >= 0 && r->set_at[key] ? r->set_at[key] : r->began_at;
    return complain(r->c, "rendition '%s': %s %s", last_spec(r)->name,
                    key >= 0 ? spec_keys[key].name : "it", what);
}

static int spec_check_keys(const struct reader *r, unsigned codec)
{
    for (int i = 0; spec_keys[i].name; i++) {
        if (r->set_at[i] && !(spec_keys[i].codecs & codec))
            return spec_complain(r, i, "is no key of this codec");
        if (!r->set_at[i] && spec_keys[i].required & codec)
            return spec_complain(r, i, "is missing");
    }
    return 0;
}

static int spec_end(const struct reader *r)
{
    const struct rendition_spec *s = last_spec(r);
    int codec = spec_key_find("codec");
    int bitrate = spec_key_find("bitrate");
    int crf = spec_key_find("crf");
    if (!r->set_at[codec])
        return spec_complain(r, codec, "is missing");
    int err = spec_check_keys(r, 1u << s->codec);
    if (err)
        return err;
    if (s->codec == CODEC_H264 && !r->set_at[bitrate] == !r->set_at[crf])
        return spec_complain(r, bitrate, "or crf: one of the two");
    if (r->set_at[crf] && s->crf == 0)
        return spec_complain(r, crf, "is out of range");

    const char *wrong = spec_check(s);
    if (!wrong)
        return 0;
    bool is_size = strcmp(wrong, "width") == 0 || strcmp(wrong, "height") == 0;
    return spec_complain(r, spec_key_find(is_size ? "size" : wrong), "is out of range");
}

static int rung_complain(const struct reader *r, enum rung_key key, const char *what)
{
    r->c->line = r->set_at[key] ? r->set_at[key] : r->began_at;
    return complain(r->c, "rung '%s': %s %s", last_rung(r)->name, rung_keys[key], what);
}

/* Without a picture the rung is for both; with one of the two only for that one. */
static void rung_offer(const struct reader *r, struct rung *rung)
{
    bool both = !r->set_at[RUNG_SLIDES] == !r->set_at[RUNG_CAMERA];
    rung->has_slides = both || r->set_at[RUNG_SLIDES];
    rung->has_camera = both || r->set_at[RUNG_CAMERA];
}

static int rung_end(const struct reader *r)
{
    struct rung *rung = last_rung(r);
    size_t n = r->ladder->n_rungs;
    for (int key = RUNG_WIRE; key <= RUNG_VOICE; key++) {
        if (!r->set_at[key])
            return rung_complain(r, (enum rung_key)key, "is missing");
    }
    if (n > 1 && rung->wire_kbps <= r->ladder->rungs[n - 2].wire_kbps)
        return rung_complain(r, RUNG_WIRE, "must be more than that of the rung before it");
    if (n == 1 && (rung->slides.n || rung->camera.n)) {
        r->c->line = r->began_at;
        return complain(r->c, "rung '%s': the first rung is voice alone, without a picture",
                        rung->name);
    }
    rung_offer(r, rung);
    return 0;
}

static int section_end(struct reader *r)
{
    switch (r->in) {
    case IN_NOTHING: return 0;
    case IN_RENDITION: return spec_end(r);
    case IN_RUNG: return rung_end(r);
    }
    return 0;
}

/* ---- its beginning ---- */

/* Room for the NUL of `size` counts. */
static int check_name(const struct complaint *c, const char *what, const char *id, size_t size)
{
    if (word_is_plain(id) && strlen(id) < size)
        return 0;
    return complain(c, "[%s %s]: a name of 1 to %zu letters, digits, '-' and '_' is needed", what,
                    id, size - 1);
}

static int spec_begin(struct reader *r, const char *id)
{
    struct ladder *l = r->ladder;
    int err = check_name(r->c, "rendition", id, sizeof(l->specs[0].name));
    if (err)
        return err;
    if (spec_find(l, id) >= 0)
        return complain(r->c, "[rendition %s] was there before", id);
    if (strcmp(id, "none") == 0)
        return complain(r->c, "'none' can't be a rendition's name");
    if (l->n_specs >= WIRE_RENDITIONS_MAX)
        return complain(r->c, "more than %d renditions", WIRE_RENDITIONS_MAX);
    struct rendition_spec *s = &l->specs[l->n_specs++];
    memcpy(s->name, id, strlen(id) + 1);
    r->in = IN_RENDITION;
    return 0;
}

static int rung_begin(struct reader *r, const char *id)
{
    struct ladder *l = r->ladder;
    int err = check_name(r->c, "rung", id, sizeof(l->rungs[0].name));
    if (err)
        return err;
    for (size_t i = 0; i < l->n_rungs; i++) {
        if (strcmp(l->rungs[i].name, id) == 0)
            return complain(r->c, "[rung %s] was there before", id);
    }
    if (l->n_rungs >= LADDER_RUNGS_MAX)
        return complain(r->c, "more than %d rungs", LADDER_RUNGS_MAX);
    struct rung *rung = &l->rungs[l->n_rungs++];
    memcpy(rung->name, id, strlen(id) + 1);
    r->in = IN_RUNG;
    return 0;
}

static int section_begin(struct reader *r, const struct ini_item *item)
{
    r->began_at = r->c->line;
    memset(r->set_at, 0, sizeof(r->set_at));
    if (strcmp(item->name, "rendition") == 0)
        return spec_begin(r, item->id);
    if (strcmp(item->name, "rung") == 0)
        return rung_begin(r, item->id);
    return complain(r->c, "unknown section [%s]; there are [rendition NAME] and [rung NAME]",
                    item->name);
}

/* ---- its keys ---- */

static int choice_add(const struct reader *r, const char *key, const char *name, bool is_voice,
                      struct rung_choice *out)
{
    const struct ladder *l = r->ladder;
    int found = spec_find(l, name);
    if (found < 0) {
        struct nearest n;
        nearest_start(&n, name);
        for (size_t i = 0; i < l->n_specs; i++)
            nearest_offer(&n, l->specs[i].name);
        const char *meant = nearest_get(&n);
        return complain(r->c,
                        meant ? "%s: no rendition '%s' above; did you mean '%s'?"
                              : "%s: no rendition '%s' above",
                        key, name, meant);
    }
    if (codec_is_voice(l->specs[found].codec) != is_voice)
        return complain(r->c, "%s: '%s' is %s", key, name, is_voice ? "no voice" : "no picture");
    if (memchr(out->rendition, found, out->n))
        return complain(r->c, "%s: '%s' stands there twice", key, name);
    if (out->n >= RUNG_CHOICES_MAX)
        return complain(r->c, "%s: more than %d renditions", key, RUNG_CHOICES_MAX);
    out->rendition[out->n++] = (uint8_t)found;
    return 0;
}

static int choice_read(const struct reader *r, const char *key, const char *value,
                       struct rung_choice *out)
{
    bool is_voice = strcmp(key, rung_keys[RUNG_VOICE]) == 0;
    if (!is_voice && strcmp(value, "none") == 0)
        return 0;
    for (;;) {
        char name[INI_NAME_MAX];
        value += strspn(value, " \t");
        size_t len = strcspn(value, " \t");
        if (len == 0)
            break;
        if (len >= sizeof(name))
            return complain(r->c, "%s: a name of more than %zu bytes", key, sizeof(name) - 1);
        memcpy(name, value, len);
        name[len] = '\0';
        int err = choice_add(r, key, name, is_voice, out);
        if (err)
            return err;
        value += len;
    }
    return out->n > 0 ? 0 : complain(r->c, "%s: names no rendition", key);
}

static int rung_number(const struct reader *r, enum rung_key key, const char *value, uint32_t low,
                       uint32_t high, uint32_t *out)
{
    enum value_unit unit = key == RUNG_WIRE ? UNIT_KBIT : UNIT_MS;
    int err = number_parse(value, unit, out);
    if (err == -EINVAL)
        return complain(r->c, "%s: '%s' is not %s", rung_keys[key], value, unit_wants(unit));
    if (err || *out < low || *out > high)
        return complain(r->c, "%s: %s is out of range", rung_keys[key], value);
    return 0;
}

static int rung_write(const struct reader *r, enum rung_key key, const char *value)
{
    struct rung *rung = last_rung(r);
    uint32_t n;
    int err;
    if (r->set_at[RUNG_PICTURE] && (r->set_at[RUNG_SLIDES] || r->set_at[RUNG_CAMERA]))
        return complain(r->c, "%s: picture stands for slides and camera, not beside them",
                        rung_keys[key]);
    switch (key) {
    case RUNG_WIRE: return rung_number(r, key, value, 1, WIRE_KBPS_MAX, &rung->wire_kbps);
    case RUNG_BUNDLE:
        err = rung_number(r, key, value, BUNDLE_MS_MIN, BUNDLE_MS_MAX, &n);
        if (!err)
            rung->bundle_ms = (uint16_t)n;
        return err;
    case RUNG_VOICE: return choice_read(r, rung_keys[key], value, &rung->voice);
    case RUNG_SLIDES: return choice_read(r, rung_keys[key], value, &rung->slides);
    case RUNG_CAMERA: return choice_read(r, rung_keys[key], value, &rung->camera);
    case RUNG_PICTURE:
        err = choice_read(r, rung_keys[key], value, &rung->slides);
        rung->camera = rung->slides;
        return err;
    }
    return -EINVAL;
}

static int rung_key_find(const char *name)
{
    for (int i = 0; i < (int)RUNG_KEYS; i++) {
        if (strcmp(rung_keys[i], name) == 0)
            return i;
    }
    return -1;
}

static int unknown_key(const struct reader *r, const char *name)
{
    struct nearest n;
    nearest_start(&n, name);
    for (int i = 0; r->in == IN_RENDITION && spec_keys[i].name; i++)
        nearest_offer(&n, spec_keys[i].name);
    for (int i = 0; r->in == IN_RUNG && i < (int)RUNG_KEYS; i++)
        nearest_offer(&n, rung_keys[i]);
    const char *meant = nearest_get(&n);
    if (meant)
        return complain(r->c, "unknown key '%s'; did you mean '%s'?", name, meant);
    return complain(r->c, "unknown key '%s'", name);
}

static int entry_read(struct reader *r, const struct ini_item *item)
{
    if (r->in == IN_NOTHING)
        return complain(r->c, "'%s' stands before the first [section]", item->name);
    bool is_spec = r->in == IN_RENDITION;
    int key = is_spec ? spec_key_find(item->name) : rung_key_find(item->name);
    if (key < 0)
        return unknown_key(r, item->name);
    if (r->set_at[key])
        return complain(r->c, "'%s' was already set in line %u", item->name, r->set_at[key]);
    r->set_at[key] = r->c->line;
    return is_spec ? spec_key_write(&spec_keys[key], last_spec(r), item->value, r->c)
                   : rung_write(r, (enum rung_key)key, item->value);
}

static int item_read(struct reader *r, const struct ini_item *item)
{
    if (item->kind == INI_ENTRY)
        return entry_read(r, item);
    uint32_t line = r->c->line;
    int err = section_end(r);
    if (err || item->kind == INI_END)
        return err;
    r->c->line = line;
    return section_begin(r, item);
}

int ladder_read(struct ladder *ladder, const char *text, size_t len, struct complaint *c)
{
    struct reader r = {.ladder = ladder, .c = c};
    struct ini ini;
    struct ini_item item;
    ini_start(&ini, text, len);
    do {
        const struct message *wrong;
        int err = ini_next(&ini, &item, &wrong);
        c->line = ini.line;
        if (err)
            return complain(c, "%s", wrong->en);
        err = item_read(&r, &item);
        if (err)
            return err;
    } while (item.kind != INI_END);
    if (ladder->n_rungs > 0)
        return 0;
    c->line = 0;
    return complain(c, "no [rung NAME] in it");
}
