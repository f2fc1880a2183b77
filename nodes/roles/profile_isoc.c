// isoc - an operational centre: it reports incidents on the objects it serves
// (plan, 8.3, 8.5), keeps them up to date until they are closed, and carries out what it
// is asked to.

#include "nodes/roles/profile.h"

#include <stddef.h>

static const char *const publishes[] = {
    "incident.notice",
    "incident.update",
    "incident.closure",
    "threat.report",
    "information.request",
    "information.reply",
    "response.report",
    "directive.report",
    "trace.manifest",
    "exercise.joining",
    "acknowledgement",
    NULL,
};

static const profile_duty_t duties[] = {
    {"information.request", "6, 8.3", "information.reply"},
    {"recommendation", "12", "acknowledgement"},
    {"response.engagement", "11", "acknowledgement"},
    {"response.task", "19", "response.report"},
    {"emergency.coordination", "16", "acknowledgement"},
    {"headquarters.directive", "23", "directive.report"},
    {0},
};

const profile_t profile_isoc = {"isoc", publishes, duties};
