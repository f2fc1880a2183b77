// rule - what one rule of a rules file says: who may send which kind, to whom it goes,
// what is derived from it, and which paragraph of the plan has it so.

#ifndef LIB_RULES_RULE_H
#define LIB_RULES_RULE_H

#include "lib/message/routing.h"
#include "lib/pki/cert.h"
#include "lib/rules/carries.h"
#include "lib/rules/condition.h"
#include "lib/rules/delegates.h"
#include "lib/rules/enrolment.h"
#include "lib/rules/oblige.h"
#include "lib/rules/remark.h"
#include "lib/rules/require.h"

typedef struct {
    char kind[KIND_MAX]; // of the derived message
    bool carry;          // it carries the cause's document and seal
    size_t fields;       // body fields copied from the cause: name and JSON pointer
    struct {
        char name[32];
        char pointer[POINTER_MAX];
    } field[16];
    unsigned line;
} emit_t;

enum {
    RULE_CONDITIONS_MAX = 8,
    RULE_TARGETS_MAX = 8,
    RULE_EMITS_MAX = 4,
    RULE_REQUIRES_MAX = 4,
    RULE_OBLIGES_MAX = 4,
    RULE_ENROLMENTS_MAX = 4,
    RULE_REMARKS_MAX = 2
};

typedef struct {
    char id[RULE_ID_MAX];
    const pack_t *pack;    // of whose file it is
    char cites[CITES_MAX]; // "488:8.3, 10"; "488:17, default"; "default": all silent
    char kind[KIND_MAX];
    tell_t tell;
    bool passes_marking; // a duty of law that a marking does not stop
    // Of the objects that the message names only those count for its targets that the
    // author speaks for.
    bool own_objects;
    carries_t carries; // to receivers whom the message brings in
    size_t targets;
    target_t target[RULE_TARGETS_MAX];
    size_t emits;
    emit_t emit[RULE_EMITS_MAX];
    size_t requires;
    // All must be met, or the message is refused; one more for `seals`.
    require_t require[RULE_REQUIRES_MAX + 1];
    size_t obliges;
    oblige_t oblige[RULE_OBLIGES_MAX];
    size_t remarks;
    remark_t remark[RULE_REMARKS_MAX];
    size_t enrolments;
    enrolment_t enrolment[RULE_ENROLMENTS_MAX]; // those who join first
    delegates_t delegates;                      // line 0: it has none
    uint32_t roles;                             // of role_bit: who may send it
    uint32_t subscribers;                       // and who may ask to read along
    size_t conditions;
    condition_t condition[RULE_CONDITIONS_MAX]; // all must hold
    unsigned line;                              // of the file
    const char *path; // the file, borrowed from the set that the rule is in, or NULL
} rule_t;

// Whether it lets anybody send anything: one that only requires, or demands seals, does
// not.
bool rule_allows(const rule_t *self);
// Whether one of its conditions is about this field.
bool rule_tests(const rule_t *self, const char *pointer);
// A bit for each of cert_roles; 0 for a word that is none of them.
uint32_t role_bit(const char *role);

// Read one group of a rules file.  After a failure there is nothing to close.
int rule_read(rule_t *self, const pack_t *pack, const settings_t *file,
    const config_setting_t *group, cause_t *why);
void rule_close(rule_t *self);

#endif
