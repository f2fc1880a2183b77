// attachments: who named a file may hand it in, and fetch it then; so may whoever had the
// message; everybody else learns nothing, not even that there is one.

#include "hub/state/attachments.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <sodium.h>

enum { OWNER, AUTHORITY, STRANGER };

static scratch_t scratch;
static attachments_t *attachments;
static inboxes_t *inboxes;
static cause_t why;
static refusal_t refusal;

static int set_up(void **state)
{
    (void)state;
    attachments = attachments_new();
    scratch_open(&scratch);
    inboxes = inboxes_open(scratch.path, &why);
    assert_int_equal(inboxes_of(inboxes, "owner", &why), OWNER);
    assert_int_equal(inboxes_of(inboxes, "authority", &why), AUTHORITY);
    assert_int_equal(inboxes_of(inboxes, "stranger", &why), STRANGER);
    return sodium_init() < 0;
}

static int tear_down(void **state)
{
    (void)state;
    attachments_destroy(&attachments);
    inboxes_close(&inboxes);
    scratch_close(&scratch);
    return 0;
}

static hash_t digest_of(uint32_t number)
{
    hash_t digest;
    sha256(span_of(&number, sizeof number), &digest);
    return digest;
}

static const char *give(uint32_t number, uint64_t size, int node)
{
    hash_t digest = digest_of(number);
    return attachments_give(attachments, &digest, size, node, &refusal) == 0
               ? "yes"
               : refusal.code;
}

static const char *fetch(uint32_t number, int node)
{
    hash_t digest = digest_of(number);
    const attachments_asker_t asker = {node, "", inboxes, NULL};
    return attachments_fetch(attachments, &digest, &asker, &refusal) == 0 ? "yes"
                                                                          : refusal.code;
}

static void name(uint32_t number, uint64_t size, int author, uint64_t position)
{
    hash_t digest = digest_of(number);
    attachments_named(attachments, &digest, size, author, position);
    if (position % 2 == 0) // every message at an even position went to the authority
        assert_int_equal(inboxes_add(inboxes, AUTHORITY, position, &why), 0);
}

static void hand_in(uint32_t number, int author, uint64_t position)
{
    hash_t digest = digest_of(number);
    attachments_handed_in(attachments, &digest, author, position);
}

static void only_its_author_hands_it_in(void **state)
{
    (void)state;
    assert_string_equal(give(1, 100, OWNER), "attachment.unknown"); // nothing is there
    name(1, 100, OWNER, 6);
    assert_string_equal(give(1, 100, OWNER), "yes");
    assert_string_equal(give(1, 101, OWNER), "attachment.unknown");
    assert_string_equal(give(2, 100, OWNER), "attachment.unknown");
    assert_string_equal(give(1, 100, AUTHORITY), "attachment.unknown");
    assert_string_equal(give(1, 100, STRANGER), "attachment.unknown");
}

static void its_parties_fetch_it(void **state)
{
    (void)state;
    name(1, 100, OWNER, 6);
    assert_string_equal(fetch(1, OWNER), "attachment.absent");
    assert_string_equal(fetch(1, AUTHORITY), "attachment.absent");
    assert_true(refusal.retry);
    hand_in(1, OWNER, 7);
    assert_string_equal(fetch(1, OWNER), "yes");
    assert_string_equal(fetch(1, AUTHORITY), "yes");
}

static void a_stranger_hears_what_is_said_of_nothing(void **state)
{
    (void)state;
    refusal_t nothing;
    assert_string_equal(fetch(1, STRANGER), "attachment.unknown");
    nothing = refusal;
    name(1, 100, OWNER, 6);
    assert_string_equal(fetch(1, STRANGER), "attachment.unknown");
    hand_in(1, OWNER, 7);
    assert_string_equal(fetch(1, STRANGER), "attachment.unknown");
    assert_memory_equal(&refusal, &nothing, sizeof refusal);
    assert_false(refusal.retry);
}

// To know a digest is not to have the bytes.
static void naming_what_another_handed_in_fetches_nothing(void **state)
{
    (void)state;
    name(1, 100, OWNER, 6);
    hand_in(1, OWNER, 7);
    name(1, 100, STRANGER, 8); // went to the authority too
    assert_string_equal(fetch(1, STRANGER), "attachment.absent");
    name(2, 100, STRANGER, 10);
    assert_string_equal(fetch(2, AUTHORITY), "attachment.absent");
    hand_in(1, STRANGER, 11); // it has shown them
    assert_string_equal(fetch(1, STRANGER), "yes");
}

