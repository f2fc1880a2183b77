// dialogue - asks a person on a terminal for what a message lacks, and shows it before it
// goes.

#ifndef NODES_WRITING_DIALOGUE_H
#define NODES_WRITING_DIALOGUE_H

#include "nodes/writing/compose.h"

#include <stdio.h>

typedef struct {
    compose_t *compose;
    const char *language;
    FILE *in, *out;
    bool ended; // no more lines come: nothing is sent
} dialogue_t;

// Whether there is somebody to ask.
bool dialogue_possible(FILE *in, FILE *out);
// When something that is needed is not written: that, what rules look at, and what else
// the person wants to write.  False when the person ended it.
bool dialogue_fill(dialogue_t *self);
// What of a message that is whole is to be another: the person names fields, of which all
// are shown.  False when the person ended it.
bool dialogue_change(dialogue_t *self);
// Once more what was refused at this pointer; false when there is nothing there to ask
// for, or the person ended it.
bool dialogue_again(dialogue_t *self, const char *pointer);
// The message as it would go.
void dialogue_show(dialogue_t *self);
// A question to answer with yes or no; anything else is no.
bool dialogue_yes(dialogue_t *self, const char *question);

// What is missing, one option a line with its words; how many there are.
size_t dialogue_missing(const compose_t *compose, const char *language, FILE *out);
// One option with its words and values, as the help has it.
void dialogue_explain(
    const form_t *form, const blank_t *blank, const char *language, FILE *out);

#endif
