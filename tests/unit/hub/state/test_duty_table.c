// duty_table: whatever is folded, drafted and forgotten, each look-up finds what a walk
// over all duties would, and a walk that stands still in between sees each once.

#include "hub/state/duty_table.h"
#include "lib/rules/duty_counts.h"

#include "tests/lib/test.h"

enum { DUTIES = 60, NAMES = 3, MESSAGES = 9, STEPS = 6000, SETTLED = 8 };

// A duty as the model has it: state -1 is none.
typedef struct {
    duty_t folded, drafted;
    bool has_folded, has_drafted, lost; // lost: it was settled long ago
    uint64_t number, brought, corrected, settled_at, position;
} model_t;

typedef struct {
    duty_table_t *table;
    model_t model[DUTIES];
    uint64_t number, settled, entries;
    unsigned seed;
} world_t;

static unsigned any(world_t *world, unsigned n)
{
    world->seed = world->seed * 1103515245u + 12345u;
    return (world->seed >> 12) % n;
}

static reference_t message(unsigned i)
{
    reference_t name = {0};
    (void)snprintf(name.author, sizeof name.author, "author-%u", i % 2);
    (void)snprintf(name.id, sizeof name.id, "id-%u", i);
    return name;
}

static duty_t duty_of(world_t *world, unsigned i)
{
    duty_t duty = {.message = message(i % MESSAGES),
        .first = message(i % MESSAGES),
        .due_ms = 1 + (int64_t)any(world, 50),
        .state = (duty_state_t)any(world, DUTY_STATES)};
    (void)snprintf(duty.id, sizeof duty.id, "duty-%u", i);
    (void)snprintf(duty.name, sizeof duty.name, "name-%u", i % NAMES);
    (void)snprintf(duty.towards, sizeof duty.towards, "who-%u", i % 3);
    (void)snprintf(duty.debtor, sizeof duty.debtor, "whose-%u", i % 4);
    (void)snprintf(duty.met_by, sizeof duty.met_by, i % 2 ? "delivery" : "reply");
    if (i % 5 == 0)
        (void)snprintf(duty.exercise, sizeof duty.exercise, "exercise-%u", i % 2);
    if (any(world, 3) == 0)
        duty.answer = message(MESSAGES + any(world, MESSAGES));
    return duty;
}

static const duty_t *now_of(const model_t *model)
{
    return model->has_drafted  ? &model->drafted
           : model->has_folded ? &model->folded
                               : NULL;
}

// Of each world the newest settled ones are kept.
static void forget_old(world_t *world)
{
    for (unsigned i = 0; i < DUTIES; i++) {
        model_t *model = &world->model[i];
        unsigned newer = 0;
        if (!model->has_folded || !duty_settled(&model->folded))
            continue;
        for (unsigned k = 0; k < DUTIES; k++) {
            const model_t *other = &world->model[k];
            newer += other->has_folded && duty_settled(&other->folded) &&
                     duty_world(&other->folded) == duty_world(&model->folded) &&
                     other->settled_at > model->settled_at;
        }
        if (newer >= SETTLED)
            *model = (model_t){.lost = true,
                .position = model->position,
                .folded = {.answer = model->folded.answer}};
    }
}

static void fold(world_t *world, unsigned i)
{
    model_t *model = &world->model[i];
    duty_t duty = duty_of(world, i);
    bool settles =
        duty_settled(&duty) && !(model->has_folded && duty_settled(&model->folded));
    if (settles)
        model->settled_at = ++world->settled;
    if (!model->has_folded)
        model->number = ++world->number;
    if (!duty_settled(&duty))
        model->brought = any(world, 3);
    duty_table_fold(world->table, &duty,
        &(duty_entry_t){.position = ++world->entries,
            .number = model->number,
            .brought = duty_settled(&duty) ? 0 : model->brought});
    model->position = world->entries;
    model->folded = duty;
    model->has_folded = true;
    if (any(world, 4) == 0) {
        model->corrected = any(world, 4);
        duty_table_corrected(world->table, duty.id, model->corrected);
    }
    forget_old(world);
}

static void step(world_t *world)
{
    unsigned i = any(world, DUTIES);
    // What was forgotten does not come back, as its message's id does not; and a settled
    // duty is not opened again here, since its number would not rise.
    if (world->model[i].lost)
        return;
    if (any(world, 3) == 0) {
        for (unsigned k = 0; k < DUTIES; k++)
            world->model[k].has_drafted = false;
        duty_table_forget(world->table);
        if (!world->model[i].has_folded || !duty_settled(&world->model[i].folded))
            fold(world, i);
        return;
    }
    world->model[i].drafted = duty_of(world, i);
    world->model[i].has_drafted = true;
    (void)duty_table_draft(world->table, &world->model[i].drafted);
}

