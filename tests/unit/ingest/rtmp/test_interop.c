#include "tests/unit/unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/ingest/rtmp/loopback.h"

/* Encoders as they are installed, against our listener. One that is missing is skipped. */

enum { COMMAND_MAX = 2048 };

static bool is_installed(const char *check)
{
    char command[COMMAND_MAX];
    snprintf(command, sizeof(command), "{ %s ; } >/dev/null 2>&1", check);
    return system(command) == 0;
}

#define NEEDS(check)                                                                               \
    do {                                                                                           \
        if (!is_installed(check)) {                                                                \
            print_message("skipped: `%s` fails here\n", check);                                    \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

#define NEEDS_FFMPEG() NEEDS("ffmpeg -version")

static void on_process_closed(uv_handle_t *handle)
{
    free(handle);
}

static void on_exit_status(uv_process_t *process, int64_t status, int signal)
{
    *(int *)process->data = signal ? 128 + signal : (int)status;
    uv_close((uv_handle_t *)process, on_process_closed);
}

static void open_loopback(struct loopback *lb)
{
    lb_start(lb, lb_params());
    assert_int_equal(lb->open_err, 0);
}

/* Runs a shell command with $URL set until it has ended and all it connected is gone again. */
static int run(struct loopback *lb, const char *command, const char *name)
{
    char url[128];
    snprintf(url, sizeof(url), "URL=rtmp://127.0.0.1:%u/live/%s", rtmp_port(lb->rtmp), name);
    char *env[] = {url, (char *)"PATH=/usr/bin:/bin", (char *)"HOME=/dev/null", NULL};
    char *args[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_IGNORE}, {.flags = UV_IGNORE}, {.flags = UV_IGNORE}};
    if (getenv("SHOW_ENCODERS"))
        stdio[2] = stdio[1] = (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = 2};

    int status = -1;
    uv_process_t *process = calloc(1, sizeof(*process));
    process->data = &status;
    uv_process_options_t o = {.file = "/bin/sh",
                              .args = args,
                              .env = env,
                              .stdio = stdio,
                              .stdio_count = 3,
                              .exit_cb = on_exit_status};
    assert_int_equal(uv_spawn(&lb->loop, process, &o), 0);
    while (status < 0)
        lb_turn(lb);
    while (!strstr(lb->log, "rtmp.closed"))
        lb_turn(lb);
    if (getenv("SHOW_ENCODERS"))
        print_message("%s", lb->log);
    return status;
}

static void assert_logged(const struct loopback *lb, const char *text)
{
    if (!strstr(lb->log, text))
        fail_msg("\"%s\" is not in the log:\n%s", text, lb->log);
}

#define PICTURE "-f lavfi -i testsrc=size=320x180:rate=25 "
#define SOUND   "-f lavfi -i sine=frequency=440 "
#define FFMPEG  "exec ffmpeg -nostdin -v error "
#define X264    "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 "

static void ffmpeg_sends_picture_and_sound(void **state)
{
    (void)state;
    NEEDS_FFMPEG();
    struct loopback lb;
    open_loopback(&lb);
    assert_int_equal(
        run(&lb, FFMPEG PICTURE SOUND "-t 2 " X264 "-c:a aac -f flv \"$URL\"", LOOPBACK_KEY), 0);
    assert_int_equal(lb.video, 51);
    assert_in_range(lb.audio, 85, 90);
    assert_int_equal(lb.configs, 2);
    assert_int_equal(lb.keys, 2);
    assert_true(lb.script >= 1);
    assert_in_range(lb.last_ms - lb.first_ms, 1900, 2100);
    assert_int_equal(lb.end, SOURCE_STOPPED);
    assert_logged(&lb, "handshake=digest"); /* which it verifies */
    assert_logged(&lb, "why=stopped");
    lb_stop(&lb);
}

static void ffmpeg_sends_picture_alone(void **state)
{
    (void)state;
    NEEDS_FFMPEG();
    struct loopback lb;
    open_loopback(&lb);
    assert_int_equal(run(&lb, FFMPEG PICTURE "-t 1 " X264 "-f flv \"$URL\"", LOOPBACK_KEY), 0);
    assert_int_equal(lb.video, 26);
    assert_int_equal(lb.audio, 0);
    lb_stop(&lb);
}

static void ffmpeg_sends_sound_alone(void **state)
{
    (void)state;
    NEEDS_FFMPEG();
    struct loopback lb;
    open_loopback(&lb);
    assert_int_equal(run(&lb, FFMPEG SOUND "-t 1 -c:a aac -f flv \"$URL\"", LOOPBACK_KEY "?a=b"),
                     0);
    assert_int_equal(lb.video, 0);
    assert_in_range(lb.audio, 43, 47);
    lb_stop(&lb);
}

/* Past 0xffffff ms, about 4 h 40 min, every chunk header carries an extended timestamp. */
static void ffmpeg_sends_after_five_hours(void **state)
{
    (void)state;
    NEEDS_FFMPEG();
    struct loopback lb;
    open_loopback(&lb);
    assert_int_equal(run(&lb,
                         FFMPEG PICTURE SOUND "-t 2 " X264 "-b:v 3M -c:a aac "
                                              "-output_ts_offset 16776 -f flv \"$URL\"",
                         LOOPBACK_KEY),
                     0);
    assert_int_equal(lb.video, 51);
    assert_in_range(lb.audio, 85, 90);
    assert_true(lb.last_ms > 0xffffff);
    lb_stop(&lb);
}

static void ffmpeg_is_told_of_a_wrong_key(void **state)
{
    (void)state;
    NEEDS_FFMPEG();
    struct loopback lb;
    open_loopback(&lb);
    int status = run(&lb,
                     "ffmpeg -nostdin -v error " SOUND "-t 1 -c:a aac -f flv \"$URL\" 2>&1 |"
                     "grep -q 'stream key is wrong'",
                     "not-the-key");
    assert_int_equal(status, 0);
    assert_logged(&lb, "why=bad_key");
    assert_int_equal(lb.opens, 0);
    lb_stop(&lb);
}

static void ffmpeg_is_refused_with_a_codec_we_cannot_take(void **state)
{
    (void)state;
    NEEDS_FFMPEG();
    static const char *const commands[][2] = {
        {FFMPEG PICTURE "-t 3 -c:v flv1 -f flv \"$URL\"",     "Sorenson"    },
        {FFMPEG SOUND "-t 3 -c:a libmp3lame -f flv \"$URL\"", "MP3"         },
        {FFMPEG PICTURE "-t 3 -c:v flashsv2 -f flv \"$URL\"", "Screen video"},
    };
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        struct loopback lb;
        open_loopback(&lb);
        run(&lb, commands[i][0], LOOPBACK_KEY);
        assert_logged(&lb, "why=codec");
        assert_logged(&lb, commands[i][1]);
        assert_int_equal(lb.video + lb.audio, 0);
        assert_int_equal(lb.end, SOURCE_REFUSED);
        lb_stop(&lb);
    }
}

