// require - a precondition, as rules state it, and whether the log meets it.
//
//     { of = "re"; kind = "crossborder.measure"; stands = true;
//       same = [ "/body/treaty", "/body/measures" ]; }
//     { of = "re"; latest = "crossborder.position"; version = "this"; where = ( ... );
//       same = "/body/conditions"; digest = "/body/position/sha256"; }
//     { of = "re"; none = "headquarters.adjournment"; }
//     { of = "re"; some = "acknowledgement"; author = "addressee"; where = ( ... ); }
//     { of = "re"; to_among = "/body/members"; }
//     { of = "re"; author_among = "/to"; }
//     { of = "re"; to_among = "members"; }
//     { of = "incident"; subject = "role:isoc"; some = "incident.closure"; ... }
//
// `of` says by which of its references a message names another: re, incident, under,
// supersedes or cancels.  Of that other message is required that it is of a kind (and
// stands, passes tests, agrees with the message); that the latest of a kind about it
// passes tests and agrees, or some one does; that there is none of a kind about it that
// does; or that it names all addressees, or the author, or has them in the set that it
// began.
//
// A message is about the subject when it names it, or any version of it in one chain of
// corrections, in `re`; `refers`, `version` and `author` say it otherwise, and who must
// have written it.

#ifndef LIB_RULES_REQUIRE_H
#define LIB_RULES_REQUIRE_H

#include "lib/message/document.h"
#include "lib/message/members.h"
#include "lib/message/routing.h"
#include "lib/pki/cert.h"
#include "lib/rules/agreement.h"
#include "lib/rules/condition.h"
#include "lib/rules/seals.h"

typedef enum {
    REQUIRE_KIND,
    REQUIRE_LATEST,
    REQUIRE_SOME,
    REQUIRE_NONE,
    REQUIRE_TO_AMONG,
    REQUIRE_AUTHOR_AMONG,
    REQUIRE_SEALS // a rule's `seals`: officers, of whatever it refers to
} require_type_t;

enum { REQUIRE_CONDITIONS_MAX = 4, REQUIRE_KINDS_MAX = 4 };

// Who must have written what counts as about the subject.
typedef enum {
    BY_ANY,
    BY_SELF,      // who writes the message that is checked
    BY_AUTHOR,    // who wrote the subject
    BY_ADDRESSEE, // one whom the subject, in the version that is named, lists in `to`
    BY_RECEIVER,  // one who had it, by its record
    BY_ROLE       // a node of this role now
} require_by_t;

// Of a message and its corrections: the one that is named, or whichever.
typedef enum { ANY_VERSION, THIS_VERSION } version_t;

typedef struct {
    require_type_t type;
    refer_t of;
    bool stands; // KIND: neither superseded nor cancelled
    // LATEST, SOME, NONE: how what counts names the subject, and whose it is.
    refer_t refers; // REFERS: by any field
    version_t version;
    require_by_t by;
    char role[ROLE_MAX]; // BY_ROLE
    // It is asked only where the subject was written by a node of this role; "": always.
    char subject[ROLE_MAX];
    char kind[KIND_MAX]; // KIND, LATEST, SOME, NONE
    size_t others;       // KIND: or one of these, if the rule has several
    char other[REQUIRE_KINDS_MAX - 1][KIND_MAX];
    // TO_AMONG, AUTHOR_AMONG: to a node id, or an array of them; "": the set that the
    // subject began.
    char pointer[POINTER_MAX];
    // KIND, LATEST, SOME, NONE: what the message found must say, and in what the message
    // that is checked must agree with it.
    size_t conditions;
    condition_t condition[REQUIRE_CONDITIONS_MAX];
    agreement_t agreement;
    seals_t seals; // SEALS: whose, beside the node's
    unsigned line; // of the file
} require_t;

const char *require_word(require_type_t type); // its key: "to_among"
// The kinds that it is about, one after the other; NULL behind the last.
const char *require_kind(const require_t *self, size_t i);
bool require_looks_about(const require_t *self); // latest, some, none
// As rules write it: "addressee", "role:foreign-affairs"; "any" when nothing is said.
void require_by(const require_t *self, char out[ROLE_MAX + 8]);
bool require_has_pointer(const require_t *self); // and no kind
// Read one element of `require`.  After a failure there is nothing to close.
int require_read(
    require_t *self, const settings_t *file, const config_setting_t *group, cause_t *why);
void require_close(require_t *self);

// A walk through the messages that refer to one; start with all zeros.
typedef struct {
    size_t fresh, past;
} thread_walk_t;

// What is asked of the log, that which is about to be written included.
typedef struct {
    // The leaf of the message (author, id).
    bool (*find)(void *context, const char *author, const char *id, leaf_t *leaf);
    // Its routing record, borrowed until the next call.
    int (*record)(void *context, const leaf_t *leaf, span_t *record, cause_t *why);
    // The next message of this kind ("" for any) that refers to `to`, or to any message
    // of its chain of corrections, by this field (REFERS for any), newest first.
    bool (*refers)(void *context, const reference_t *to, version_t version, refer_t field,
        const char *kind, thread_walk_t *walk, leaf_t *leaf);
    // The next message that the hub derived about this incident, whichever of its
    // corrections is named.
    bool (*derived)(
        void *context, const reference_t *incident, thread_walk_t *walk, leaf_t *leaf);
    // The next message that carries this one, or any version of it, to the node ("" for
    // any), newest first.
    bool (*carried)(void *context, const reference_t *message, version_t version,
        const char *node, thread_walk_t *walk, leaf_t *leaf);
    // What a message began as, what has come of it, what its thread began with; whether
    // it was neither superseded nor cancelled, nor is itself but a cancellation: see
    // lineage.h.
    void (*first)(void *context, const reference_t *message, reference_t *first);
    void (*latest)(void *context, const reference_t *message, reference_t *latest);
    void (*root)(void *context, const reference_t *message, reference_t *root);
    bool (*stands)(void *context, const reference_t *message);
    bool (*withdrawn)(void *context, const reference_t *message); // whichever version
    // The role of a node; NULL when it is no member now.
    const char *(*role)(void *context, const char *node);
    // Whether a node belongs to the set of a message that is the first of its chain; the
    // next that does, start with *next == 0.  NULL behind the last; borrowed until the
    // next change.
    bool (*belongs)(void *context, const reference_t *first, const char *node);
    const char *(*member)(void *context, const reference_t *first, size_t *next);
    // The document; the caller owns it.  NULL when it cannot be read.
    value_t *(*document)(void *context, const leaf_t *leaf);
    // How many bytes its document and seal have.
    size_t (*bytes)(void *context, const leaf_t *leaf);
    // Who sealed the message that is asked about, beside its node; false: it is not
    // sealed yet, and whoever is needed will.
    bool (*sealers)(void *context, sealers_t *sealers);
    void *context;
} precedents_t;

// The reference of a message by this field; its author is empty when it has none.
const reference_t *reference_of(const document_t *document, refer_t field);
// The name of the message with this leaf.
reference_t message_name(const leaf_t *leaf);
// As precedents_t has it.
bool message_stands(const precedents_t *log, const leaf_t *leaf);
// 0, or -1 and a refusal that cites the paragraph.
int require_check(const require_t *self, const precedents_t *log,
    const document_t *document, const char *rule, const char *cites, refusal_t *refusal);
// The same of a rule's seals alone, in the offices that `root` names: it is not always
// the document itself that says whose they are.
int require_seals(const require_t *self, const precedents_t *log,
    const document_t *document, const value_t *root, const char *rule, const char *cites,
    refusal_t *refusal);

#endif
