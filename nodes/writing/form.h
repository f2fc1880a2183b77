// form - what there is to fill in of a message kind, for a node of one role: by schemas
// and rules, and by nothing that this program knows of kinds.

#ifndef NODES_WRITING_FORM_H
#define NODES_WRITING_FORM_H

#include "lib/json/schema.h"
#include "lib/rules/rules.h"

enum { BLANK_POINTER = 160, BLANK_OPTION = 96 };

typedef enum {
    BLANK_TEXT,
    BLANK_NUMBER,
    BLANK_TRUTH,
    BLANK_MOMENT,
    BLANK_REFERENCE, // a message, by author and id
} blank_type_t;

// One place to fill in.
typedef struct {
    // "-" is an item of a list: "/body/measures/-", "/body/traces/-/type".
    char pointer[BLANK_POINTER];
    char option[BLANK_OPTION]; // without the dashes: "measures", "traces-type"
    blank_type_t type;
    bool listed;          // there may be several of them
    bool needed;          // nobody takes the message without it
    bool tongue;          // one of several languages, of which one is enough
    bool matters;         // rules look at it
    const value_t *among; // the values it may have, borrowed; NULL: any
    bool has_minimum, has_maximum, has_longest;
    int64_t minimum, maximum, longest; // longest: of a text, in characters
    bool date;                         // a text that is a day
    const rule_t *by;                  // that needs it where the schema does not; or NULL
} blank_t;

typedef struct {
    const rules_t *rules; // borrowed, as all here
    const schemas_t *schemas;
    const char *kind, *role;
    size_t n, room;
    blank_t *blank; // references and addressees, the body, the summary, the rest
} form_t;

void form_open(form_t *self, const rules_t *rules, const schemas_t *schemas,
    const char *kind, const char *role);
void form_close(form_t *self);
// The blank that an option means, "traces-2-type" or "cross_border"; `item` is then the
// number of the item in its list, from 0 on, or -1 when it names none.  NULL: there is no
// such blank.
const blank_t *form_find(const form_t *self, const char *option, long *item);
const blank_t *form_at(const form_t *self, const char *pointer); // or NULL
// What marking a message of this kind begins with: the one that its rules ask for, that
// of the community where they address everybody, else that of those concerned.
const char *form_marking(const form_t *self);
// What the blank is about, in this language.
const char *form_words(const form_t *self, const blank_t *blank, const char *language);

// Whether a rule is about messages of this kind by this role.
bool form_counts(const form_t *self, const rule_t *rule);

#endif
