// check_net - addresses: whether they can be resolved, are free or taken by whom they
// should, and whether somebody answers.

#include "lib/base/catalogue.h"
#include "nodes/doctor/checks.h"

#include "nodes/inbox/mail.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECT_MS = 3000, HOST = 256 };

typedef struct {
    char host[HOST], port[16];
} address_t;

// "tcp://host:port", "tcp://[::1]:7600", "tcp://*:7600"; false for other transports.
static bool parse(const char *endpoint, address_t *out)
{
    if (strncmp(endpoint, "tcp://", 6) != 0)
        return false;
    const char *host = endpoint + 6, *colon = strrchr(host, ':');
    if (!colon || colon == host || strlen(colon + 1) >= sizeof out->port)
        return false;
    size_t length = (size_t)(colon - host);
    if (host[0] == '[' && length > 2) {
        host++;
        length -= 2;
    }
    if (length >= sizeof out->host)
        return false;
    memcpy(out->host, host, length);
    out->host[length] = 0;
    (void)snprintf(out->port, sizeof out->port, "%s", colon + 1);
    return true;
}

static struct addrinfo *resolve(const address_t *address, int flags, const char **error)
{
    struct addrinfo *list = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};
    bool any = strcmp(address->host, "*") == 0;
    int result = getaddrinfo(any ? NULL : address->host, address->port, &hints, &list);
    *error = result == EAI_SYSTEM ? strerror(errno) : gai_strerror(result);
    return result == 0 ? list : NULL;
}

static int finish(int fd)
{
    struct pollfd ready = {fd, POLLOUT, 0};
    int error = 0;
    socklen_t size = sizeof error;
    if (poll(&ready, 1, CONNECT_MS) != 1)
        error = ETIMEDOUT;
    else
        (void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    errno = error;
    return error ? -1 : 0;
}

static int try_to_connect(const struct addrinfo *to)
{
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int result = fd < 0 ? -1 : connect(fd, to->ai_addr, to->ai_addrlen);
    if (fd >= 0 && result != 0 && errno == EINPROGRESS)
        result = finish(fd);
    int error = errno;
    if (fd >= 0)
        (void)close(fd);
    errno = error;
    return result;
}

static int try_to_bind(const struct addrinfo *to)
{
    int on = 1;
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = -1;
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0)
        result = bind(fd, to->ai_addr, to->ai_addrlen);
    int error = errno;
    if (fd >= 0)
        (void)close(fd);
    errno = error;
    return result;
}

static int try_any(const struct addrinfo *list, int attempt(const struct addrinfo *to))
{
    int result = -1;
    for (; list && result != 0; list = list->ai_next)
        result = attempt(list);
    return result;
}

static void check_listen(const patient_t *patient, const char *endpoint, findings_t *out)
{
    address_t address;
    advice_t room;
    const char *error;
    // Where nobody may ask whether it runs, whoever listens there is taken for it.
    bool runs = patient_runs(patient) || patient->error_silent == EACCES;
    if (!parse(endpoint, &address))
        return;
    struct addrinfo *list = resolve(&address, runs ? 0 : AI_PASSIVE, &error);
    int result = try_any(list, runs ? try_to_connect : try_to_bind);
    advise(&room, "ss -ltnp 'sport = :%s'", address.port);
    if (!list)
        found(out, FOUND_CRITICAL, endpoint, "getent hosts NAME; listen in hub.conf",
            say("the address cannot be resolved: %s"), error);
    else if (result != 0 && !runs)
        found(out, FOUND_CRITICAL, endpoint, room.text,
            say("a hub cannot listen there: %s"), strerror(errno));
    else if (result != 0)
        found(out, FOUND_CRITICAL, endpoint, room.text,
            say("the hub runs, and does not answer there: %s"), strerror(errno));
    else
        found(out, FOUND_OK, endpoint, NULL,
            runs ? say("the hub answers there") : say("the address is free"));
    if (list)
        freeaddrinfo(list);
}

static bool is_connected(const patient_t *patient)
{
    const json_t *hub = json_object_get(patient->status, "hub");
    return strcmp(mail_text(hub, "state"), "ready") == 0;
}

static void check_endpoint(const char *endpoint, severity_t bad, findings_t *out)
{
    address_t address;
    advice_t room;
    const char *error;
    if (!parse(endpoint, &address))
        return;
    struct addrinfo *list = resolve(&address, 0, &error);
    if (!list)
        found(out, bad, endpoint, advise(&room, "getent hosts %s", address.host),
            say("the address cannot be resolved: %s"), error);
    else if (try_any(list, try_to_connect) != 0)
        found(out, bad, endpoint,
            advise(&room, "nc -vz %s %s", address.host, address.port),
            say("nobody answers there: %s"), strerror(errno));
    else
        found(out, FOUND_OK, endpoint, NULL, say("somebody listens there"));
    if (list)
        freeaddrinfo(list);
}

// The hub has several ways in; while one of them serves, the others are worth a word.
void check_addresses(const patient_t *patient, findings_t *out)
{
    const texts_t *listen = &patient->hub.listen, *hubs = &patient->node.endpoints;
    if (patient->kind == PATIENT_HUB) {
        for (size_t i = 0; i < listen->n; i++)
            check_listen(patient, listen->text[i], out);
        return;
    }
    severity_t bad = is_connected(patient) ? FOUND_NOTE : FOUND_CRITICAL;
    for (size_t i = 0; i < hubs->n; i++)
        check_endpoint(hubs->text[i], hubs->n > 1 ? FOUND_WARNING : bad, out);
    if (hubs->n > 1 && bad == FOUND_CRITICAL && findings_count(out, FOUND_OK) == 0)
        found(out, bad, NULL, "ip route; getent hosts NAME",
            say("the hub can be reached in none of the ways that are configured"));
}
