// patient - the folder that is examined: whose it is, what its configuration says, and
// what the daemon that runs there says of itself.

#ifndef NODES_DOCTOR_PATIENT_H
#define NODES_DOCTOR_PATIENT_H

#include "lib/base/cause.h"
#include "lib/base/times.h"
#include "lib/config/hub_options.h"
#include "lib/pki/authority.h"
#include "nodes/config/node_conf.h"

#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

typedef enum { PATIENT_HUB = 1, PATIENT_NODE = 2, PATIENT_CA = 4 } patient_kind_t;

// What a path of the folder is for.
typedef enum {
    PLACE_KEY,         // a private key
    PLACE_FOLDER,      // the daemon writes there, and nobody else has any business there
    PLACE_SHARED,      // the daemon writes there; others may read
    PLACE_CERTIFICATE, // of its own, of the hub
} place_kind_t;

typedef struct {
    place_kind_t kind;
    const char *label; // for curves: "journal"
    char path[PATH_MAX];
    bool needed; // a daemon that has run has made it
} place_t;

enum { PLACES = 16 };

typedef struct {
    patient_kind_t kind;
    char folder[PATH_MAX], conf_path[PATH_MAX];
    bool configured; // the configuration was read; else `why_not`
    cause_t why_not;
    hub_options_t hub;
    node_conf_t node;
    const char *control, *ca, *crl; // borrowed from the configuration; crl may be ""
    char lock[PATH_MAX];
    size_t places;
    place_t place[PLACES];
    json_t *status;         // the daemon's answer, or NULL: `why_silent`
    cause_t why_silent;     // in words
    int error_silent;       // errno of the socket
    pid_t pid;              // who holds the lock; 0: nobody, or it cannot be seen
    uid_t owner;            // of the daemon, or of the configuration when none runs
    authority_t *authority; // of the CA's certificate alone; NULL: it cannot be read
    now_t now;
} patient_t;

// Which of the three this folder is; several are possible.  0: none, with the cause.
unsigned patient_kinds(const char *folder, cause_t *why);
void patient_open(patient_t *self, patient_kind_t kind, const char *folder);
void patient_close(patient_t *self);
const char *patient_name(patient_kind_t kind); // "hub", "node", "ca"
// Whether a process has the folder, or answers.
bool patient_runs(const patient_t *self);

#endif
