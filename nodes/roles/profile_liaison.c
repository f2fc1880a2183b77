// liaison - the foreign-policy liaison: it receives what crosses the border and states
// its position on the measures taken abroad (plan, 17).

#include "nodes/roles/profile.h"

#include <stddef.h>

static const char *const publishes[] = {
    "crossborder.position",
    "threat.report",
    "directive.report",
    "exercise.joining",
    "acknowledgement",
    NULL,
};

static const profile_duty_t duties[] = {
    // The plan coordinates measures; that an item by itself is to be read is our default.
    {"crossborder.item", "default", "acknowledgement"},
    {"crossborder.measure", "17", "crossborder.position"},
    {"headquarters.convening", "18, 20, 21", "acknowledgement"},
    {"headquarters.directive", "23", "directive.report"},
    {0},
};

const profile_t profile_liaison = {"foreign-affairs", publishes, duties};
