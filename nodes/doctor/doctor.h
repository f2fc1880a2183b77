// doctor - looks at a folder of ours and the machine around it: what goes wrong in
// practice, and what to do about it.

#ifndef NODES_DOCTOR_DOCTOR_H
#define NODES_DOCTOR_DOCTOR_H

#include "nodes/doctor/finding.h"
#include "nodes/doctor/patient.h"

// Run every check that is for this kind, in the order of the table.
void doctor_examine(const patient_t *patient, findings_t *out);
// What a check is called, in the language that is spoken.
const char *doctor_title(const char *check);

#endif
