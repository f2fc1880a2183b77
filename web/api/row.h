// row - a message in a list, as DESIGN.md has it: what it says in a few fields, and what
// has become of it at this node.

#ifndef WEB_API_ROW_H
#define WEB_API_ROW_H

#include "nodes/inbox/mail.h"
#include "web/web.h"

// `box` is "inbox", "sent", "refused", "waiting" or "carried".
json_t *row_json(const web_t *web, const mail_t *mail, const char *box);
// Into a row, over what is there: `amended`, `erased`, `opened` and `answers` of it as
// they are now.  For rows whose other fields were kept.
void row_live(const web_t *web, const mail_t *mail, json_t *row);
// Author and id of a document, of a row ("from", "id"), and of a reference in either.
bool row_name(const json_t *message, reference_t *out);
bool row_reference(const json_t *reference, reference_t *out);
// Whether its chain of corrections leaves it standing, and it takes nothing back itself.
bool row_stands(const json_t *row);

#endif
