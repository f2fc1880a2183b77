// rules - the law as data: libconfig rules, each with its citation.  What no rule allows is refused.
//
// A rule file is loaded whole or not at all, and only with a seal by an officer of an nccis
// node (the caller checks it: rules know nothing of certificates).

#ifndef HUB_RULES_H
#define HUB_RULES_H

#include "lib/bytes.h"
#include "lib/cause.h"
#include "lib/cert.h"
#include "lib/routing.h"

#include <jansson.h>

typedef enum {
    TARGET_ROLE,         // "role:nccis": every node with that role
    TARGET_ALL,          // "all": every node, as far as the marking goes
    TARGET_OBJECT_OWNER, // "object.owner": the owner nodes of the object's owner
    TARGET_OBJECT_ISOC,  // "object.isoc": the isoc nodes of the centre serving the object
    TARGET_TO,           // "to": the addressees the message names
    TARGET_RE_AUTHOR,    // "re.author": the author of the message that `re` names
    TARGET_PARTIES,      // "parties": all who had the message that `incident` names, its author,
                         //  and all who had what was derived from it
    TARGET_AUTHOR,       // "author": the author itself
} target_type_t;

typedef struct {
    target_type_t type;
    char role[ROLE_MAX]; // TARGET_ROLE
} target_t;

typedef struct {
    char kind[KIND_MAX]; // of the derived message
    bool carry;          // it carries the cause's document and seal
    size_t fields;       // body fields copied from the cause: name and JSON pointer
    struct {
        char name[32];
        char pointer[96];
    } field[16];
} emit_t;

typedef struct rule {
    char id[RULE_ID_MAX];
    char cites[CITES_MAX]; // "8.3, 10"; "default" where the plan is silent
    char kind[KIND_MAX];
    tell_t tell;
    bool passes_marking; // a duty of law that a marking does not stop
    size_t targets;
    target_t target[8];
    size_t emits;
    emit_t emit[4];
    // Roles and field tests are private to rules.c.
    struct rule_private *private_;
} rule_t;

typedef struct rules rules_t;

// Load rules files (a folder's *.rules in name order, or one file).
rules_t *rules_open(const char *path, cause_t *why);
void rules_close(rules_t **self_p);
size_t rules_count(const rules_t *self);
const rule_t *rules_at(const rules_t *self, size_t i);
span_t rules_text(const rules_t *self); // the bytes loaded, for the seal and the journal

// Whether a node of this role may publish this kind at all.
bool rules_permit(const rules_t *self, const char *kind, const char *role);
// The next rule at or after *i that applies to the message; NULL at the end.
const rule_t *rules_next(const rules_t *self, size_t *i, const char *kind, const char *role,
    const json_t *message);

#endif
