// incident_state - what was withdrawn or corrected does not count, nor what only takes
// something back.

#include "nodes/tools/incident_state.h"

#include "nodes/inbox/mail.h"

#include <string.h>

const char *incident_state(const json_t *messages)
{
    const char *state = "open";
    size_t i;
    json_t *message;
    json_array_foreach(messages, i, message)
    {
        const char *kind = mail_text(message, "kind");
        if (json_object_get(message, "cancelled_by") ||
            json_object_get(message, "superseded_by") ||
            json_object_get(message, "cancels"))
            continue;
        if (strcmp(kind, "incident.closure") == 0)
            state = "closed";
        else if (strcmp(kind, "incident.update") == 0 && strcmp(state, "open") != 0)
            state = "reopened";
    }
    return state;
}
