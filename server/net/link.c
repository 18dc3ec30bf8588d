#include "server/net/link.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/sockios.h>
/* Not <netinet/tcp.h>: its struct tcp_info ends before the fields that we need. */
#include <linux/tcp.h>
#include <netinet/in.h>

enum {
    /* What may wait unsent in the kernel: late data that cannot be taken back any more. */
    NOTSENT_LOWAT_BYTES = 16 << 10,
    RECEIVE_BUFFER_BYTES = 32 << 10,
    /*
     * Each repeated packet that is lost, too, doubles the time to the next attempt: after a tunnel
     * of 20 s a player was silent for 11-20 s more; with this limit, for hardly longer than it.
     * Less repeats packets for nothing on a link with a queue. Kernels before 6.15 lack it.
     * TCP_THIN_LINEAR_TIMEOUTS is at least six even attempts for a stream as thin as voice.
     * Figures: docs/decisions/0021-tcp-for-weak-links.md.
     */
    RETRY_MAX_MS = 1400,
    /* Nothing acknowledged for so long: the player is gone. Without the limit above attempts may be
     * 20 s apart when an outage of 20 s ends, and one of them must be left. */
    USER_TIMEOUT_MS = 45000,
    US_PER_MS = 1000,
};

#ifndef TCP_RTO_MAX_MS
#    define TCP_RTO_MAX_MS 44 /* since Linux 6.15; an older one refuses it */
#endif

static const struct {
    int level, option, value;
} settings[] = {
    {IPPROTO_TCP, TCP_NODELAY,              1                   },
    {IPPROTO_TCP, TCP_NOTSENT_LOWAT,        NOTSENT_LOWAT_BYTES },
    {IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 1                   },
    {IPPROTO_TCP, TCP_RTO_MAX_MS,           RETRY_MAX_MS        },
    {IPPROTO_TCP, TCP_USER_TIMEOUT,         USER_TIMEOUT_MS     },
    {SOL_SOCKET,  SO_RCVBUF,                RECEIVE_BUFFER_BYTES},
};

static int set_int(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof(value)) ? -errno : 0;
}

int link_tune(int fd, uint32_t send_buffer_bytes, const char *congestion)
{
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        set_int(fd, settings[i].level, settings[i].option, settings[i].value);
    if (send_buffer_bytes)
        set_int(fd, SOL_SOCKET, SO_SNDBUF, (int)send_buffer_bytes);
    if (!congestion || !*congestion)
        return 0;
    socklen_t len = (socklen_t)strlen(congestion);
    return setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, congestion, len) ? -EPROTONOSUPPORT : 0;
}

uint32_t link_queued(int fd)
{
    int bytes = 0;
    if (fd < 0 || ioctl(fd, SIOCOUTQ, &bytes) < 0 || bytes < 0)
        return 0;
    return (uint32_t)bytes;
}

/* An older kernel fills less of it: the rest stays 0. */
void link_measure(int fd, struct ws_link *out)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof(info);
    *out = (struct ws_link){0};
    if (fd < 0 || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
        return;
    out->rtt_ms = (info.tcpi_rtt + US_PER_MS - 1) / US_PER_MS;
    /* The kernel says the largest number while it knows none. */
    if (info.tcpi_min_rtt != UINT32_MAX)
        out->min_rtt_ms = (info.tcpi_min_rtt + US_PER_MS - 1) / US_PER_MS;
    out->resent_bytes = info.tcpi_bytes_retrans;
}

static int poll_now(int fd, int events)
{
    struct pollfd p = {.fd = fd, .events = (short)events};
    return poll(&p, 1, 0) > 0 ? p.revents : 0;
}

bool link_is_jammed(int fd)
{
    return (poll_now(fd, POLLIN | POLLOUT) & (POLLIN | POLLOUT)) == POLLIN;
}

bool link_is_ended(int fd)
{
    return (poll_now(fd, POLLRDHUP) & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/* The states in which the peer has not said that it ends (of <netinet/tcp.h>, which can't be had
 * beside <linux/tcp.h>): established, and we have ended our half. */
static bool is_peer_open(uint8_t tcp_state)
{
    enum { ESTABLISHED = 1, FIN_WAIT1 = 4, FIN_WAIT2 = 5 };
    return tcp_state == ESTABLISHED || tcp_state == FIN_WAIT1 || tcp_state == FIN_WAIT2;
}

bool link_is_deserted(int fd)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof(info);
    return fd >= 0 && getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
           is_peer_open(info.tcpi_state) && info.tcpi_bytes_received > 0;
}
