// revocations - a sorted array, looked up by bisection; a later CRL is compared with it
// serial by serial.

#include "lib/pki/revocations.h"

#include "lib/base/memory.h"
#include "lib/base/moment.h"

#include <stdlib.h>
#include <string.h>

static void add(void *context, const char *issuer, const char *serial)
{
    revocations_t *self = context;
    if ((self->n & (self->n - 1)) == 0) { // doubled at powers of two
        size_t room = self->n == 0 ? 1 : 2 * self->n;
        self->item = memory_grow(self->item, room, sizeof *self->item);
    }
    revocation_t *item = &self->item[self->n++];
    *item = (revocation_t){.until_ms = MOMENT_NEVER};
    memcpy(item->issuer, issuer, strlen(issuer) + 1);
    memcpy(item->serial, serial, strlen(serial) + 1);
}

static int compare(const void *a, const void *b)
{
    const revocation_t *one = a, *other = b;
    int order = strcmp(one->serial, other->serial);
    return order != 0 ? order : strcmp(one->issuer, other->issuer);
}

void revocations_list(revocations_t *self, const authority_t *authority)
{
    *self = (revocations_t){0};
    authority_each_revoked(authority, add, self);
    if (self->n > 0)
        qsort(self->item, self->n, sizeof *self->item, compare);
}

void revocations_close(revocations_t *self)
{
    free(self->item);
    *self = (revocations_t){0};
}

void revocations_limit(
    revocations_t *self, const char *issuer, const char *serial, int64_t until_ms)
{
    revocation_t key = {0};
    if (self->n == 0)
        return;
    memcpy(key.issuer, issuer, strlen(issuer) + 1);
    memcpy(key.serial, serial, strlen(serial) + 1);
    revocation_t *found = bsearch(&key, self->item, self->n, sizeof key, compare);
    if (found != NULL && until_ms < found->until_ms)
        found->until_ms = until_ms;
}

int revocations_check(const revocations_t *self, const authority_t *authority,
    const char *path, int64_t now_ms, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++)
        if (now_ms < self->item[i].until_ms &&
            authority_has(authority, self->item[i].issuer) &&
            !authority_revokes(authority, self->item[i].issuer, self->item[i].serial))
            return cause_set(why,
                "%s: CRL number %llu no longer revokes serial %s, which has not expired",
                path, (unsigned long long)authority_crl_number(authority),
                self->item[i].serial);
    return 0;
}
