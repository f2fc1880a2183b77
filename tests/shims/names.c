// names - answers for names that NAMES lists, as "six.test=::1 both.test=127.0.0.1,::1".
//
// An address of IPv6 only is found by who asks for IPv6, and one of IPv4 by who asks for
// that, or lets it be mapped when the name has no other.

#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int lookup_t(
    const char *, const char *, const struct addrinfo *, struct addrinfo **);

// The address of this family among "127.0.0.1,::1", or false.
static int choose(const char *list, int family, char address[64])
{
    char copy[256], *rest = copy;
    (void)snprintf(copy, sizeof copy, "%s", list);
    for (char *one; (one = strsep(&rest, ",")) != NULL;)
        if ((strchr(one, ':') != NULL) == (family == AF_INET6)) {
            (void)snprintf(address, 64, "%s", one);
            return 1;
        }
    return 0;
}

static const char *find(const char *name, char list[256])
{
    const char *names = getenv("NAMES");
    char copy[1024], *rest = copy;
    (void)snprintf(copy, sizeof copy, "%s", names ? names : "");
    for (char *one; name && (one = strsep(&rest, " ")) != NULL;) {
        char *equals = strchr(one, '=');
        if (equals && strlen(name) == (size_t)(equals - one) &&
            strncmp(one, name, strlen(name)) == 0) {
            (void)snprintf(list, 256, "%s", equals + 1);
            return list;
        }
    }
    return NULL;
}

int getaddrinfo(const char *restrict name, const char *restrict service,
    const struct addrinfo *restrict hints, struct addrinfo **restrict out)
{
    static lookup_t *real;
    char list[256], address[64];
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (!find(name, list))
        return real(name, service, hints, out);
    int family = hints && hints->ai_family == AF_INET6 ? AF_INET6 : AF_INET;
    if (choose(list, family, address) ||
        (family == AF_INET6 && (hints->ai_flags & AI_V4MAPPED) &&
            choose(list, AF_INET, address)))
        return real(address, service, hints, out);
    return EAI_NONAME;
}
