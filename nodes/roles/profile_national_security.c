// national-security - the agencies that are alerted from criticality level 3 (plan, 14)
// and may suspend networks and services (plan, 15).

#include "nodes/roles/profile.h"

#include <stddef.h>

static const char *const publishes[] = {
    "suspension.notice",
    "suspension.lifted",
    "threat.report",
    "directive.report",
    "trace.manifest",
    "exercise.joining",
    "acknowledgement",
    NULL,
};

static const profile_duty_t duties[] = {
    {"security.alert", "14", "acknowledgement"},
    {"headquarters.convening", "18, 20, 21", "acknowledgement"},
    {"headquarters.directive", "23", "directive.report"},
    {0},
};

const profile_t profile_national_security = {"national-security", publishes, duties};
