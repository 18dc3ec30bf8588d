#ifndef AIRCLASS_SERVER_VIEWER_CROWD_H
#define AIRCLASS_SERVER_VIEWER_CROWD_H

#include <stddef.h>
#include <stdint.h>

#include "server/ladder/ladder.h"
#include "server/net/ws.h"

/*
 * All viewers of this process: takes connections in, looks at each of them four times a second in
 * small slices, and keeps the limits.
 */
struct access_plan;
struct attendance;
struct crowd;
struct directory;
struct door;
struct sessions;
struct lessons;
struct uv_loop_s;

struct crowd_params {
    struct uv_loop_s *loop;
    struct sessions *sessions;
    const struct lessons *lessons;
    const struct ladder *ladder;
    /* Who may come in without a key; all NULL: nobody. */
    const struct directory *directory;
    const struct access_plan *plan;
    struct door *door;
    struct attendance *attendance; /* counts pupils' minutes; NULL: nobody does */
    uint32_t hello_timeout_ms;
    uint32_t stall_ms; /* a socket that takes nothing for so long is closed */
    uint32_t max_viewers;
};

/* Parameters are copied; what they point to must outlive the crowd. */
int crowd_new(struct crowd **out, const struct crowd_params *p);

/* airclass.v1, for the network layer. Lives as long as the crowd. */
const struct ws_protocol *crowd_protocol(const struct crowd *crowd);

/* Stops looking. All connections must be gone (net_close). `closed` is called from the loop. */
void crowd_close(struct crowd *crowd, void (*closed)(void *arg), void *arg);

size_t crowd_size(const struct crowd *crowd);

/* For viewer.c. */
struct parcel;
const struct crowd_params *crowd_params_of(const struct crowd *crowd);
struct parcel *crowd_parcel(struct crowd *crowd);

#endif
