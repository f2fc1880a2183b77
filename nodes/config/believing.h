// believing - other CAs than before, in a node's files.
//
// What somebody hands over counts only where a CA that is believed already is in it or
// vouches for it, and only while this node and its hub are certified by those that are
// left.  Files are written in an order by which CAs and their revocation lists fit at
// every moment: whoever ends in between starts again with what was, or with what is to
// be.

#ifndef NODES_CONFIG_BELIEVING_H
#define NODES_CONFIG_BELIEVING_H

#include "nodes/config/credentials.h"

typedef enum { BELIEVED_SAME, BELIEVED_MORE, BELIEVED_FEWER, BELIEVED_NEVER } believed_t;

// What this ca.pem would make of what is believed now; the cause only with `never`.
believed_t believing_look(
    const credentials_t *own, span_t ca, int64_t now_ms, cause_t *why);
// Put a ca.pem and its crl.pem in the place of those of the configuration.
int believing_take(const node_conf_t *conf, const credentials_t *own, span_t ca,
    span_t crl, cause_t *why);

#endif
