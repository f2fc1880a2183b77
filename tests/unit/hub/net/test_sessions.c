// sessions: a peer is its routing id and its key together; what outlives it.

#include "hub/net/sessions.h"

#include "tests/lib/test.h"

enum { MANY = 6000 }; // more than there are chains

static const uint8_t *key_of(uint32_t i)
{
    static uint8_t key[32];
    memset(key, 0x5a, sizeof key);
    memcpy(key + 28, &i, sizeof i);
    return key;
}

static span_t route_of(uint32_t i)
{
    static uint8_t route[5];
    memcpy(route + 1, &i, sizeof i);
    return span_of(route, sizeof route);
}

static session_t *begin(sessions_t *sessions, uint32_t i)
{
    char node[32];
    (void)snprintf(node, sizeof node, "node-%u", i);
    return sessions_open(sessions, route_of(i), key_of(i), node, (int)i);
}

static void a_session_is_route_and_key(void **state)
{
    (void)state;
    sessions_t *sessions = sessions_new();
    session_t *a = begin(sessions, 1);
    begin(sessions, 2);
    assert_ptr_equal(sessions_find(sessions, route_of(1), key_of(1)), a);
    assert_null(sessions_find(sessions, route_of(1), key_of(2))); // a claimed routing id
    assert_null(sessions_find(sessions, route_of(2), key_of(1)));
    assert_null(sessions_find(sessions, route_of(3), key_of(1)));
    assert_null(sessions_find(sessions, span_of(NULL, 0), key_of(1)));
    // a prefix is another name
    assert_null(sessions_find(sessions, span_of(a->route, 4), key_of(1)));
    sessions_destroy(&sessions);
    assert_null(sessions);
    sessions_destroy(&sessions);
}

static void one_routing_id_may_be_two_peers(void **state)
{
    (void)state;
    sessions_t *sessions = sessions_new();
    session_t *a = sessions_open(sessions, route_of(1), key_of(1), "a", 0);
    session_t *b = sessions_open(sessions, route_of(1), key_of(2), "b", 1);
    assert_ptr_equal(sessions_find(sessions, route_of(1), key_of(1)), a);
    assert_ptr_equal(sessions_find(sessions, route_of(1), key_of(2)), b);
    sessions_close(sessions, b);
    assert_ptr_equal(sessions_find(sessions, route_of(1), key_of(1)), a);
    assert_null(sessions_find(sessions, route_of(1), key_of(2)));
    sessions_destroy(&sessions);
}

static void many_come_and_go(void **state)
{
    (void)state;
    sessions_t *sessions = sessions_new();
    for (uint32_t i = 0; i < MANY; i++)
        begin(sessions, i);
    for (uint32_t i = 0; i < MANY; i += 3)
        sessions_close(sessions, sessions_find(sessions, route_of(i), key_of(i)));
    assert_int_equal(sessions_live(sessions), MANY - MANY / 3);
    for (uint32_t i = 0; i < MANY; i++) {
        session_t *session = sessions_find(sessions, route_of(i), key_of(i));
        assert_int_equal(session == NULL, i % 3 == 0);
        assert_ptr_equal(sessions_of_inbox(sessions, (int)i), session);
    }
    for (uint32_t i = 0; i < MANY; i += 3) // into the slots that became free
        begin(sessions, i);
    assert_int_equal(sessions_live(sessions), MANY);
    assert_int_equal(sessions_slots(sessions), MANY);
    for (size_t i = 0; i < MANY; i++) {
        const session_t *session = sessions_at(sessions, i);
        assert_non_null(session);
        assert_int_equal(session->slot, i);
    }
    assert_null(sessions_of_inbox(sessions, MANY * 4));
    sessions_destroy(&sessions);
}

// The newest hello wins: closing the older one afterwards must not hide it.
static void an_inbox_is_the_newest_sessions(void **state)
{
    (void)state;
    sessions_t *sessions = sessions_new();
    session_t *old = sessions_open(sessions, route_of(1), key_of(1), "a", 7);
    session_t *new = sessions_open(sessions, route_of(2), key_of(1), "a", 7);
    assert_ptr_equal(sessions_of_inbox(sessions, 7), new);
    sessions_close(sessions, old);
    assert_ptr_equal(sessions_of_inbox(sessions, 7), new);
    assert_null(sessions_of_inbox(sessions, 6));
    sessions_destroy(&sessions);
}

// Of a node that is gone it is known when it was heard of last.
static void who_was_heard_is_remembered(void **state)
{
    (void)state;
    int64_t heard_ms = 0;
    sessions_t *sessions = sessions_new();
    assert_false(sessions_heard(sessions, 7, &heard_ms));
    session_t *old = sessions_open(sessions, route_of(1), key_of(1), "a", 7);
    old->heard_ms = 1000;
    assert_true(sessions_heard(sessions, 7, &heard_ms));
    assert_int_equal(heard_ms, 1000);
    assert_false(sessions_heard(sessions, 6, &heard_ms));
    session_t *new = sessions_open(sessions, route_of(2), key_of(1), "a", 7);
    new->heard_ms = 2000;
    sessions_close(sessions, old);
    assert_true(sessions_heard(sessions, 7, &heard_ms));
    assert_int_equal(heard_ms, 2000);
    sessions_close(sessions, new);
    assert_true(sessions_heard(sessions, 7, &heard_ms));
    assert_int_equal(heard_ms, 2000);
    sessions_destroy(&sessions);
}

