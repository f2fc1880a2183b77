// people - who writes at which node, and all that was ever written: what an oracle needs
// to know of it, and nothing that the programs made of it.

#ifndef TESTS_SIM_PEOPLE_H
#define TESTS_SIM_PEOPLE_H

#include "tests/sim/plan.h"
#include "tests/sim/world.h"

#include "lib/base/bytes.h"

typedef enum { SAYS_NOTICE, SAYS_REPORT, SAYS_ADVISORY, SAYS_ANSWER } says_t;

typedef struct {
    char id[40];
    const world_node_t *author;
    says_t kind;
    int level;         // of a notice, 1 to 5
    bool cross_border; // likewise
    const char *object;
    char about[40]; // of an answer: the alert
    buf_t bytes;
} said_t;

void people_begin(const plan_t *plan);
size_t people_count(void);
const said_t *people_said(size_t i);

#endif
