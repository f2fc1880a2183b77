// address - where a connection comes from, as far as it is counted by that.

#ifndef HUB_NET_ADDRESS_H
#define HUB_NET_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

// An IPv4 address, or the /64 of an IPv6 one.
typedef struct {
    uint8_t bytes[16];
} address_t;

enum { ADDRESS_TEXT = 64 };
// As it is printed, the half of an IPv6 address that counts.
void address_print(const address_t *self, char text[ADDRESS_TEXT]);
// "192.0.2.1", "::ffff:192.0.2.1" (the same), "2001:db8::1%eth0".  False: neither.
bool address_parse(address_t *self, const char *text);

#endif
