// interview - what a command has to know before it does something: given by options or a
// file of answers, or asked on a terminal, one at a time, until it can stand there.
//
// What a person answered is kept beside what is being made, so that who was interrupted
// is not asked again.

#ifndef NODES_CLI_INTERVIEW_H
#define NODES_CLI_INTERVIEW_H

#include "lib/base/cause.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct {
    const char *name;   // of the option, and in a file of answers
    const char *words;  // MARKed English
    const char *preset; // for an empty line, and where nobody can be asked; NULL: none
    // -1 and what is wrong with an answer, in the language spoken; NULL: all is right.
    int (*check)(const char *text, cause_t *why);
} interview_question_t;

typedef struct interview interview_t;

// Asks only where both are a terminal.  A `NULL` ends the names that a file may have.
interview_t *interview_new(FILE *in, FILE *out, const char *const *names);
void interview_destroy(interview_t **self_p);
// An answer by an option, or NULL, none: it comes before all others.
void interview_give(interview_t *self, const char *name, const char *text);
// What was answered so far, without asking; or NULL.
const char *interview_told(const interview_t *self, const char *name);
// Those of a file: lines "name = text", where quotes around the text and a semicolon
// behind it may stand; lines that begin with # are comments.
int interview_read(interview_t *self, const char *path, cause_t *why);
// From now on answers are kept in this file; those that are there are known.
int interview_keep(interview_t *self, const char *path, cause_t *why);
// Nobody needs them any more.
void interview_forget(interview_t *self);

// The answer, borrowed until the question is asked again; NULL with the cause where there
// is none: what was given is wrong, nobody can be asked, or the person ended it.
const char *interview_ask(
    interview_t *self, const interview_question_t *question, cause_t *why);
// All that was kept is asked again, with the answers as presets.
void interview_again(interview_t *self);
typedef enum { INTERVIEW_YES, INTERVIEW_NO, INTERVIEW_CHANGE } interview_said_t;
// Whether it is to be done; `yes`: it was said by an option.  What was agreed on is not
// asked again, as long as the answers are those that were kept.  NO with the cause where
// nobody can be asked.
interview_said_t interview_agree(
    interview_t *self, const char *words, bool yes, cause_t *why);

#endif
