#include "hub/decide/attestation.h"

#include <string.h>

static bool is_owed(const attestation_t *self, const document_t *document)
{
    duty_cursor_t cursor = {0};
    const duty_t *duty;
    while ((duty = duties_of(self->duties, &self->first, &cursor)) != NULL)
        if (strcmp(duty->exercise, self->exercise) == 0 &&
            duty->state != DUTY_WITHDRAWN && duty_met_by(duty, document))
            return true;
    return false;
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
    if (is_owed(self, document))
        return 0;
    return refuse(refusal, "duty.unknown", "/body/duty", "",
        "%s owes no duty of this name by the message that `re` names, towards such a "
        "body, "
        "that notice meets",
        document->from);
}
