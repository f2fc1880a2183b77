// console_ask - what `dabyl web` asks: a link for an officer, and how the console is.

#include "web/console_state.h"

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "web/desk/officers.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_ROOM = 160 };

static void answer_json(console_t *self, json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    control_answer(
        self->control, span_text(text ? text : "{\"error\":\"no answer can be given\"}"));
    free(text);
}

typedef struct {
    person_t *person;
    int64_t now_ms, until_ms;
} latest_t;

static bool take_office(void *context, const cert_t *cert)
{
    latest_t *latest = context;
    if (cert->not_before_ms <= latest->now_ms && cert->not_after_ms > latest->now_ms &&
        cert->not_after_ms > latest->until_ms) {
        latest->until_ms = cert->not_after_ms;
        memcpy(latest->person->office, cert->office, sizeof cert->office);
        memcpy(latest->person->territory, cert->territory, sizeof cert->territory);
    }
    return true;
}

// The office is shown, and decides nothing: that of the certificate in the node's folder
// that ends last.
static void fill_office(const console_t *self, person_t *person)
{
    latest_t latest = {.person = person, .now_ms = clock_now().wall_ms};
    officers_each(self->node, person->name, take_office, &latest);
}

// Who may enter the folder of the socket may name any officer: what an officer says to
// others needs the officer's own key all the same.
static void answer_link(console_t *self, const char *officer)
{
    char secret[SECRET_TEXT], url[256];
    person_t person = {.via = VIA_LINK};
    if (!self->listening.loopback) {
        answer_json(self, json_pack("{s:s}", "error",
                              "links are for a console that listens on this machine "
                              "alone; here browsers show certificates"));
        return;
    }
    if (!cert_node_id_valid(span_text(officer)) ||
        !text_copy(span_text(officer), person.name, sizeof person.name)) {
        answer_json(self, json_pack("{s:s}", "error", "that is not an officer's name"));
        return;
    }
    fill_office(self, &person);
    logins_invite(self->web.logins, &person, clock_now().monotonic_ms, secret);
    (void)snprintf(url, sizeof url, "%s://%s/enter?code=%s",
        self->papers ? "https" : "http", self->listening.text, secret);
    log_line(LOG_INFO, "web.link", "officer=%s", officer);
    answer_json(self, json_pack("{s:s, s:s, s:I}", "officer", officer, "link", url,
                          "seconds", (json_int_t)self->conf->link_s));
}

static void answer_status(console_t *self)
{
    answer_json(
        self, json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "node", self->name,
                  "listen", self->listening.text, "connections",
                  (json_int_t)server_connections(self->server), "sessions",
                  (json_int_t)logins_count(self->web.logins, clock_now().monotonic_ms),
                  "streams", (json_int_t)streams_count(self->web.streams), "busy",
                  (json_int_t)server_busy(self->server), "ended",
                  (json_int_t)server_ended(self->server)));
}

void console_ask_turn(console_t *self)
{
    char line[LINE_ROOM];
    while (control_receive(self->control, line, sizeof line)) {
        if (strncmp(line, "link ", 5) == 0)
            answer_link(self, line + 5);
        else if (strcmp(line, "status") == 0)
            answer_status(self);
        else
            answer_json(self,
                json_pack("{s:s}", "error", "unknown request; there are: link, status"));
    }
}
