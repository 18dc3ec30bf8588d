#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/config/ini.h"
#include "server/ladder/builtin.h"
#include "server/ladder/ladder.h"
#include "server/ladder/rows.h"

static struct ladder ladder;
static char error[LADDER_ERROR_MAX];

static int parse(const char *text)
{
    return ladder_parse(&ladder, text, strlen(text), "l.conf", error);
}

static const struct rung *rung(const char *name)
{
    for (size_t i = 0; i < ladder.n_rungs; i++) {
        if (strcmp(ladder.rungs[i].name, name) == 0)
            return &ladder.rungs[i];
    }
    fail_msg("no rung %s", name);
    return NULL;
}

static const struct rendition_spec *first(const struct rung_choice *choice)
{
    assert_true(choice->n > 0);
    return &ladder.specs[choice->rendition[0]];
}

static int builtin(void **state)
{
    (void)state;
    return ladder_load(&ladder, NULL, error);
}

static void the_built_in_ladder_is_the_shipped_file(void **state)
{
    (void)state;
    char *text;
    size_t len;
    assert_int_equal(ini_read_file(&text, &len, "config/ladder.conf"), 0);
    assert_int_equal(ladder_builtin_end - ladder_builtin, len);
    assert_memory_equal(ladder_builtin, text, len);
    free(text);
}

static void every_key_is_explained_at_the_head_of_the_file(void **state)
{
    (void)state;
    static const char *const rung_keys[] = {"wire",   "bundle", "voice", "picture",
                                            "slides", "camera", NULL};
    size_t head = (size_t)(strstr(ladder_builtin, "\n[rendition ") - ladder_builtin);
    for (const struct spec_key *key = spec_keys; key->name; key++) {
        const char *at = strstr(ladder_builtin, key->name);
        assert_true(at && (size_t)(at - ladder_builtin) < head);
    }
    for (size_t i = 0; rung_keys[i]; i++) {
        const char *at = strstr(ladder_builtin, rung_keys[i]);
        assert_true(at && (size_t)(at - ladder_builtin) < head);
    }
}

static void the_cheapest_rung_is_voice_within_8_kbit(void **state)
{
    (void)state;
    const struct rung *r0 = &ladder.rungs[0];
    assert_string_equal(r0->name, "R0");
    assert_int_equal(r0->wire_kbps, 8);
    assert_int_equal(r0->bundle_ms, 600);
    assert_int_equal(r0->slides.n + r0->camera.n, 0);
    assert_int_equal(first(&r0->voice)->codec, CODEC_OPUS);
    assert_int_equal(first(&r0->voice)->bitrate_bps, 8000);
    assert_int_equal(first(&r0->voice)->frame_ms, 60);
    assert_true(first(&r0->voice)->dtx);
}

static void every_rung_has_opus_and_aac_behind_it(void **state)
{
    (void)state;
    assert_int_equal(ladder.n_rungs, 8);
    for (size_t i = 0; i < ladder.n_rungs; i++) {
        const struct rung *r = &ladder.rungs[i];
        assert_int_equal(r->voice.n, 2);
        assert_int_equal(first(&r->voice)->codec, CODEC_OPUS);
        assert_int_equal(ladder.specs[r->voice.rendition[1]].codec, CODEC_AAC);
    }
}

static void stills_come_before_video_in_both_kinds_of_file(void **state)
{
    (void)state;
    const struct rung *r2 = rung("R2");
    assert_int_equal(r2->slides.n, 2);
    assert_memory_equal(&r2->slides, &r2->camera, sizeof(r2->slides));
    assert_int_equal(first(&r2->slides)->codec, CODEC_AVIF);
    assert_int_equal(first(&r2->slides)->quality, 50);
    assert_int_equal(first(&r2->slides)->camera_quality, 52);
    assert_int_equal(first(&r2->slides)->beat_ms, 12000);
    assert_int_equal(first(&r2->slides)->maxrate_bps, 6000);
    assert_int_equal(ladder.specs[r2->slides.rendition[1]].codec, CODEC_WEBP);
}

