// hub_joins_accept - a request that is accepted: signed and admitted in the same step
// where the CA is on this machine, else written as a file for the CA, whose answer comes
// back as one.  Each step that was done is found done when it is said again.
//
// `accept` says that the digits were compared.  A node that is in the roster asks for
// further certificates in the same way; its request is proven by the seal key that the
// roster has, so that nothing is compared.  Of officers, and of a node whose keys are
// new, digits are compared: what a node's own key would prove is that somebody has its
// machine.

#include "nodes/admin/hub_joins.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/enrol/join.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/net/ask.h"
#include "nodes/upkeep/admission.h"
#include "nodes/upkeep/digits.h"
#include "nodes/upkeep/hub_ask.h"
#include "nodes/upkeep/roster_aside.h"

#include <string.h>

// When it was accepted, for whoever reads the folder later.
static void mark_of(char out[JOIN_TEXT_MAX])
{
    char time[TIME_TEXT];
    time_print(clock_now().wall_ms, time);
    (void)snprintf(out, JOIN_TEXT_MAX, "%s", time);
}

// What the node had under the keys before.
static bool is_former(const void *context, const cert_t *cert)
{
    const join_t *join = context;
    return strcmp(cert->name, join->request.holder.name) == 0;
}

static int put_former_aside(
    const joins_desk_t *desk, const join_t *join, hub_change_t *change, cause_t *why)
{
    const roster_aside_t aside = {desk->hub, &desk->roster, change, clock_now().wall_ms};
    return joins_desk_asks(desk, join) == ASKS_NEW_KEYS
               ? roster_aside(&aside, is_former, join, why)
               : 0;
}

// What the hub's log says of it.
static hub_act_t act_of(const joins_desk_t *desk, const join_t *join, const char *as)
{
    static const char *const acts[] = {[ASKS_TO_JOIN] = "admit",
        [ASKS_AGAIN] = "renew",
        [ASKS_NEW_KEYS] = "renew",
        [ASKS_OFFICER] = "admit",
        [ASKS_OFFICER_KEY] = "renew"};
    static const char *const reasons[] = {[ASKS_TO_JOIN] = "joined",
        [ASKS_AGAIN] = "it asked",
        [ASKS_NEW_KEYS] = "new keys",
        [ASKS_OFFICER] = "an officer",
        [ASKS_OFFICER_KEY] = "a further key"};
    const asks_t asks = joins_desk_asks(desk, join);
    return (hub_act_t){.line = "reload",
        .as = as,
        .act = acts[asks],
        .to = join->request.holder.name,
        .reason = reasons[asks]};
}

// The roster is changed whole with the hub's taking it, or not at all, and the hub's log
// says who admitted whom; where it does not run, it takes it when it starts.
static int change_roster(const joins_desk_t *desk, const join_t *join, const char *as,
    const answer_t *answer, bool *running, cause_t *why)
{
    change_before_t before;
    const hub_act_t act = act_of(desk, join, as);
    hub_change_t *change = hub_change_begin(desk->hub, &desk->conf, &before, why);
    int result = change ? put_former_aside(desk, join, change, why) : -1;
    if (result == 0)
        result = admission_put(&desk->conf, change, answer, why);
    if (result == 0)
        result = hub_change_go(change, &act, running, why);
    hub_change_end(&change);
    return result;
}

// Kept for the node to fetch only when the hub lets it in: what it is told is true then.
static int admit(joins_desk_t *desk, const join_t *join, const char *as, answer_t *answer,
    bool *running, cause_t *why)
{
    buf_t text = {0};
    if (admission_complete(&desk->conf, &join->request, answer, why) != 0 ||
        change_roster(desk, join, as, answer, running, why) != 0)
        return -1;
    answer_print(answer, &text);
    int result = joins_certify(desk->conf.joins, join->name, buf_span(&text), why);
    buf_destroy(&text);
    return result;
}

static void print_admitted(const char *name, asks_t asks, bool running)
{
    if (asks == ASKS_AGAIN)
        printf(running ? say("%s has further certificates: its `dabyl node renew` takes "
                             "them\n")
                       : say("%s has further certificates, for its `dabyl node renew`: "
                             "the hub does not run, and goes by them as soon as it "
                             "does\n"),
            name);
    else if (asks == ASKS_OFFICER || asks == ASKS_OFFICER_KEY)
        printf(running ? say("%s is an officer: `dabyl node officer add` at the node "
                             "goes on by itself\n")
                       : say("%s is an officer: the hub does not run, and knows it as "
                             "soon as it does\n"),
            name);
    else
        printf(
            running
                ? say("%s is admitted: the hub lets it in, and its `dabyl node join` "
                      "goes on by itself\n")
                : say("%s is admitted: the hub does not run, and lets it in as soon as "
                      "it does\n"),
            name);
    if (asks == ASKS_NEW_KEYS)
        printf(say("Its old keys open nothing here any more.  Where somebody else may "
                   "have them, the CA takes them back:\n`dabyl ca list %s`, and `dabyl "
                   "ca revoke SERIAL --reason key-compromise` for each of the old\n"),
            name);
}

