// control - lib/net/control.h without a socket: a list of who asked and was not answered.

#include "lib/net/control.h"

#include "lib/base/memory.h"
#include "tests/sim/control.h"
#include "tests/sim/files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ASKERS = 64, PATIENCE_US = 60000000 };

typedef struct {
    machine_t *machine;
    uint64_t number; // 0: nobody
    const char *line;
    span_t rest;
    buf_t answer;
    bool taken, answered, lost;
} asker_t;

struct control {
    machine_t *machine;
    int fd;
    size_t last; // who was received last
};

static struct {
    asker_t asker[ASKERS];
    uint64_t numbers;
} self_;

static int64_t when_answered(void *context)
{
    const asker_t *asker = context;
    return asker->answered || asker->lost ? 0 : FIBERS_NEVER;
}

bool control_ask(machine_t *machine, const char *line, span_t rest, buf_t *answer)
{
    size_t i = 0;
    while (i < ASKERS && self_.asker[i].number)
        i++;
    if (i == ASKERS || !machine->up)
        return false;
    asker_t *asker = &self_.asker[i];
    *asker = (asker_t){
        .machine = machine, .number = ++self_.numbers, .line = line, .rest = rest};
    fibers_wait(when_answered, asker, fibers_now_us() + PATIENCE_US);
    bool answered = asker->answered;
    buf_destroy(answer);
    *answer = asker->answer;
    *asker = (asker_t){0};
    return answered;
}

void controls_machine_ended(const machine_t *machine)
{
    for (size_t i = 0; i < ASKERS; i++)
        if (self_.asker[i].number && self_.asker[i].machine == machine)
            self_.asker[i].lost = true;
}

static size_t waits_at(const control_t *self)
{
    size_t i = 0;
    while (
        i < ASKERS && (!self_.asker[i].number || self_.asker[i].taken ||
                          self_.asker[i].lost || self_.asker[i].machine != self->machine))
        i++;
    return i;
}

static bool ready(void *context)
{
    return waits_at(context) < ASKERS;
}

int control_check(const char *path, cause_t *why)
{
    (void)path, (void)why;
    return 0;
}

control_t *control_open(const char *path, cause_t *why)
{
    (void)path, (void)why;
    control_t *self = memory_new(1, sizeof *self);
    self->machine = fibers_machine();
    self->fd = files_new(FILES_WIRE, 0);
    files_at(self->fd)->ready = ready;
    files_at(self->fd)->context = self;
    return self;
}

void control_close(control_t **self_p)
{
    if (!*self_p)
        return;
    (void)files_close((*self_p)->fd);
    free(*self_p);
    *self_p = NULL;
}

int control_fd(const control_t *self)
{
    return self ? self->fd : -1;
}

bool control_waits(const control_t *self)
{
    return self && waits_at(self) < ASKERS;
}

int control_receive(control_t *self, char *line, size_t room)
{
    size_t i = self ? waits_at(self) : ASKERS;
    if (i == ASKERS)
        return 0;
    self_.asker[i].taken = true;
    self->last = i;
    (void)snprintf(line, room, "%s", self_.asker[i].line);
    return 1;
}

span_t control_rest(const control_t *self)
{
    return self_.asker[self->last].rest;
}

void control_answer(control_t *self, span_t text)
{
    control_asker_t asker = control_asker(self);
    control_answer_to(self, &asker, text);
}

control_asker_t control_asker(const control_t *self)
{
    control_asker_t asker = {.size = sizeof(uint64_t), .has_uid = true};
    memcpy(asker.route, &self_.asker[self->last].number, sizeof(uint64_t));
    return asker;
}

void control_answer_to(control_t *self, const control_asker_t *asker, span_t text)
{
    uint64_t number;
    (void)self;
    memcpy(&number, asker->route, sizeof number);
    for (size_t i = 0; i < ASKERS; i++)
        if (number && self_.asker[i].number == number) {
            buf_put_span(&self_.asker[i].answer, text);
            self_.asker[i].answered = true;
        }
}

void control_reply_to(control_t *self, const control_asker_t *asker, const cause_t *why)
{
    char text[sizeof why->text + 64];
    (void)snprintf(text, sizeof text, "{\"ok\":%s,\"text\":\"%.*s\"}",
        why->text[0] ? "false" : "true", (int)strcspn(why->text, "\"\\"), why->text);
    control_answer_to(self, asker, span_text(text));
}

void control_reply(control_t *self, const cause_t *why)
{
    control_asker_t asker = control_asker(self);
    control_reply_to(self, &asker, why);
}
