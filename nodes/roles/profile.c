// profile - the table of roles that have a file of their own.

#include "nodes/roles/profile.h"

#include <string.h>

static const profile_t *const profiles[] = {&profile_isoc, &profile_nccis,
    &profile_liaison, &profile_national_security, &profile_owner};

// The kinds that profiles judge.  Of any other, added by a schema and rules alone, they
// know nothing, and the hub decides.
static const char *const catalogue[] = {"incident.notice", "incident.update",
    "incident.closure", "security.alert", "crossborder.item", "crossborder.measure",
    "crossborder.position", "crossborder.release", "advisory", "threat.report",
    "information.request", "information.reply", "plan.submission", "contact.change",
    "response.engagement", "recommendation", "recovery.report", "suspension.notice",
    "suspension.lifted", "emergency.coordination", "response.task", "response.report",
    "headquarters.proposal", "headquarters.convening", "headquarters.adjournment",
    "headquarters.directive", "directive.report", "public.notice", "trace.manifest",
    "exercise.opening", "exercise.joining", "exercise.closing", "acknowledgement",
    "service.notice", NULL};

static const profile_duty_t no_duties[] = {{0}};
static const profile_t other = {.role = "", .publishes = 0, .duties = no_duties};

const profile_t *profile_of(const char *role)
{
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        if (strcmp(profiles[i]->role, role) == 0)
            return profiles[i];
    return &other;
}

static bool among(const char *const *kinds, const char *kind)
{
    while (*kinds && strcmp(*kinds, kind) != 0)
        kinds++;
    return *kinds != NULL;
}

bool profile_publishes(const profile_t *self, const char *kind)
{
    return !self->publishes || among(self->publishes, kind) || !among(catalogue, kind);
}

const profile_duty_t *profile_duty(const profile_t *self, const char *kind)
{
    for (const profile_duty_t *duty = self->duties; duty->kind; duty++)
        if (strcmp(duty->kind, kind) == 0)
            return duty;
    return NULL;
}