#define GST "exec gst-launch-1.0 -q "
#define GST_MEDIA                                                                                  \
    "videotestsrc num-buffers=50 ! video/x-raw,width=320,height=180,framerate=25/1 ! "             \
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! h264parse ! m. "             \
    "audiotestsrc num-buffers=86 samplesperbuffer=1024 ! audio/x-raw,rate=44100 ! "                \
    "avenc_aac ! aacparse ! m. flvmux name=m streamable=true ! "

#define NEEDS_GST(sink)                                                                            \
    NEEDS("gst-inspect-1.0 " sink " && gst-inspect-1.0 x264enc && gst-inspect-1.0 avenc_aac")

static void assert_gst_media(struct loopback *lb)
{
    assert_in_range(lb->video, 50, 53);
    assert_in_range(lb->audio, 84, 90);
    assert_true(lb->keys >= 2);
}

static void gstreamer_sends_through_rtmp2sink(void **state)
{
    (void)state;
    NEEDS_GST("rtmp2sink");
    struct loopback lb;
    open_loopback(&lb);
    assert_int_equal(run(&lb, GST GST_MEDIA "rtmp2sink location=\"$URL\"", LOOPBACK_KEY), 0);
    assert_gst_media(&lb);
    lb_stop(&lb);
}

/* rtmpsink is librtmp, which OBS's RTMP grew from. */
static void gstreamer_sends_through_librtmp(void **state)
{
    (void)state;
    NEEDS_GST("rtmpsink");
    struct loopback lb;
    open_loopback(&lb);
    assert_int_equal(run(&lb, GST GST_MEDIA "rtmpsink location=\"$URL live=1\"", LOOPBACK_KEY), 0);
    assert_gst_media(&lb);
    lb_stop(&lb);
}

static void rtmpdump_is_told_that_nothing_is_played(void **state)
{
    (void)state;
    NEEDS("command -v rtmpdump");
    struct loopback lb;
    open_loopback(&lb);
    int status = run(&lb,
                     "timeout 10 rtmpdump -V -r \"$URL\" -o /dev/null 2>&1 |"
                     "grep -q 'NetStream.Play.Failed'",
                     "lesson");
    assert_int_equal(status, 0);
    assert_logged(&lb, "why=play");
    lb_stop(&lb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ffmpeg_sends_picture_and_sound),
        cmocka_unit_test(ffmpeg_sends_picture_alone),
        cmocka_unit_test(ffmpeg_sends_sound_alone),
        cmocka_unit_test(ffmpeg_sends_after_five_hours),
        cmocka_unit_test(ffmpeg_is_told_of_a_wrong_key),
        cmocka_unit_test(ffmpeg_is_refused_with_a_codec_we_cannot_take),
        cmocka_unit_test(gstreamer_sends_through_rtmp2sink),
        cmocka_unit_test(gstreamer_sends_through_librtmp),
        cmocka_unit_test(rtmpdump_is_told_that_nothing_is_played),
    };
    return cmocka_run_group_tests(tests, lb_setup, lb_teardown);
}
