// evidence - a message with all that is needed to check it, for somebody who trusts
// nobody here.

#ifndef WEB_API_EVIDENCE_H
#define WEB_API_EVIDENCE_H

#include "nodes/inbox/mail.h"
#include "web/web.h"

// A tar of one folder: the document, its seal and receipt, why it is here or who was told
// of it, certificates, the CA's and the log's public keys, and how to check them.
int evidence_tar(const web_t *web, const mail_t *mail, buf_t *tar, cause_t *why);

#endif
