// attachment_server: what routing records say decides who may hand in and fetch; what is
// whole is drafted once, receives its receipt, and is told to come again when it was not
// written.

#include "hub/attach/attachment_server.h"

#include "tests/lib/gate.h"
#include "tests/lib/samples.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <poll.h>
#include <sodium.h>

enum { PIECE = 4096, SIZE = PIECE + 10 };

typedef struct {
    scratch_t scratch;
    hub_options_t options;
    char folder[PATH_MAX];
    sessions_t *sessions;
    inboxes_t *inboxes;
    attachments_t *attachments;
    refusals_t *refusals;
    log_vkey_t vkey;
    readback_t *readback;
    draft_t *draft;
    size_t noted; // of its entries
    reception_t *reception;
    attachment_server_t *attachment_server;
    session_t *owner, *authority, *stranger;
    uint64_t next; // position of the next entry
    char said[512];
    buf_t frame; // sent last
    cause_t why;
} world_t;

static world_t *the_world; // for what is sent, which has no context

static uint8_t bytes[SIZE];
static hash_t digest;

static void note(world_t *world, const char *text, const char *more, int number)
{
    size_t used = strlen(world->said);
    (void)snprintf(
        world->said + used, sizeof world->said - used, "%s%s%d; ", text, more, number);
}

static void note_drafts(world_t *world)
{
    for (; world->noted < draft_count(world->draft); world->noted++) {
        const leaf_t *leaf = &draft_at(world->draft, world->noted)->leaf;
        assert_string_equal(leaf->type, "attachment");
        note(world, "draft ", leaf->author, (int)leaf->position);
    }
}

// Takes the place of hub/send/answers.c.
void answers_receipt(answers_t *self, int session, uint64_t position)
{
    (void)self;
    note_drafts(the_world);
    note(the_world, "receipt ", sessions_at(the_world->sessions, (size_t)session)->node,
        (int)position);
}

static void gate_ended(span_t route)
{
    (void)route;
}

static const char *node_of(world_t *world, int inbox)
{
    static const char *const nodes[] = {"owner", "authority", "stranger"};
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++)
        if (inboxes_of(world->inboxes, nodes[i], &world->why) == inbox)
            return nodes[i];
    return "(nobody)";
}

static void gate_sent(int whose, span_t route, span_t frame)
{
    world_t *world = the_world;
    reader_t body;
    refused_t *refused = calloc(1, sizeof *refused);
    const char *node = node_of(world, whose);
    (void)route;
    buf_clear(&world->frame);
    buf_put_span(&world->frame, frame);
    int type = frame_type(frame, &body);
    if (type == FRAME_REFUSED) {
        assert_int_equal(refused_take(refused, frame, &world->why), 0);
        char code[64];
        (void)snprintf(code, sizeof code, "%.*s ", (int)refused->item[0].code.size,
            (const char *)refused->item[0].code.data);
        note(world, code, node, refused->item[0].retry);
    } else {
        note(world, type == FRAME_HELD ? "held " : "piece ", node, 0);
    }
    free(refused);
}

static session_t *connect_node(world_t *world, const char *node, uint8_t route)
{
    uint8_t key[32] = {route};
    int inbox = inboxes_of(world->inboxes, node, &world->why);
    return sessions_open(world->sessions, span_of(&route, 1), key, node, inbox);
}

static void open_server(world_t *world)
{
    attachment_server_setup_t setup = {.options = &world->options,
        .attachments = world->attachments,
        .inboxes = world->inboxes,
        .readback = world->readback,
        .draft = world->draft,
        .sessions = world->sessions,
        .refusals = world->refusals,
        .reception = world->reception};
    world->attachment_server = attachment_server_open(&setup, &world->why);
    if (!world->attachment_server)
        fail_msg("%s", world->why.text);
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * 31);
    sha256(span_of(bytes, SIZE), &digest);
    scratch_open(&world->scratch);
    (void)snprintf(
        world->folder, sizeof world->folder, "%s/attachments", world->scratch.path);
    world->options = (hub_options_t){.attachments = world->folder,
        .attachment_bytes = 100000,
        .attachment_total = 1000000,
        .attachment_piece = PIECE,
        .attachment_days = 30,
        .frame_limit = 1 << 20};
    world->sessions = sessions_new();
    world->inboxes = inboxes_open(world->scratch.path, &world->why);
    world->attachments = attachments_new();
    world->refusals = refusals_new();
    world->owner = connect_node(world, "owner", 1);
    world->authority = connect_node(world, "authority", 2);
    world->stranger = connect_node(world, "stranger", 3);
    world->next = 20;
    world->vkey = sample_vkey();
    world->readback = readback_new(&world->vkey);
    world->draft = draft_new();
    world->reception = reception_new(&(reception_setup_t){.options = &world->options,
        .sessions = world->sessions,
        .inboxes = world->inboxes,
        .refusals = world->refusals});
    gate_stage.result = GATE_SENT;
    the_world = world;
    open_server(world);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    attachment_server_close(&world->attachment_server);
    reception_destroy(&world->reception);
    draft_destroy(&world->draft);
    readback_destroy(&world->readback);
    sessions_destroy(&world->sessions);
    inboxes_close(&world->inboxes);
    refusals_destroy(&world->refusals);
    attachments_destroy(&world->attachments);
    buf_destroy(&world->frame);
    scratch_close(&world->scratch);
    free(world);
    return 0;
}

