#ifndef AIRCLASS_TESTS_LINK_TUN_H
#define AIRCLASS_TESTS_LINK_TUN_H

#include <netinet/in.h>

/*
 * Opens a TUN device in a named network namespace (`ip netns add`), gives it an address in a /24
 * and brings it up. The process is in that namespace afterwards. The descriptor does not block; its
 * packets are bare IP. Negative errno; `*what` then says which step it was.
 */
int tun_open(const char *netns, const char *device, struct in_addr address, const char **what);

/* Another address instead of the present one, for a device of the namespace that we are in. */
int tun_set_address(const char *device, struct in_addr address);

#endif