static void slides_video_has_one_keyframe_a_minute_and_a_deep_buffer(void **state)
{
    (void)state;
    const struct rendition_spec *s = first(&rung("R3")->slides);
    assert_int_equal(s->width, 1280);
    assert_int_equal(s->height, 720);
    assert_int_equal(s->fps, 5);
    assert_int_equal(s->profile, H264_HIGH);
    assert_int_equal(s->crf, 24);
    assert_int_equal(s->maxrate_bps, 30000);
    assert_int_equal(s->bufsize_bits, 180000);
    assert_int_equal(s->gop_ms, 60000);
    assert_int_equal(s->bitrate_bps, 0);
}

static void a_rung_is_offered_for_what_it_has(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool slides, camera;
    } rows[] = {
        {"R0", true,  true },
        {"R1", true,  true },
        {"R2", true,  true },
        {"R3", true,  false},
        {"R4", false, true },
        {"R5", false, true },
        {"R6", true,  true },
        {"R7", true,  true }
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct rung *r = rung(rows[i].name);
        assert_int_equal(rung_fits(r, WIRE_CONTENT_SLIDES), rows[i].slides);
        assert_int_equal(rung_fits(r, WIRE_CONTENT_CAMERA), rows[i].camera);
        assert_int_equal(rung_fits(r, WIRE_CONTENT_UNKNOWN), rows[i].camera);
        assert_ptr_equal(rung_picture(r, WIRE_CONTENT_SLIDES), &r->slides);
        assert_ptr_equal(rung_picture(r, WIRE_CONTENT_UNKNOWN), &r->camera);
    }
}

static void the_built_in_ladder_fits_the_workers_table(void **state)
{
    (void)state;
    uint8_t table[SETUP_MAX];
    struct rendition_spec back[WIRE_RENDITIONS_MAX];
    size_t n = 0;
    size_t len = setup_write(table, ladder.specs, ladder.n_specs);
    assert_int_equal(setup_parse(back, &n, table, len), 0);
    assert_int_equal(n, ladder.n_specs);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(back[i].name, ladder.specs[i].name);
}

#define OPUS_V                                                                                     \
    "[rendition v]\ncodec = opus\nbitrate = 8k\nframe = 60ms\ncomplexity = 5\n" /* 1-5             \
                                                                                 */
#define STILL_S                                                                                    \
    "[rendition s]\ncodec = webp\nsize = 960x540\nquality = 5\ncamera-quality = 5\nbeat = 12s\n"
#define VIDEO_P                                                                                    \
    "[rendition p]\ncodec = h264\nsize = 640x360\nfps = 5\nprofile = main\nmaxrate = 40k\n"        \
    "bufsize = 80k\ngop = 10s\n"                                  /* 8 lines */
#define RUNG_A "[rung A]\nwire = 8k\nbundle = 600ms\nvoice = v\n" /* 4 lines */

static void a_small_ladder_is_enough(void **state)
{
    (void)state;
    assert_int_equal(parse(OPUS_V RUNG_A), 0);
    assert_int_equal(ladder.n_rungs, 1);
    assert_false(ladder.specs[0].dtx);
    assert_int_equal(
        parse(OPUS_V STILL_S
              "maxrate = 6k\n" RUNG_A
              "[rung B]\nwire = 2M\nbundle = 20ms\nvoice = v\nslides = s\ncamera = none\n"),
        0);
    assert_int_equal(ladder.rungs[1].wire_kbps, 2000);
    assert_true(ladder.rungs[1].has_slides);
    assert_true(ladder.rungs[1].has_camera);
    assert_int_equal(ladder.rungs[1].camera.n, 0);
    assert_int_equal(parse(OPUS_V VIDEO_P "bitrate = 40k\n" RUNG_A), 0);
    assert_int_equal(parse(OPUS_V VIDEO_P "crf = 24\n" RUNG_A), 0);
}

