// nccis - the National Coordination Centre: it follows every feed, passes on what it
// learns and proposes to the Headquarters.  Notices as such ask nothing of a person here
// (there are too many, and the rules raise those that matter as alerts); positions and
// directives do.

#include "nodes/roles/profile.h"

#include <stddef.h>

static const char *const publishes[] = {
    "incident.notice", // from the 1400 call centre and the website
    "incident.update",
    "incident.closure",
    "crossborder.item",
    "crossborder.measure",
    "crossborder.release",
    "advisory",
    "threat.report",
    "information.request",
    "information.reply",
    "recommendation",
    "response.task",
    "trace.manifest",
    "headquarters.proposal",
    "directive.report",
    "exercise.opening",
    "exercise.joining",
    "exercise.closing",
    "acknowledgement",
    NULL,
};

static const profile_duty_t duties[] = {
    {"information.request", "6, 8.3", "information.reply"},
    {"crossborder.position", "17", "acknowledgement"},
    {"headquarters.convening", "18, 20, 21", "acknowledgement"},
    {"headquarters.directive", "23", "directive.report"},
    {"contact.change", "13", "acknowledgement"},
    {0},
};

const profile_t profile_nccis = {"nccis", publishes, duties};
