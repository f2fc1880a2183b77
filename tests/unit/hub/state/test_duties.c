// duties: opened, met, near, overdue, withdrawn, shortened; folded again from their
// entries alone; what a turn has drafted counts at once and is forgotten when it was not
// written.

#include "hub/state/duties.h"
#include "lib/json/value_json.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

enum { HOUR = 3600000, ENTRIES = 64 };
static const int64_t T0 = INT64_C(1795348800000);

#define ID(digit) "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d0" digit

// A log of messages and duties, and the state that is fed from it turn by turn.
typedef struct {
    duties_t *duties;
    log_vkey_t vkey;
    draft_t *draft; // all of the log; what this turn drafts is its end
    size_t durable; // items of it
    entries_t *entries;
    history_t *history;
    readback_t *readback;
    size_t n; // the durable entries of duties, and their positions
    duty_t entry[ENTRIES];
    size_t position[ENTRIES];
    uint64_t number; // where the next opened duty's message is in the inbox
    char told[512];
} world_t;

static duties_log_t log_at(const world_t *world, int64_t time_ms)
{
    return (duties_log_t){.view = {.history = world->history},
        .readback = world->readback,
        .draft = world->draft,
        .time_ms = time_ms};
}

static void apply(world_t *world, size_t position)
{
    cause_t why;
    const draft_item_t *item = draft_at(world->draft, position);
    if (strcmp(item->leaf.type, "duty") != 0)
        return;
    assert_true(world->n < ENTRIES);
    assert_int_equal(duty_parse(&world->entry[world->n], item->document, &why), 0);
    duties_apply(world->duties, &world->entry[world->n],
        &(duty_entry_t){.position = position, .number = world->number});
    world->position[world->n++] = position;
}

static void commit(world_t *world)
{
    const duty_t *duty;
    world->told[0] = 0;
    while ((duty = duties_to_tell(world->duties)) != NULL) {
        (void)strncat(world->told, duty->debtor, 60);
        (void)strncat(world->told,
            duty->state == DUTY_NEAR     ? "? "
            : duty->state == DUTY_HANDED ? ". "
                                         : "! ",
            3);
    }
    for (; world->durable < draft_count(world->draft); world->durable++)
        apply(world, world->durable);
    duties_begin(world->duties);
}

static void lose(world_t *world)
{
    draft_cut(world->draft, world->durable);
    duties_begin(world->duties);
}

// A restart: everything from the log alone.
static void restart(world_t *world)
{
    duties_destroy(&world->duties);
    world->duties = duties_new(NULL);
    for (size_t i = 0; i < world->n; i++)
        duties_apply(world->duties, &world->entry[i],
            &(duty_entry_t){.position = world->position[i], .number = world->number});
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    world->duties = duties_new(NULL);
    world->vkey = sample_vkey();
    world->draft = draft_new();
    world->entries = entries_new(NULL, world->draft);
    world->history = history_new(world->entries, NULL);
    world->readback = readback_new(&world->vkey);
    draft_clear(world->draft, 0, T0);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    duties_destroy(&world->duties);
    readback_destroy(&world->readback);
    history_destroy(&world->history);
    entries_destroy(&world->entries);
    draft_destroy(&world->draft);
    free(world);
    return 0;
}

static reference_t message(const char *author, const char *id)
{
    reference_t to = {0};
    (void)snprintf(to.author, sizeof to.author, "%s", author);
    (void)snprintf(to.id, sizeof to.id, "%s", id);
    return to;
}

// Of those that answer, the ones that say one of these; `other` may be NULL.
static wanted_t answer_in(const char *word, const char *other)
{
    wanted_t wanted = {.n = 1, .test[0] = {.field = "answer", .words = other ? 2 : 1}};
    (void)snprintf(wanted.test[0].word[0], WANTED_WORD_MAX, "%s", word);
    if (other)
        (void)snprintf(wanted.test[0].word[1], WANTED_WORD_MAX, "%s", other);
    return wanted;
}

static duty_t plan(const char *id, const char *who, int64_t within_ms)
{
    duty_t duty = {.name = "answer",
        .rule = "r",
        .cites = "6, default",
        .met_by = "reply",
        .refers = REFER_RE,
        .position = 7,
        .from_ms = T0,
        .due_ms = T0 + within_ms,
        .warns = true,
        .near_ms = T0 + within_ms - HOUR};
    (void)snprintf(duty.debtor, sizeof duty.debtor, "%s", who);
    duty.message = duty.first = duty.incident = message("nccis", id);
    duty_identify(&duty);
    return duty;
}

// Owed by knb, and met when that node signs for it.
static duty_t plan_towards(const char *node, const char *id, int64_t within_ms)
{
    duty_t duty = plan(id, "knb", within_ms);
    (void)snprintf(duty.met_by, sizeof duty.met_by, "delivery");
    (void)snprintf(duty.towards, sizeof duty.towards, "%s", node);
    duty_identify(&duty);
    return duty;
}

static void refer(routing_t *routing, refer_t field, const reference_t *to)
{
    route_t route = {.type = ROUTE_REFER, .refer = field};
    memcpy(route.node, to->author, sizeof route.node);
    memcpy(route.id, to->id, sizeof route.id);
    if (to->author[0])
        routing_add(routing, &route);
}

// The message is in the log, before what it does to duties.
static void write_down(world_t *world, const document_t *document, int64_t time_ms)
{
    routing_t routing = {0};
    buf_t record = {0};
    arena_t *arena = draft_arena(world->draft);
    draft_item_t *item =
        draft_add(world->draft, "message", document->kind, document->from, document->id);
    json_t *root = document->root ? value_json(document->root) : json_object();
    char *text = json_dumps(root, JSON_COMPACT);
    refer(&routing, REFER_RE, &document->re);
    refer(&routing, REFER_INCIDENT, &document->incident);
    refer(&routing, REFER_SUPERSEDES, &document->supersedes);
    refer(&routing, REFER_CANCELS, &document->cancels);
    routing_print(&routing, &record);
    item->leaf.time_ms = time_ms;
    draft_set_document(item, arena_copy(arena, span_text(text)), NULL);
    draft_set_record(world->draft, item, buf_span(&record));
    history_add(world->history, &item->leaf, &routing);
    routing_close(&routing);
    buf_destroy(&record);
    json_decref(root);
    free(text);
}

