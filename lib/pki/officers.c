// officers - persons are told apart by the names in their certificates.

#include "lib/pki/officers.h"

#include "lib/pki/seal.h"

#include <string.h>

size_t officers_of(const roster_t *roster, span_t text)
{
    seal_t seal;
    cause_t why;
    const char *name[SEAL_SIGNATURES_MAX];
    size_t n = 0;
    if (seal_parse(&seal, text, &why) != 0)
        return 0;
    for (size_t i = 1; i < seal.head.signatures; i++) { // the first is the node's
        const cert_t *cert = roster_any_seal(roster, seal.head.signature[i].key_id);
        bool counts = cert && strcmp(cert->role, "officer") == 0;
        for (size_t k = 0; counts && k < n; k++)
            counts = strcmp(name[k], cert->name) != 0;
        if (counts)
            name[n++] = cert->name;
    }
    return n;
}
