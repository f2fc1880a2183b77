// report - an examination, for people, for programs and for a monitoring system.

#ifndef NODES_DOCTOR_REPORT_H
#define NODES_DOCTOR_REPORT_H

#include "nodes/doctor/finding.h"
#include "nodes/doctor/patient.h"

#include <stdio.h>

typedef struct {
    patient_kind_t kind;
    const char *folder;
    findings_t findings;
} report_t;

void report_print(const report_t *self, FILE *out);
void report_print_json(const report_t *self, FILE *out); // one object a line
// One line as the Monitoring Plugins' guidelines want it, of all examinations together,
// with what was measured behind a bar.  Returns the exit code that goes with it: 0 OK, 1
// WARNING, 2 CRITICAL, 3 UNKNOWN.
int report_check(const report_t *reports, size_t n, FILE *out);

#endif