static document_t message_of(const char *kind, const char *from, reference_t re)
{
    document_t document = {.re = re, .id = ID("9")};
    (void)snprintf(document.kind, sizeof document.kind, "%s", kind);
    (void)snprintf(document.from, sizeof document.from, "%s", from);
    return document;
}

static void open_at(
    world_t *world, const duty_t *duty, const char *corrects, int64_t time_ms)
{
    duties_log_t log = log_at(world, time_ms);
    duty_t planned = *duty;
    if (corrects && strcmp(duty->message.author, "nccis") == 0) {
        document_t fixed = message_of("task", "nccis", (reference_t){0});
        memcpy(fixed.id, duty->message.id, sizeof fixed.id);
        fixed.supersedes = message("nccis", corrects);
        write_down(world, &fixed, time_ms);
        history_first(world->history, &fixed.supersedes, &planned.first);
        duty_identify(&planned);
    }
    duties_open(world->duties, &planned, &log);
}

// What a message does to an exercise; "" for none.
static void say_in(world_t *world, exercise_act_t act, const char *exercise,
    const document_t *document, int64_t time_ms)
{
    duties_log_t log = log_at(world, time_ms);
    routing_t routing = {0};
    route_t line = {.type = ROUTE_EXERCISE, .act = act};
    (void)snprintf(line.node, sizeof line.node, "%s", exercise);
    if (exercise[0])
        routing_add(&routing, &line);
    duties_deed_t deed = {.document = document, .routing = &routing};
    reference_t name = message(document->from, document->id);
    write_down(world, document, time_ms);
    history_first(world->history, &name, &deed.first);
    history_first(world->history, &document->re, &deed.re);
    history_first(world->history, &document->incident, &deed.incident);
    duties_message(world->duties, &deed, &log);
    duties_drop(world->duties, &deed, &log);
    routing_close(&routing);
}

static void say(world_t *world, const char *kind, const char *from, reference_t re,
    reference_t cancels, int64_t time_ms)
{
    document_t document = message_of(kind, from, re);
    document.cancels = cancels;
    say_in(world, EXERCISE_WITHIN, "", &document, time_ms);
}

static void reply(world_t *world, const char *from, const char *id, int64_t time_ms)
{
    say(world, "reply", from, message("nccis", id), (reference_t){0}, time_ms);
}

static void pass(world_t *world, int64_t now_ms)
{
    duties_log_t log = log_at(world, now_ms);
    duties_turn(world->duties, now_ms, 100, &log);
}

// The states of the log's entries, each by its first letters.
static const char *states(const world_t *world)
{
    static char text[512];
    text[0] = 0;
    for (size_t i = 0; i < world->n; i++) {
        (void)strncat(text, duty_state_name(world->entry[i].state), 20);
        (void)strncat(text, " ", 2);
    }
    return text;
}

static void a_reply_in_time_meets_it(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "isoc", 24 * HOUR);
    open_at(world, &duty, NULL, T0);
    commit(world);
    assert_int_equal(duties_next_ms(world->duties), T0 + 23 * HOUR);
    reply(world, "owner", ID("1"), T0 + 1); // not whose duty it is
    reply(world, "isoc", ID("2"), T0 + 1);  // about something else
    say(world, "advisory", "isoc", message("nccis", ID("1")), (reference_t){0}, T0 + 1);
    say(world, "reply", "isoc", message("other", ID("1")), (reference_t){0}, T0 + 1);
    commit(world);
    assert_string_equal(states(world), "open ");
    reply(world, "isoc", ID("1"), T0 + 24 * HOUR); // the very last moment
    commit(world);
    assert_string_equal(states(world), "open met ");
    assert_string_equal(world->entry[1].by.author, "isoc");
    assert_int_equal(duties_unsettled(world->duties), 0);
    reply(world, "isoc", ID("1"), T0 + 25 * HOUR); // once is enough
    pass(world, T0 + 30 * HOUR);
    commit(world);
    assert_string_equal(states(world), "open met ");
    assert_int_equal(duties_next_ms(world->duties), INT64_MAX);
}

static void time_warns_and_then_is_over(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "isoc", 24 * HOUR);
    open_at(world, &duty, NULL, T0);
    commit(world);
    assert_string_equal(world->told, "");
    pass(world, T0 + 23 * HOUR - 1);
    commit(world);
    assert_string_equal(states(world), "open ");
    pass(world, T0 + 23 * HOUR);
    commit(world);
    assert_string_equal(world->told, "isoc? ");
    pass(world, T0 + 23 * HOUR + 1);
    commit(world);
    assert_string_equal(world->told, "");
    assert_int_equal(duties_next_ms(world->duties), T0 + 24 * HOUR);
    pass(world, T0 + 24 * HOUR);
    commit(world);
    assert_string_equal(world->told, "isoc! ");
    assert_int_equal(duties_unsettled(world->duties), 1); // it is still owed
    reply(world, "isoc", ID("1"), T0 + 24 * HOUR + 1);
    commit(world);
    assert_string_equal(states(world), "open near overdue met-late ");
}

// After a stop over both moments it is over, late rather than never, and only once.
static void a_restart_forgets_nothing(void **state)
{
    world_t *world = *state;
    duty_t one = plan(ID("1"), "isoc", 24 * HOUR), two = plan(ID("1"), "owner", HOUR * 2);
    open_at(world, &one, NULL, T0);
    open_at(world, &two, NULL, T0);
    commit(world);
    restart(world);
    assert_int_equal(duties_next_ms(world->duties), T0 + HOUR);
    pass(world, T0 + 99 * HOUR);
    commit(world);
    assert_string_equal(world->told, "owner! isoc! "); // the longest over first
    restart(world);
    pass(world, T0 + 100 * HOUR);
    commit(world);
    assert_string_equal(states(world), "open open overdue overdue ");
    reply(world, "owner", ID("1"), T0 + 101 * HOUR);
    commit(world);
    restart(world);
    assert_int_equal(duties_unsettled(world->duties), 1);
}

