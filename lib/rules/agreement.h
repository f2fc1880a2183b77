// agreement - in what a message must agree with another one, as rules state it:
//
//     same = [ "/body/treaty", "/body/measures" ];
//     part = [ "/body/countries" ];
//     digest = "/body/position/sha256";
//     not_before = [ "/body/lifted_at", "/body/suspended_at" ];
//     after = [ "/body/suspended_at", "/body/lifted_at" ];
//
// Values are compared by what they say, not by how they are written: the order of an
// object's members and the spelling of numbers do not matter, that of a list does.

#ifndef LIB_RULES_AGREEMENT_H
#define LIB_RULES_AGREEMENT_H

#include "lib/base/bytes.h"
#include "lib/rules/condition.h"

enum { AGREEMENT_SAME_MAX = 8, AGREEMENT_PART_MAX = 4, AGREEMENT_WHERE = 160 };

typedef struct {
    size_t same, part;
    // The same value in both, or no value in either.
    char same_at[AGREEMENT_SAME_MAX][POINTER_MAX];
    // Here an array with at least one element, and each is an element of the one there.
    char part_at[AGREEMENT_PART_MAX][POINTER_MAX];
    char
        digest_at[POINTER_MAX]; // the hexadecimal SHA-256 of the other one; "": not asked
    // The moment here is none before that of the other one, or is after it; "": not
    // asked.
    char moment_at[POINTER_MAX], since_at[POINTER_MAX];
    bool after;
} agreement_t;

// The keys of its group: same and part, each a JSON pointer or an array of them; digest.
int agreement_read(agreement_t *self, const settings_t *file,
    const config_setting_t *group, cause_t *why);
bool agreement_asks(const agreement_t *self);
bool agreement_equal(const agreement_t *a, const agreement_t *b);

typedef enum { AGREES, NOT_SAME, NOT_PART, NOT_DIGEST, NOT_SINCE } agreement_fault_t;

// Whether the message `here` agrees with the other one, whose document has this digest;
// when not, `where` is the first place in which it does not, a JSON pointer that may be
// cut.  NULL for `there`: its document was erased, and it agrees in nothing but the
// digest.
agreement_fault_t agreement_check(const agreement_t *self, const value_t *here,
    const value_t *there, const hash_t *digest, char where[AGREEMENT_WHERE]);

#endif
