// pem - every block of a text in PEM, in its order.

#ifndef LIB_PKI_PEM_H
#define LIB_PKI_PEM_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

// Anything but 0 ends the walk and is what pem_each returns.
typedef int pem_visit_t(void *context, const char *label, span_t der, cause_t *why);

enum { PEM_BROKEN = -2 };

// Text between the blocks is passed over.  PEM_BROKEN with the cause where a block has
// begun and does not end, or is not base64.
int pem_each(span_t text, pem_visit_t *visit, void *context, cause_t *why);

#endif
