// records - a record that was decided on is the one that is read from its text: the turn
// asks the first (history_draft), and state is folded from the second.

#ifndef TESTS_LIB_RECORDS_H
#define TESTS_LIB_RECORDS_H

#include "lib/message/routing.h"
#include "tests/lib/test.h"

// Of `tell` a line that is told as a whole says nothing.
static inline void assert_same_route(const route_t *a, const route_t *b)
{
    bool told = a->type == ROUTE_CARRIES || a->type == ROUTE_OMITS ||
                a->type == ROUTE_ACTS || a->type == ROUTE_UNREACHED;
    assert_int_equal(a->type, b->type);
    assert_true(told || a->tell == b->tell);
    assert_int_equal(a->refer, b->refer);
    assert_int_equal(a->act, b->act);
    assert_int_equal(a->field, b->field);
    assert_string_equal(a->node, b->node);
    assert_string_equal(a->author, b->author);
    assert_string_equal(a->feed, b->feed);
    assert_string_equal(a->kind, b->kind);
    assert_string_equal(a->id, b->id);
    assert_string_equal(a->rule, b->rule);
    assert_string_equal(a->cites, b->cites);
    assert_string_equal(a->code, b->code);
    assert_true(hash_equal(&a->digest, &b->digest));
    assert_int_equal(a->size, b->size);
    assert_int_equal(a->from_ms, b->from_ms);
    assert_int_equal(a->until_ms, b->until_ms);
}

static inline void assert_same_routing(const routing_t *a, const routing_t *b)
{
    assert_memory_equal(a->nonce, b->nonce, sizeof a->nonce);
    assert_int_equal(a->rules_position, b->rules_position);
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++)
        assert_same_route(&a->route[i], &b->route[i]);
}

static inline void assert_reads_as_decided(const routing_t *decided)
{
    routing_t read = {0};
    buf_t text = {0};
    cause_t why;
    routing_print(decided, &text);
    if (routing_read(&read, buf_span(&text), &why) != 0)
        fail_msg("%s:\n%s", why.text, buf_text(&text));
    assert_same_routing(decided, &read);
    routing_close(&read);
    buf_destroy(&text);
}

#endif
