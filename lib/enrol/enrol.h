// enrol - the request by which a node, or an officer, asks the CA for certificates.
//
// PKCS#10, signed with the Ed25519 key to be certified for seals.  Its subject is CN, OU
// and O, and an officer's title and ST, as in the certificates.  It asks for one or two
// extensions:
//
//     2.25.110701656623332704455555088332759741668   the channel key, as the
//         SubjectPublicKeyInfo of an X25519 key (RFC 8410): that cannot sign a request of
//         its own.  The arc is that of UUIDs (ITU-T X.667), this one
//         53485d10-da83-479b-98e6-cf43ebd7b4e4.
//     subjectAltName   DNS:<node id>, in an officer's request, which has no channel key
//
// A node that asks for further certificates for the same keys says when it asks (the
// attribute signingTime of PKCS#9), so that it is another request each time.
//
// The signature ties the channel key to the seal key; that the node has the secret half
// of the channel key shows at its first CURVE handshake.  Who made the request is
// established by comparing its fingerprint on the telephone.

#ifndef LIB_ENROL_ENROL_H
#define LIB_ENROL_ENROL_H

#include "lib/enrol/holder.h"
#include "lib/pki/seal.h"
#include "lib/pki/spoken.h"

typedef struct {
    holder_t holder;
    uint8_t seal_key[32];
    uint8_t channel_key[32]; // not an officer's
    int64_t signed_ms;       // whole seconds: it asks for further ones; 0: it does not
    buf_t der;               // owned
} enrol_t;

// The keys of a newcomer, made at these paths (mode 0600) where there are none, and the
// PEM of his request with them, appended; an officer has no channel key.  Said again it
// is the same request.  `made` is told which were new.
typedef struct {
    bool seal, channel;
} enrol_made_t;
int enrol_new(enrol_t *wish, const char *seal_path, const char *channel_path, buf_t *pem,
    enrol_made_t *made, cause_t *why);
// The PEM of a request by `key`, whose public half need not be set in `wish`; appended.
int enrol_print(const enrol_t *wish, const seal_key_t *key, buf_t *pem, cause_t *why);
// Check a request in DER: its signature, subject, extensions, keys.
int enrol_parse(enrol_t *self, span_t der, cause_t *why);
// The same from a PEM text or file, of which the first request counts.
int enrol_take(enrol_t *self, span_t pem, cause_t *why);
int enrol_read(enrol_t *self, const char *path, cause_t *why);
// The PEM of what was parsed, appended.
void enrol_print_pem(const enrol_t *self, buf_t *pem);
void enrol_close(enrol_t *self);

// Of the request in DER, to be read out and compared (spoken.h).
enum { FINGERPRINT_TEXT = SPOKEN_TEXT };
void enrol_fingerprint(const enrol_t *self, char out[FINGERPRINT_TEXT]);

#endif