static void what_a_turn_drafted_counts_at_once(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "isoc", 24 * HOUR);
    open_at(world, &duty, NULL, T0);
    reply(world, "isoc", ID("1"), T0);
    reply(world, "isoc", ID("1"), T0);
    commit(world);
    assert_string_equal(states(world), "open met ");
    duty = plan(ID("2"), "isoc", HOUR);
    open_at(world, &duty, NULL, T0);
    lose(world); // no room on the disk: nothing of it ever was
    reply(world, "isoc", ID("2"), T0);
    commit(world);
    assert_string_equal(states(world), "open met ");
}

static void a_correction_only_shortens(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "isoc", 24 * HOUR);
    open_at(world, &duty, NULL, T0);
    commit(world);
    duty_t later = plan(ID("2"), "isoc", 48 * HOUR);
    open_at(world, &later, ID("1"), T0 + 1);
    commit(world);
    assert_string_equal(states(world), "open open ");
    assert_int_equal(world->entry[1].due_ms, T0 + 24 * HOUR);
    assert_string_equal(world->entry[1].id, world->entry[0].id);
    duty_t earlier = plan(ID("3"), "isoc", 12 * HOUR);
    open_at(world, &earlier, ID("2"), T0 + 2); // corrects the correction
    commit(world);
    assert_int_equal(world->entry[2].due_ms, T0 + 12 * HOUR);
    assert_int_equal(duties_unsettled(world->duties), 1);
    duty_t stranger = plan(ID("4"), "isoc", HOUR);
    stranger.message = stranger.first = message("isoc", ID("4"));
    open_at(world, &stranger, ID("3"), T0 + 3); // not the author's: a duty of its own
    commit(world);
    assert_int_equal(duties_unsettled(world->duties), 2);
    reply(world, "isoc", ID("1"), T0 + 4); // whichever version it names
    commit(world);
    assert_int_equal(duties_unsettled(world->duties), 1);
    open_at(world, &later, ID("1"), T0 + 5); // what is met is not opened again
    commit(world);
    assert_int_equal(duties_unsettled(world->duties), 1);
}

// Who asks may give more time where the duty lets it, up to its bound; a time that was
// over is not over any more, and those concerned are warned anew.
static void who_asks_may_give_more_time(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "isoc", 2 * HOUR);
    duty.until = duty.extends = true;
    duty.bound_ms = T0 + 24 * HOUR;
    open_at(world, &duty, NULL, T0);
    commit(world);
    duty_t more = plan(ID("2"), "isoc", 10 * HOUR);
    more.until = more.extends = true;
    more.bound_ms = T0 + 48 * HOUR; // of now; what counts is what it began with
    open_at(world, &more, ID("1"), T0 + 1);
    commit(world);
    assert_string_equal(states(world), "open open ");
    assert_int_equal(world->entry[1].due_ms, T0 + 10 * HOUR);
    assert_int_equal(world->entry[1].near_ms, T0 + 9 * HOUR);
    assert_int_equal(world->entry[1].bound_ms, T0 + 24 * HOUR);
    pass(world, T0 + 10 * HOUR);
    commit(world);
    assert_string_equal(world->told, "isoc! ");
    restart(world);
    duty_t again = more;
    again.message = message("nccis", ID("3"));
    again.due_ms = T0 + 24 * HOUR;
    again.near_ms = T0 + 23 * HOUR;
    open_at(world, &again, ID("2"), T0 + 11 * HOUR);
    commit(world);
    assert_string_equal(states(world), "open open overdue open ");
    again.message = message("nccis", ID("4"));
    again.due_ms = T0 + 24 * HOUR + 1; // beyond the bound
    open_at(world, &again, ID("3"), T0 + 12 * HOUR);
    again.message = message("nccis", ID("5"));
    again.due_ms = T0 + 30 * HOUR;
    again.until = false; // says nothing of its time
    open_at(world, &again, ID("4"), T0 + 13 * HOUR);
    commit(world);
    assert_int_equal(world->entry[5].due_ms, T0 + 24 * HOUR);
    pass(world, T0 + 23 * HOUR);
    commit(world);
    assert_string_equal(world->told, "isoc? ");
    reply(world, "isoc", ID("5"), T0 + 24 * HOUR);
    commit(world);
    assert_string_equal(states(world), "open open overdue open open open near met ");
}

// A duty of the author's own: neither by saying a later moment, nor by leaving it out and
// putting it in again.
static void who_owes_has_no_more_time_for_a_correction(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "nccis", 2 * HOUR);
    duty.until = duty.extends = true;
    duty.bound_ms = T0 + 24 * HOUR;
    open_at(world, &duty, NULL, T0);
    commit(world);
    duty_t more = plan(ID("2"), "nccis", 10 * HOUR);
    more.until = more.extends = true;
    open_at(world, &more, ID("1"), T0 + 1);
    commit(world);
    assert_int_equal(world->entry[1].due_ms, T0 + 2 * HOUR);
    document_t dropped = message_of("task", "nccis", (reference_t){0});
    memcpy(dropped.id, ID("3"), sizeof ID("3"));
    dropped.supersedes = message("nccis", ID("2"));
    say_in(world, EXERCISE_WITHIN, "", &dropped, T0 + 2);
    commit(world);
    assert_string_equal(states(world), "open open withdrawn ");
    more.message = message("nccis", ID("4"));
    open_at(world, &more, ID("3"), T0 + 3);
    commit(world);
    assert_string_equal(states(world), "open open withdrawn open ");
    assert_int_equal(world->entry[3].due_ms, T0 + 2 * HOUR);
}

static void only_the_author_withdraws(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "isoc", HOUR);
    reference_t it = message("nccis", ID("1"));
    open_at(world, &duty, NULL, T0);
    commit(world);
    say(world, "cancel", "isoc", (reference_t){0}, it, T0);
    commit(world);
    assert_string_equal(states(world), "open ");
    say(world, "cancel", "nccis", (reference_t){0}, it, T0);
    commit(world);
    assert_string_equal(states(world), "open withdrawn ");
    pass(world, T0 + 9 * HOUR);
    reply(world, "isoc", ID("1"), T0 + 9 * HOUR);
    commit(world);
    assert_string_equal(states(world), "open withdrawn ");
}

