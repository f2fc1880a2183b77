// exercises - a list, each with its nodes.  It is short, and looked through from the
// newest, which is asked for most.

#include "lib/message/exercises.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char name[NODE_ID_MAX];
    bool opened, closed;
    size_t nodes;
    char (*node)[NODE_ID_MAX];
} exercise_t;

struct exercises {
    size_t n;
    exercise_t *exercise;
};

exercises_t *exercises_new(void)
{
    return memory_new(1, sizeof(exercises_t));
}

void exercises_destroy(exercises_t **self_p)
{
    exercises_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    exercises_clear(self);
    free(self->exercise);
    free(self);
}

static exercise_t *find(const exercises_t *self, const char *name)
{
    for (size_t i = self->n; i > 0; i--)
        if (strcmp(self->exercise[i - 1].name, name) == 0)
            return &self->exercise[i - 1];
    return NULL;
}

static bool joined(const exercise_t *exercise, const char *node)
{
    for (size_t i = 0; i < exercise->nodes; i++)
        if (strcmp(exercise->node[i], node) == 0)
            return true;
    return false;
}

static void join(exercise_t *exercise, const char *node)
{
    if (joined(exercise, node))
        return;
    exercise->node =
        memory_grow(exercise->node, exercise->nodes + 1, sizeof *exercise->node);
    (void)snprintf(exercise->node[exercise->nodes++], NODE_ID_MAX, "%s", node);
}

static exercise_t *make(exercises_t *self, const char *name)
{
    self->exercise = memory_grow(self->exercise, self->n + 1, sizeof *self->exercise);
    exercise_t *exercise = &self->exercise[self->n++];
    *exercise = (exercise_t){0};
    (void)snprintf(exercise->name, sizeof exercise->name, "%s", name);
    return exercise;
}

void exercises_add(
    exercises_t *self, exercise_act_t act, const char *name, const char *node)
{
    if (act == EXERCISE_WITHIN)
        return;
    exercise_t *exercise = find(self, name);
    if (!exercise)
        exercise = make(self, name);
    exercise->opened |= act == EXERCISE_OPENS;
    exercise->closed |= act == EXERCISE_CLOSES;
    if (act != EXERCISE_CLOSES)
        join(exercise, node);
}

bool exercises_has(
    const exercises_t *self, exercise_act_t act, const char *name, const char *node)
{
    const exercise_t *exercise = find(self, name);
    switch (act) {
    case EXERCISE_OPENS:
        return exercise && exercise->opened;
    case EXERCISE_JOINS:
        return exercise && joined(exercise, node);
    case EXERCISE_CLOSES:
        return exercise && exercise->closed;
    case EXERCISE_WITHIN:
        break;
    }
    return false;
}

void exercises_clear(exercises_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        free(self->exercise[i].node);
    self->n = 0;
}

void exercises_save(const exercises_t *self, buf_t *out)
{
    buf_put_u32(out, (uint32_t)self->n);
    for (size_t i = 0; i < self->n; i++) {
        const exercise_t *exercise = &self->exercise[i];
        buf_put_short(out, span_text(exercise->name));
        buf_put_u8(out, exercise->opened);
        buf_put_u8(out, exercise->closed);
        buf_put_u32(out, (uint32_t)exercise->nodes);
        for (size_t k = 0; k < exercise->nodes; k++)
            buf_put_short(out, span_text(exercise->node[k]));
    }
}

bool exercises_load(exercises_t *self, reader_t *from)
{
    char name[NODE_ID_MAX];
    for (uint32_t n = take_u32(from); n > 0 && !from->bad; n--) {
        from->bad |= !text_copy(take_short(from), name, sizeof name);
        exercise_t *exercise = make(self, name);
        exercise->opened = take_u8(from) != 0;
        exercise->closed = take_u8(from) != 0;
        for (uint32_t nodes = take_u32(from); nodes > 0 && !from->bad; nodes--) {
            from->bad |= !text_copy(take_short(from), name, sizeof name);
            join(exercise, name);
        }
    }
    return !from->bad;
}
