// node_authority - whom this node lets certify, as its files say at the moment.

#ifndef NODES_CONFIG_NODE_AUTHORITY_H
#define NODES_CONFIG_NODE_AUTHORITY_H

#include "lib/pki/authority.h"

// The CA of the node in this folder, with its CRL where there is one; NULL with the
// cause.
authority_t *node_authority(const char *folder, cause_t *why);

#endif