static void a_delivery_meets_what_it_covers(void **state)
{
    world_t *world = *state;
    duty_t duty = plan_towards("prosecutor", ID("1"), 24 * HOUR);
    world->number = 5;
    open_at(world, &duty, NULL, T0);
    commit(world);
    duties_log_t log = log_at(world, T0 + 1);
    duties_delivered(world->duties, "prosecutor", 4, &log);
    duties_delivered(world->duties, "isoc", 9, &log);
    commit(world);
    assert_string_equal(states(world), "handed ");
    restart(world);
    duties_delivered(world->duties, "prosecutor", 6, &log);
    duties_delivered(world->duties, "prosecutor", 7, &log);
    commit(world);
    assert_string_equal(states(world), "handed met ");
}

// In time with the hub is in time, however long the addressee takes to sign.
static void what_was_handed_over_in_time_is_never_late(void **state)
{
    world_t *world = *state;
    duty_t duty = plan_towards("prosecutor", ID("1"), 24 * HOUR);
    world->number = 5;
    open_at(world, &duty, NULL, T0);
    commit(world);
    pass(world, T0 + 23 * HOUR); // nobody has signed: the debtor is told so, once
    commit(world);
    assert_string_equal(states(world), "handed handed ");
    assert_string_equal(world->told, "knb. ");
    restart(world);
    pass(world, T0 + 99 * HOUR);
    commit(world);
    assert_string_equal(world->told, "");
    assert_int_equal(duties_next_ms(world->duties), INT64_MAX);
    duties_log_t log = log_at(world, T0 + 100 * HOUR);
    duties_delivered(world->duties, "prosecutor", 5, &log);
    commit(world);
    assert_string_equal(states(world), "handed handed met ");
}

static void what_was_handed_over_late_is_late(void **state)
{
    world_t *world = *state;
    duty_t duty = plan_towards("prosecutor", ID("1"), HOUR);
    world->number = 5;
    open_at(world, &duty, NULL, T0 + HOUR + 1);
    commit(world);
    assert_string_equal(states(world), "overdue ");
    assert_string_equal(world->told, "knb! ");
    duties_log_t log = log_at(world, T0 + HOUR + 2);
    duties_delivered(world->duties, "prosecutor", 5, &log);
    commit(world);
    assert_string_equal(states(world), "overdue met-late ");
}

// What a correction says of the moment counts for when it was handed over, too.
static void a_correction_may_show_that_it_was_handed_over_late(void **state)
{
    world_t *world = *state;
    duty_t duty = plan_towards("prosecutor", ID("1"), 9 * HOUR);
    duty_t earlier = plan_towards("prosecutor", ID("2"), HOUR);
    open_at(world, &duty, NULL, T0 + 2 * HOUR);
    open_at(world, &earlier, ID("1"), T0 + 3 * HOUR);
    commit(world);
    assert_string_equal(states(world), "handed overdue ");
}

static void late_by_a_doubtful_clock_is_late_when_it_is_accepted(void **state)
{
    world_t *world = *state;
    duty_t duty = plan_towards("prosecutor", ID("1"), HOUR);
    duties_hold(world->duties, true);
    open_at(world, &duty, NULL, T0 + 2 * HOUR);
    commit(world);
    assert_string_equal(states(world), "handed ");
    duties_hold(world->duties, false);
    pass(world, T0 + 2 * HOUR);
    commit(world);
    assert_string_equal(states(world), "handed overdue ");
}

// Nobody can sign for it, so it is not handed over: its debtor has to do it otherwise.
static void what_is_owed_towards_nobody_stays_open(void **state)
{
    world_t *world = *state;
    duty_t duty = plan_towards("role:prosecutor", ID("1"), 24 * HOUR);
    open_at(world, &duty, NULL, T0);
    commit(world);
    pass(world, T0 + 24 * HOUR);
    commit(world);
    assert_string_equal(states(world), "open overdue ");
}

static void what_comes_late_is_late_at_once(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "isoc", HOUR);
    open_at(world, &duty, NULL, T0 + 2 * HOUR);
    (void)snprintf(duty.met_by, sizeof duty.met_by, "acceptance");
    duty.message = duty.first = message("nccis", ID("2"));
    duty_identify(&duty);
    open_at(world, &duty, NULL, T0 + 2 * HOUR);
    duty.message = duty.first = message("nccis", ID("3"));
    duty_identify(&duty);
    open_at(world, &duty, NULL, T0 + HOUR);
    commit(world);
    assert_string_equal(states(world), "overdue met-late met ");
    assert_string_equal(world->told, "isoc! ");
    restart(world);
    assert_int_equal(duties_unsettled(world->duties), 1);
}

static void a_doubtful_clock_fires_nothing(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "isoc", HOUR);
    open_at(world, &duty, NULL, T0);
    commit(world);
    duties_hold(world->duties, true);
    assert_int_equal(duties_next_ms(world->duties), INT64_MAX);
    pass(world, T0 + INT64_C(1000) * HOUR);
    commit(world);
    assert_string_equal(states(world), "open ");
    reply(world, "owner", ID("1"), T0);
    duties_hold(world->duties, false);
    pass(world, T0 + HOUR);
    commit(world);
    assert_string_equal(states(world), "open overdue ");
    duties_hold(world->duties, true);
    reply(world, "isoc", ID("1"), T0 + 2 * HOUR);
    commit(world);
    assert_string_equal(states(world), "open overdue met-late ");
    assert_true(world->entry[2].held && !world->entry[1].held);
}

static void many_fall_due_a_few_at_a_time(void **state)
{
    world_t *world = *state;
    for (int i = 0; i < 10; i++) {
        char who[32];
        (void)snprintf(who, sizeof who, "node-%d", i);
        duty_t duty = plan(ID("1"), who, HOUR);
        duty.warns = false;
        open_at(world, &duty, NULL, T0);
    }
    commit(world);
    for (int i = 0; i < 4; i++) {
        duties_log_t log = log_at(world, T0 + HOUR);
        assert_true(duties_next_ms(world->duties) <= T0 + HOUR);
        duties_turn(world->duties, T0 + HOUR, 3, &log);
        commit(world);
    }
    assert_int_equal(world->n, 20);
    assert_int_equal(duties_next_ms(world->duties), INT64_MAX);
}

