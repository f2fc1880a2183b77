// profile - two tables: who says what, and what asks a person for an answer.
//
// An operational centre (isoc) reports incidents on the objects it serves
// (plan, 8.3, 8.5) and carries out what it is asked to.  The National Coordination Centre
// (nccis) follows every feed; notices as such ask nothing of a person there, since the
// rules raise those that matter.  The foreign-policy liaison states its position on
// measures abroad (17). The agencies of national security are alerted from level 3 (14)
// and may suspend (15). An owner reports what happens to its objects and does what it is
// told.

#include "nodes/roles/profile.h"

#include <stddef.h>
#include <string.h>

enum { ISOC = 1, NCCIS = 2, LIAISON = 4, SECURITY = 8, OWNER = 16 };

static const profile_t profiles[] = {
    {"isoc", ISOC},
    {"nccis", NCCIS},
    {"foreign-affairs", LIAISON},
    {"national-security", SECURITY},
    {"owner", OWNER},
};

// The kinds that profiles judge, and who of these may publish them.  Of any other, added
// by a schema and rules alone, they know nothing, and the hub decides.
static const struct {
    const char *kind;
    unsigned roles;
} publishes[] = {
    // nccis: from the 1400 call centre and the website
    {"incident.notice", ISOC | NCCIS | OWNER},
    {"incident.update", ISOC | NCCIS | OWNER},
    {"incident.closure", ISOC | NCCIS | OWNER},
    {"incident.sharing", ISOC | NCCIS | OWNER | SECURITY},
    {"security.alert", 0},
    {"crossborder.item", NCCIS | LIAISON},
    {"crossborder.measure", NCCIS},
    {"crossborder.position", LIAISON},
    {"crossborder.release", NCCIS},
    {"advisory", NCCIS},
    {"threat.report", ISOC | NCCIS | LIAISON | SECURITY | OWNER},
    {"information.request", ISOC | NCCIS | LIAISON | OWNER},
    {"information.reply", ISOC | NCCIS | OWNER},
    {"plan.submission", OWNER},
    {"contact.change", OWNER},
    {"response.engagement", OWNER},
    {"recommendation", NCCIS},
    {"recovery.report", OWNER},
    {"suspension.notice", SECURITY},
    {"suspension.lifted", SECURITY},
    {"attestation", SECURITY | NCCIS},
    {"emergency.coordination", 0},
    {"emergency.report", ISOC | OWNER},
    {"response.task", NCCIS},
    {"response.report", ISOC | OWNER},
    {"headquarters.proposal", NCCIS},
    {"headquarters.decision", 0},
    {"headquarters.convening", 0},
    {"headquarters.membership", 0},
    {"headquarters.adjournment", 0},
    {"headquarters.directive", 0},
    {"directive.report", ISOC | NCCIS | LIAISON | SECURITY | OWNER},
    {"public.notice", 0},
    {"publication.report", 0},
    {"investigation.request", 0},
    {"investigation.report", ISOC | NCCIS | LIAISON | SECURITY | OWNER},
    {"trace.manifest", ISOC | NCCIS | SECURITY | OWNER},
    {"exercise.opening", NCCIS},
    {"exercise.joining", ISOC | NCCIS | LIAISON | SECURITY | OWNER},
    {"exercise.closing", NCCIS},
    {"acknowledgement", ISOC | NCCIS | LIAISON | SECURITY | OWNER},
    {"service.notice", 0},
    {"delegation", NCCIS | SECURITY},
};

static const struct {
    profile_duty_t duty;
    unsigned roles;
} duties[] = {
    {{"incident.notice", "8.5", "acknowledgement"}, OWNER}, // about an object of its own
    {{"security.alert", "14", "acknowledgement"}, SECURITY},
    // The plan coordinates measures; that an item by itself is to be read is our default.
    {{"crossborder.item", "default", "acknowledgement"}, LIAISON},
    {{"crossborder.measure", "17", "crossborder.position"}, LIAISON},
    {{"crossborder.position", "17", "acknowledgement"}, NCCIS},
    {{"information.request", "6, 8.3", "information.reply"}, ISOC | NCCIS | OWNER},
    {{"contact.change", "13", "acknowledgement"}, NCCIS},
    {{"response.engagement", "11", "acknowledgement"}, ISOC},
    {{"recommendation", "12", "acknowledgement"}, ISOC},
    {{"recommendation", "12", "recovery.report"}, OWNER},
    {{"emergency.coordination", "16", "emergency.report"}, ISOC | OWNER},
    {{"response.task", "19", "response.report"}, ISOC | OWNER},
    {{"headquarters.convening", "18, 20, 21", "acknowledgement"},
        NCCIS | LIAISON | SECURITY},
    {{"headquarters.directive", "23", "directive.report"},
        ISOC | NCCIS | LIAISON | SECURITY | OWNER},
};

enum { KINDS = sizeof publishes / sizeof publishes[0] };
enum { DUTIES = sizeof duties / sizeof duties[0] };

const profile_t *profile_of(const char *role)
{
    static const profile_t other = {"", 0};
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        if (strcmp(profiles[i].role, role) == 0)
            return &profiles[i];
    return &other;
}

bool profile_judges(const profile_t *self)
{
    return self->roles != 0;
}

bool profile_publishes(const profile_t *self, const char *kind)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(publishes[i].kind, kind) == 0)
            return !profile_judges(self) || (publishes[i].roles & self->roles) != 0;
    return true;
}

const profile_duty_t *profile_next_duty(const profile_t *self, size_t *i)
{
    while (*i < DUTIES) {
        size_t at = (*i)++;
        if (duties[at].roles & self->roles)
            return &duties[at].duty;
    }
    return NULL;
}

const profile_duty_t *profile_duty(const profile_t *self, const char *kind)
{
    const profile_duty_t *duty;
    size_t i = 0;
    while ((duty = profile_next_duty(self, &i)) != NULL)
        if (strcmp(duty->kind, kind) == 0)
            return duty;
    return NULL;
}
