#ifndef AIRCLASS_SERVER_WORKER_PROC_H
#define AIRCLASS_SERVER_WORKER_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/wire/wire.h"
#include "server/base/buf.h"

/*
 * One codec process and the socket to it, from its start to its last handle. Private to
 * server/worker.
 */
struct proc;
struct uv_loop_s;

struct proc_events {
    /* One message. May call proc_kill(), nothing else that ends it. */
    void (*on_message)(void *arg, const struct wire_msg *m);
    /* The messages of one read have been told. */
    void (*on_batch)(void *arg);
    /* It has ended: its exit status, the signal if one ended it, and whether it was killed because
     * what it said made no sense. Told once, last; the proc frees itself afterwards. */
    void (*on_end)(void *arg, int64_t status, int signal, bool is_garbled);
};

/* Starts `program`. A negative errno if that fails. */
int proc_start(struct proc **out, struct uv_loop_s *loop, const char *program, uint32_t memory_mb,
               const struct proc_events *events, void *arg);

/* Sends a message whose payload is `m->payload` (copied; small) or, if not NULL, `payload` (a
 * reference is taken; m->len is set from it). -EPIPE, -ENOMEM: it is not sent. */
int proc_send(struct proc *p, const struct wire_msg *m, struct buf *payload);

/* Bytes that wait for the process to read them. */
size_t proc_queued(const struct proc *p);

int proc_pid(const struct proc *p);

/* SIGKILL; on_end follows. */
void proc_kill(struct proc *p);

/* SIGKILL, and no more events but `closed` (may be NULL), when nothing is left. */
void proc_close(struct proc *p, void (*closed)(void *arg), void *arg);

#endif
