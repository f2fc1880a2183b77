// officers - the persons who sealed a message beside the node that sends it.

#ifndef LIB_PKI_OFFICERS_H
#define LIB_PKI_OFFICERS_H

#include "lib/pki/roster.h"

// How many different persons, by the certificates the roster has: two keys of one officer
// are one.  0 when the text is no seal.  Whether their signatures hold is not asked here.
size_t officers_of(const roster_t *roster, span_t seal);

#endif
