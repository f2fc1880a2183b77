// address - IPv4 is kept as IPv6 has it (::ffff:192.0.2.1), so that one host is one
// address by whichever of the two it comes.

#include "hub/net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

bool address_parse(address_t *self, const char *text)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    char plain[INET6_ADDRSTRLEN];
    size_t size = strcspn(text, "%");
    *self = (address_t){{0}};
    if (size == 0 || size >= sizeof plain)
        return false;
    memcpy(plain, text, size);
    plain[size] = 0;
    if (inet_pton(AF_INET, plain, self->bytes + sizeof mapped) == 1) {
        memcpy(self->bytes, mapped, sizeof mapped);
        return true;
    }
    if (inet_pton(AF_INET6, plain, self->bytes) != 1)
        return false;
    if (memcmp(self->bytes, mapped, sizeof mapped) != 0)
        memset(self->bytes + 8, 0, 8);
    return true;
}

void address_print(const address_t *self, char text[ADDRESS_TEXT])
{
    struct in6_addr address;
    memcpy(&address, self->bytes, sizeof address);
    bool four = IN6_IS_ADDR_V4MAPPED(&address);
    if (!inet_ntop(
            four ? AF_INET : AF_INET6, self->bytes + (four ? 12 : 0), text, ADDRESS_TEXT))
        text[0] = 0;
}
