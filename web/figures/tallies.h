// tallies - the tables of the page of statistics that a catalogue can answer.

#ifndef WEB_FIGURES_TALLIES_H
#define WEB_FIGURES_TALLIES_H

#include "nodes/index/mail_index.h"
#include "web/figures/calendar.h"
#include "web/figures/period.h"

#include <jansson.h>

// Incidents of this period in each span of it, by level and by sector, and how long this
// node took to answer.  NULL with the cause.
json_t *tally_levels(
    mail_index_t *index, const period_t *period, calendar_t by, cause_t *why);
json_t *tally_sectors(
    mail_index_t *index, const period_t *period, calendar_t by, cause_t *why);
json_t *tally_answers(mail_index_t *index, const period_t *period, cause_t *why);
// How many duties of each role are open, overdue, met in time and late, of the hub's
// duties.  `role` says whose role a node has; NULL: nobody knows.
typedef const char *tally_role_t(void *context, const char *node);
json_t *tally_overdue(const json_t *duties, tally_role_t *role, void *context);

#endif
