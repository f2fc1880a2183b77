// owner - the owner of critical objects: it reports what happens to them, answers what it
// is asked, and does what recommendations, tasks and directives say.

#include "nodes/roles/profile.h"

#include <stddef.h>

static const char *const publishes[] = {
    "incident.notice",
    "incident.update",
    "incident.closure",
    "threat.report",
    "information.request",
    "information.reply",
    "plan.submission",
    "contact.change",
    "response.engagement",
    "recovery.report",
    "response.report",
    "directive.report",
    "trace.manifest",
    "exercise.joining",
    "acknowledgement",
    NULL,
};

static const profile_duty_t duties[] = {
    {"incident.notice", "8.5", "acknowledgement"}, // about an object of its own
    {"information.request", "6, 8.3", "information.reply"},
    {"recommendation", "12", "recovery.report"},
    {"emergency.coordination", "16", "acknowledgement"},
    {"response.task", "19", "response.report"},
    {"headquarters.directive", "23", "directive.report"},
    {0},
};

const profile_t profile_owner = {"owner", publishes, duties};
