// duty_counts - names are those of the rules: a handful, in a list.

#include "lib/rules/duty_counts.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

struct duty_counts {
    duty_count_t *line;
    size_t n, room;
};

duty_counts_t *duty_counts_new(void)
{
    return memory_new(1, sizeof(duty_counts_t));
}

void duty_counts_destroy(duty_counts_t **self_p)
{
    if (*self_p)
        free((*self_p)->line);
    free(*self_p);
    *self_p = NULL;
}

static duty_count_t *line_of(duty_counts_t *self, const duty_t *duty)
{
    duty_world_t world = duty_world(duty);
    for (size_t i = 0; i < self->n; i++)
        if (self->line[i].world == world && strcmp(self->line[i].name, duty->name) == 0)
            return &self->line[i];
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->line = memory_grow(self->line, self->room, sizeof *self->line);
    }
    duty_count_t *line = &self->line[self->n++];
    *line = (duty_count_t){.world = world};
    memcpy(line->name, duty->name, sizeof line->name);
    return line;
}

void duty_counts_add(duty_counts_t *self, const duty_t *duty)
{
    if (duty_settled(duty))
        return;
    duty_count_t *line = line_of(self, duty);
    line->open++;
    line->overdue += duty->state == DUTY_OVERDUE;
}

void duty_counts_take(duty_counts_t *self, const duty_t *duty)
{
    if (duty_settled(duty))
        return;
    duty_count_t *line = line_of(self, duty);
    line->open--;
    line->overdue -= duty->state == DUTY_OVERDUE;
}

const duty_count_t *duty_counts_at(const duty_counts_t *self, size_t i)
{
    return i < self->n ? &self->line[i] : NULL;
}
