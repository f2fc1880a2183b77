// profile - the table of roles that have a file of their own.

#include "nodes/profile.h"

#include <string.h>

static const profile_t *const profiles[] = {&profile_isoc, &profile_nccis,
    &profile_liaison, &profile_national_security, &profile_owner};

static const profile_duty_t no_duties[] = {{0}};
static const profile_t other = {.role = "", .publishes = 0, .duties = no_duties};

const profile_t *profile_of(const char *role)
{
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        if (strcmp(profiles[i]->role, role) == 0)
            return profiles[i];
    return &other;
}

bool profile_publishes(const profile_t *self, const char *kind)
{
    if (!self->publishes)
        return true;
    for (const char *const *known = self->publishes; *known; known++)
        if (strcmp(*known, kind) == 0)
            return true;
    return false;
}

const profile_duty_t *profile_duty(const profile_t *self, const char *kind)
{
    for (const profile_duty_t *duty = self->duties; duty->kind; duty++)
        if (strcmp(duty->kind, kind) == 0)
            return duty;
    return NULL;
}
