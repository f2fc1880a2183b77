// tally - a bit a number, so that a gap that is filled later is no repetition.

#include "tests/bench/peers/tally.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BYTES = 1 << 14 };

void tally_destroy(tally_t *self)
{
    free(self->seen);
    *self = (tally_t){0};
}

static void make_room(tally_t *self, size_t byte)
{
    size_t room = self->room ? self->room : FIRST_BYTES;
    while (room <= byte)
        room *= 2;
    if (room == self->room)
        return;
    self->seen = memory_grow(self->seen, room, 1);
    memset(self->seen + self->room, 0, room - self->room);
    self->room = room;
}

void tally_note(tally_t *self, uint32_t number)
{
    size_t byte = number / 8;
    uint8_t bit = (uint8_t)(1u << number % 8);
    make_room(self, byte);
    if (self->seen[byte] & bit) {
        self->again++;
        return;
    }
    self->seen[byte] |= bit;
    self->once++;
    if (number != self->expected)
        self->disorder++;
    self->expected = (uint64_t)number + 1;
}
