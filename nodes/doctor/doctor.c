// doctor - a table: a new check is a function in one of the files check_*.c and a row.

#include "nodes/doctor/doctor.h"

#include "lib/base/catalogue.h"
#include "nodes/doctor/checks.h"

#include <string.h>

enum {
    DAEMONS = PATIENT_HUB | PATIENT_NODE,
    ALL = DAEMONS | PATIENT_CA,
};

typedef struct {
    const char *name;  // stable, for programs
    const char *title; // English
    unsigned kinds;    // whose
    bool unconfigured; // also when the configuration cannot be read
    check_fn *check;
} row_t;

// clang-format off
static const row_t rows[] = {
    {"configuration",  MARK("configuration"),      DAEMONS,      true,  check_configuration},
    {"daemon",         MARK("daemon"),             DAEMONS,      false, check_daemon},
    {"said",           MARK("what it says"),       DAEMONS,      false, check_said},
    {"clock",          MARK("clock"),              ALL,          true,  check_clock},
    {"disk",           MARK("disk"),               ALL,          false, check_space},
    {"descriptors",    MARK("descriptors"),        DAEMONS,      false, check_descriptors},
    {"keys",           MARK("private keys"),       ALL,          false, check_keys},
    {"folders",        MARK("folders"),            ALL,          false, check_folders},
    {"ca-key",         MARK("the CA's key"),       PATIENT_CA,   false, check_ca_key},
    {"ca-certificate", MARK("the CA's papers"),    PATIENT_CA,   false, check_ca_certificate},
    {"ca-index",       MARK("the CA's index"),     PATIENT_CA,   false, check_ca_index},
    {"certificates",   MARK("certificates"),       DAEMONS,      false, check_certificates},
    {"crl",            MARK("revocation list"),    DAEMONS,      false, check_crl},
    {"roster",         MARK("roster"),             PATIENT_HUB,  false, check_roster},
    {"rules",          MARK("seal of the rules"),  PATIENT_HUB,  false, check_rules},
    {"schemas",        MARK("schemas"),            DAEMONS,      false, check_schemas},
    {"marks",          MARK("marks of the log"),   PATIENT_HUB,  false, check_marks},
    {"addresses",      MARK("addresses"),          DAEMONS,      false, check_addresses},
    {"leftovers",      MARK("left over"),          ALL,          false, check_leftovers},
    {"locale",         MARK("language"),           ALL,          true,  check_locale},
};
// clang-format on

void doctor_examine(const patient_t *patient, findings_t *out)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const row_t *row = &rows[i];
        if (!(row->kinds & patient->kind) || !(patient->configured || row->unconfigured))
            continue;
        out->check = row->name;
        row->check(patient, out);
    }
    out->check = NULL;
}

const char *doctor_title(const char *check)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, check) == 0)
            return say(rows[i].title);
    return check;
}
