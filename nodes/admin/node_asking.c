// node_asking - asking is waiting: there is no connection to be kept, and whoever is
// interrupted says it again.

#include "nodes/admin/node_asking.h"

#include "lib/base/catalogue.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "lib/enrol/join.h"
#include "nodes/net/join_ask.h"

#include <string.h>
#include <time.h>

enum { ASK_MS = 2000 };

// The digits stay what they were, and what somebody gave beforehand.
static int look_at_digits(node_asking_t *self, cause_t *why)
{
    char digits[FINGERPRINT_TEXT];
    if (!self->word)
        return 0;
    join_digits_of(buf_span(&self->request->der), self->answer, digits);
    if (self->told)
        return strcmp(digits, self->digits) == 0
                   ? 0
                   : cause_set(why,
                         say("now the digits are %s: another hub answers, or "
                             "its CA was changed; say it again, and compare "
                             "anew"),
                         digits);
    memcpy(self->digits, digits, sizeof digits);
    return 0;
}

static int tell(node_asking_t *self, cause_t *why)
{
    if (look_at_digits(self, why) != 0)
        return -1;
    if (!self->told)
        self->tell(self);
    (void)fflush(stdout);
    self->told = true;
    return self->word ? digits_fit(self->word, self->digits, why) : 0;
}

static asked_t look(node_asking_t *self, cause_t *why)
{
    const char *state = join_text(self->answer, "state");
    const char *text = join_text(self->answer, "text");
    if (strcmp(state, "malformed") == 0 || strcmp(state, "full") == 0 ||
        strcmp(state, "failed") == 0) {
        (void)cause_set(why, say("the hub takes no request now: %s"), text);
        return ASKED_NO;
    }
    if (tell(self, why) != 0)
        return ASKED_NO;
    if (strcmp(state, "refused") == 0) {
        (void)cause_set(why, say("the hub's operator has refused it: %s"), text);
        return ASKED_REFUSED;
    }
    return strcmp(state, "certified") == 0 ? ASKED_DONE : ASKED_LATER;
}

static asked_t ask_once(node_asking_t *self, cause_t *why)
{
    json_decref(self->answer);
    self->answer = join_ask_hub(&self->hub, buf_span(&self->request->der), why);
    if (self->answer)
        return look(self, why);
    if (!self->silent_said)
        (void)call_fail(self->call, DONE_UNREACHABLE, "%s; %s", why->text,
            say("the hub's operator opens it with `dabyl hub joins open`"));
    self->silent_said = true;
    return ASKED_LATER;
}

asked_t node_asking_go(node_asking_t *self, cause_t *why)
{
    const struct timespec pause = {ASK_MS / 1000, 0};
    const int64_t until_ms = call_until(self->wait_s);
    for (;;) {
        asked_t asked = ask_once(self, why);
        if (asked != ASKED_LATER || moment_due(until_ms, clock_now().monotonic_ms))
            return asked;
        (void)nanosleep(&pause, NULL);
    }
}

void node_asking_close(node_asking_t *self)
{
    json_decref(self->answer);
    self->answer = NULL;
}

done_t node_asking_unmet(const node_asking_t *self, asked_t asked, const cause_t *why)
{
    if (asked != ASKED_LATER)
        return call_fail(self->call, DONE_NO, "%s", why->text);
    if (!self->answer && self->silent_said)
        return DONE_UNREACHABLE; // it was said
    if (!self->answer)
        return call_fail(self->call, DONE_UNREACHABLE, "%s", why->text);
    return call_fail(self->call, DONE_UNREACHABLE, "%s",
        say("not certified yet; the request stays with the hub: say it again to go on"));
}

int node_asking_find(
    tcp_address_t *hub, const char *named, const char *endpoint, cause_t *why)
{
    if (named)
        return tcp_parse(hub, named, JOIN_PORT, why);
    if (!endpoint)
        return cause_set(why, say("node.conf names no hub: give its address"));
    if (tcp_parse(hub, endpoint, JOIN_PORT, why) != 0)
        return -1;
    (void)snprintf(hub->port, sizeof hub->port, "%s", JOIN_PORT);
    return 0;
}
