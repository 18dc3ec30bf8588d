#include "tests/bench/client/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help_text[] =
    "viewers --port PORT --lesson ID [options]: many players of one lesson\n"
    "  --viewers N        how many (1)\n"
    "  --mode MODE        auto, save or voice (auto)\n"
    "  --rung NAME        measure once all of them have this rung\n"
    "  --settle S         ... and so long after that (2)\n"
    "  --seconds S        how long to measure (10)\n"
    "  --patience S       for all to get there (60)\n"
    "  --pid PID          also measure this process's CPU time\n"
    "  --record FILE      write what the first viewer gets, for tests/bench/bare\n"
    "  --log FILE         a line for each unit: us since 1970, viewer, track, kind, pts, end pts,\n"
    "                     bytes\n"
    "  --clock US         when the lesson's clock was 0, from clock_us of a run before\n"
    "  --stuck            read nothing more from when measuring begins\n"
    "  --receive-buffer B SO_RCVBUF of each viewer\n"
    "Prints 'ready' when measuring begins, then the results as key=value.\n";

static int bad(void)
{
    fputs(help_text, stderr);
    return 2;
}

static void take(struct options *o, int option, const char *value)
{
    unsigned number = (unsigned)strtoul(value ? value : "0", NULL, 10);
    switch (option) {
    case 'p': o->join.port = number; break;
    case 'l': o->join.lesson = value; break;
    case 'm': o->join.mode = value; break;
    case 'b': o->join.receive_buffer = (int)number; break;
    case 'n': o->viewers = number; break;
    case 'r': o->rung = value; break;
    case 't': o->settle_s = number; break;
    case 's': o->seconds = number; break;
    case 'w': o->patience_s = number; break;
    case 'i': o->pid = (pid_t)number; break;
    case 'R': o->record = value; break;
    case 'L': o->log = value; break;
    case 'c': o->clock_us = strtoull(value, NULL, 10); break;
    case 'S': o->is_stuck = true; break;
    default: break;
    }
}

int options_read(struct options *o, int argc, char **argv)
{
    static const struct option names[] = {
        {"port",           required_argument, NULL, 'p'},
        {"lesson",         required_argument, NULL, 'l'},
        {"mode",           required_argument, NULL, 'm'},
        {"receive-buffer", required_argument, NULL, 'b'},
        {"viewers",        required_argument, NULL, 'n'},
        {"rung",           required_argument, NULL, 'r'},
        {"settle",         required_argument, NULL, 't'},
        {"seconds",        required_argument, NULL, 's'},
        {"patience",       required_argument, NULL, 'w'},
        {"pid",            required_argument, NULL, 'i'},
        {"record",         required_argument, NULL, 'R'},
        {"log",            required_argument, NULL, 'L'},
        {"clock",          required_argument, NULL, 'c'},
        {"stuck",          no_argument,       NULL, 'S'},
        {NULL,             0,                 NULL, 0  },
    };
    *o = (struct options){.join = {.mode = "auto"},
                          .viewers = 1,
                          .rung = "",
                          .settle_s = 2,
                          .seconds = 10,
                          .patience_s = 60};
    int option;
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        if (option == '?')
            return bad();
        take(o, option, optarg);
    }
    bool is_whole = o->join.port > 0 && o->join.port < 65536 && o->join.lesson && o->viewers > 0;
    return is_whole && optind == argc ? 0 : bad();
}
