#include "tests/link/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int enter(const char *netns)
{
    char path[128];
    snprintf(path, sizeof(path), "/run/netns/%s", netns);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int err = setns(fd, CLONE_NEWNET) == 0 ? 0 : -errno;
    close(fd);
    return err;
}

static int make_device(const char *device)
{
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    struct ifreq r = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", device);
    if (ioctl(fd, TUNSETIFF, &r) == 0)
        return fd;
    int err = -errno;
    close(fd);
    return err;
}

/* SIOCSIFADDR and SIOCSIFNETMASK take their address from the same place. */
static int put_address(int fd, unsigned long request, const char *device, struct in_addr address)
{
    struct ifreq r = {0};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = address};
    snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", device);
    memcpy(&r.ifr_addr, &in, sizeof(in));
    return ioctl(fd, request, &r) == 0 ? 0 : -errno;
}

static int bring_up(int fd, const char *device)
{
    struct ifreq r = {0};
    snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", device);
    if (ioctl(fd, SIOCGIFFLAGS, &r) != 0)
        return -errno;
    r.ifr_flags |= IFF_UP;
    return ioctl(fd, SIOCSIFFLAGS, &r) == 0 ? 0 : -errno;
}

int tun_set_address(const char *device, struct in_addr address)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int err = put_address(fd, SIOCSIFADDR, device, address);
    if (!err)
        err = put_address(fd, SIOCSIFNETMASK, device, (struct in_addr){htonl(0xffffff00)});
    if (!err)
        err = bring_up(fd, device);
    close(fd);
    return err;
}

int tun_open(const char *netns, const char *device, struct in_addr address, const char **what)
{
    *what = "network namespace";
    int err = enter(netns);
    if (err)
        return err;
    *what = "/dev/net/tun";
    int fd = make_device(device);
    if (fd < 0)
        return fd;
    *what = "address";
    err = tun_set_address(device, address);
    if (!err)
        return fd;
    close(fd);
    return err;
}
