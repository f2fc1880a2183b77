// listening - no name is looked up: what a resolver says is nobody's decision here.

#include "web/http/listening.h"

#include "lib/base/bytes.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { PORT_MAX = 65535 };

static bool parse_4(listening_t *self, const char *host)
{
    struct sockaddr_in *in = (struct sockaddr_in *)&self->socket;
    if (inet_pton(AF_INET, host, &in->sin_addr) != 1)
        return false;
    in->sin_family = AF_INET;
    in->sin_port = htons((uint16_t)self->port);
    self->size = sizeof *in;
    self->loopback = (ntohl(in->sin_addr.s_addr) >> 24) == 127;
    return true;
}

static bool parse_6(listening_t *self, const char *host)
{
    struct sockaddr_in6 *in = (struct sockaddr_in6 *)&self->socket;
    if (inet_pton(AF_INET6, host, &in->sin6_addr) != 1)
        return false;
    in->sin6_family = AF_INET6;
    in->sin6_port = htons((uint16_t)self->port);
    self->size = sizeof *in;
    self->loopback = IN6_IS_ADDR_LOOPBACK(&in->sin6_addr);
    return true;
}

int listening_parse(listening_t *self, const char *text, cause_t *why)
{
    *self = (listening_t){0};
    const char *colon = strrchr(text, ':');
    char host[INET6_ADDRSTRLEN + 2] = "";
    uint64_t port = 0;
    size_t size = colon ? (size_t)(colon - text) : 0;
    bool brackets = size > 2 && text[0] == '[' && text[size - 1] == ']';
    if (!colon || size >= sizeof host || strlen(text) >= sizeof self->text ||
        !decimal_decode(span_text(colon + 1), &port) || port == 0 || port > PORT_MAX)
        return cause_set(
            why, "%s: not an address with a port, such as 127.0.0.1:7680", text);
    memcpy(host, text + brackets, size - 2 * brackets);
    self->port = (unsigned)port;
    if (brackets ? !parse_6(self, host) : !parse_4(self, host))
        return cause_set(
            why, "%s: not an address in numbers, such as 127.0.0.1:7680", text);
    (void)snprintf(self->text, sizeof self->text, "%s", text);
    return 0;
}

static bool is_name(const listening_t *self, const char *name, const char *host)
{
    size_t length = strlen(name);
    char port[8];
    (void)snprintf(port, sizeof port, ":%u", self->port);
    return strncasecmp(host, name, length) == 0 &&
           (strcmp(host + length, port) == 0 ||
               (host[length] == 0 && (self->port == 443 || self->port == 80)));
}

bool listening_is_host(const listening_t *self, const texts_t *names, const char *host)
{
    bool known = strcmp(host, self->text) == 0 ||
                 (self->loopback && is_name(self, "localhost", host));
    for (size_t i = 0; i < names->n && !known; i++)
        known = is_name(self, names->text[i], host);
    return known;
}
