// verify_cms - a detached CMS signature over a message that a node keeps.

#ifndef NODES_TOOLS_VERIFY_CMS_H
#define NODES_TOOLS_VERIFY_CMS_H

#include "lib/pki/cms.h"
#include "nodes/cli/command.h"

#include <jansson.h>

// That the file holds a good signature over `<stem>.json`, by certificates that these
// authorities vouch for and that were valid when the message was entered.
int verify_cms(const char *path, const char *stem, const option_texts_t *ca,
    int64_t entered_ms, cms_signers_t *signers, cause_t *why);
void verify_cms_print(const cms_signers_t *signers);
json_t *verify_cms_json(const cms_signers_t *signers);

#endif