static void handing_in_is_told_by_its_entry(void **state)
{
    (void)state;
    uint64_t position = 0;
    hash_t digest = digest_of(1);
    name(1, 100, OWNER, 6);
    assert_false(attachments_entry(attachments, &digest, OWNER, &position));
    hand_in(1, OWNER, 7);
    assert_true(attachments_entry(attachments, &digest, OWNER, &position));
    assert_int_equal(position, 7);
    assert_false(attachments_entry(attachments, &digest, STRANGER, &position));
    name(1, 100, OWNER, 20); // named again later: it is still there
    assert_string_equal(fetch(1, AUTHORITY), "yes");
}

static void many_are_kept_apart(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    for (uint32_t i = 0; i < MANY; i++) {
        name(i, i, OWNER, 2 * i + 1);
        if (i % 3 == 0)
            hand_in(i, OWNER, MANY + i);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        assert_string_equal(give(i, i, OWNER), "yes");
        assert_string_equal(fetch(i, OWNER), i % 3 ? "attachment.absent" : "yes");
        assert_string_equal(fetch(i, AUTHORITY), "attachment.unknown"); // odd positions
    }
}

// Naming is cheap: it must not make the answers dear for everybody, who waits meanwhile.
// A hub that compared every naming with every other would be hours at this.
static void naming_often_costs_nobody_time(void **state)
{
    (void)state;
    enum { OFTEN = 500000 };
    for (uint32_t i = 0; i < OFTEN; i++)
        name(1, 100 + i % 2, OWNER, 2 * i + 2);
    for (int i = 0; i < 1000; i++) {
        assert_string_equal(fetch(1, OWNER), "attachment.absent");
        assert_string_equal(fetch(1, AUTHORITY), "attachment.absent");
        assert_string_equal(give(1, 99, OWNER), "attachment.unknown");
        assert_string_equal(give(1, 101, OWNER), "yes");
    }
}

static void what_is_erased_is_said_to_its_parties(void **state)
{
    (void)state;
    const hash_t digest = digest_of(1);
    attachments_cursor_t cursor = {0};
    uint64_t position, named = 0;
    name(1, 100, OWNER, 2);
    name(1, 100, OWNER, 4);
    name(1, 100, AUTHORITY, 7);
    hand_in(1, OWNER, 8);
    hand_in(1, AUTHORITY, 9);
    while (attachments_naming(attachments, &digest, &cursor, &position))
        named += position;
    assert_int_equal(named, 2 + 4 + 7);
    attachments_erased(attachments, &digest);
    assert_int_equal(attachments_count(attachments), 0);
    for (int node = OWNER; node <= AUTHORITY; node++) {
        assert_string_equal(fetch(1, node), "attachment.erased");
        assert_false(refusal.retry);
        assert_string_equal(give(1, 100, node), "attachment.erased");
        assert_true(attachments_is_erased(attachments, &digest, node));
    }
    assert_string_equal(fetch(1, STRANGER), "attachment.unknown");
    assert_string_equal(give(1, 100, STRANGER), "attachment.unknown");
    name(1, 100, OWNER, 10); // anew: whose it was before counts for nothing
    assert_string_equal(give(1, 100, OWNER), "yes");
    assert_string_equal(give(1, 100, AUTHORITY), "attachment.erased");
    assert_string_equal(fetch(1, OWNER), "attachment.absent");
    hand_in(1, OWNER, 11);
    assert_string_equal(fetch(1, AUTHORITY), "yes");

    buf_t saved = {0}, again = {0};
    attachments_save(attachments, inboxes, &saved);
    attachments_destroy(&attachments);
    attachments = attachments_new();
    reader_t from = reader_of(buf_span(&saved));
    assert_int_equal(attachments_load(attachments, inboxes, &from, &why), 0);
    attachments_save(attachments, inboxes, &again);
    assert_true(span_equal(buf_span(&saved), buf_span(&again)));
    assert_int_equal(attachments_count(attachments), 1);
    assert_string_equal(give(1, 100, AUTHORITY), "attachment.erased");
    buf_destroy(&saved);
    buf_destroy(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_its_author_hands_it_in),
        TEST(its_parties_fetch_it),
        TEST(a_stranger_hears_what_is_said_of_nothing),
        TEST(naming_what_another_handed_in_fetches_nothing),
        TEST(handing_in_is_told_by_its_entry),
        TEST(what_is_erased_is_said_to_its_parties),
        TEST(many_are_kept_apart),
        TEST(naming_often_costs_nobody_time),
    };
    return test_group(tests, NULL, NULL);
}