static void an_allowance_is_a_seconds_worth(void **state)
{
    (void)state;
    sessions_t *sessions = sessions_new();
    int64_t now = 10 * 1000 * 1000;
    assert_int_equal(sessions_may(sessions, 7, MAY_PUBLISH, 7, 10, now), 7);
    assert_int_equal(sessions_may(sessions, 7, MAY_PUBLISH, 7, 10, now), 3);
    assert_int_equal(sessions_may(sessions, 7, MAY_PUBLISH, 1, 10, now), 0);
    assert_int_equal(sessions_may(sessions, 7, MAY_BEGIN, 1, 10, now), 1); // its own
    assert_int_equal(sessions_may(sessions, 8, MAY_PUBLISH, 1, 10, now), 1);
    assert_int_equal(sessions_may(sessions, 7, MAY_PUBLISH, 1, 10, now + 99), 0);
    assert_int_equal(sessions_may(sessions, 7, MAY_PUBLISH, 2, 10, now + 100), 1);
    session_t *session = begin(sessions, 7); // a new hello is no new allowance
    assert_int_equal(session->inbox, 7);
    assert_int_equal(sessions_may(sessions, 7, MAY_PUBLISH, 1, 10, now + 100), 0);
    now += 3600 * 1000; // an hour saves up no more than a second's worth
    assert_int_equal(sessions_may(sessions, 7, MAY_PUBLISH, 1000, 10, now), 10);
    assert_int_equal(sessions_may(sessions, 7, MAY_PUBLISH, 0, 10, now), 0);
    sessions_destroy(&sessions);
}

static void a_certificate_is_sent_once_a_session(void **state)
{
    (void)state;
    static char certs[1000][16];
    sessions_t *sessions = sessions_new();
    session_t *a = begin(sessions, 1);
    session_t *b = begin(sessions, 2);
    for (size_t i = 0; i < 1000; i++) {
        assert_true(sessions_new_cert(sessions, a, certs[i]));
        assert_false(sessions_new_cert(sessions, a, certs[i]));
    }
    for (size_t i = 0; i < 1000; i++)
        assert_false(sessions_new_cert(sessions, a, certs[i]));
    assert_true(sessions_new_cert(sessions, b, certs[0]));
    sessions_forget_certs(sessions, a);
    assert_true(sessions_new_cert(sessions, a, certs[0]));
    assert_false(sessions_new_cert(sessions, b, certs[0]));
    sessions_forget_certs(sessions, NULL);
    assert_true(sessions_new_cert(sessions, a, certs[0]));
    assert_true(sessions_new_cert(sessions, b, certs[0]));
    sessions_close(sessions, a); // the next one in the slot begins anew
    a = begin(sessions, 3);
    assert_true(sessions_new_cert(sessions, a, certs[0]));
    sessions_destroy(&sessions);
}

static void what_costs_much_counts_as_several(void **state)
{
    (void)state;
    sessions_t *sessions = sessions_new();
    int64_t now = 10 * 1000 * 1000;
    assert_int_equal(sessions_may(sessions, 7, MAY_EXPLAIN, 1, 10, now), 1);
    sessions_charge(sessions, 7, MAY_EXPLAIN, 8500, 10); // half a one is left
    assert_int_equal(sessions_may(sessions, 7, MAY_EXPLAIN, 1, 10, now), 0);
    assert_int_equal(sessions_may(sessions, 8, MAY_EXPLAIN, 1, 10, now), 1);
    assert_int_equal(sessions_may(sessions, 7, MAY_EXPLAIN, 1, 10, now += 50), 1);
    sessions_charge(sessions, 7, MAY_EXPLAIN, 20000, 10); // two seconds' worth is owed
    assert_int_equal(sessions_may(sessions, 7, MAY_EXPLAIN, 1, 10, now + 2000), 0);
    assert_int_equal(sessions_may(sessions, 7, MAY_EXPLAIN, 1, 10, now + 2100), 1);
    sessions_charge(sessions, 7, MAY_EXPLAIN, INT64_MAX / 2, 10); // a minute's at most
    assert_int_equal(sessions_may(sessions, 7, MAY_EXPLAIN, 1, 10, now + 61000), 0);
    assert_int_equal(sessions_may(sessions, 7, MAY_EXPLAIN, 1, 10, now + 62300), 1);
    sessions_destroy(&sessions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_route_and_key),
        cmocka_unit_test(one_routing_id_may_be_two_peers),
        cmocka_unit_test(many_come_and_go),
        cmocka_unit_test(an_inbox_is_the_newest_sessions),
        cmocka_unit_test(who_was_heard_is_remembered),
        cmocka_unit_test(an_allowance_is_a_seconds_worth),
        cmocka_unit_test(what_costs_much_counts_as_several),
        cmocka_unit_test(a_certificate_is_sent_once_a_session),
    };
    return test_group(tests, NULL, NULL);
}