static done_t say_admitted(
    const call_t *call, const joins_desk_t *desk, const join_t *join, bool running)
{
    if (call->common.json) {
        json_t *line = json_pack("{s:s,s:s,s:s,s:b}", "request", join->name, "node",
            join->request.holder.name, "state", "certified", "in_force", running);
        screen_json(stdout, line);
        json_decref(line);
        return DONE_OK;
    }
    print_admitted(join->request.holder.name, joins_desk_asks(desk, join), running);
    return DONE_OK;
}

static done_t take_answer(
    const call_t *call, joins_desk_t *desk, const join_t *join, answer_t *answer)
{
    cause_t why;
    bool running = false;
    const hub_joins_options_t *o = call->options;
    int result = admit(desk, join, o->as, answer, &running, &why);
    answer_close(answer);
    return result == 0 ? say_admitted(call, desk, join, running)
                       : call_fail(call, DONE_NO, "%s; %s", why.text,
                             say("say it again to go on"));
}

static done_t say_next(const call_t *call, const joins_desk_t *desk, const join_t *join)
{
    const char *node = join->request.holder.name;
    if (call->common.json) {
        json_t *line = json_pack(
            "{s:s,s:s,s:s}", "request", join->name, "node", node, "state", "accepted");
        screen_json(stdout, line);
        json_decref(line);
        return DONE_OK;
    }
    joins_desk_print_next(desk, join);
    return DONE_OK;
}

// Whom to call is said by what is asked.
static const char *question_of(asks_t asks)
{
    return asks == ASKS_OFFICER || asks == ASKS_OFFICER_KEY
               ? say("Call the officer.  Are all forty digits the same?  Type yes:")
               : say("Call the node's operator.  Are all forty digits the same?  Type "
                     "yes:");
}

// A person has compared the digits, or there is nothing to compare.
static int agree(const call_t *call, joins_desk_t *desk, const join_t *join, cause_t *why)
{
    char digits[FINGERPRINT_TEXT], words[JOIN_TEXT_MAX];
    const hub_joins_options_t *o = call->options;
    const digits_word_t word = {o->digits, o->yes};
    const asks_t asks = joins_desk_asks(desk, join);
    joins_desk_digits(desk, join, digits);
    if (join->state == JOIN_ACCEPTED && !o->digits)
        return 0;
    if (asks == ASKS_AGAIN ? digits_fit(&word, digits, why) != 0
                           : digits_agreed(&word, digits, question_of(asks), why) != 0)
        return -1;
    mark_of(words);
    return joins_accept(desk->conf.joins, join->name, words, why);
}

// Whoever asks under a name that somebody has is not let in by a habit.
static int check_wish(
    const call_t *call, const joins_desk_t *desk, const join_t *join, cause_t *why)
{
    const hub_joins_options_t *o = call->options;
    if (joins_desk_check(desk, join, why) != 0)
        return -1;
    if (joins_desk_asks(desk, join) != ASKS_NEW_KEYS || o->new_keys ||
        join->state == JOIN_ACCEPTED)
        return 0;
    return cause_set(why,
        say("the roster has %s with other keys: where its machine was lost or replaced, "
            "say --new-keys, and the old keys open nothing here any more"),
        join->request.holder.name);
}

// What was issued before for keys that are new is issued for no other request.
static signing_t signing_of(const joins_desk_t *desk, const join_t *join)
{
    const asks_t asks = joins_desk_asks(desk, join);
    const bool known = asks != ASKS_TO_JOIN && asks != ASKS_OFFICER;
    return (signing_t){.whom = known ? SIGNING_AGAIN : SIGNING_NEWCOMER,
        .since_ms = asks == ASKS_AGAIN ? join->asked_ms : 0};
}