static const struct {
    const char *text;
    const char *error;
} broken[] = {
    {"",                                                                                                   "l.conf: no [rung NAME] in it"                                             },
    {OPUS_V,                                                                                               "l.conf: no [rung NAME] in it"                                             },
    {"codec = opus\n",                                                                                     "l.conf:1: 'codec' stands before the first [section]"                      },
    {"[rendtion v]\n",
     "l.conf:1: unknown section [rendtion]; there are [rendition NAME] and [rung NAME]"                                                                                               },
    {"[rendition]\n",
     "l.conf:1: [rendition ]: a name of 1 to 15 letters, digits, '-' and '_' is needed"                                                                                               },
    {"[rendition a-name-too-long-]\n",                                                                     "l.conf:1: [rendition a-name-too-long-]: a name of 1 to 15 "
                                       "letters, digits, '-' and '_' is needed"                                                                 },
    {"[rendition a.b]\n",
     "l.conf:1: [rendition a.b]: a name of 1 to 15 letters, digits, '-' and '_' is needed"                                                                                            },
    {"[rendition none]\n",                                                                                 "l.conf:1: 'none' can't be a rendition's name"                             },
    {OPUS_V "[rung 12345678]\n",
     "l.conf:6: [rung 12345678]: a name of 1 to 7 letters, digits, '-' and '_' is needed"                                                                                             },
    {OPUS_V OPUS_V,                                                                                        "l.conf:6: [rendition v] was there before"                                 },
    {OPUS_V RUNG_A RUNG_A,                                                                                 "l.conf:10: [rung A] was there before"                                     },
    {"[rendition v]\nbitrate = 8k\n[rung A]\n",                                                            "l.conf:1: rendition 'v': codec is missing"                                },
    {"[rendition v]\ncodec = vorbis\n",
     "l.conf:2: codec: 'vorbis' is not opus, aac, h264, avif or webp"                                                                                                                 },
    {"[rendition v]\ncodec = opus\nbitrat = 8k\n",
     "l.conf:3: unknown key 'bitrat'; did you mean 'bitrate'?"                                                                                                                        },
    {"[rendition v]\ncodec = opus\ncodec = aac\n",                                                         "l.conf:3: 'codec' was already set in line 2"                              },
    {"[rendition v]\ncodec = opus\nbitrate = 8 kbit\n",
     "l.conf:3: bitrate: '8 kbit' is not a number of bits such as 8000, 30k or 2M"                                                                                                    },
    {OPUS_V "gop = 4s\n" RUNG_A,                                                                           "l.conf:6: rendition 'v': gop is no key of this codec"                     },
    {"[rendition v]\ncodec = opus\nbitrate = 8k\ncomplexity = 5\n" RUNG_A,
     "l.conf:1: rendition 'v': frame is missing"                                                                                                                                      },
    {"[rendition v]\ncodec = opus\nbitrate = 8k\nframe = 30ms\ncomplexity = 5\n" RUNG_A,
     "l.conf:4: rendition 'v': frame is out of range"                                                                                                                                 },
    {"[rendition v]\ncodec = opus\nbitrate = 1k\nframe = 20ms\ncomplexity = 5\n" RUNG_A,
     "l.conf:3: rendition 'v': bitrate is out of range"                                                                                                                               },
    {"[rendition v]\ncodec = opus\ncomplexity = 266\n",
     "l.conf:3: complexity: 266 is out of range"                                                                                                                                      }, /* would be 10 in 8 bits */
    {"[rendition v]\ncodec = opus\nframe = 65556ms\n",
     "l.conf:3: frame: 65556ms is out of range"                                                                                                                                       }, /* would be 20 in 16 bits */
    {OPUS_V "dtx = maybe\n",                                                                               "l.conf:6: dtx: 'maybe' is not yes or no"                                  },
    {VIDEO_P RUNG_A,                                                                                       "l.conf:1: rendition 'p': bitrate or crf: one of the two"                  },
    {VIDEO_P "crf = 24\nbitrate = 40k\n" RUNG_A,
     "l.conf:10: rendition 'p': bitrate or crf: one of the two"                                                                                                                       },
    {VIDEO_P "crf = 0\n" RUNG_A,                                                                           "l.conf:9: rendition 'p': crf is out of range"                             },
    {VIDEO_P "crf = 52\n" RUNG_A,                                                                          "l.conf:9: rendition 'p': crf is out of range"                             },
    {"[rendition p]\ncodec = h264\nprofile = extended\n",
     "l.conf:3: profile: 'extended' is not baseline, main or high"                                                                                                                    },
    {"[rendition s]\nsize = 960\n",                                                                        "l.conf:2: size: '960' is not like 1280x720"                               },
    {"[rendition s]\nsize = 960x\n",                                                                       "l.conf:2: size: '960x' is not like 1280x720"                              },
    {"[rendition s]\nsize = x540\n",                                                                       "l.conf:2: size: 'x540' is not like 1280x720"                              },
    {"[rendition s]\nsize = 960x540x2\n",                                                                  "l.conf:2: size: '960x540x2' is not like 1280x720"                         },
    {"[rendition s]\nsize = 66496x540\n",                                                                  "l.conf:2: size: 66496x540 is out of range"                                },
    {"[rendition s]\nsize = 12345678901234567890x2\n",
     "l.conf:2: size: '12345678901234567890x2' is not like 1280x720"                                                                                                                  },
    {"[rendition s]\ncodec = webp\nsize = 961x540\nquality = 5\ncamera-quality = 5\nbeat = 12s\n" RUNG_A,
     "l.conf:3: rendition 's': size is out of range"                                                                                                                                  },
    {"[rendition s]\ncodec = avif\nsize = 960x540\nquality = 64\ncamera-quality = 5\nbeat = 12s\n" RUNG_A,
     "l.conf:4: rendition 's': quality is out of range"                                                                                                                               },
    {OPUS_V "[rung A]\nbundle = 600ms\nvoice = v\n",                                                       "l.conf:6: rung 'A': wire is missing"                                      },
    {OPUS_V "[rung A]\nwire = 8k\nvoice = v\n",                                                            "l.conf:6: rung 'A': bundle is missing"                                    },
    {OPUS_V "[rung A]\nwire = 8k\nbundle = 600ms\n",                                                       "l.conf:6: rung 'A': voice is missing"                                     },
    {OPUS_V "[rung A]\nwire = 8\n",                                                                        "l.conf:7: wire: '8' is not a rate such as 45k or 2M"                      },
    {OPUS_V "[rung A]\nwire = 0\n",                                                                        "l.conf:7: wire: 0 is out of range"                                        },
    {OPUS_V "[rung A]\nbundle = 3s\n",                                                                     "l.conf:7: bundle: 3s is out of range"                                     },
    {OPUS_V "[rung A]\nspeed = 3s\n",                                                                      "l.conf:7: unknown key 'speed'"                                            },
    {OPUS_V "[rung A]\nvoice = w\n",                                                                       "l.conf:7: voice: no rendition 'w' above; did you mean 'v'?"               },
    {OPUS_V "[rung A]\nvoice =\n",                                                                         "l.conf:7: voice: names no rendition"                                      },
    {OPUS_V "[rung A]\nvoice = none\n",                                                                    "l.conf:7: voice: no rendition 'none' above"                               },
    {OPUS_V "[rung A]\nvoice = v v\n",                                                                     "l.conf:7: voice: 'v' stands there twice"                                  },
    {OPUS_V "[rung A]\npicture = v\n",                                                                     "l.conf:7: picture: 'v' is no picture"                                     },
    {OPUS_V STILL_S "[rung A]\nvoice = s\n",                                                               "l.conf:13: voice: 's' is no voice"                                        },
    {OPUS_V STILL_S RUNG_A "picture = s\n",
     "l.conf:12: rung 'A': the first rung is voice alone, without a picture"                                                                                                          },
    {OPUS_V STILL_S RUNG_A "[rung B]\nwire = 9k\nbundle = 600ms\nvoice = v\npicture = s\n"
                           "slides = s\n",                                                            "l.conf:21: slides: picture stands for slides and camera, not beside them" },
    {OPUS_V STILL_S RUNG_A "[rung B]\nwire = 9k\nbundle = 600ms\nvoice = v\ncamera = s\n"
                           "picture = s\n",                                                           "l.conf:21: picture: picture stands for slides and camera, not beside them"},
    {OPUS_V RUNG_A "[rung B]\nwire = 8k\nbundle = 600ms\nvoice = v\n",
     "l.conf:11: rung 'B': wire must be more than that of the rung before it"                                                                                                         },
    {OPUS_V "dtx\n",                                                                                       "l.conf:6: expected 'key = value'"                                         },
};

