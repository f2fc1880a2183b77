// hub_status - a hub's answer to "status", in plain words.

#ifndef NODES_UPKEEP_HUB_STATUS_H
#define NODES_UPKEEP_HUB_STATUS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

void hub_status_print(const json_t *status, FILE *out);
// Whether nothing in it needs a person.
bool hub_status_good(const json_t *status);

#endif
