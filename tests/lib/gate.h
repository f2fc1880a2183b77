// gate - takes the place of hub/net/gate.c in a test program that includes this: nothing
// goes over a network, and the test says who knocks and sees what is sent.

#ifndef TESTS_LIB_GATE_H
#define TESTS_LIB_GATE_H

#include "hub/net/gate.h"

#include <string.h>

// Defined by the test: a frame left, for this account; a connection is to end.
static void gate_sent(int whose, span_t route, span_t frame);
static void gate_ended(span_t route);

static struct {
    gate_result_t result;    // of what is sent
    size_t waiting_bytes;    // that nobody has received yet
    size_t unsent;           // bytes on their way, to anybody
    const uint8_t *knocks;   // a key that wants in, once
    bool admitted;           // the one that knocked last
    connection_name_t *one;  // a connection without a session; NULL: there is none
    connection_name_t *gone; // one that has ended, told of once
} gate_stage;

gate_result_t gate_send(gate_t *self, int whose, span_t route, buf_t *frame)
{
    (void)self;
    if (gate_stage.result == GATE_SENT)
        gate_sent(whose, route, buf_span(frame));
    buf_destroy(frame);
    return gate_stage.result;
}

size_t gate_unsent(const gate_t *self, int whose)
{
    (void)self;
    (void)whose;
    return gate_stage.unsent;
}

void gate_end(gate_t *self, const uint8_t key[32], span_t route)
{
    (void)self;
    (void)key;
    gate_ended(route);
}

void gate_keep(gate_t *self, const uint8_t key[32], span_t route)
{
    (void)self;
    (void)key;
    (void)route;
}

int gate_knock(gate_t *self, const uint8_t **key, cause_t *why)
{
    (void)self;
    (void)why;
    *key = gate_stage.knocks;
    gate_stage.knocks = NULL;
    return *key != NULL;
}

int gate_answer(gate_t *self, bool admitted, cause_t *why)
{
    (void)self;
    (void)why;
    gate_stage.admitted = admitted;
    return 0;
}

bool gate_next(gate_t *self, size_t *cursor, connection_name_t *name)
{
    (void)self;
    if (!gate_stage.one || (*cursor)++ > 0)
        return false;
    *name = *gate_stage.one;
    return true;
}

bool gate_left(gate_t *self, connection_name_t *name)
{
    (void)self;
    if (!gate_stage.gone)
        return false;
    *name = *gate_stage.gone;
    gate_stage.gone = NULL;
    return true;
}

gate_counts_t gate_counts(gate_t *self)
{
    (void)self;
    return (gate_counts_t){.waiting_bytes = gate_stage.waiting_bytes};
}

#endif
