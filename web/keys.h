// keys - the public keys that this node knows: whose a signature is, and that a message
// and its receipt are good.
//
// The certificates of the node, of authors it has met and of its officers; read again
// when one was added.

#ifndef WEB_KEYS_H
#define WEB_KEYS_H

#include "nodes/inbox/proof.h"

typedef struct web_keys web_keys_t;

web_keys_t *web_keys_new(const char *node); // its folder
void web_keys_destroy(web_keys_t **self_p);
// From any thread.  Of a whole seal or its head, for each signature
// {"name", "role", "office", "territory", "node", "key"}; the node's is the first.  Whose
// it was at `at_ms` nobody here can tell: then it has a key alone.
json_t *web_keys_signers(web_keys_t *self, span_t seal, int64_t at_ms);
// The message whose files begin with this, held against the keys (proof_files):
// {"position", "time", "origin", "size", "good"}, and "fault" where it is not.  Without a
// receipt: null.
json_t *web_keys_proof(web_keys_t *self, const char *stem);
// The certificates of who made this seal, as far as they are here: {"<file name>": PEM}.
json_t *web_keys_certificates(web_keys_t *self, span_t seal, int64_t at_ms);

#endif
