// checks - one function looks at one thing of a patient and says what it found; the table
// of all is in doctor.c.
//
// Each changes nothing, waits for nothing longer than some seconds, and says something in
// any case: that it is good, or what is not.

#ifndef NODES_DOCTOR_CHECKS_H
#define NODES_DOCTOR_CHECKS_H

#include "nodes/doctor/finding.h"
#include "nodes/doctor/patient.h"

typedef void check_fn(const patient_t *patient, findings_t *out);

// check_machine.c
check_fn check_clock, check_space, check_descriptors, check_locale;
// check_files.c
check_fn check_configuration, check_keys, check_folders, check_leftovers;
// check_papers.c
check_fn check_certificates, check_crl, check_roster;
// check_law.c
check_fn check_rules, check_schemas, check_marks;
// check_net.c
check_fn check_addresses;
// check_daemon.c
check_fn check_daemon, check_said;
// check_ca.c
check_fn check_ca_key, check_ca_certificate, check_ca_index;

// What several of them say of a certificate or of a CRL that ends then: what it is, until
// when, and `advice` where that is soon or past.
typedef struct {
    const char *where, *advice;
    const char *label; // for curves: "seal_days"
    const char *what;  // "certificate of isoc-energy (seal)"
    int64_t warn_days, critical_days;
} ending_t;
void check_ending(
    const ending_t *ending, int64_t ends_ms, int64_t now_ms, findings_t *out);

#endif
