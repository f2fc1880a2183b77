// vacancies - offices whose seal a law asks of messages, and that no officer of a roster
// holds: until somebody does, nobody can send what they decide.

#ifndef NODES_RULES_VACANCIES_H
#define NODES_RULES_VACANCIES_H

#include "lib/pki/cert_list.h"
#include "lib/rules/rules_roles.h"

enum { VACANCY_OFFICE_MAX = 128 };

typedef struct {
    char office[VACANCY_OFFICE_MAX]; // "head", "head or deputy-head"; the pointer, where
                                     // messages say which one
    need_t need;                     // of the role whose officer it takes
} vacancy_t;

// `{0}` is a valid empty list.
typedef struct {
    size_t n;
    vacancy_t *vacancy; // in the order of the rules
} vacancies_t;

// Of roles that a node has: who is not there at all needs no office.  What is delegated
// is not asked for, since nobody must.
void vacancies_find(vacancies_t *self, const rules_t *rules, const cert_list_t *roster);
void vacancies_close(vacancies_t *self);

#endif
