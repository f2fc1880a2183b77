// holder - who a certificate is for, as request, certificate and the CA's index have it.

#ifndef LIB_ENROL_HOLDER_H
#define LIB_ENROL_HOLDER_H

#include "lib/pki/cert.h"

typedef struct {
    char name[NODE_ID_MAX];
    char role[ROLE_MAX];
    char organisation[ORGANISATION_MAX];
    char node[NODE_ID_MAX];        // the officer's node; equal to name for a node
    char office[OFFICE_MAX];       // that an officer holds there, or ""
    char territory[TERRITORY_MAX]; // of the office, or ""
} holder_t;

// Fill in what was typed, NULL for what was not.  With `officer_of` the role is "officer"
// and may be left out.  Refuses wrong ids and roles with a sentence that says what is
// right.
int holder_set(holder_t *self, const char *name, const char *role,
    const char *organisation, const char *officer_of, cause_t *why);
// The office of an officer and the territory of that office, NULL for what was not typed.
int holder_set_office(
    holder_t *self, const char *office, const char *territory, cause_t *why);
bool holder_is_officer(const holder_t *self);
void holder_of_cert(holder_t *self, const cert_t *cert);
bool holder_same(const holder_t *a, const holder_t *b); // all but the name

#endif
