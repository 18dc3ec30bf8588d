#ifndef AIRCLASS_SERVER_NET_LISTENER_H
#define AIRCLASS_SERVER_NET_LISTENER_H

#include <stdint.h>
#include <sys/socket.h>

/*
 * A listening TCP socket on the loop. libwebsockets could listen itself, but when descriptors run
 * out it asks for the same connection again and again; and what it accepts must be set up one by
 * one.
 */
struct uv_loop_s;
struct listener;

struct listener_params {
    struct uv_loop_s *loop;
    const char *bind; /* borrowed for the call; NULL or "": all addresses, IPv4 and IPv6 */
    uint16_t port;    /* 0: any */
    uint32_t send_buffer_bytes;
    const char *congestion;  /* borrowed for the call; link_tune() */
    uint32_t accepts_a_turn; /* of the loop, at most */

    /* Called from the loop. The descriptor, which does not block, is the callee's to close. */
    void (*on_connection)(void *arg, int fd, const struct sockaddr_storage *from);
    /* No descriptor is left, or no memory: until listener_resume() nobody is accepted, and whoever
     * comes waits in the kernel. */
    void (*on_full)(void *arg);
    void *arg;
};

/* -EINVAL: `bind` is no address; -EADDRINUSE and friends; -EPROTONOSUPPORT: no such congestion
 * control. */
int listener_open(struct listener **out, const struct listener_params *p);

/* Nothing is called any more; its memory follows with the loop's next turn. */
void listener_close(struct listener **listener);

/* Accepts again, if it had stopped. NULL is fine. */
void listener_resume(struct listener *l);

uint16_t listener_port(const struct listener *l);

#endif
