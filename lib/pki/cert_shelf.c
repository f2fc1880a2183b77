// cert_shelf - open addressing by SHA-256, at most half full; what is found is compared.

#include "lib/pki/cert_shelf.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

struct cert_shelf {
    size_t places; // a power of two
    const cert_t **cert;
};

cert_shelf_t *cert_shelf_new(size_t room)
{
    cert_shelf_t *self = memory_new(1, sizeof *self);
    self->places = 64;
    while (self->places < 2 * room)
        self->places *= 2;
    self->cert = memory_new(self->places, sizeof(const cert_t *));
    return self;
}

void cert_shelf_destroy(cert_shelf_t **self_p)
{
    cert_shelf_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    free(self->cert);
    free(self);
}

// The place of the bytes, or the free one where they belong.
static const cert_t **place_of(const cert_shelf_t *self, span_t der)
{
    hash_t hash;
    size_t at;
    sha256(der, &hash);
    memcpy(&at, hash.bytes, sizeof at);
    for (at &= self->places - 1; self->cert[at]; at = (at + 1) & (self->places - 1))
        if (span_equal(buf_span(&self->cert[at]->der), der))
            break;
    return &self->cert[at];
}

void cert_shelf_add(cert_shelf_t *self, const cert_t *cert)
{
    *place_of(self, buf_span(&cert->der)) = cert;
}

const cert_t *cert_shelf_find(const cert_shelf_t *self, span_t der)
{
    return *place_of(self, der);
}
