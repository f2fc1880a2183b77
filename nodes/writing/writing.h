// writing - a message written by options and, on a terminal, by questions: begun, filled
// in, shown with who would receive it, and handed back to be sent.

#ifndef NODES_WRITING_WRITING_H
#define NODES_WRITING_WRITING_H

#include "nodes/cli/command.h"
#include "nodes/writing/basis.h"
#include "nodes/writing/compose.h"
#include "nodes/writing/law_find.h"

typedef struct {
    const call_t *call; // borrowed
    const char *node;   // its folder, borrowed
    law_found_t law;
    form_t form;
    compose_t compose;
    bool asks;     // there is somebody to ask
    bool amends;   // it corrects or takes back another
    bool changed;  // of what that says something was changed by fields
    json_t *begun; // owned: as a correction began; NULL: it is none
} writing_t;

// Whether the word names a kind by the law that can be found; the law stays in `self` for
// writing_begin.  -1 with the cause when there is no law at all.
int writing_open(writing_t *self, const call_t *call, const char *node, cause_t *why);
bool writing_knows(const writing_t *self, const char *kind);
// A message of this kind with these fields.  -1 with the cause.
int writing_begin(writing_t *self, const char *kind, const option_others_t *fields,
    bool asks, cause_t *why);
// The same of one that corrects another or takes it back, of which there is all or the
// least that it must have; fields replace what the other says.  -1 with the cause.
int writing_amend(writing_t *self, const char *kind, const basis_t *basis,
    const option_others_t *fields, bool asks, cause_t *why);
// What is still missing is asked for, or named; `shown`: it is shown with who would
// receive it, and goes only after a yes.  DONE_OK: `document` is to be sent; else what
// there is to say was said, and nothing goes.
done_t writing_finish(writing_t *self, bool shown, buf_t *document);
void writing_close(writing_t *self);

#endif
