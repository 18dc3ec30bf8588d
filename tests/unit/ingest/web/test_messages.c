#include "tests/unit/ingest/web/desk.h"

enum role { GREETING, LOOKING, BUSY, TEACHING, ENDED, REHEARSING, ROLES };

static void put_config(void)
{
    page_voice_config(&m, 2000);
}

static void put_voice(void)
{
    page_voice(&m, 2000, 1);
}

static void put_video_config(void)
{
    page_video_config(&m, 2000);
}

static void put_key(void)
{
    page_frame(&m, KEY, 2000, 10);
}

static void put_delta(void)
{
    page_frame(&m, DELTA, 2000, 10);
}

static void put_part(void)
{
    page_part(&m, KEY, 2000, 100, 0, 10);
}

static void put_bad_ink(void)
{
    page_unit(&m, INK, DELTA, 2000, "\0\0", 2);
}

static void put_probe(void)
{
    page_unit(&m, PROBE, 0, 2000, "abc", 3);
}

static void put_still(void)
{
    page_unit(&m, STILL, PIECE, 2000, "abc", 3);
}

static void put_gap(void)
{
    page_unit(&m, VIDEO, GAP, 2000, "", 0);
}

static void put_nothing(void)
{
}

static void put_garbage(void)
{
    memset(m.bytes, 0xee, 100);
    m.len = 100;
}

/* What becomes of the connection: 0: it stays. In the order of enum role. */
static const struct {
    const char *text;
    void (*put)(void); /* or a binary message */
    int close[ROLES];
} matrix[] = {

    {.text = LAPTOP,                                                     .close = {0, 0, 0, 0, 0, 0}                  },
    {.text = LOOK,                                                       .close = {0, 0, 0, 0, 0, 0}                  },
    {.text = TAKE,                                                       .close = {0, 0, 0, 0, 0, 0}                  },
    {.text = REHEARSE,                                                   .close = {0, 0, 0, 0, 0, 0}                  },
    {.text = MATH,                                                       .close = {0, 4000, 4000, 4000, 4000, 4000}   },
    {.text = "{\"t\":\"source\",\"content\":\"slides\"}",                .close = {4000, 0, 0, 0, 0, 0}               },
    {.text = "{\"t\":\"break\",\"minutes\":5}",                          .close = {4000, 0, 0, 0, 0, 0}               },
    {.text = "{\"t\":\"break\",\"minutes\":21}",                         .close = {4000, 4000, 4000, 4000, 4000, 4000}},
    {.text = "{\"t\":\"end\"}",                                          .close = {4000, 0, 0, 0, 0, 0}               },
    {.text = "{\"t\":\"admit\"}",                                        .close = {4000, 0, 0, 0, 0, 0}               },
    {.text = ROTATE,                                                     .close = {4000, 0, 0, 0, 0, 0}               },
 /* a pupil's words */
    {.text = "{\"t\":\"report\",\"pts\":0}",                             .close = {4000, 4000, 4000, 4000, 4000, 4000}},
    {.text = "{\"t\":\"mode\",\"mode\":\"auto\"}",                       .close = {4000, 4000, 4000, 4000, 4000, 4000}},
    {.text = "{\"t\":\"hello\",\"v\":1,\"lesson\":\"demo\",\"can\":[]}",
     .close = {4000, 4000, 4000, 4000, 4000, 4000}                                                                    },
 /* the server's own words */
    {.text = "{\"t\":\"welcome\"}",                                      .close = {4000, 4000, 4000, 4000, 4000, 4000}},
    {.text = "nonsense",                                                 .close = {4000, 4000, 4000, 4000, 4000, 4000}},
    {.put = put_config,                                                  .close = {4000, 4000, 0, 0, 4000, 0}         },
    {.put = put_voice,                                                   .close = {4000, 4000, 0, 0, 4000, 0}         },
    {.put = put_video_config,                                            .close = {4000, 4000, 0, 0, 4000, 0}         },
    {.put = put_key,                                                     .close = {4000, 4000, 0, 0, 4000, 0}         },
    {.put = put_delta,                                                   .close = {4000, 4000, 0, 0, 4000, 0}         },
    {.put = put_part,                                                    .close = {4000, 4000, 0, 0, 4000, 0}         },
    {.put = put_ink,                                                     .close = {4000, 4000, 0, 0, 4000, 0}         },
    {.put = put_probe,                                                   .close = {4000, 0, 0, 0, 0, 0}               },
 /* what nobody sends */
    {.put = put_bad_ink,                                                 .close = {4000, 4000, 0, 4000, 4000, 4000}   },
    {.put = put_still,                                                   .close = {4000, 4000, 0, 4000, 4000, 4000}   },
    {.put = put_gap,                                                     .close = {4000, 4000, 0, 4000, 4000, 4000}   },
    {.put = put_nothing,                                                 .close = {4000, 4000, 0, 4000, 4000, 4000}   },
    {.put = put_garbage,                                                 .close = {4000, 4000, 0, 4000, 4000, 4000}   },
};

/* The page is in the role; in BUSY another one teaches. */
static void play(struct ws *ws, enum role role)
{
    switch (role) {
    case GREETING: assert_true(connects(ws)); break;
    case LOOKING: comes(ws, LOOK); break;
    case BUSY:
        comes(&pages[1], PHONE);
        begins(&pages[1]);
        comes(ws, LAPTOP);
        has_text(ws, "\"busy\"");
        break;
    case TEACHING:
        comes(ws, LAPTOP);
        begins(ws);
        break;
    case ENDED:
        comes(ws, LAPTOP);
        begins(ws);
        says(ws, "{\"t\":\"end\"}");
        break;
    case REHEARSING:
        comes(ws, REHEARSE);
        begins(ws);
        break;
    case ROLES: break;
    }
}

static void try(struct ws *ws, size_t row, enum role role)
{
    play(ws, role);
    if (matrix[row].text)
        says(ws, matrix[row].text);
    if (matrix[row].put) {
        matrix[row].put();
        sends_message(ws);
    }
    int code = ws->is_closed ? ws->close_code : 0;
    if (code != matrix[row].close[role])
        fail_msg("row %zu as %d: %d, %s", row, (int)role, code, ws->close_why);
}

static void every_message_is_taken_or_refused_by_what_the_page_is(void **state)
{
    for (size_t row = 0; row < sizeof(matrix) / sizeof(matrix[0]); row++) {
        for (enum role role = GREETING; role < ROLES; role++) {
            try(&pages[0], row, role);
            close_web(state);
            open_web(state);
        }
    }
}

static void media_of_one_who_is_busy_reaches_nobody(void **state)
{
    (void)state;
    play(&pages[0], BUSY);
    uint64_t before = facts("demo").source_bytes;
    begins(&pages[0]);
    assert_int_equal(facts("demo").source_bytes, before);
    looks(&pages[0], 250);
    has_text(&pages[0], "\"voice\":null,\"video\":null");
}

int main(int argc, char **argv)
{
    child_main(argc, argv);
    const struct CMUnitTest tests[] = {
        CASE(every_message_is_taken_or_refused_by_what_the_page_is),
        CASE(media_of_one_who_is_busy_reaches_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
