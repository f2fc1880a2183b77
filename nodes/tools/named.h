// named - the files that a message of this node's folders names, and what is known of
// each.

#ifndef NODES_TOOLS_NAMED_H
#define NODES_TOOLS_NAMED_H

#include "lib/message/attachment.h"
#include "nodes/cli/command.h"
#include "nodes/inbox/mail.h"

enum { NAMED_MAX = 1000 };

typedef struct {
    char digest[HASH_HEX];
    uint64_t size;
    char *name;     // as its author wrote it: not to be trusted as a path
    bool handed_in; // as the hub says
    uint64_t position;
} named_file_t;

typedef struct {
    const char *node; // borrowed
    mail_t mail;
    bool asked; // the hub has answered
    size_t n;
    named_file_t file[NAMED_MAX];
} named_t; // large: allocate it, all zeros

// The message is one of inbox/ or sent/, by its id or inbox number.
int named_open(named_t *self, const char *node, const char *wanted, cause_t *why);
// The same of one that was found already, which is taken over.
int named_take(named_t *self, const char *node, mail_t *mail, cause_t *why);
void named_close(named_t *self); // also after a failure
// Learn from the hub what was handed in, if the daemon runs; why it could not is said to
// the person.
void named_ask(named_t *self, const call_t *call);
// The arguments of that question, and what is learnt from its answer; NULL: there is
// none.
json_t *named_question(const named_t *self);
void named_answered(named_t *self, const json_t *answer);
// fetched, wanted, handed-in, waiting, absent or unknown: what matters most first.
const char *named_state(const named_t *self, const named_file_t *file);
// Have the daemon fetch it into attachments/whole, as soon as it is there.
int named_want(const named_t *self, const named_file_t *file, cause_t *why);
// Whether attachments/FOLDER of the node has it.
bool named_lies_in(const named_t *self, const char *folder, const named_file_t *file);

#endif
