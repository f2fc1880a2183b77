// seals - whose seals a message needs beside that of its node, as rules state it, and
// whether it has them.
//
//     seals = 2;                                          two officers, whoever they are
//     seals = ( { office = "head"; } );                   who holds this office
//     seals = ( { office = [ "head", "deputy-head" ]; }, { } );     and any other officer
//     seals = ( { office = "/body/office"; territory = "/body/territory"; } );
//     seals = ( { office = "/body/office"; held = true; } );
//
// Each element is one person's.  An office is held by who has it in the certificate, and
// by who acts in it by a delegation at that moment, unless the rule wants it `held`.

#ifndef LIB_RULES_SEALS_H
#define LIB_RULES_SEALS_H

#include "lib/base/refusal.h"
#include "lib/json/value.h"
#include "lib/message/document.h"
#include "lib/pki/cert.h"
#include "lib/pki/seal.h"
#include "lib/rules/condition.h"

enum { SEALS_WANTED_MAX = SEAL_SIGNATURES_MAX - 1, SEALS_OFFICES_MAX = 4 };

typedef struct {
    size_t offices; // any of these will do; 0 and no pointer: whatever office
    char office[SEALS_OFFICES_MAX][OFFICE_MAX];
    char pointer[POINTER_MAX];   // the message says here which office
    char territory[POINTER_MAX]; // and here of which territory; "": whichever
    bool held;                   // nobody who acts for another
} seal_wanted_t;

typedef struct {
    size_t n;
    seal_wanted_t wanted[SEALS_WANTED_MAX];
} seals_t;

// Who sealed, and what is known of them.
typedef struct {
    size_t n;
    const cert_t *officer[SEALS_WANTED_MAX]; // one person may be there with two keys
    // Whether the officer acts in this office, of this territory or "" (NULL: whichever),
    // of the node; and the delegation by which.  NULL: nobody acts for anybody.
    bool (*acts)(void *context, const cert_t *officer, const char *office,
        const char *territory, reference_t *by);
    void *context;
} sealers_t;

// One whose seal counts for an office in which he acts.
typedef struct {
    const cert_t *officer;
    char office[OFFICE_MAX];
    char territory[TERRITORY_MAX]; // "": of none, or of whichever
    reference_t by;                // the delegation
} acting_seal_t;

// Read the value of `seals`: a number, or a list.
int seals_read(
    seals_t *self, const settings_t *file, const config_setting_t *at, cause_t *why);
bool seals_same(const seals_t *a, const seals_t *b);
// An element in words of rules: "head or deputy-head"; "" for whichever officer.
void seal_wanted_print(const seal_wanted_t *self, buf_t *out);
// The officer who fulfils this element, of a message with this content; NULL: nobody.
const cert_t *seal_wanted_by(
    const seal_wanted_t *self, const sealers_t *sealers, const value_t *root);
// NULL when each element has a person of its own; else the code of a refusal, and why.
const char *seals_check(const seals_t *self, const sealers_t *sealers,
    const value_t *root, const char *kind, const char *node, cause_t *why);
// Of seals that are good: who counts only because he acts for somebody.  How many; none
// where those who hold the offices would do.
size_t seals_acting(const seals_t *self, const sealers_t *sealers, const value_t *root,
    acting_seal_t acting[SEALS_WANTED_MAX]);

#endif
