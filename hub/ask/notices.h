// notices - what the hub says about its own work: a certificate that ends, a duty whose
// time is nearly over, or over, a role that nobody has.
//
// A notice is named by its occasion, and said once however often it is made.  It goes to
// the node concerned; of a duty to whom its rule names, of everything else to NCCIS; of
// an exercise to who takes part in that.

#ifndef HUB_ASK_NOTICES_H
#define HUB_ASK_NOTICES_H

#include "hub/decide/drafting.h"
#include "hub/state/history.h"
#include "lib/rules/duty.h"

// All is borrowed.
typedef struct {
    const char *hub; // its id
    const roster_t *roster;
    int64_t now_ms;
    history_t *history; // what was said
    drafting_t *drafting;
} notices_t;

// Every certificate that ends within so many days, ahead; and a CRL that has ended.
void notices_certificates(const notices_t *self, int64_t days);
// `duty` is near its end or over it.
void notices_duty(const notices_t *self, const duty_t *duty);
// A message should have reached roles that nobody has: to nccis, and what the message was
// only where nccis has it.
void notices_absence(const notices_t *self, const absence_t *absence);

#endif
