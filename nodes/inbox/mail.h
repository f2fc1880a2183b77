// mail - one message in a node's folder (inbox/ or sent/) and what it says in a few
// lines.
//
// Nothing is verified here (the node did before it stored it; `dabyl verify` does it
// again) and nothing about the fields is taken for granted.

#ifndef NODES_INBOX_MAIL_H
#define NODES_INBOX_MAIL_H

#include "lib/base/file.h"
#include "lib/json/schema.h"
#include "lib/message/routing.h"
#include "lib/tlog/leaf.h"
#include "nodes/inbox/amended.h"
#include "nodes/inbox/erased.h"
#include "nodes/inbox/pick.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>

typedef struct {
    char path[PATH_MAX]; // of the .json
    uint64_t number;     // in the inbox; 0 where it has none
    json_t *root;        // owned
    bool has_leaf;       // the hub's record, from the proof beside it
    leaf_t leaf;
    bool has_why; // why this node has it
    route_t why;
    routing_t more; // what else its record says that is this node's
    bool gone;      // its text was erased here: `root` has what its leaf says
} mail_t;

enum { MAIL_SIZE_MAX = 64 * 1024 * 1024 };

// "<12 digits>-<id>.json", with ".<place>" behind the digits or without, or "<id>.json".
// False for any other name.
bool mail_name(const char *name, uint64_t *number, char id[MESSAGE_ID_MAX]);
// The same, and of what this node has erased "<...>.erased": then with the name that its
// document had, which may be where `name` is.
bool mail_listed(const char *name, uint64_t *number, char id[MESSAGE_ID_MAX],
    char document[NAME_MAX + 1]);
// Read the message `name` of `folder`.  The proof and the why are taken where they are
// there.  Where this node has erased the text, what is left.
int mail_open(mail_t *self, const char *folder, const char *name, cause_t *why);
void mail_close(mail_t *self);
// The file beside it with another ending, ".seal", appended to `out`; -1: there is none.
int mail_beside(const mail_t *self, const char *ending, buf_t *out);
// Whether there is no such file in the folder: somebody has moved it away.
bool mail_gone(const char *folder, const char *name);
// The names of all messages of a folder, sorted, also of those whose text this node has
// erased; of an inbox without gaps but for what was moved away.
int mail_names(names_t *names, const char *folder, cause_t *why);
// The file in `folder` of this id or inbox number; its name into `name`.
int mail_find(
    const char *folder, const char *wanted, char name[NAME_MAX + 1], cause_t *why);

// Among which messages of a node one is meant.
typedef enum {
    MAIL_HERE,    // inbox/, carried/ and sent/, those of logs that were left as well
    MAIL_HAD,     // what was delivered or came along
    MAIL_OWN,     // what this node sends: sent/, outbox/ and refused/
    MAIL_WAITING, // what waits for officers
} mail_among_t;
// `wanted` itself, where it is no piece of an id (nodes/inbox/pick.h) or of none that is
// there; else that id, written into `id`.  NULL with the cause where it may be several:
// those are in `several`, to be closed then, if that is not NULL.
const char *mail_meant(const char *node, mail_among_t among, const char *wanted,
    char id[MESSAGE_ID_MAX], pick_t *several, cause_t *why);
// The message of this inbox number, id or piece of an id, of the node's inbox/ or else
// its sent/, or carried/.
int mail_open_here(mail_t *self, const char *node, const char *wanted, cause_t *why);
// The same among others, and not of logs that were left.
int mail_open_among(
    mail_t *self, const char *node, mail_among_t among, const char *wanted, cause_t *why);

// A JSON file of the node's folders, no link and no pipe; NULL with the cause.
json_t *mail_load(const char *path, cause_t *why);
// Whether it is in this node's feed of that name; its place there and the digest up to it
// into `line`, which may be NULL.
bool mail_in_feed(const mail_t *self, const char *feed, route_t *line);
// Whether it is about this sector.
bool mail_sector(const mail_t *self, const char *sector);
const char *mail_text(const json_t *root, const char *field); // "" when it is no text
// The summary in this language, else in another one that is there; "" when there is none.
const char *mail_summary(const json_t *root, const char *lang);
int mail_level(const json_t *root); // -1: none

// In nodes/inbox/mail_since.c.
// The node's folder, of "<node>/inbox/<name>".  False when the path is none of that form.
bool mail_node(const mail_t *self, char out[PATH_MAX]);
// How it stands by what was delivered since; what is derived stands as its cause does.
amended_t mail_amended(const mail_t *self);
// What the hub's log says of its text.
erased_t mail_erased(const mail_t *self);
// Who of this node's officers has opened it: nodes/inbox/opened.h.
json_t *mail_opened(const mail_t *self);
// The message that it corrects or withdraws.
bool mail_withdraws(const mail_t *self, reference_t *original, amended_as_t *as);
// Of a level that wakes people, and neither withdrawn or corrected nor a withdrawal.
bool mail_alarms(const mail_t *self);
json_t *mail_json(const mail_t *self); // for --json: number, path, time, why, message

// In nodes/inbox/mail_print.c.
void mail_print(const mail_t *self, const char *lang, FILE *out); // two or three lines
// Every field, in the words of these schemas (nodes/inbox/wording.h); NULL: by its key.
void mail_print_full(
    const mail_t *self, const schemas_t *schemas, const char *lang, FILE *out);
// "para 488:8.3, 10", or that it is an operational default.
void mail_print_cites(const char *cites, FILE *out);
// Of a duty as the hub answers it: who owes what, and towards whom.
void mail_print_duty(const json_t *duty, FILE *out);
// What `course` says of each step of the response, a line for each; NULL: none.
void mail_print_course(const json_t *course, FILE *out);

#endif
