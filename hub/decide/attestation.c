#include "hub/decide/attestation.h"

#include <string.h>

// What the message says of when it began; none where the time runs from its entry.
static bool is_before(const attestation_t *self, const duty_t *duty, int64_t told_ms)
{
    leaf_t leaf;
    return told_ms < duty->from_ms &&
           history_find(self->history, duty->message.author, duty->message.id, &leaf) &&
           duty->from_ms < leaf.time_ms;
}

typedef enum { UNKNOWN, EARLY, OWED } owed_t;

static owed_t is_owed(
    const attestation_t *self, const document_t *document, int64_t told_ms)
{
    duty_cursor_t cursor = {0};
    const duty_t *duty;
    owed_t found = UNKNOWN;
    while (
        found != OWED && (duty = duties_of(self->duties, &self->first, &cursor)) != NULL)
        if (strcmp(duty->exercise, self->exercise) == 0 &&
            duty->state != DUTY_WITHDRAWN && duty_met_by(duty, document))
            found = is_before(self, duty, told_ms) ? EARLY : OWED;
    return found;
}

static int refuse_unknown(const char *author, refusal_t *refusal)
{
    return refuse(refusal, "duty.unknown", "/body/duty", "",
        "%s owes no duty of this name by the message that `re` names, towards such a "
        "body, that notice meets; or it is settled, and the newest %d that are were "
        "settled after it (operational default)",
        author, DUTIES_SETTLED);
}

int attestation_check(
    const attestation_t *self, const document_t *document, refusal_t *refusal)
{
    static const char at[] = "/body/told_at";
    int64_t told_ms;
    if (!duty_told_at(document->root, &told_ms))
        return refuse(refusal, "duty.moment", at, "", "when was it told?");
    if (told_ms > self->latest_ms)
        return refuse(refusal, "time.future", at, "", "this is still to come");
    if (told_ms < self->earliest_ms)
        return refuse(refusal, "moment.absurd", at, "",
            "this lies further back than timing.past_days (operational default)");
    switch (is_owed(self, document, told_ms)) {
    case OWED:
        return 0;
    case EARLY:
        return refuse(refusal, "moment.before", at, "",
            "this is before what is to be told began, by the message that `re` names");
    case UNKNOWN:
        break;
    }
    return refuse_unknown(document->from, refusal);
}
