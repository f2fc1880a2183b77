// duty_table_keep - a table of duties in a snapshot: where its entries are, and in which
// order they stand.  The duties themselves are read again from the journal.

#include "hub/state/duty_table_inside.h"

#include "lib/base/memory.h"

#include <stdlib.h>

// The places of folded duties in the order in which they were taken: a list and the rings
// name them by their numbers in it, from 1.
typedef struct {
    const duty_table_t *table;
    size_t n;
    size_t *place;
    size_t *number; // by place; 0: not in the list
} roll_t;

static int by_birth(const void *a, const void *b, void *context)
{
    const duty_table_t *self = context;
    uint64_t left = self->place[*(const size_t *)a].born;
    uint64_t right = self->place[*(const size_t *)b].born;
    return left < right ? -1 : left > right;
}

static roll_t call_roll(const duty_table_t *self)
{
    roll_t roll = {self, 0, memory_new(self->n, sizeof(size_t)),
        memory_new(self->n, sizeof(size_t))};
    for (size_t i = 1; i < self->n; i++)
        if (self->place[i].folded)
            roll.place[roll.n++] = i;
    qsort_r(roll.place, roll.n, sizeof *roll.place, by_birth, (void *)(uintptr_t)self);
    for (size_t i = 0; i < roll.n; i++)
        roll.number[roll.place[i]] = i + 1;
    return roll;
}

static void save_unsettled(const roll_t *roll, buf_t *out)
{
    const duty_table_t *self = roll->table;
    buf_put_u32(
        out, (uint32_t)(self->unsettled[DUTY_REAL] + self->unsettled[DUTY_PLAYED]));
    for (size_t i = 0; i < self->rows; i++)
        if (duty_table_stands(self, &self->row[i]))
            buf_put_u32(out, (uint32_t)roll->number[self->row[i].place]);
}

static uint64_t first_in_ring(const duty_table_t *self, uint64_t added)
{
    return added > self->settled_max ? added - self->settled_max + 1 : 1;
}

static void save_ring(const roll_t *roll, duty_world_t world, buf_t *out)
{
    const duty_table_t *self = roll->table;
    uint64_t added = self->settled[world].added;
    buf_put_u64(out, added);
    for (uint64_t serial = first_in_ring(self, added); serial <= added; serial++)
        buf_put_u32(
            out, (uint32_t)roll->number[*duty_table_ring_place(self, world, serial)]);
}

void duty_table_save(const duty_table_t *self, buf_t *out)
{
    roll_t roll = call_roll(self);
    buf_put_u64(out, self->lapses);
    buf_put_u32(out, (uint32_t)roll.n);
    for (size_t i = 0; i < roll.n; i++) {
        buf_put_u64(out, self->place[roll.place[i]].position);
        buf_put_u64(out, self->place[roll.place[i]].number);
        buf_put_u64(out, self->place[roll.place[i]].brought);
        buf_put_u64(out, self->place[roll.place[i]].corrected);
    }
    save_unsettled(&roll, out);
    for (int world = 0; world < DUTY_WORLDS; world++)
        save_ring(&roll, (duty_world_t)world, out);
    free(roll.place);
    free(roll.number);
}

static int load_places(
    duty_table_t *self, reader_t *from, duty_read_fn read, void *context, cause_t *why)
{
    for (uint32_t n = take_u32(from); n > 0 && !from->bad; n--) {
        duty_t duty;
        uint64_t position = take_u64(from), number = take_u64(from);
        uint64_t brought = take_u64(from), corrected = take_u64(from);
        if (from->bad || read(context, position, &duty, why) != 0)
            return -1;
        size_t i = duty_table_add_place(self, &duty); // it may move the places
        place_t *place = &self->place[i];
        place->folded = duty_table_copy(&duty);
        duty_counts_add(self->counts, &duty);
        place->position = position;
        place->number = number;
        place->brought = brought;
        place->corrected = corrected;
    }
    return 0;
}

// A place of the list that has none yet: each is settled or not.
static size_t take_number(const duty_table_t *self, reader_t *from)
{
    uint32_t i = take_u32(from);
    if (i == 0 || i >= self->n || self->place[i].serial)
        from->bad = true;
    return from->bad ? 0 : i;
}

static void load_unsettled(duty_table_t *self, reader_t *from)
{
    for (uint32_t n = take_u32(from); n > 0 && !from->bad; n--) {
        size_t i = take_number(self, from);
        from->bad |= i && duty_settled(self->place[i].folded);
        if (!from->bad)
            duty_table_order(self, i);
    }
}

static void load_ring(duty_table_t *self, duty_world_t world, reader_t *from)
{
    uint64_t added = take_u64(from);
    self->settled[world].added = added;
    for (uint64_t serial = first_in_ring(self, added); serial <= added && !from->bad;
         serial++) {
        reader_t hole = *from;
        if (take_u32(&hole) == 0 && !hole.bad) {
            *from = hole;
            continue;
        }
        size_t i = take_number(self, from);
        from->bad |= i && (!duty_settled(self->place[i].folded) ||
                              duty_world(self->place[i].folded) != world);
        if (from->bad)
            return;
        *duty_table_ring_place(self, world, serial) = i;
        self->place[i].serial = serial;
    }
}

static int by_position(const void *a, const void *b, void *context)
{
    const duty_table_t *self = context;
    uint64_t left = self->place[*(const size_t *)a].position;
    uint64_t right = self->place[*(const size_t *)b].position;
    return left < right ? -1 : left > right;
}

// Answers are looked up in the order in which duties were said last.
static void load_answers(duty_table_t *self)
{
    size_t *order = memory_new(self->n, sizeof *order);
    for (size_t i = 1; i < self->n; i++)
        order[i - 1] = i;
    qsort_r(order, self->n - 1, sizeof *order, by_position, self);
    for (size_t k = 0; k < self->n - 1; k++)
        duty_table_tag_message(
            self, order[k], BY_ANSWER, &self->place[order[k]].folded->answer);
    free(order);
}

int duty_table_load(
    duty_table_t *self, reader_t *from, duty_read_fn read, void *context, cause_t *why)
{
    self->lapses = take_u64(from);
    (void)cause_set(why, "duties are missing");
    if (load_places(self, from, read, context, why) != 0)
        return -1;
    load_unsettled(self, from);
    for (int world = 0; world < DUTY_WORLDS; world++)
        load_ring(self, (duty_world_t)world, from);
    for (size_t i = 1; i < self->n && !from->bad; i++)
        from->bad = self->place[i].serial == 0;
    if (from->bad)
        return cause_set(why, "duties are missing");
    load_answers(self);
    for (size_t i = 1; i < self->n; i++) {
        duty_table_set_due(self, i);
        duty_table_tag_debtor(self, i);
    }
    return 0;
}
