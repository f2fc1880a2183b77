// joins_desk - see the header.

#include "nodes/upkeep/joins_desk.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "lib/enrol/join.h"
#include "nodes/cli/screen.h"
#include "nodes/upkeep/hub_ask.h"
#include "nodes/upkeep/hub_files.h"
#include "nodes/upkeep/roster_files.h"

#include <string.h>
#include <unistd.h>

enum { CA_FILE = 4 << 20, COMMAND_MAX = 2 * PATH_MAX + 128 };

void joins_desk_close(joins_desk_t *self)
{
    joins_close(&self->joins);
    cert_list_close(&self->roster);
    buf_destroy(&self->ca);
    conf_free(hub_options_table, &self->conf);
}

// As `dabyl hub setup` puts it there; one that is whole has a CRL.
static void find_ca(joins_desk_t *self)
{
    char crl[PATH_MAX];
    cause_t ignored;
    if (path_join(self->beside, PATH_MAX, self->hub, "ca", &ignored) != 0 ||
        path_join(crl, sizeof crl, self->beside, "crl.pem", &ignored) != 0 ||
        access(crl, F_OK) != 0)
        self->beside[0] = '\0';
}

static int read_all(joins_desk_t *self, cause_t *why)
{
    const hub_options_t *conf = &self->conf;
    self->limits = (joins_limits_t){
        .folder = conf->joins, .life_ms = moment_span(conf->join_hours, 3600 * 1000)};
    find_ca(self);
    if (hub_files_vkey(conf->log_key, conf->origin, self->vkey, why) != 0 ||
        file_read(conf->ca, CA_FILE, &self->ca, why) != 0 ||
        roster_files_read(&self->roster, conf, why) != 0)
        return -1;
    return joins_list(&self->joins, &self->limits, clock_now().wall_ms, why);
}

int joins_desk_open(joins_desk_t *self, const char *hub, cause_t *why)
{
    *self = (joins_desk_t){.hub = hub};
    if (hub_conf_read(hub, &self->conf, why) != 0)
        return -1;
    if (read_all(self, why) == 0)
        return 0;
    joins_desk_close(self);
    return -1;
}

void joins_desk_digits(
    const joins_desk_t *self, const join_t *join, char out[FINGERPRINT_TEXT])
{
    join_digits(
        buf_span(&join->request.der), span_text(self->vkey), buf_span(&self->ca), out);
}

asks_t joins_desk_asks(const joins_desk_t *self, const join_t *join)
{
    const bool other = roster_files_other_key(&self->roster, &join->request);
    if (holder_is_officer(&join->request.holder))
        return other ? ASKS_OFFICER_KEY : ASKS_OFFICER;
    if (roster_files_renews(&self->roster, &join->request))
        return ASKS_AGAIN;
    return other ? ASKS_NEW_KEYS : ASKS_TO_JOIN;
}

int joins_desk_check(const joins_desk_t *self, const join_t *join, cause_t *why)
{
    const holder_t *who = &join->request.holder;
    return !holder_is_officer(who) ||
                   roster_files_have_node(&self->roster, who->node, who->organisation)
               ? 0
               : cause_set(why,
                     say("%s is to be an officer of %s, and there is no such "
                         "node of %s in the roster"),
                     who->name, who->node, who->organisation);
}

// --------------------------------------------------------------------------------

// With the CA that lies beside the hub, if one does.
static void put_command(
    const joins_desk_t *self, const join_t *join, char out[COMMAND_MAX])
{
    (void)snprintf(out, COMMAND_MAX, "dabyl hub joins accept %.*s %s%s%s%s",
        JOINS_NAME_SHOWN, join->name, self->hub,
        joins_desk_asks(self, join) == ASKS_NEW_KEYS ? " --new-keys" : "",
        self->beside[0] ? " --ca " : "", self->beside);
}

void joins_desk_print_json(const joins_desk_t *self, const join_t *join)
{
    char digits[FINGERPRINT_TEXT], asked[TIME_TEXT], next[COMMAND_MAX];
    const holder_t *who = &join->request.holder;
    joins_desk_digits(self, join, digits);
    time_print(join->asked_ms, asked);
    put_command(self, join, next);
    const asks_t asks = joins_desk_asks(self, join);
    json_t *line = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:b}", "request",
        join->name, "state", join_state_name(join->state), "node", who->name, "role",
        who->role, "organisation", who->organisation, "digits", digits, "address",
        join->from, "asked", asked, "text", join->text, "renewal",
        (int)(asks == ASKS_AGAIN), "new_keys", (int)(asks == ASKS_NEW_KEYS));
    if (holder_is_officer(who))
        (void)json_object_set_new(line, "officer_of", json_string(who->node));
    if (join->state == JOIN_WAITS || join->state == JOIN_ACCEPTED)
        (void)json_object_set_new(line, "next", json_string(next));
    screen_json(stdout, line);
    json_decref(line);
}