static void what_cannot_be_written_stays_and_keeps_nobody_awake(void **state)
{
    world_t *world = *state;
    duty_t odd = plan(ID("1"), "odd", HOUR), good = plan(ID("2"), "good", HOUR);
    odd.warns = good.warns = false;
    (void)snprintf(odd.debtor, sizeof odd.debtor, "two words"); // no leaf has that
    duties_apply(world->duties, &odd, &(duty_entry_t){0});
    open_at(world, &good, NULL, T0);
    commit(world);
    pass(world, T0 + HOUR);
    commit(world);
    assert_string_equal(states(world), "open overdue ");
    assert_string_equal(world->entry[1].debtor, "good");
    assert_int_equal(duties_next_ms(world->duties), INT64_MAX);
    assert_int_equal(duties_unsettled(world->duties), 2);
}

static void what_was_undone_was_never_drafted(void **state)
{
    world_t *world = *state;
    duty_t one = plan(ID("1"), "one", HOUR), two = plan(ID("2"), "two", HOUR);
    open_at(world, &one, NULL, T0);
    size_t drafted = duties_drafted(world->duties);
    open_at(world, &two, NULL, T0);
    duties_undo(world->duties, drafted);
    draft_cut(world->draft, 1); // the entry of the second goes with it
    reply(world, "two", ID("2"), T0);
    reply(world, "one", ID("1"), T0);
    commit(world);
    assert_string_equal(states(world), "open met ");
    assert_string_equal(world->entry[1].debtor, "one");
}

static duty_t plan_in(const char *exercise, const char *id, const char *who)
{
    duty_t duty = plan(id, who, 24 * HOUR);
    (void)snprintf(duty.exercise, sizeof duty.exercise, "%s", exercise);
    return duty;
}

static void an_exercise_stands_apart(void **state)
{
    world_t *world = *state;
    duty_t real = plan(ID("1"), "isoc", 24 * HOUR);
    duty_t autumn = plan_in("autumn", ID("2"), "isoc");
    duty_t winter = plan_in("winter", ID("3"), "isoc");
    open_at(world, &real, NULL, T0);
    open_at(world, &autumn, NULL, T0);
    open_at(world, &winter, NULL, T0);
    commit(world);
    restart(world);
    assert_int_equal(duties_unsettled(world->duties), 1); // only the real one counts
    // Met by what is of the same exercise, and by nothing else.
    document_t answer = message_of("reply", "isoc", message("nccis", ID("2")));
    say_in(world, EXERCISE_WITHIN, "", &answer, T0 + 1);
    say_in(world, EXERCISE_WITHIN, "winter", &answer, T0 + 1);
    answer.re = message("nccis", ID("1"));
    say_in(world, EXERCISE_WITHIN, "autumn", &answer, T0 + 1);
    commit(world);
    assert_string_equal(states(world), "open open open ");
    answer.re = message("nccis", ID("2"));
    say_in(world, EXERCISE_WITHIN, "autumn", &answer, T0 + 1);
    commit(world);
    assert_string_equal(states(world), "open open open met ");
    assert_string_equal(world->entry[3].exercise, "autumn");
    // Nor taken back from outside.
    document_t cancel = message_of("cancel", "nccis", (reference_t){0});
    cancel.cancels = message("nccis", ID("3"));
    say_in(world, EXERCISE_WITHIN, "", &cancel, T0 + 2);
    commit(world);
    assert_int_equal(world->n, 4);
    say_in(world, EXERCISE_WITHIN, "winter", &cancel, T0 + 2);
    commit(world);
    assert_string_equal(states(world), "open open open met withdrawn ");
    assert_int_equal(duties_unsettled(world->duties), 1);
}

// Having read it is no answer where one is wanted.
static void only_the_answers_that_count_meet_it(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "isoc", 24 * HOUR);
    duty.met_when = answer_in("taken", "declined");
    open_at(world, &duty, NULL, T0);
    commit(world);
    restart(world);
    document_t answer = message_of("reply", "isoc", message("nccis", ID("1")));
    static const char *const said[] = {"{}", "{\"body\": {\"answer\": \"read\"}}",
        "{\"body\": {\"answer\": 1}}", "{\"body\": {\"answer\": \"declined\"}}"};
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        assert_string_equal(states(world), "open ");
        answer.root = value_read(said[i]);
        say_in(world, EXERCISE_WITHIN, "", &answer, T0 + 1);
        value_free(&answer.root);
        commit(world);
    }
    assert_string_equal(states(world), "open met ");
}

static void answer_with(world_t *world, const char *from, const char *id,
    const char *corrects, const char *answer, int64_t time_ms)
{
    char text[64];
    document_t said = message_of("reply", from, message("nccis", ID("1")));
    (void)snprintf(said.id, sizeof said.id, "%s", id);
    (void)snprintf(text, sizeof text, "{\"body\": {\"answer\": \"%s\"}}", answer);
    if (corrects)
        said.supersedes = message(from, corrects);
    said.root = value_read(text);
    say_in(world, EXERCISE_WITHIN, "", &said, time_ms);
    value_free(&said.root);
    commit(world);
}

// "Still at it" is noted and leaves it open, for whose time it is; who was told that it
// is overdue is not told so again by that.
static void a_report_keeps_it_open(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "isoc", 2 * HOUR);
    duty.met_when = answer_in("done", NULL);
    duty.interim = true;
    open_at(world, &duty, NULL, T0);
    commit(world);
    answer_with(world, "isoc", ID("2"), NULL, "in-progress", T0 + 1);
    assert_string_equal(states(world), "open open ");
    assert_string_equal(world->entry[1].by.id, ID("2"));
    assert_string_equal(world->entry[1].heard.id, ID("2"));
    answer_with(world, "owner", ID("3"), NULL, "in-progress", T0 + 2); // owes nothing
    assert_string_equal(states(world), "open open ");
    pass(world, T0 + 2 * HOUR);
    commit(world);
    assert_string_equal(world->told, "isoc! ");
    answer_with(world, "isoc", ID("4"), NULL, "in-progress", T0 + 3 * HOUR);
    assert_string_equal(states(world), "open open overdue overdue ");
    assert_string_equal(world->told, "");
    restart(world);
    answer_with(world, "isoc", ID("5"), ID("4"), "done", T0 + 4 * HOUR);
    assert_string_equal(states(world), "open open overdue overdue met-late ");
    answer_with(world, "isoc", ID("6"), ID("5"), "in-progress", T0 + 5 * HOUR);
    assert_string_equal(states(world), "open open overdue overdue met-late open ");
    assert_string_equal(world->entry[5].heard.id, ID("6"));
    assert_int_equal(world->entry[5].due_ms, T0 + 2 * HOUR);
}

