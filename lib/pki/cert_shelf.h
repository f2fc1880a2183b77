// cert_shelf - certificates that were parsed before, found by their bytes.

#ifndef LIB_PKI_CERT_SHELF_H
#define LIB_PKI_CERT_SHELF_H

#include "lib/pki/cert.h"

typedef struct cert_shelf cert_shelf_t;

cert_shelf_t *cert_shelf_new(size_t room); // for so many
void cert_shelf_destroy(cert_shelf_t **self_p);
void cert_shelf_add(cert_shelf_t *self, const cert_t *cert); // borrowed
// The certificate of these very bytes, or NULL.
const cert_t *cert_shelf_find(const cert_shelf_t *self, span_t der);

#endif
