// cert - certificates: who a key belongs to, and whether the CA still says so.
//
// Subject: CN node id, OU role, O organisation code.  A sealing certificate carries an
// Ed25519 key, a channel certificate an X25519 key (RFC 8410).  An officer's certificate
// has OU=officer and a subjectAltName DNS entry naming the officer's node; `title` in its
// subject is the office that the person holds there, ST the territory of that office.
// The certificate of an officer's browser says the same of a P-256 key, since browsers
// show no other in TLS; only the console takes it (browser_cert.h).

#ifndef LIB_PKI_CERT_H
#define LIB_PKI_CERT_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/tlog/leaf.h"

enum {
    ROLE_MAX = 24,
    ORGANISATION_MAX = 64,
    SERIAL_MAX = 48,
    ISSUER_MAX = 48, // hex of 20 bytes at most, of a longer id their digest
    OFFICE_MAX = 40,
    TERRITORY_MAX = 32
};

typedef enum { CERT_SEAL, CERT_CHANNEL, CERT_BROWSER } cert_use_t;
const char *cert_use_name(cert_use_t use); // "seal", "channel", "browser"

typedef struct {
    cert_use_t use;
    char name[NODE_ID_MAX];              // CN: the node's id, or the officer's
    char role[ROLE_MAX];                 // OU
    char organisation[ORGANISATION_MAX]; // O
    char node[NODE_ID_MAX];  // the officer's node from the SAN; equal to name for a node
    char office[OFFICE_MAX]; // title: an officer's, or ""
    char territory[TERRITORY_MAX]; // ST: of that office, or ""
    uint8_t key[32];               // a browser's: SHA-256 of its SubjectPublicKeyInfo
    char key_id[HASH_HEX];         // hex SHA-256 of key
    char serial[SERIAL_MAX];       // lower-case hex
    char issuer[ISSUER_MAX];       // the CA's key id, which the certificate names; or ""
    int64_t not_before_ms, not_after_ms; // valid from the one until before the other
    buf_t der;                           // owned
} cert_t;

void cert_close(cert_t *self);
void cert_copy(cert_t *self, const cert_t *from);
// The roles of the system (nccis, isoc, ...), NULL after the last.
extern const char *const cert_roles[];
bool cert_role_known(const char *role);
// Whether nodes of this role write messages and get them: the hub writes what the law
// derives, a standby only copies the log, an officer is no node.
bool cert_role_takes_part(const char *role);
// A node id: 1 to 63 of a-z, 0-9 and '-', no '-' at either end.
bool cert_node_id_valid(span_t id);
// An organisation code: 1 to 63 printable ASCII characters, no space, quote or comma.
bool cert_organisation_valid(span_t code);
// An office: 1 to 39 of a-z, 0-9 and '-', no '-' at either end.  Which offices there are
// is for the rules to say.
bool cert_office_valid(span_t office);
// The code of a territory: as that of an organisation, of at most 31 characters.
bool cert_territory_valid(span_t code);

// What makes a public key unfit for its use, or NULL.  With a point of small order a
// channel's secret, or a signature, is anybody's; a second way to write the same X25519
// key would let two nodes have one.
const char *cert_key_fault(cert_use_t use, const uint8_t key[32]);

// Parse DER without trusting it.  A browser's is refused: it seals nothing and opens no
// channel.
int cert_parse(cert_t *self, span_t der, cause_t *why);
// The same of a browser's and no other.
int cert_parse_browser(cert_t *self, span_t der, cause_t *why);
// The first certificate of a PEM text or file, without trusting it.
int cert_take(cert_t *self, span_t pem, cause_t *why);
int cert_read(cert_t *self, const char *path, cause_t *why);
void cert_print_pem(const cert_t *self, buf_t *out);

#endif