static void closing_ends_what_is_open_in_it(void **state)
{
    world_t *world = *state;
    duty_t real = plan(ID("1"), "isoc", 24 * HOUR);
    duty_t autumn = plan_in("autumn", ID("2"), "isoc");
    duty_t winter = plan_in("winter", ID("3"), "isoc");
    duty_t fresh = plan_in("autumn", ID("4"), "owner");
    open_at(world, &real, NULL, T0);
    open_at(world, &autumn, NULL, T0);
    open_at(world, &winter, NULL, T0);
    commit(world);
    pass(world, T0 + 24 * HOUR);
    commit(world);
    open_at(world, &fresh, NULL, T0 + 25 * HOUR); // in the turn that it is closed in
    document_t closing = message_of("exercise.closing", "hq", (reference_t){0});
    say_in(world, EXERCISE_CLOSES, "autumn", &closing, T0 + 25 * HOUR);
    say_in(world, EXERCISE_CLOSES, "autumn", &closing, T0 + 25 * HOUR);
    commit(world);
    assert_string_equal(states(world),
        "open open open overdue overdue overdue overdue withdrawn withdrawn ");
    assert_string_equal(world->entry[7].id, autumn.id);
    assert_string_equal(world->entry[7].by.author, "hq");
    assert_string_equal(world->entry[8].id, fresh.id);
    restart(world);
    assert_int_equal(duties_unsettled(world->duties), 1);
    pass(world, T0 + 99 * HOUR);
    commit(world);
    assert_int_equal(world->n, 9);
}

static void a_real_duty_does_not_wait_for_an_exercise(void **state)
{
    world_t *world = *state;
    duty_t real = plan(ID("9"), "isoc", 24 * HOUR);
    for (int i = 0; i < 5; i++) {
        char who[32];
        (void)snprintf(who, sizeof who, "node-%d", i);
        duty_t duty = plan_in("autumn", ID("1"), who);
        open_at(world, &duty, NULL, T0);
    }
    open_at(world, &real, NULL, T0);
    commit(world);
    duties_log_t log = log_at(world, T0 + 24 * HOUR);
    duties_turn(world->duties, T0 + 24 * HOUR, 2, &log);
    commit(world);
    assert_int_equal(world->n, 8);
    assert_string_equal(world->entry[6].id, real.id);
    assert_string_equal(world->told, "isoc! node-0! ");
}

static void an_exercise_does_not_push_out_what_was_settled(void **state)
{
    world_t *world = *state;
    duty_t real = plan(ID("1"), "isoc", 24 * HOUR);
    open_at(world, &real, NULL, T0);
    commit(world);
    reply(world, "isoc", ID("1"), T0 + 1);
    commit(world);
    duty_t played = plan_in("autumn", ID("2"), "isoc");
    played.state = DUTY_MET;
    for (int i = 0; i < DUTIES_SETTLED; i++) {
        (void)snprintf(played.id, sizeof played.id, "019abd3c-5c00-7a4e-9b6d-%012d", i);
        duties_apply(world->duties, &played, &(duty_entry_t){0});
    }
    duty_t again = plan(ID("3"), "isoc", 24 * HOUR);
    open_at(world, &again, ID("1"), T0 + 2); // a correction of what is met
    commit(world);
    assert_string_equal(states(world), "open met ");
}

// A message that corrects or takes back what this one wrote.
static document_t again(const char *kind, const char *from, const char *id,
    reference_t re, const char *supersedes, const char *cancels)
{
    document_t document = message_of(kind, from, re);
    memcpy(document.id, id, sizeof document.id);
    if (supersedes)
        document.supersedes = message(from, supersedes);
    if (cancels)
        document.cancels = message(from, cancels);
    return document;
}

static void hear(world_t *world, const document_t *document, int64_t time_ms)
{
    say_in(world, EXERCISE_WITHIN, "", document, time_ms);
    commit(world);
}

// Whichever version an answer names, and whichever a withdrawal.
static void a_message_is_one_through_its_corrections(void **state)
{
    static const char *const ids[] = {ID("1"), ID("2"), ID("3"), ID("4")};
    for (size_t version = 0; version < 4; version++) {
        (void)tear_down(state);
        assert_int_equal(set_up(state), 0);
        world_t *world = *state;
        for (size_t i = 0; i < 4; i++) {
            duty_t duty = plan(ids[i], "isoc", 24 * HOUR);
            open_at(world, &duty, i ? ids[i - 1] : NULL, T0 + (int64_t)i);
            if (i % 2)
                commit(world);
        }
        restart(world);
        assert_int_equal(duties_unsettled(world->duties), 1);
        reply(world, "isoc", ids[version], T0 + 9);
        commit(world);
        assert_string_equal(states(world), "open open open open met ");
        assert_string_equal(world->entry[4].first.id, ID("1"));
        assert_string_equal(world->entry[4].latest.id, ID("4"));
    }
}

static void what_takes_back_answers_nothing(void **state)
{
    world_t *world = *state;
    duty_t one = plan(ID("1"), "isoc", HOUR), two = plan(ID("2"), "isoc", HOUR);
    open_at(world, &one, NULL, T0);
    open_at(world, &two, NULL, T0);
    commit(world);
    document_t said = again("reply", "isoc", ID("5"), one.message, NULL, NULL);
    hear(world, &said, T0);
    document_t unsaid = again("reply", "isoc", ID("6"), two.message, NULL, ID("5"));
    hear(world, &unsaid, T0 + 1);
    assert_string_equal(states(world), "open open met open ");
    assert_string_equal(world->entry[3].message.id, ID("1")); // it is owed again
    assert_string_equal(world->entry[3].by.id, ID("6"));
    assert_int_equal(world->entry[3].due_ms, T0 + HOUR);
    assert_int_equal(duties_unsettled(world->duties), 2);
}

