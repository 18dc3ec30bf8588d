#ifndef AIRCLASS_TESTS_BENCH_CLIENT_OPTIONS_H
#define AIRCLASS_TESTS_BENCH_CLIENT_OPTIONS_H

#include <stdbool.h>
#include <sys/types.h>

#include "tests/bench/client/player.h"

/* The command line of tests/bench/viewers. */
struct options {
    struct player_join join;
    unsigned viewers;
    const char *rung;  /* measuring begins when all have it; "": when all are welcome */
    unsigned settle_s; /* ... and so long after that */
    unsigned seconds;  /* how long is measured */
    unsigned patience_s;
    uint64_t clock_us;  /* when the lesson's clock was 0, us since 1970; 0: the quickest says it */
    pid_t pid;          /* whose CPU time is measured; 0: nobody's */
    const char *record; /* file for what the first viewer got; NULL: none */
    const char *log;    /* file with a line for each message of each viewer; NULL: none */
    bool is_stuck;      /* they stop reading when measuring begins */
};

/* 0, or an exit status after having said what is wrong. */
int options_read(struct options *o, int argc, char **argv);

#endif