static void every_mistake_is_named_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        ladder.n_rungs = 77;
        assert_int_equal(parse(broken[i].text), -EINVAL);
        assert_string_equal(error, broken[i].error);
        assert_int_equal(ladder.n_rungs, 77); /* a broken file changes nothing */
    }
}

static void both_tables_are_bounded(void **state)
{
    (void)state;
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    for (int i = 0; i <= WIRE_RENDITIONS_MAX; i++)
        fprintf(f, "[rendition v%d]\ncodec = aac\nbitrate = 32k\n", i);
    fclose(f);
    assert_int_equal(parse(text), -EINVAL);
    assert_string_equal(error, "l.conf:73: more than 24 renditions");
    free(text);

    text = NULL;
    f = open_memstream(&text, &len);
    fprintf(f, "[rendition v]\ncodec = aac\nbitrate = 32k\n");
    for (int i = 0; i <= LADDER_RUNGS_MAX; i++)
        fprintf(f, "[rung r%d]\nwire = %dk\nbundle = 60ms\nvoice = v\n", i, i + 1);
    fclose(f);
    assert_int_equal(parse(text), -EINVAL);
    assert_string_equal(error, "l.conf:68: more than 16 rungs");
    free(text);
}

static void a_choice_is_bounded(void **state)
{
    (void)state;
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    for (int i = 0; i < 5; i++)
        fprintf(f, "[rendition v%d]\ncodec = aac\nbitrate = 32k\n", i);
    fprintf(f, "[rung r]\nvoice = v0 v1  v2 v3 v4\n");
    fclose(f);
    assert_int_equal(parse(text), -EINVAL);
    assert_string_equal(error, "l.conf:17: voice: more than 4 renditions");
    free(text);
}