static void an_answer_that_does_not_stand_meets_nothing(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "isoc", HOUR);
    duty.met_when = answer_in("done", NULL);
    open_at(world, &duty, NULL, T0);
    commit(world);
    document_t said = again("reply", "isoc", ID("5"), duty.message, NULL, NULL);
    said.root = value_read("{\"body\": {\"answer\": \"done\"}}");
    hear(world, &said, T0 + 1);
    document_t fixed = again("reply", "isoc", ID("6"), duty.message, ID("5"), NULL);
    fixed.root = said.root; // says the same
    hear(world, &fixed, T0 + 2);
    assert_string_equal(states(world), "open met ");
    value_free(&said.root);
    fixed = again("reply", "isoc", ID("7"), duty.message, ID("6"), NULL);
    fixed.root = value_read("{\"body\": {\"answer\": \"read\"}}");
    hear(world, &fixed, T0 + 3 * HOUR);
    value_free(&fixed.root);
    assert_string_equal(states(world), "open met open ");
    pass(world, T0 + 3 * HOUR); // its time goes on, and may be over
    commit(world);
    assert_string_equal(world->told, "isoc! ");
    fixed = again("reply", "isoc", ID("8"), duty.message, ID("7"), NULL);
    fixed.root = value_read("{\"body\": {\"answer\": \"done\"}}");
    hear(world, &fixed, T0 + 4 * HOUR);
    value_free(&fixed.root);
    assert_string_equal(states(world), "open met open overdue met-late ");
    fixed = again("reply", "isoc", ID("9"), message("other", ID("1")), ID("8"), NULL);
    hear(world, &fixed, T0 + 5 * HOUR); // answers something else now
    assert_string_equal(states(world), "open met open overdue met-late open ");
    restart(world);
    assert_int_equal(duties_unsettled(world->duties), 1);
}

static void another_answer_stands_in_for_it(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "isoc", HOUR);
    open_at(world, &duty, NULL, T0);
    document_t said = again("reply", "isoc", ID("5"), duty.message, NULL, NULL);
    hear(world, &said, T0 + 1);
    said = again("reply", "isoc", ID("6"), duty.message, NULL, NULL);
    hear(world, &said, T0 + HOUR); // in time, though what follows is late
    document_t unsaid = again("reply", "isoc", ID("7"), duty.message, NULL, ID("5"));
    hear(world, &unsaid, T0 + 2 * HOUR);
    assert_string_equal(states(world), "open met met ");
    assert_string_equal(world->entry[2].by.id, ID("6"));
    unsaid = again("reply", "isoc", ID("8"), duty.message, NULL, ID("6"));
    hear(world, &unsaid, T0 + 2 * HOUR);
    assert_string_equal(states(world), "open met met open ");
}

static void who_is_asked_no_more_owes_no_more(void **state)
{
    world_t *world = *state;
    static const char *const first[] = {"bank", "grid"};
    for (size_t i = 0; i < 2; i++) {
        duty_t duty = plan(ID("1"), first[i], 9 * HOUR);
        open_at(world, &duty, NULL, T0);
    }
    commit(world);
    duty_t kept = plan(ID("2"), "grid", 9 * HOUR);
    document_t fixed = again("task", "nccis", ID("2"), (reference_t){0}, ID("1"), NULL);
    open_at(world, &kept, ID("1"), T0 + 1);
    hear(world, &fixed, T0 + 1);
    assert_string_equal(states(world), "open open open withdrawn ");
    assert_string_equal(world->entry[3].debtor, "bank");
    reply(world, "bank", ID("1"), T0 + 2);
    commit(world);
    duty_t anew = plan(ID("3"), "bank", 20 * HOUR); // asked again: by the time of now
    fixed = again("task", "nccis", ID("3"), (reference_t){0}, ID("2"), NULL);
    open_at(world, &anew, ID("2"), T0 + 3);
    hear(world, &fixed, T0 + 3);
    assert_string_equal(states(world), "open open open withdrawn open withdrawn ");
    assert_string_equal(world->entry[4].debtor, "bank");
    assert_string_equal(world->entry[4].id, world->entry[3].id);
    assert_int_equal(world->entry[4].due_ms, T0 + 20 * HOUR);
    document_t gone = again("task", "nccis", ID("4"), (reference_t){0}, NULL, ID("3"));
    hear(world, &gone, T0 + 4);
    assert_int_equal(duties_unsettled(world->duties), 0);
}

// Neither does its answer bring back what was withdrawn after it was met.
static void what_was_taken_back_is_owed_no_more(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "isoc", HOUR);
    open_at(world, &duty, NULL, T0);
    document_t said = again("reply", "isoc", ID("5"), duty.message, NULL, NULL);
    hear(world, &said, T0 + 1);
    document_t gone = again("task", "nccis", ID("6"), (reference_t){0}, NULL, ID("1"));
    hear(world, &gone, T0 + 2);
    document_t unsaid = again("reply", "isoc", ID("7"), duty.message, NULL, ID("5"));
    hear(world, &unsaid, T0 + 3);
    assert_string_equal(states(world), "open met ");
}

static void naming_the_incident_answers_nothing(void **state)
{
    world_t *world = *state;
    duty_t duty = plan(ID("1"), "isoc", HOUR), either = plan(ID("2"), "isoc", HOUR);
    either.refers = REFERS;
    open_at(world, &duty, NULL, T0);
    open_at(world, &either, NULL, T0);
    commit(world);
    restart(world);
    document_t said = again("reply", "isoc", ID("5"), message("x", ID("3")), NULL, NULL);
    said.incident = duty.message;
    hear(world, &said, T0 + 1);
    assert_string_equal(states(world), "open open ");
    said.incident = either.message;
    hear(world, &said, T0 + 1);
    assert_string_equal(states(world), "open open met ");
}

