// tls - what libmicrohttpd needs to speak TLS, read and tried before it listens.

#ifndef WEB_HTTP_TLS_H
#define WEB_HTTP_TLS_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

#include <microhttpd.h>

typedef struct {
    buf_t certificate, key, ca; // PEM with a zero behind it
} tls_t;

// 1.3 alone: what an officer's certificate says is not read on the way.
extern const char tls_priorities[];

// The key is its owner's alone and belongs to the certificate; `ca` is whose officers may
// come in.  After -1 there is nothing to close.
int tls_read(
    tls_t *self, const char *certificate, const char *key, const char *ca, cause_t *why);
void tls_close(tls_t *self);
// The certificate that the other side of a connection has shown and has the key of; empty
// when it showed none, or there is no TLS.
span_t tls_peer(struct MHD_Connection *connection);

#endif
