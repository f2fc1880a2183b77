// sealers - the officers whose seals a message carries beside that of its node.

#ifndef NODES_INBOX_SEALERS_H
#define NODES_INBOX_SEALERS_H

#include "lib/pki/seal.h"
#include "nodes/inbox/mail.h"

#include <stdio.h>

// [{"officer", "office", "territory", "key"}] in the order of the seal, by the
// certificates that are in the node's folder; only "key" where none of them says whose it
// was.  Empty where the node alone has sealed.  Whether the signatures hold is not asked:
// the node proved that before it kept the message, and `dabyl verify` does again.
json_t *sealers_json(const mail_t *mail);
// The same of a seal of this node's own, at a moment.
json_t *sealers_of(const char *node, const seal_head_t *head, int64_t at_ms);
// "sealed by officer aigul (head)", a line for each, behind so many blanks.
void sealers_print(const json_t *sealers, int indent, FILE *out);

#endif