// However many were settled since.
static void what_was_settled_long_ago_is_not_forgotten(void **state)
{
    world_t *world = *state;
    duty_t met = plan(ID("1"), "isoc", 24 * HOUR);
    open_at(world, &met, NULL, T0);
    document_t said = again("reply", "isoc", ID("5"), met.message, NULL, NULL);
    hear(world, &said, T0 + 1);
    for (int i = 0; i < DUTIES_SETTLED; i++) {
        duty_t other = plan(ID("9"), "isoc", 24 * HOUR);
        (void)snprintf(other.id, sizeof other.id, "019abd3c-5c00-7a4e-9b6d-%012d", i);
        other.state = DUTY_MET;
        duties_apply(world->duties, &other, &(duty_entry_t){0});
    }
    duty_t fixed = plan(ID("2"), "isoc", 24 * HOUR);
    open_at(world, &fixed, ID("1"), T0 + 2);
    commit(world);
    assert_string_equal(states(world), "open met "); // a correction opens no second one
    document_t unsaid = again("reply", "isoc", ID("6"), met.message, NULL, ID("5"));
    hear(world, &unsaid, T0 + 3);
    assert_string_equal(states(world), "open met open ");
    assert_string_equal(world->entry[2].id, world->entry[0].id);
    assert_int_equal(duties_unsettled(world->duties), 1);
}

// However many stand open, an entry, an answer and a delivery look at their own alone.
static void what_others_owe_costs_nobody(void **state)
{
    enum { OWED = 20000, ANSWERS = 40 };
    world_t *world = *state;
    for (int i = 0; i < OWED; i++) {
        char id[MESSAGE_ID_MAX];
        (void)snprintf(id, sizeof id, "019abd3c-5c00-7a4e-9b6d-%012d", i);
        duty_t duty = plan(id, i % 2 ? "isoc" : "owner", 24 * HOUR);
        if (i % 3 == 0) {
            (void)snprintf(duty.met_by, sizeof duty.met_by, "delivery");
            memcpy(duty.towards, duty.debtor, sizeof duty.towards);
        }
        duties_apply(world->duties, &duty, &(duty_entry_t){.number = (uint64_t)i + 1});
    }
    uint64_t before = duties_passed(world->duties);
    for (int i = 0; i < ANSWERS; i++) {
        char id[MESSAGE_ID_MAX];
        duties_log_t log = log_at(world, T0 + 1);
        (void)snprintf(id, sizeof id, "019abd3c-5c00-7a4e-9b6d-%012d", OWED / 2 + 6 * i);
        reply(world, "owner", id, T0 + 1);
        duties_delivered(world->duties, "owner", (uint64_t)i, &log);
        pass(world, T0 + 1);
        commit(world);
        draft_cut(world->draft, 0);
        world->durable = world->n = 0;
    }
    assert_int_equal(duties_unsettled(world->duties), OWED - ANSWERS - 7);
    assert_true(duties_passed(world->duties) - before < 10 * ANSWERS);
}

static void every_cut_and_flip_is_survived(void **state)
{
    (void)state;
    duty_t duty = plan(ID("1"), "isoc", HOUR), back;
    buf_t text = {0}, again = {0};
    cause_t why;
    duty.latest = message("nccis", ID("2"));
    duty.by = message("isoc", ID("3"));
    duty.held = true;
    (void)snprintf(duty.exercise, sizeof duty.exercise, "autumn");
    duty.met_when = answer_in("taken", NULL);
    duty.interim = true;
    duty.heard = message("isoc", ID("4"));
    duty.at_ms = T0;
    duty.tells = 2;
    (void)snprintf(duty.tell[1], sizeof duty.tell[1], "mfa");
    (void)snprintf(duty.tell[0], sizeof duty.tell[0], "nccis");
    duty_print(&duty, &text);
    assert_int_equal(duty_parse(&back, buf_span(&text), &why), 0);
    duty_print(&back, &again);
    assert_true(span_equal(buf_span(&text), buf_span(&again)));
    for (size_t size = 0; size + 2 < text.size; size++) {
        uint8_t *cut = malloc(size ? size : 1);
        memcpy(cut, text.data, size);
        assert_int_equal(duty_parse(&back, span_of(cut, size), &why), -1);
        free(cut);
    }
    for (size_t bit = 0; bit < 8 * text.size; bit++) {
        text.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        (void)duty_parse(&back, buf_span(&text), &why);
        text.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    buf_destroy(&text);
    buf_destroy(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reply_in_time_meets_it),
        TEST(time_warns_and_then_is_over),
        TEST(a_restart_forgets_nothing),
        TEST(what_a_turn_drafted_counts_at_once),
        TEST(a_correction_only_shortens),
        TEST(a_report_keeps_it_open),
        TEST(who_asks_may_give_more_time),
        TEST(who_owes_has_no_more_time_for_a_correction),
        TEST(only_the_author_withdraws),
        TEST(a_delivery_meets_what_it_covers),
        TEST(what_was_handed_over_in_time_is_never_late),
        TEST(what_was_handed_over_late_is_late),
        TEST(a_correction_may_show_that_it_was_handed_over_late),
        TEST(late_by_a_doubtful_clock_is_late_when_it_is_accepted),
        TEST(what_is_owed_towards_nobody_stays_open),
        TEST(what_comes_late_is_late_at_once),
        TEST(a_doubtful_clock_fires_nothing),
        TEST(many_fall_due_a_few_at_a_time),
        TEST(what_cannot_be_written_stays_and_keeps_nobody_awake),
        TEST(what_was_undone_was_never_drafted),
        TEST(an_exercise_stands_apart),
        TEST(only_the_answers_that_count_meet_it),
        TEST(closing_ends_what_is_open_in_it),
        TEST(a_real_duty_does_not_wait_for_an_exercise),
        TEST(an_exercise_does_not_push_out_what_was_settled),
        TEST(a_message_is_one_through_its_corrections),
        TEST(what_takes_back_answers_nothing),
        TEST(an_answer_that_does_not_stand_meets_nothing),
        TEST(another_answer_stands_in_for_it),
        TEST(who_is_asked_no_more_owes_no_more),
        TEST(what_was_taken_back_is_owed_no_more),
        TEST(naming_the_incident_answers_nothing),
        TEST(what_was_settled_long_ago_is_not_forgotten),
        TEST(what_others_owe_costs_nobody),
        TEST(every_cut_and_flip_is_survived),
    };
    return test_group(tests, NULL, NULL);
}
