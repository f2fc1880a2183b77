// rules_words - rules said to people: labels and lists rather than sentences, so that
// they read the same in three languages.

#ifndef NODES_RULES_RULES_WORDS_H
#define NODES_RULES_RULES_WORDS_H

#include "lib/rules/rules.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>

// "isoc, owner"; "any" for all who publish of their own.
void rules_print_roles(uint32_t roles, FILE *out);
// "level at least 3, cross_border true"
void rules_print_when(const rule_t *rule, FILE *out);
// "national-security", "the object's owner", "everyone the marking allows"
void rules_print_target(const target_t *target, FILE *out);
// "no headquarters.adjournment about re"
void rules_print_require(const require_t *require, FILE *out);
// "suspension.notification: delivered within 24 h of suspended_at"
// "belongs to what this begins who is in members"
void rules_print_remark(const remark_t *remark, FILE *out);
void rules_print_enrolment(const enrolment_t *enrolment, FILE *out);
void rules_print_delegates(const delegates_t *delegates, FILE *out);
void rules_print_oblige(const oblige_t *oblige, FILE *out);
// "(rule notice.alert, para 488:14)"
void rules_print_source(const rule_t *rule, FILE *out);
// The whole rule, one label a line, each line after `indent` blanks.
void rules_print_rule(const rule_t *rule, int indent, FILE *out);

// The same for programs: the words of the rules file, nothing translated.
json_t *rules_json_roles(uint32_t roles);
json_t *rules_json_when(const rule_t *rule);
const char *rules_target_word(const target_t *target); // "role:nccis" without the role:
json_t *rules_json_require(const require_t *require);
json_t *rules_json_remark(const remark_t *remark);
json_t *rules_json_enrolment(const enrolment_t *enrolment);
json_t *rules_json_delegates(const delegates_t *delegates);
json_t *rules_json_oblige(const oblige_t *oblige);
json_t *rules_json_rule(const rule_t *rule);

// The rules of `path`; NULL path: DABYL_RULES, the hub's folder of DABYL_HUB, plan.rules
// or rules/ here, else those shipped with the program.  NULL with the cause.
rules_t *rules_find(const char *path, cause_t *why);
// Where this lies beside the program: <prefix>/share/dabyl/<installed>, or <source> in
// the sources' tree.  False when it is in neither place.
bool rules_shipped(const char *installed, const char *source, char out[PATH_MAX]);

// A text of a pack in the language that is spoken.
const char *rules_told(const told_t *told);
// A paragraph of a pack in a few words; "" where it has none.
const char *rules_paragraph_words(const pack_t *pack, const char *paragraph);

#endif