static void check_messages(const world_t *world)
{
    for (unsigned m = 0; m < 2 * MESSAGES; m++) {
        reference_t name = message(m);
        duty_cursor_t cursor = {0}, answers = {0};
        size_t found = 0, there = 0, answered = 0, wanted = 0;
        while (duty_table_of_message(world->table, &name, &cursor))
            found++;
        while (duty_table_of_answer(world->table, &name, &answers))
            answered++;
        for (unsigned i = 0; i < DUTIES; i++) {
            const duty_t *now = now_of(&world->model[i]);
            there += now && reference_same(&now->first, &name);
            wanted += now && reference_same(&now->answer, &name);
        }
        assert_int_equal(found, there);
        assert_int_equal(answered, wanted);
    }
}

// Of what is kept no more it is known where it stands.
static void check_lapsed(const world_t *world)
{
    for (unsigned i = 0; i < DUTIES; i++) {
        const model_t *model = &world->model[i];
        duty_cursor_t cursor = {0}, answers = {0};
        uint64_t position = 0, at = 0;
        char id[32];
        bool named = model->folded.answer.author[0] == 0;
        if (!model->lost)
            continue;
        (void)snprintf(id, sizeof id, "duty-%u", i);
        assert_true(duty_table_lapsed(world->table, id, &cursor, &position));
        assert_int_equal(position, model->position);
        while (!named && duty_table_lapsed_answer(
                             world->table, &model->folded.answer, &answers, &at))
            named = at == model->position;
        assert_true(named);
    }
}

static void check_rest(const world_t *world)
{
    int64_t next_ms = INT64_MAX;
    size_t unsettled[DUTY_WORLDS] = {0}, played[2] = {0}, owed = 0;
    for (unsigned i = 0; i < DUTIES; i++) {
        const model_t *model = &world->model[i];
        const duty_t *now = now_of(model);
        char id[32];
        (void)snprintf(id, sizeof id, "duty-%u", i);
        const duty_t *found = duty_table_find(world->table, id);
        assert_int_equal(found != NULL, now != NULL);
        if (!now)
            continue;
        assert_int_equal(found->due_ms, now->due_ms);
        played[i % 2] += now->exercise[0] != 0;
        if (!model->has_folded)
            continue;
        unsettled[duty_world(now)] += !duty_settled(&model->folded);
        owed += !duty_settled(&model->folded) && i % 2 && i % 3 == 1 &&
                model->number <= world->number / 2;
        if (now->state < DUTY_OVERDUE && now->state != DUTY_HANDED &&
            now->due_ms < next_ms)
            next_ms = now->due_ms;
    }
    assert_int_equal(duty_table_next_ms(world->table), next_ms);
    for (duty_world_t w = 0; w < DUTY_WORLDS; w++)
        assert_int_equal(duty_table_unsettled(world->table, w), unsettled[w]);
    duty_cursor_t one = {0}, two = {0};
    for (; duty_table_of_exercise(world->table, "exercise-1", &one); played[1]--)
        continue;
    assert_int_equal(played[1], 0);
    while (duty_table_of_delivery(world->table, "who-1", world->number / 2, &two))
        owed--;
    assert_int_equal(owed, 0);
}

// Kept as they change, and what a walk comes to.
static void check_counts(const world_t *world)
{
    const duty_count_t *count;
    size_t open[NAMES][DUTY_WORLDS] = {0}, overdue[NAMES][DUTY_WORLDS] = {0};
    for (unsigned i = 0; i < DUTIES; i++) {
        const duty_t *folded = &world->model[i].folded;
        if (!world->model[i].has_folded || duty_settled(folded))
            continue;
        open[i % NAMES][duty_world(folded)]++;
        overdue[i % NAMES][duty_world(folded)] += folded->state == DUTY_OVERDUE;
    }
    for (size_t k = 0; (count = duty_counts_at(duty_table_counts(world->table), k));
         k++) {
        size_t name = strtoul(count->name + 5, NULL, 10);
        assert_int_equal(count->open, open[name][count->world]);
        assert_int_equal(count->overdue, overdue[name][count->world]);
        open[name][count->world] = overdue[name][count->world] = 0;
    }
    for (size_t name = 0; name < NAMES; name++)
        for (duty_world_t w = 0; w < DUTY_WORLDS; w++)
            assert_int_equal(open[name][w] + overdue[name][w], 0);
}

// What stands in the log and was brought: drafts are not announced.
static void check_brought(const world_t *world)
{
    for (unsigned who = 0; who < 4; who++) {
        duty_cursor_t cursor = {0};
        const duty_t *found;
        char node[16];
        uint64_t number;
        size_t there = 0;
        (void)snprintf(node, sizeof node, "whose-%u", who);
        for (unsigned i = who; i < DUTIES; i += 4) {
            const model_t *model = &world->model[i];
            there += model->has_folded && !duty_settled(&model->folded) &&
                     (model->brought > 1 || model->corrected > 1);
        }
        while ((found = duty_table_brought(world->table, node, 1, &cursor, &number))) {
            unsigned i = (unsigned)strtoul(found->id + 5, NULL, 10);
            assert_false(duty_settled(found));
            assert_string_equal(found->debtor, node);
            assert_int_equal(found->due_ms, world->model[i].folded.due_ms);
            assert_int_equal(number, world->model[i].brought > 1
                                         ? world->model[i].brought
                                         : world->model[i].corrected);
            there--;
        }
        assert_int_equal(there, 0);
    }
}

