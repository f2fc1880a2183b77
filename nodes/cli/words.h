// words - the words that messages, rules and the plan use, with a title for people and a
// sentence where the title is not enough.
//
// What is returned is in the language of the catalogue.  Titles are looked up under the
// table's context, so that a translator sees what kind of word it is.

#ifndef NODES_CLI_WORDS_H
#define NODES_CLI_WORDS_H

#include "lib/base/bytes.h"

#include <stddef.h>
#include <stdio.h>

typedef struct {
    const char *word;    // as it stands in a message or a rule; NULL after the last
    const char *title;   // English
    const char *meaning; // English sentence, or NULL
} word_t;

typedef struct {
    const char *context;
    const word_t *words;
} words_t;

extern const words_t words_roles, words_kinds, words_levels, words_answers,
    words_markings, words_duties, words_owed, words_offices, words_steps, words_progress,
    words_questions, words_errors, words_refusals;
// All of them, for those who collect or check translations; NULL after the last.
extern const words_t *const words_all[];

const word_t *words_find(const words_t *table, const char *word); // or NULL
// The word of the table that somebody may have meant; NULL: none is near.
const char *words_nearest(const words_t *table, const char *typed);
// The title in the language spoken, or the word itself when it is in no table.
const char *words_title(const words_t *table, const char *word);
// The title with the word in parentheses, for who may have to type it; in English, where
// the word says what the title does, the word alone.
void words_put(buf_t *out, const words_t *table, const char *word);
void words_print(const words_t *table, const char *word, FILE *out); // by screen_text
// The sentence, or "".
const char *words_meaning(const words_t *table, const char *word);

// Of a refusal's or remark's code: title and sentence; "" for an unknown one.
const char *words_refusal_title(const char *code);
const char *words_refusal(const char *code);

#endif
