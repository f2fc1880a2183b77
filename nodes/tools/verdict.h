// verdict - how `dabyl verify` says what it found, for people or as JSON.

#ifndef NODES_TOOLS_VERDICT_H
#define NODES_TOOLS_VERDICT_H

#include "lib/pki/cms.h"
#include "nodes/cli/command.h"
#include "nodes/inbox/erased.h"
#include "nodes/inbox/proof.h"

// The line that names what is good; what is known of it follows.
void verdict_good(const char *name);
// What is not good, and why: DONE_NO.
done_t verdict_fault(const call_t *call, const char *name, const cause_t *why);

// Who sealed a message, where the log has it, and whether it was erased by law;
// `revocation`: whether that was checked, too.
void verdict_print(const proven_t *p, const erased_t *erased, bool revocation);
// All of it on a line, with those who signed it beside us, if any.
void verdict_print_json(const char *name, const proven_t *p, const erased_t *erased,
    const cms_signers_t *cms);

#endif
