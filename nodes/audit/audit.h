// audit - re-computes a whole journal from its bytes, with public keys alone.
//
// Checked: every batch's checksum, order and root; every leaf against its document, seal
// and record; every seal and acknowledgement with the certificates that the journal's own
// roster entries give for that moment; the rules' seals; routing records and what they
// announce; every duty against the messages that it names; the checkpoint, tiles and
// bundles that the hub publishes beside the segments.

#ifndef NODES_AUDIT_AUDIT_H
#define NODES_AUDIT_AUDIT_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/tlog/note.h"
#include "lib/tlog/operation.h"

#include <jansson.h>

typedef struct {
    const char *folder;         // the journal's
    const char *const *ca_path; // of the CAs of which the rosters must name one
    size_t ca_paths;            // 0: believe the journal
    const log_vkey_t *vkey;     // the log's public key
    bool torn; // the hub runs or was killed, or the copy was made while it ran: what lies
               // beyond its checkpoint need not be whole
    // Told after each batch how many entries are walked through, of how many that the
    // checkpoint covers; NULL: nobody.
    bool (*progress)(void *context, uint64_t done, uint64_t of);
    void *context;
} audit_options_t;

enum { AUDIT_ACTS = 10 }; // of operators that are told in full, the newest

typedef struct {
    uint64_t position;
    int64_t time_ms;
    operation_t operation;
} audit_act_t;

// What was found good.
typedef struct {
    uint64_t entries, batches, segments;
    uint64_t messages, signatures, derived;
    uint64_t acknowledgements, acknowledged; // messages that they cover
    uint64_t duties;
    uint64_t attachments; // handed in
    uint64_t carried;     // older messages that went along with later ones
    uint64_t rosters, rules;
    uint64_t acts; // of operators: act i at i % AUDIT_ACTS
    audit_act_t act[AUDIT_ACTS];
    uint64_t checkpoint;       // size that the published checkpoint covers
    uint64_t tiles;            // and bundles
    uint64_t torn;             // bytes of an unfinished last batch left aside
    cause_t broken_off;        // why nothing behind `entries` was read, or ""
    uint64_t quarantined;      // entries that the log sets aside, unread
    uint64_t erased, unerased; // documents that are gone; that only the log says are
    bool ca_given;
    int64_t first_ms, last_ms;
} audit_t;

// -1 at the first fault; the cause names file and offset.
int audit_journal(audit_t *self, const audit_options_t *options, cause_t *why);
void audit_print(const audit_t *self, buf_t *out); // in plain words
json_t *audit_json(const audit_t *self);

#endif
