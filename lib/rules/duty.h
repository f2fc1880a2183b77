// duty - who owes what by when: the document of an entry of type `duty`.
//
// Each change of a duty's state is an entry with the whole duty as it is then, as one
// JSON object (PROTOCOL.md), so that reading them in order is all it takes to know where
// it stands.

#ifndef LIB_RULES_DUTY_H
#define LIB_RULES_DUTY_H

#include "lib/json/writer.h"
#include "lib/message/document.h"
#include "lib/message/routing.h"
#include "lib/rules/oblige.h"

typedef enum {
    DUTY_OPEN,
    DUTY_HANDED,  // what is to be delivered was here in time, and is not signed for yet
    DUTY_NEAR,    // the time is nearly over
    DUTY_OVERDUE, // it is over
    DUTY_MET,
    DUTY_MET_LATE,
    DUTY_WITHDRAWN, // the author took back the message, or asks it of others now, or the
                    // exercise was closed
    DUTY_STATES
} duty_state_t;

enum { DUTY_TELL_MAX = 16 };

typedef struct {
    char id[MESSAGE_ID_MAX]; // see duty_name
    char name[DUTY_NAME_MAX];
    duty_state_t state;
    char debtor[NODE_ID_MAX];   // who owes it
    char towards[NODE_ID_MAX];  // a node, "role:" of a role that nobody has, or ""
    char exercise[NODE_ID_MAX]; // that it is played in; "": it is a real one
    char rule[RULE_ID_MAX], cites[CITES_MAX];
    char met_by[KIND_MAX];      // a kind, "delivery" or "acceptance"
    wanted_t met_when;          // of the kind
    bool interim;               // others of that kind are news of it
    char attested_by[KIND_MAX]; // of what delivery meets: a kind that meets it too; or ""
    refer_t refers;             // by which field; REFERS: by re or incident
    reference_t message;        // that opened it
    reference_t first;    // what that began as: any of its chain brings the same duty
    uint64_t position;    // of the message's entry
    reference_t latest;   // its newest correction; author "": none
    reference_t incident; // whose thread it is in, as that began
    reference_t by;       // what changed the state; author "": time, or a delivery
    reference_t heard;    // the newest of such news; author "": none
    reference_t answer;   // met by a message: what that began as; else author ""
    reference_t cause;    // what its message is derived from began as; author "": nothing
    bool stays;           // though its message, or the cause, is taken back
    int64_t from_ms, due_ms;
    bool until;   // by when, the message says
    bool extends; // its author may give more time, up to bound_ms
    int64_t bound_ms;
    bool warns; // before it is over, at near_ms
    int64_t near_ms;
    int64_t at_ms; // of this state
    bool handed;   // the debtor has done its part, of what is to be delivered, at:
    int64_t handed_ms;
    bool told; // it has given notice otherwise, as it attests, at:
    int64_t told_ms;
    bool held; // said while the hub's clock was in doubt
    size_t tells;
    char tell[DUTY_TELL_MAX][NODE_ID_MAX];
} duty_t;

// What brings a duty; all is borrowed.
typedef struct {
    const char *rule, *cites;
    const oblige_t *oblige;
    const document_t *document;
    // What it, its incident and what it is derived from (author "": nothing) began as.
    reference_t first, incident, cause;
    const char *exercise; // that the document is sent within, or NULL
    int64_t entry_ms;     // of the message's entry
    int64_t begun_ms;     // of the entry of what it began as
    bool kept;            // it corrects another, and leaves its `until` as it was
    int64_t latest_ms;    // a later moment is still to come
    int64_t earliest_ms;  // an earlier one cannot be meant
} duty_cause_t;

// All but who owes it, towards whom, and who is told.  -1 and a refusal: the moment that
// its time counts from is missing, still to come or absurd, or that until which it runs
// is past or beyond the bound.
int duty_begin(duty_t *self, const duty_cause_t *cause, refusal_t *refusal);
// What is real, and what is played in an exercise, are kept apart.
typedef enum { DUTY_REAL, DUTY_PLAYED, DUTY_WORLDS } duty_world_t;
duty_world_t duty_world(const duty_t *self);
const char *duty_state_name(duty_state_t state); // "met-late"
bool duty_settled(const duty_t *self);           // nothing more is expected
bool duty_by_delivery(const duty_t *self);       // signing for its message meets it
bool duty_to_nobody(const duty_t *self);         // towards a role that nobody had
// Whether some node may sign for it; not where nobody has the role.
bool duty_deliverable(const duty_t *self);
// Met by what happens at this time; of what was handed over or told otherwise, by when it
// was.
duty_state_t duty_met_at(const duty_t *self, int64_t time_ms);
// Whether this message, which names the one that brought the duty as it must, is what
// meets it; or news of it, that does not.
bool duty_met_by(const duty_t *self, const document_t *document);
bool duty_reported_by(const duty_t *self, const document_t *document);
// Of a message that attests notice given otherwise, /body/told_at.  False: it has none.
bool duty_told_at(const value_t *root, int64_t *told_ms);
// The id: of what the message began as, the duty's name, debtor and towards whom.  The
// same however often it is made, of a message and of all its corrections.
void duty_identify(duty_t *self);
void duty_write(const duty_t *self, writer_t *to); // its members, into an open object
void duty_print(const duty_t *self, buf_t *out);   // one line with LF
int duty_parse(duty_t *self, span_t text, cause_t *why);

#endif