// The owner's message at this position names the file and went to the authority.
static void accept_message(world_t *world, uint64_t position, uint64_t size)
{
    int inbox = world->authority->inbox;
    assert_int_equal(inboxes_add(world->inboxes, inbox, position, &world->why), 0);
    attachments_named(world->attachments, &digest, size, world->owner->inbox, position);
}

// The entry that was drafted is in the log.
static void apply_entry(world_t *world)
{
    attachment_t attachment;
    span_t text = draft_entry(draft_at(world->draft, 0)).document;
    assert_int_equal(attachment_parse(&attachment, text, &world->why), 0);
    attachments_handed_in(
        world->attachments, &attachment.digest, world->owner->inbox, world->next++);
}

static void hear(world_t *world, session_t *session, int type, uint64_t offset, size_t n)
{
    buf_t frame = {0};
    if (type == FRAME_GIVE)
        give_put(&frame, &(give_t){digest, n});
    else if (type == FRAME_FETCH)
        fetch_put(&frame, &(fetch_t){digest, offset});
    else
        piece_put(&frame, &(piece_t){digest, SIZE, offset, span_of(bytes + offset, n)});
    assert_int_equal(attachment_server_frame(world->attachment_server, session, type,
                         buf_span(&frame), &world->why),
        0);
    buf_destroy(&frame);
}

static void wait_for_vault(world_t *world)
{
    struct pollfd event = {attachment_server_fd(world->attachment_server), POLLIN, 0};
    assert_int_equal(poll(&event, 1, 60000), 1);
}

// A turn of the hub; `written` says whether its batch was.
static void turn(world_t *world, bool may_write, bool written)
{
    draft_clear(world->draft, world->next, INT64_C(1795348800000));
    world->noted = 0;
    attachment_server_whole_turn(world->attachment_server, may_write);
    note_drafts(world);
    if (draft_count(world->draft) > 0 && written)
        apply_entry(world);
    attachment_server_turn(world->attachment_server);
}

static void expect(world_t *world, const char *wanted)
{
    assert_string_equal(world->said, wanted);
    world->said[0] = 0;
}

static void hand_in(world_t *world, bool may_write, bool written)
{
    hear(world, world->owner, FRAME_GIVE, 0, SIZE);
    wait_for_vault(world);
    turn(world, true, true);
    expect(world, "held owner0; ");
    hear(world, world->owner, FRAME_PIECE, 0, PIECE);
    wait_for_vault(world);
    turn(world, true, true);
    expect(world, "held owner0; ");
    hear(world, world->owner, FRAME_PIECE, PIECE, SIZE - PIECE);
    wait_for_vault(world);
    turn(world, may_write, written);
}

static void what_is_handed_in_can_be_fetched(void **state)
{
    world_t *world = *state;
    accept_message(world, 7, SIZE);
    hear(world, world->authority, FRAME_FETCH, 0, 0);
    expect(world, "attachment.absent authority1; ");
    hand_in(world, true, true);
    expect(world, "draft owner20; receipt owner20; ");
    hear(world, world->authority, FRAME_FETCH, 0, 0);
    hear(world, world->stranger, FRAME_FETCH, 0, 0);
    expect(world, "attachment.unknown stranger0; ");
    wait_for_vault(world);
    turn(world, true, true);
    expect(world, "piece authority0; ");
    piece_t piece;
    assert_int_equal(piece_take(&piece, buf_span(&world->frame), &world->why), 0);
    assert_true(span_equal(piece.data, span_of(bytes, PIECE)));
    hear(world, world->owner, FRAME_GIVE, 0, SIZE); // once more
    expect(world, "receipt owner20; ");
}

static void who_reads_nothing_is_given_no_more(void **state)
{
    world_t *world = *state;
    accept_message(world, 7, SIZE);
    hand_in(world, true, true);
    expect(world, "draft owner20; receipt owner20; ");
    gate_stage.unsent = 100 << 20;
    hear(world, world->authority, FRAME_FETCH, 0, 0);
    expect(world, "rate.limit authority1; ");
    hear(world, world->stranger, FRAME_FETCH, 0, 0);
    expect(world, "attachment.unknown stranger0; ");
    gate_stage.unsent = 0;
    hear(world, world->authority, FRAME_FETCH, 0, 0);
    wait_for_vault(world);
    turn(world, true, true);
    expect(world, "piece authority0; ");
}