static void print_proof(const joins_desk_t *self, const join_t *join, FILE *out)
{
    char digits[FINGERPRINT_TEXT];
    joins_desk_digits(self, join, digits);
    if (joins_desk_asks(self, join) == ASKS_AGAIN)
        (void)fputs(say("\n  proven  by its seal key, which is in the roster: no digits "
                        "to compare\n"),
            out);
    else
        (void)fprintf(out, say("\n  digits  %s\n"), digits);
}

static void print_hint(const joins_desk_t *self, const join_t *join, FILE *out)
{
    char command[COMMAND_MAX];
    if (join->state != JOIN_WAITS && join->state != JOIN_ACCEPTED)
        return;
    put_command(self, join, command);
    (void)fprintf(out, say("  next    %s\n"), command);
    if (!self->beside[0])
        (void)fputs(say("          and the CA signs elsewhere; where it is on this "
                        "machine add --ca and its folder\n"),
            out);
}

// The first line: the request and what it asks for.
static void print_wish(const joins_desk_t *self, const join_t *join, FILE *out)
{
    const holder_t *who = &join->request.holder;
    (void)fprintf(out, "%.*s  %s: ", JOINS_NAME_SHOWN, join->name,
        say_as("join", join_state_name(join->state)));
    switch (joins_desk_asks(self, join)) {
    case ASKS_AGAIN:
        (void)fprintf(out, say("%s asks for further certificates as %s of %s\n"),
            who->name, who->role, who->organisation);
        break;
    case ASKS_NEW_KEYS:
        (void)fprintf(out,
            say("%s asks with NEW KEYS as %s of %s: the roster has it with other ones\n"),
            who->name, who->role, who->organisation);
        break;
    case ASKS_OFFICER:
    case ASKS_OFFICER_KEY:
        (void)fprintf(out, say("%s asks to be an officer of %s, of %s%s%s%s%s\n"),
            who->name, who->node, who->organisation, who->office[0] ? ", " : "",
            who->office, who->territory[0] ? ", " : "", who->territory);
        break;
    default:
        (void)fprintf(out, say("%s asks to join as %s of %s\n"), who->name, who->role,
            who->organisation);
        break;
    }
}

void joins_desk_print(const joins_desk_t *self, const join_t *join, FILE *out)
{
    print_wish(self, join, out);
    (void)fprintf(out, say("  from    %s, "), join->from);
    screen_time_ms(out, join->asked_ms);
    print_proof(self, join, out);
    if (join->text[0]) {
        (void)fputs("  ", out);
        screen_text(out, join->text);
        (void)fputc('\n', out);
    }
    if (out == stdout)
        print_hint(self, join, out);
}

void joins_desk_print_signer(const joins_desk_t *self, const join_t *join, FILE *out)
{
    char command[COMMAND_MAX];
    put_command(self, join, command);
    if (self->beside[0])
        (void)fprintf(out,
            say("Without --ca nobody signs yet, and the CA lies beside this hub.  To "
                "have it sign at once,\nend this with Ctrl-C and type\n  %s\n"),
            command);
    else
        (void)fputs(say("No CA lies beside this hub: when you have accepted, the "
                        "commands for the CA are named.\nWhere it is on this machine, "
                        "end this with Ctrl-C and say it again with --ca and its "
                        "folder.\n"),
            out);
}

// The CA's folder knows the keys of a renewal already: it needs no request.
void joins_desk_print_next(const joins_desk_t *self, const join_t *join)
{
    char command[COMMAND_MAX];
    const char *node = join->request.holder.name, *hub = self->hub;
    const asks_t asks = joins_desk_asks(self, join);
    put_command(self, join, command);
    if (self->beside[0])
        printf(
            say("accepted; the CA beside this hub has to sign\nnext    %s\n"), command);
    else if (asks == ASKS_AGAIN)
        printf(say("accepted; the CA has to sign\n"
                   "next    dabyl ca renew %s --answer %s.answer     (at the CA)\n"
                   "        dabyl hub joins import %.*s %s.answer %s\n"),
            node, node, JOINS_NAME_SHOWN, join->name, node, hub);
    else if (asks == ASKS_NEW_KEYS || asks == ASKS_OFFICER_KEY)
        printf(say("accepted; the CA has to sign\n"
                   "next    dabyl hub joins export %.*s %s --out %s.request\n"
                   "        dabyl ca renew %s %s.request --answer %s.answer     (at the "
                   "CA)\n"
                   "        dabyl hub joins import %.*s %s.answer %s\n"),
            JOINS_NAME_SHOWN, join->name, hub, node, node, node, node, JOINS_NAME_SHOWN,
            join->name, node, hub);
    else
        printf(say("accepted; the CA has to sign\n"
                   "next    dabyl hub joins export %.*s %s --out %s.request\n"
                   "        dabyl ca sign %s.request --answer %s.answer     (at the CA)\n"
                   "        dabyl hub joins import %.*s %s.answer %s\n"),
            JOINS_NAME_SHOWN, join->name, hub, node, node, node, JOINS_NAME_SHOWN,
            join->name, node, hub);
}
