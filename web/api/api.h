// api - what the answers to pages have in common.

#ifndef WEB_API_API_H
#define WEB_API_API_H

#include "lib/message/document.h"
#include "web/api/find.h"
#include "web/web.h"

// "AUTHOR/ID" of the query; an empty author where it says nothing.  -1: it is no such
// name, and that was answered.
int api_reference(
    const request_t *request, const char *name, reference_t *out, reply_t *reply);
// The body, one JSON object within a document's limits.  NULL: it is none, and that was
// answered.
json_t *api_body(const request_t *request, reply_t *reply);
// 503: the node or the hub has not said what is needed.
void api_unanswered(reply_t *reply, const cause_t *why);

// What the hub answers to a question, through the node's daemon; answers of some seconds
// ago are shared.  `arguments` is taken over.  NULL with the cause.
json_t *api_ask(web_t *web, const char *topic, json_t *arguments, cause_t *why);
// There is no such message, or several, or it cannot be read: what was FOUND is no case.
void api_not_found(reply_t *reply, found_t found, const cause_t *why);

// The tables of the files of this folder.
extern const web_route_t api_queue[], api_message[], api_incident[], api_lists[];
extern const web_route_t api_forms[], api_explain[], api_outcomes[], api_drafts[],
    api_files[], api_session[], api_messages[], api_held[], api_enrolment[],
    api_statistics[];

#endif