static done_t do_accept(const call_t *call, joins_desk_t *desk, join_t *join)
{
    cause_t why;
    const hub_joins_options_t *o = call->options;
    const signing_t how = signing_of(desk, join);
    answer_t answer;
    if (join->state == JOIN_CERTIFIED)
        return say_admitted(call, desk, join, ask_alive(desk->conf.control));
    if (!call->common.json)
        joins_desk_print(desk, join, stderr);
    if (check_wish(call, desk, join, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (!call->common.json && !o->issuing.ca)
        joins_desk_print_signer(desk, join, stderr);
    if (agree(call, desk, join, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (!o->issuing.ca)
        return say_next(call, desk, join);
    if (signing_answer(&o->issuing, &join->request, &how, &answer, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    return take_answer(call, desk, join, &answer);
}

static done_t accept_join(const call_t *call)
{
    return hub_joins_with(call, do_accept);
}

// What was not compared is not to be signed, and nobody has signed it.
static done_t say_not_accepted(const call_t *call, const join_t *join)
{
    return call_fail(call, DONE_NO,
        say("it is not accepted: compare the digits, then `dabyl hub joins accept "
            "%.*s`"),
        JOINS_NAME_SHOWN, join->name);
}

static done_t do_export(const call_t *call, joins_desk_t *desk, join_t *join)
{
    cause_t why;
    char fingerprint[FINGERPRINT_TEXT];
    buf_t pem = {0};
    const hub_joins_options_t *o = call->options;
    (void)desk;
    if (join->state != JOIN_ACCEPTED)
        return say_not_accepted(call, join);
    enrol_print_pem(&join->request, &pem);
    int result = 0;
    if (o->out)
        result = file_replace(o->out, buf_span(&pem), 0644, &why);
    else
        (void)fwrite(pem.data, 1, pem.size, stdout);
    buf_destroy(&pem);
    if (result != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    enrol_fingerprint(&join->request, fingerprint);
    (void)fprintf(stderr,
        say("the request of %s; the CA's operator sees these digits, and compares them "
            "with you:\n  %s\n"),
        join->request.holder.name, fingerprint);
    return DONE_OK;
}

static done_t export_join(const call_t *call)
{
    return hub_joins_with(call, do_export);
}

static done_t do_import(const call_t *call, joins_desk_t *desk, join_t *join)
{
    cause_t why;
    answer_t answer;
    const hub_joins_options_t *o = call->options;
    if (join->state != JOIN_ACCEPTED && join->state != JOIN_CERTIFIED)
        return say_not_accepted(call, join);
    if (answer_read(&answer, o->out, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    return take_answer(call, desk, join, &answer);
}

// The answer stands behind the request, and the hub, if it is named, behind both.
static done_t import_join(const call_t *call)
{
    call_t rest = *call;
    hub_joins_options_t o = *(const hub_joins_options_t *)call->options;
    char *operand[2] = {NULL};
    if (call->operands < 2 || call->operands > 3)
        return call_usage(call, "needs the request and the CA's answer to it");
    o.out = call->operand[1];
    operand[0] = call->operand[0];
    operand[1] = call->operands > 2 ? call->operand[2] : NULL;
    rest.options = &o;
    rest.operand = operand;
    rest.operands = call->operands - 1;
    return hub_joins_with(&rest, do_import);
}

static const option_t import_options[] = {
    HUB_JOINS_OPTION,
    HUB_AS_OPTION(offsetof(hub_joins_options_t, as)),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const option_t accept_options[] = {
    HUB_JOINS_OPTION,
    HUB_AS_OPTION(offsetof(hub_joins_options_t, as)),
    {"digits", OPTION_TEXT, offsetof(hub_joins_options_t, digits), "DIGITS", NULL,
        "as the node's operator read them out"},
    {"yes", OPTION_FLAG, offsetof(hub_joins_options_t, yes), NULL, NULL,
        "do not ask: the digits were compared"},
    {"new-keys", OPTION_FLAG, offsetof(hub_joins_options_t, new_keys), NULL, NULL,
        "of a node that the roster has with other keys, which open nothing any more"},
    {"ca", OPTION_TEXT, offsetof(hub_joins_options_t, issuing.ca), "DIR", NULL,
        "the CA's folder, where it is on this machine (beside the hub: DIR/ca): it signs "
        "in the same step"},
    {"days", OPTION_NUMBER, offsetof(hub_joins_options_t, issuing.days), "N",
        CERTIFICATE_DAYS, "lifetime of the certificates (operational default)"},
    {"passphrase-file", OPTION_TEXT,
        offsetof(hub_joins_options_t, issuing.passphrase_file), "FILE", NULL,
        PASSPHRASE_HELP},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const option_t export_options[] = {
    HUB_JOINS_OPTION,
    {"out", OPTION_TEXT, offsetof(hub_joins_options_t, out), "FILE", NULL,
        "where to write it (else standard output)"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

const command_t hub_joins_accept = {
    .name = "accept",
    .operands = "REQUEST [DIR]",
    .summary = "the digits were compared; with --ca sign and admit at once",
    .options = accept_options,
    .options_size = sizeof(hub_joins_options_t),
    .among = AMONG_JOINS,
    .run = accept_join,
    .notes =
        "Where the CA is on this machine, say --ca and its folder: one step, and the "
        "node "
        "is in.\n"
        "Without --ca the request is only accepted, and the commands for a CA elsewhere "
        "are named.\n"
        "`dabyl hub joins` shows what to type.\n",
};

const command_t hub_joins_export = {
    .name = "export",
    .operands = "REQUEST [DIR]",
    .summary = "write an accepted request as the file that `dabyl ca sign` takes",
    .options = export_options,
    .options_size = sizeof(hub_joins_options_t),
    .among = AMONG_JOINS,
    .run = export_join,
};

const command_t hub_joins_import = {
    .name = "import",
    .operands = "REQUEST ANSWER [DIR]",
    .summary = "take the CA's answer to a request: admit, and hand it to the node",
    .options = import_options,
    .options_size = sizeof(hub_joins_options_t),
    .among = AMONG_JOINS,
    .run = import_join,
};
