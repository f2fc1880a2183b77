// daemon_erased - asks what of this node's messages was erased by law at the hub, since
// the position in the log that it asked up to last: at the beginning of each session,
// every minute, and when somebody has it read its files anew.
//
// What is told is marked before that position moves on: whoever is killed in between is
// told once more, and marks nothing twice.

#include "nodes/daemon/daemon_state.h"

#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "nodes/erasing/learnt.h"
#include "nodes/erasing/taking.h"
#include "nodes/inbox/erased.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ERASED_EACH_MS = 60 * 1000, ERASED_AGAIN_MS = 5 * 1000 };

void daemon_erased_restart(daemon_t *self)
{
    self->erased_at_ms = self->now.monotonic_ms;
}

static void take_away(daemon_t *self, const reference_t *message, const char *by)
{
    cause_t why;
    switch (taking_run(self->conf->folder, message, by, &why)) {
    case TAKEN:
        log_line(LOG_WARNING, "message.erased-here", "author=%s id=%s by=\"%s\"",
            message->author, message->id, by);
        break;
    case TAKEN_LATER: // in a minute
        break;
    case TAKEN_NOT:
        log_often(LOG_ERROR, "erased.kept", "code=erased reason=\"%s\"", why.text);
        break;
    }
}

// What this node is to take away by itself, and what somebody was interrupted at.
static void look_at_waiting(daemon_t *self)
{
    names_t names;
    cause_t ignored;
    reference_t message;
    char by[ERASED_BY_MAX];
    const char *folder = self->conf->folder;
    if (erased_waiting(folder, &names, &ignored) != 0)
        return;
    for (size_t i = 0; i < names.n; i++)
        if (!erased_name(names.name[i], &message))
            continue;
        else if (erased_begun(folder, &message, by))
            take_away(self, &message, by);
        else if (self->conf->follow_erasures)
            take_away(self, &message, "node.conf");
    names_free(&names);
}

size_t daemon_erased_waiting(const daemon_t *self)
{
    names_t names;
    cause_t ignored;
    size_t n = erased_waiting(self->conf->folder, &names, &ignored) == 0 ? names.n : 0;
    names_free(&names);
    return n;
}

void daemon_erased_open(daemon_t *self)
{
    self->erased_at_ms = MOMENT_NEVER; // until there is a session
    look_at_waiting(self);
}

void daemon_erased_turn(daemon_t *self)
{
    cause_t ignored;
    char arguments[48];
    if (!moment_due(self->erased_at_ms, self->now.monotonic_ms))
        return;
    look_at_waiting(self);
    self->erased_at_ms = moment_after(self->now.monotonic_ms, ERASED_EACH_MS);
    (void)snprintf(arguments, sizeof arguments, "{\"since\":%" PRIu64 "}",
        erased_asked(self->conf->folder, self->credentials.vkey.origin));
    if (link_query(self->link, DAEMON_ASKS_ERASED, "erasures", span_text(arguments),
            &ignored) != 0)
        self->erased_at_ms = MOMENT_NEVER; // until there is a session
}

static int mark(daemon_t *self, const learnt_item_t *item, cause_t *why)
{
    char at[TIME_TEXT];
    const char *folder = self->conf->folder;
    bool waits = taking_text_here(folder, &item->message);
    int fresh = erased_note(folder, &item->message, buf_span(&item->mark), waits, why);
    time_print(item->at_ms, at);
    if (fresh == 1)
        log_line(LOG_WARNING, "message.erased",
            "author=%s id=%s at=%s position=%" PRIu64 " here=%s", item->message.author,
            item->message.id, at, item->position, waits ? "yes" : "no");
    return fresh < 0 ? -1 : 0;
}

static int take(daemon_t *self, const learnt_t *learnt, cause_t *why)
{
    for (size_t i = 0; i < learnt->n; i++)
        if (mark(self, &learnt->item[i], why) != 0)
            return -1;
    return erased_asked_to(
        self->conf->folder, self->credentials.vkey.origin, learnt->upto, why);
}

// An older hub does not know the question.
void daemon_erased_answered(daemon_t *self, span_t answer)
{
    cause_t why;
    learnt_t learnt;
    if (memmem(answer.data, answer.size, "\"retry\":true", 12)) {
        self->erased_at_ms = moment_after(self->now.monotonic_ms, ERASED_AGAIN_MS);
        return;
    }
    if (memmem(answer.data, answer.size, "\"error\":", 8))
        return;
    if (learnt_read(&learnt, answer, &self->credentials.vkey, &why) != 0) {
        log_often(LOG_WARNING, "erased.refused", "code=erased reason=\"%s\"", why.text);
        return;
    }
    if (take(self, &learnt, &why) != 0)
        daemon_full(self, &why); // it is asked again in a minute
    else if (learnt.more)
        self->erased_at_ms = self->now.monotonic_ms;
    learnt_close(&learnt);
    look_at_waiting(self);
}