static void an_entry_that_was_not_written_does_not_count(void **state)
{
    world_t *world = *state;
    accept_message(world, 7, SIZE);
    hand_in(world, false, false);
    expect(world, "disk.full owner1; ");
    hear(world, world->owner, FRAME_GIVE, 0, SIZE);
    wait_for_vault(world);
    turn(world, true, false); // the batch found no room
    expect(world, "draft owner20; receipt owner20; disk.full owner1; ");
    hear(world, world->authority, FRAME_FETCH, 0, 0);
    expect(world, "attachment.absent authority1; ");
    hear(world, world->owner, FRAME_GIVE, 0, SIZE);
    wait_for_vault(world);
    turn(world, true, true);
    expect(world, "draft owner20; receipt owner20; ");
}

// Said to be whole twice, the second time when its author has gone.
static void a_file_has_one_entry(void **state)
{
    world_t *world = *state;
    accept_message(world, 7, SIZE);
    hand_in(world, false, false);
    expect(world, "disk.full owner1; ");
    hear(world, world->owner, FRAME_GIVE, 0, SIZE);
    wait_for_vault(world);
    sessions_close(world->sessions, world->owner);
    world->owner = connect_node(world, "owner", 4);
    hear(world, world->owner, FRAME_GIVE, 0, SIZE);
    turn(world, true, true);
    assert_int_equal(world->next, 21);
    sessions_close(world->sessions, world->owner);
    // what is read now comes behind the second answer
    hear(world, world->authority, FRAME_FETCH, 0, 0);
    for (int i = 0; i < 10 && !strstr(world->said, "piece authority"); i++) {
        wait_for_vault(world);
        turn(world, true, true);
    }
    assert_non_null(strstr(world->said, "piece authority"));
    assert_int_equal(world->next, 21);
}

static void one_answer_is_owed_at_a_time(void **state)
{
    world_t *world = *state;
    accept_message(world, 7, SIZE);
    hear(world, world->owner, FRAME_GIVE, 0, SIZE);
    hear(world, world->owner, FRAME_GIVE, 0, SIZE);
    expect(world, "flow.window owner1; ");
    wait_for_vault(world);
    turn(world, true, true);
    expect(world, "held owner0; ");
    hear(world, world->owner, FRAME_GIVE, 0, SIZE);
    wait_for_vault(world);
    turn(world, true, true);
    expect(world, "held owner0; ");
}

static void limits_are_told_to_authors_alone(void **state)
{
    world_t *world = *state;
    accept_message(world, 7, 100001);
    hear(world, world->owner, FRAME_GIVE, 0, 100001);
    expect(world, "attachment.size owner0; ");
    hear(world, world->stranger, FRAME_GIVE, 0, 100001);
    expect(world, "attachment.unknown stranger0; ");
    hear(world, world->authority, FRAME_GIVE, 0, 100001);
    expect(world, "attachment.unknown authority0; ");
}

static void frames_that_cannot_be_read_are_no_requests(void **state)
{
    world_t *world = *state;
    static uint8_t much[PIECE + 1];
    buf_t frame = {0};
    accept_message(world, 7, SIZE);
    static const int types[] = {FRAME_GIVE, FRAME_PIECE, FRAME_FETCH};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(attachment_server_frame(world->attachment_server, world->owner,
                             types[i], span_text("\x01"), &world->why),
            -1);
    piece_put(&frame, &(piece_t){digest, SIZE, 0, span_of(much, sizeof much)});
    assert_int_equal(attachment_server_frame(world->attachment_server, world->owner,
                         FRAME_PIECE, buf_span(&frame), &world->why),
        -1); // larger than HELD allows
    expect(world, "");
    buf_destroy(&frame);
}

static void who_has_gone_is_not_answered(void **state)
{
    world_t *world = *state;
    accept_message(world, 7, SIZE);
    hear(world, world->owner, FRAME_GIVE, 0, SIZE);
    wait_for_vault(world);
    sessions_close(world->sessions, world->owner);
    turn(world, true, true);
    expect(world, "");
    world->owner = connect_node(world, "owner", 4);
    hand_in(world, true, true);
    expect(world, "draft owner20; receipt owner20; ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_handed_in_can_be_fetched),
        TEST(who_reads_nothing_is_given_no_more),
        TEST(an_entry_that_was_not_written_does_not_count),
        TEST(a_file_has_one_entry),
        TEST(one_answer_is_owed_at_a_time),
        TEST(limits_are_told_to_authors_alone),
        TEST(frames_that_cannot_be_read_are_no_requests),
        TEST(who_has_gone_is_not_answered),
    };
    if (sodium_init() < 0)
        return 1;
    return test_group(tests, NULL, NULL);
}
