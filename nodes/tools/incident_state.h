// incident_state - what the course of an incident has come to.

#ifndef NODES_TOOLS_INCIDENT_STATE_H
#define NODES_TOOLS_INCIDENT_STATE_H

#include <jansson.h>

// "open", "closed" by the last closure that stands, or "reopened" by what was said after
// one: of the messages of a timeline as the hub answers it (topic `incident`).
const char *incident_state(const json_t *messages);

#endif
