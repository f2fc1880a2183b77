// vault: jobs given to the thread come back as answers, each once, with what the node is
// to be sent.

#include "hub/attach/vault.h"

#include "lib/message/frame.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <poll.h>

enum { PIECE = 4096, SIZE = 3 * PIECE + 5 };

static scratch_t scratch;
static vault_t *vault;
static uint8_t bytes[SIZE];
static vault_answer_t answer;

static int set_up(void **state)
{
    (void)state;
    cause_t why;
    scratch_open(&scratch);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * 7);
    depot_options_t options = {
        .folder = scratch.path, .total_bytes = 1 << 30, .keep_ms = 3600 * 1000};
    vault = vault_open(&options, PIECE, &why);
    if (!vault)
        fail_msg("%s", why.text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    vault_close(&vault);
    scratch_close(&scratch);
    buf_destroy(&answer.frame);
    return 0;
}

static vault_job_t job_of(vault_job_type_t type, const char *node)
{
    vault_job_t job = {.type = type, .key.size = SIZE};
    sha256(span_of(bytes, SIZE), &job.key.digest);
    (void)snprintf(job.key.node, sizeof job.key.node, "%s", node);
    return job;
}

// Wait for the answer, which is of this type.
static void expect(vault_answer_type_t type)
{
    struct pollfd event = {vault_fd(vault), POLLIN, 0};
    buf_destroy(&answer.frame);
    assert_int_equal(poll(&event, 1, 60000), 1);
    bool found = type == VAULT_WHOLE ? vault_take_whole(vault, &answer)
                                     : vault_take(vault, &answer);
    assert_true(found);
    assert_int_equal(answer.type, type);
    assert_int_equal(poll(&event, 1, 0), 0); // and no other
}

static uint64_t held(void)
{
    cause_t why;
    held_t frame;
    assert_int_equal(held_take(&frame, buf_span(&answer.frame), &why), 0);
    assert_int_equal(frame.size, SIZE);
    assert_int_equal(frame.piece, PIECE);
    return frame.offset;
}

static void hand_in(const char *node, const uint8_t *data)
{
    vault_job_t job = job_of(VAULT_GIVE, node);
    assert_true(vault_ask(vault, &job));
    expect(VAULT_FRAME);
    assert_int_equal(answer.job, VAULT_GIVE);
    assert_string_equal(answer.key.node, node);
    job.type = VAULT_WRITE;
    for (job.offset = held(); job.offset < SIZE; job.offset += PIECE) {
        size_t left = SIZE - (size_t)job.offset;
        job.data = span_of(data + job.offset, left < PIECE ? left : PIECE);
        assert_true(vault_ask(vault, &job));
        if (left > PIECE) {
            expect(VAULT_FRAME);
            assert_int_equal(held(), job.offset + PIECE);
        }
    }
}

static void what_is_handed_in_can_be_read(void **state)
{
    (void)state;
    cause_t why;
    piece_t piece;
    hand_in("owner", bytes);
    expect(VAULT_WHOLE);
    assert_string_equal(answer.key.node, "owner");
    assert_int_equal(answer.key.size, SIZE);
    vault_job_t job = job_of(VAULT_SETTLE, "owner");
    assert_true(vault_ask(vault, &job)); // has no answer
    job = job_of(VAULT_READ, "authority");
    for (job.offset = 0; job.offset < SIZE; job.offset += piece.data.size) {
        assert_true(vault_ask(vault, &job));
        expect(VAULT_FRAME);
        assert_int_equal(answer.job, VAULT_READ);
        assert_int_equal(piece_take(&piece, buf_span(&answer.frame), &why), 0);
        assert_true(piece.size == SIZE && piece.offset == job.offset);
        assert_true(span_equal(piece.data, span_of(bytes + job.offset, piece.data.size)));
    }
}

static void refusals_come_back_too(void **state)
{
    (void)state;
    static uint8_t other[SIZE];
    vault_job_t job = job_of(VAULT_READ, "authority");
    assert_true(vault_ask(vault, &job));
    expect(VAULT_REFUSED);
    assert_string_equal(answer.no.refusal.code, "attachment.absent");
    hand_in("owner", other);
    expect(VAULT_REFUSED);
    assert_string_equal(answer.no.refusal.code, "attachment.digest");
}

static void whole_ones_are_taken_apart_from_frames(void **state)
{
    (void)state;
    hand_in("owner", bytes);
    expect(VAULT_WHOLE);
    vault_job_t job = job_of(VAULT_GIVE, "owner");
    assert_true(vault_ask(vault, &job));
    struct pollfd event = {vault_fd(vault), POLLIN, 0};
    assert_int_equal(poll(&event, 1, 60000), 1);
    assert_false(vault_take(vault, &answer));
    expect(VAULT_WHOLE); // it still is
}

static void closing_leaves_nothing_behind(void **state)
{
    (void)state;
    vault_job_t job = job_of(VAULT_WRITE, "owner");
    job.data = span_of(bytes, PIECE);
    for (int i = 0; i < VAULT_JOBS_MAX; i++)
        (void)vault_ask(vault, &job); // the sanitizer sees what is forgotten
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_handed_in_can_be_read),
        TEST(refusals_come_back_too),
        TEST(whole_ones_are_taken_apart_from_frames),
        TEST(closing_leaves_nothing_behind),
    };
    return test_group(tests, NULL, NULL);
}