static void a_missing_file_is_told(void **state)
{
    (void)state;
    assert_int_equal(ladder_load(&ladder, "/nonexistent/l.conf", error), -ENOENT);
    assert_string_equal(error, "/nonexistent/l.conf: No such file or directory");
    assert_int_equal(ladder_load(&ladder, "config/ladder.conf", error), 0);
    assert_int_equal(ladder.n_rungs, 8);
}

static int load_scene(void)
{
    struct ladder l;
    char message[LADDER_ERROR_MAX];
    return ladder_load(&l, "config/ladder.conf", message);
}

static void loading_survives_a_failing_allocation(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(load_scene), 1);
}

#define BUILTIN(f) cmocka_unit_test_setup(f, builtin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BUILTIN(the_built_in_ladder_is_the_shipped_file),
        BUILTIN(every_key_is_explained_at_the_head_of_the_file),
        BUILTIN(the_cheapest_rung_is_voice_within_8_kbit),
        BUILTIN(every_rung_has_opus_and_aac_behind_it),
        BUILTIN(stills_come_before_video_in_both_kinds_of_file),
        BUILTIN(slides_video_has_one_keyframe_a_minute_and_a_deep_buffer),
        BUILTIN(a_rung_is_offered_for_what_it_has),
        BUILTIN(the_built_in_ladder_fits_the_workers_table),
        cmocka_unit_test(a_small_ladder_is_enough),
        cmocka_unit_test(every_mistake_is_named_with_its_line),
        cmocka_unit_test(both_tables_are_bounded),
        cmocka_unit_test(a_choice_is_bounded),
        cmocka_unit_test(a_missing_file_is_told),
        cmocka_unit_test(loading_survives_a_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
