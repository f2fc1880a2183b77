// explanation - what the hub would do with a document, asked through the node's daemon;
// nothing is sent.

#ifndef NODES_TOOLS_EXPLANATION_H
#define NODES_TOOLS_EXPLANATION_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

// The verdict (PROTOCOL.md, Explain), which the caller owns; NULL with the cause where
// there is none.
json_t *explanation_ask(
    const char *node, span_t document, int64_t timeout_ms, cause_t *why);
bool explanation_accepts(const json_t *verdict);
void explanation_print(const json_t *verdict, FILE *out);
// The field that the refusal is about, as a JSON pointer; "" when it is about none.
const char *explanation_field(const json_t *verdict);

#endif
