// operations - a short list; what is drafted stands at its front.

#include "hub/ask/operations.h"

#include "lib/base/memory.h"
#include "lib/sys/random.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    operation_t operation;
    char *type, *text; // of the entry beside it, owned; NULL: there is none
    bool asks;
    control_asker_t asker;
} waiting_t;

struct operations {
    control_t *control;
    size_t n, drafted;
    waiting_t item[OPERATIONS_WAITING];
    buf_t text;
};

operations_t *operations_new(void)
{
    return memory_new(1, sizeof(operations_t));
}

void operations_tell_at(operations_t *self, control_t *control)
{
    self->control = control;
}

static void tell(const operations_t *self, const waiting_t *item, const char *why)
{
    cause_t cause = {""};
    if (why)
        (void)cause_set(&cause, "%s", why);
    if (item->asks && self->control)
        control_reply_to(self->control, &item->asker, &cause);
}

static void drop(operations_t *self, size_t from, size_t n)
{
    for (size_t i = from; i < from + n; i++) {
        free(self->item[i].type);
        free(self->item[i].text);
    }
    self->n -= n;
    memmove(
        &self->item[from], &self->item[from + n], (self->n - from) * sizeof *self->item);
}

void operations_destroy(operations_t **self_p)
{
    operations_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->n; i++)
        tell(self, &self->item[i], "the hub stops, and could not write it down");
    drop(self, 0, self->n);
    buf_destroy(&self->text);
    free(self);
}

int operations_add(operations_t *self, const operation_t *operation,
    const operations_beside_t *beside, const control_asker_t *asker, cause_t *why)
{
    if (self->n == OPERATIONS_WAITING)
        return cause_set(
            why, "%d acts wait to be written down: try again later", OPERATIONS_WAITING);
    waiting_t *item = &self->item[self->n];
    *item = (waiting_t){.operation = *operation, .asks = asker != NULL};
    operation_name(&item->operation);
    if (operation_check(&item->operation, why) != 0)
        return -1;
    if (beside) {
        item->type = memory_text(beside->type);
        item->text = memory_text(beside->text);
    }
    if (asker)
        item->asker = *asker;
    self->n++;
    return 0;
}

static bool draft(
    operations_t *self, const waiting_t *item, readback_t *readback, draft_t *to)
{
    uint8_t nonce[OPERATION_NONCE];
    size_t from = draft_count(to);
    random_bytes(nonce, sizeof nonce);
    buf_clear(&self->text);
    operation_print(&item->operation, nonce, &self->text);
    if (!readback_text(readback, to, "operator", "", buf_span(&self->text)))
        return false;
    if (!item->type || readback_text(readback, to, item->type, "", span_text(item->text)))
        return true;
    draft_cut(to, from);
    return false;
}

void operations_draft(operations_t *self, readback_t *readback, draft_t *to)
{
    self->drafted = 0;
    while (self->drafted < self->n) {
        if (draft(self, &self->item[self->drafted], readback, to)) {
            self->drafted++;
            continue;
        }
        tell(self, &self->item[self->drafted],
            "it could not be written down: see the hub's log");
        drop(self, self->drafted, 1);
    }
}

size_t operations_waiting(const operations_t *self)
{
    return self->n;
}

void operations_end(operations_t *self, const char *why_not)
{
    for (size_t i = 0; i < self->drafted; i++)
        tell(self, &self->item[i], why_not);
    drop(self, 0, self->drafted);
    self->drafted = 0;
}

void operations_durable(operations_t *self)
{
    operations_end(self, NULL);
}

void operations_undrafted(operations_t *self)
{
    self->drafted = 0;
}