static void check_walk(const world_t *world)
{
    duty_walk_t walk = {0};
    const duty_t *duty;
    bool settled = false, seen[DUTIES] = {0};
    size_t n = 0, there = 0;
    while ((duty = duty_table_walk(world->table, &walk)) != NULL) {
        unsigned i = (unsigned)strtoul(duty->id + 5, NULL, 10);
        assert_false(seen[i]);
        seen[i] = true;
        assert_false(settled && !duty_settled(duty)); // what is open comes first
        settled = duty_settled(duty);
        n++;
    }
    for (unsigned i = 0; i < DUTIES; i++)
        there += world->model[i].has_folded;
    assert_int_equal(n, there);
}

static int read_folded(void *context, uint64_t position, duty_t *duty, cause_t *why)
{
    const world_t *world = context;
    (void)why;
    for (unsigned i = 0; i < DUTIES; i++)
        if (world->model[i].has_folded && world->model[i].position == position) {
            *duty = world->model[i].folded;
            return 0;
        }
    fail_msg("nothing was said at %u", (unsigned)position);
    return -1;
}

// It ends, and begins with what was kept of it: everything goes on as before.
static void begin_again(world_t *world, lookup_t *lookup)
{
    cause_t why;
    buf_t bytes = {0}, again = {0};
    for (unsigned k = 0; k < DUTIES; k++)
        world->model[k].has_drafted = false;
    duty_table_forget(world->table);
    duty_table_save(world->table, &bytes);
    for (size_t size = 0; size < bytes.size; size += 13) {
        duty_table_t *less = duty_table_new(SETTLED, lookup);
        reader_t cut = reader_of(span_of(bytes.data, size));
        assert_int_equal(duty_table_load(less, &cut, read_folded, world, &why), -1);
        duty_table_destroy(&less);
    }
    duty_table_destroy(&world->table);
    world->table = duty_table_new(SETTLED, lookup);
    reader_t from = reader_of(buf_span(&bytes));
    assert_int_equal(duty_table_load(world->table, &from, read_folded, world, &why), 0);
    assert_true(reader_done(&from));
    duty_table_save(world->table, &again);
    assert_true(span_equal(buf_span(&bytes), buf_span(&again)));
    buf_destroy(&bytes);
    buf_destroy(&again);
}

static void each_look_up_finds_what_is_there(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 5; seed++) {
        lookup_t *lookup = lookup_new();
        world_t world = {.table = duty_table_new(SETTLED, lookup), .seed = seed};
        for (int i = 0; i < STEPS; i++) {
            step(&world);
            if (i % 97 == 96)
                begin_again(&world, lookup);
            if (i % 7 != 0)
                continue;
            check_messages(&world);
            check_lapsed(&world);
            check_rest(&world);
            check_counts(&world);
            check_brought(&world);
            check_walk(&world);
        }
        duty_table_destroy(&world.table);
        lookup_destroy(&lookup);
    }
}

// A question's walk stands still for a turn: what does not change is seen, and once.
static void a_walk_may_stand_still(void **state)
{
    duty_table_t *table = duty_table_new(SETTLED, NULL);
    duty_walk_t walk = {0};
    size_t kept = 0;
    const duty_t *found;
    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        duty_t duty = {.state = DUTY_OPEN, .due_ms = 9, .message = message(i)};
        (void)snprintf(duty.id, sizeof duty.id, "duty-%u", i);
        duty_table_fold(table, &duty, &(duty_entry_t){0});
    }
    for (unsigned i = 0; (found = duty_table_walk(table, &walk)) != NULL; i++) {
        assert_true(i < 400);
        unsigned long at = strtoul(found->id + 5, NULL, 10);
        kept += at % 2;
        duty_t other = {.state = DUTY_MET, .message = message(i)};
        (void)snprintf(
            other.id, sizeof other.id, "duty-%u", 2 * (i % 100)); // even ones go
        duty_table_fold(table, &other, &(duty_entry_t){0});
        duty_t more = {.state = DUTY_OPEN, .due_ms = 9, .message = message(i)};
        (void)snprintf(more.id, sizeof more.id, "duty-%u", 1000 + 2 * i);
        if (i < 100)
            duty_table_fold(table, &more, &(duty_entry_t){0});
    }
    assert_int_equal(kept, 100);
    duty_table_destroy(&table);
    duty_table_destroy(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_look_up_finds_what_is_there),
        cmocka_unit_test(a_walk_may_stand_still),
    };
    return test_group(tests, NULL, NULL);
}
