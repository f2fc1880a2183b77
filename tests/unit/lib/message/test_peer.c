// peer: words behind a name, of which only those that are known here count.

#include "lib/message/peer.h"

#include "tests/lib/test.h"

static bool says(const char *agent)
{
    return peer_knows(peer_of(span_text(agent)), PEER_KNOWS);
}

static void words_are_whole(void **state)
{
    (void)state;
    assert_true(says("dabyl-node 0.1.0 +knows"));
    assert_true(says("+knows"));
    assert_true(says("a  +later +knows  +"));
    assert_false(says(""));
    assert_false(says(" "));
    assert_false(says("dabyl-node 0.1.0"));
    assert_false(says("dabyl-node knows"));
    assert_false(says("dabyl-node +know"));
    assert_false(says("dabyl-node +knowsmore"));
    assert_false(says("dabyl-node +more+knows"));
    assert_false(says("dabyl-node +Knows"));
}

// As long as it may be in a frame, whatever comes to be known.
static void what_we_say_fits(void **state)
{
    (void)state;
    buf_t agent = {0};
    peer_put_agent(&agent, "dabyl-node 100.100.100");
    assert_true(agent.size <= AGENT_SIZE_MAX);
    assert_true(peer_knows(peer_of(buf_span(&agent)), PEER_KNOWS));
    buf_destroy(&agent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_whole),
        cmocka_unit_test(what_we_say_fits),
    };
    return test_group(tests, NULL, NULL);
}
