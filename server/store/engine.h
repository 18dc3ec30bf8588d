#ifndef AIRCLASS_SERVER_STORE_ENGINE_H
#define AIRCLASS_SERVER_STORE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include "server/store/db.h"

/*
 * The threads that talk to the database, so that the loop never does: one that writes, in the order
 * of asking, and READERS that read. Private to this folder.
 *
 * Group commit: whatever is waiting when the writer becomes free goes into one transaction, and is
 * told as done when that is on the disk. Nobody is kept waiting for company; a transaction that has
 * taken ENGINE_GROUP_MS takes no further job.
 */
struct engine;
struct uv_loop_s;

enum {
    ENGINE_READERS = 2,
    ENGINE_GROUP_MS = 20,
    ENGINE_WRITES_MAX = 64 << 20, /* bytes that wait to be written */
    ENGINE_READS_MAX = 8 << 20,   /* some 500 questions: 64 who sign in leave room for the others */
    ENGINE_ALONE = 1 << 20,       /* a job of so many bytes has a transaction for itself */
};

/* Embedded in what is to be done. From engine_write() or engine_read() until `done` it is the
 * engine's. */
struct job {
    int (*run)(struct job *job, struct db *db); /* in a thread: 0 or a negative errno */
    void (*done)(struct job *job);              /* on the loop: `err` is set; may free it */
    size_t bytes;
    int err;
    bool is_bare;     /* in no group, and in no transaction but its own */
    struct job *next; /* the engine's own */
    bool is_awaited;
};

/* Takes over the connections, in any case. */
struct engine_params {
    struct uv_loop_s *loop;
    struct db *writer;
    struct db *readers[ENGINE_READERS];
};
int engine_start(struct engine **out, const struct engine_params *params);

/* -EAGAIN: too much is waiting; -ESHUTDOWN: it is closing. The job is then still the caller's. */
int engine_write(struct engine *engine, struct job *job);
int engine_read(struct engine *engine, struct job *job);

/* The same, and waits for it; `done` is not called. The job's error is returned. For the start of
 * the program, before the loop runs. */
int engine_write_now(struct engine *engine, struct job *job);
int engine_read_now(struct engine *engine, struct job *job);

/* What has been asked is still carried out and told; then the connections are closed, and `closed`
 * is called from the loop. */
void engine_close(struct engine *engine, void (*closed)(void *arg), void *arg);

#endif
