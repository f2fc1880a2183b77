// words - the tables.  A kind without a row is shown by the word that messages use, so
// that a kind can be added without changing this program.

#include "nodes/cli/words.h"

#include "lib/base/catalogue.h"
#include "nodes/cli/nearest.h"
#include "nodes/cli/screen.h"

#include <string.h>

static const word_t roles[] = {
    {"isoc", "information security operational centre", NULL},
    {"nccis", "National Coordination Centre of Information Security", NULL},
    {"owner", "owner of critical or e-government objects", NULL},
    {"response-service", "incident response service", NULL},
    {"authority", "authorised body for information security", NULL},
    {"national-security", "national security agencies", NULL},
    {"headquarters", "Operational Headquarters", NULL},
    {"foreign-affairs", "authorised body on foreign policy", NULL},
    {"communications", "authorised body in communications", NULL},
    {"prosecutor", "General Prosecutor's Office", NULL},
    {"media", "mass media", NULL},
    {"partner", "foreign or international organisation", NULL},
    {"hub", "the exchange hub", NULL},
    {"standby", "standby copy of the hub's journal", NULL},
    {"officer", "officer of an entity", NULL},
    {NULL, NULL, NULL},
};

static const word_t kinds[] = {
    {"incident.notice", "notice of an information security incident", NULL},
    {"incident.update", "news of an incident", NULL},
    {"incident.closure", "closure of an incident", NULL},
    {"incident.sharing", "an incident handed on", NULL},
    {"incident.card", "card of an incident", NULL},
    {"monitoring.finding", "finding of monitoring", NULL},
    {"monitoring.answer", "answer to a finding of monitoring", NULL},
    {"security.alert", "alert to the national security agencies", NULL},
    {"crossborder.item", "incident with a side abroad", NULL},
    {"crossborder.measure", "proposed measure on a cross-border incident", NULL},
    {"crossborder.position", "position of the foreign policy body", NULL},
    {"crossborder.release", "release of an agreed cross-border measure", NULL},
    {"advisory", "advisory", NULL},
    {"threat.report", "report of a threat", NULL},
    {"information.request", "request for information", NULL},
    {"information.reply", "reply to a request for information", NULL},
    {"plan.submission", "submission of a response plan", NULL},
    {"contact.change", "change of a responsible official or contact", NULL},
    {"response.engagement", "involvement in a response", NULL},
    {"recommendation", "recommendation", NULL},
    {"recovery.report", "report on recovery", NULL},
    {"suspension.notice", "notice of a suspension of networks or services", NULL},
    {"suspension.lifted", "end of a suspension", NULL},
    {"attestation", "attestation of notice given otherwise", NULL},
    {"emergency.coordination", "coordination in an emergency", NULL},
    {"emergency.report", "report in an emergency", NULL},
    {"response.task", "task of the primary response", NULL},
    {"response.report", "report on a response task", NULL},
    {"headquarters.proposal", "proposal to convene the Headquarters", NULL},
    {"headquarters.decision", "decision on a proposal to convene", NULL},
    {"headquarters.convening", "convening of the Headquarters", NULL},
    {"headquarters.membership", "change of who belongs to the Headquarters", NULL},
    {"headquarters.adjournment", "adjournment of the Headquarters", NULL},
    {"headquarters.directive", "directive of the Headquarters", NULL},
    {"directive.report", "report on a directive", NULL},
    {"public.notice", "notice to the public", NULL},
    {"publication.report", "report on a publication", NULL},
    {"investigation.request", "request for an investigation", NULL},
    {"investigation.report", "report on an investigation", NULL},
    {"trace.manifest", "list of digital traces", NULL},
    {"exercise.opening", "opening of an exercise", NULL},
    {"exercise.joining", "joining of an exercise", NULL},
    {"exercise.closing", "closing of an exercise", NULL},
    {"subscription", "subscription to a feed", NULL},
    {"acknowledgement", "answer of a person", NULL},
    {"service.notice", "notice of the exchange itself", NULL},
    {"delegation", "acting official", NULL},
    {"signature", "signature over a message", NULL},
    {NULL, NULL, NULL},
};

// The plan gives the levels by number alone; what paragraph 14 says of them is all that
// is said here.
static const word_t levels[] = {
    {"0", "criticality level 0", "Below the levels that paragraph 14 names."},
    {"1", "criticality level 1", "Below the levels that paragraph 14 names."},
    {"2", "criticality level 2", "Below the levels that paragraph 14 names."},
    {"3", "criticality level 3",
        "The national security agencies are informed (paragraph 14)."},
    {"4", "criticality level 4",
        "The national security agencies are informed (paragraph 14)."},
    {"5", "criticality level 5",
        "The national security agencies are informed (paragraph 14)."},
    {NULL, NULL, NULL},
};

static const word_t answers[] = {
    {"read", "Read", NULL},
    {"accepted", "Accepted", NULL},
    {"refused", "Refused", NULL},
    {"done", "Done", NULL},
    {"custody-taken", "Custody taken over", NULL},
    {"custody-declined", "Custody declined", NULL},
    {NULL, NULL, NULL},
};

// TLP 2.0, said for this exchange.
static const word_t markings[] = {
    {"TLP:RED", "named recipients only",
        "Only for the recipients named in the message; they pass it to nobody."},
    {"TLP:AMBER+STRICT", "the recipient's organisation only",
        "Only for those who need to know within the recipient's organisation."},
    {"TLP:AMBER", "the recipient's organisation and its clients",
        "For those who need to know within the recipient's organisation and its "
        "clients."},
    {"TLP:GREEN", "the community",
        "For the entities of the response system; not to be published."},
    {"TLP:CLEAR", "everyone", "May be passed on without restriction."},
    {NULL, NULL, NULL},
};

static const word_t duties[] = {
    {"open", "open", "The time for it is running."},
    {"near", "due soon", "Its time is nearly over."},
    {"met", "met", "What was due was done in time."},
    {"met-late", "met late", "What was due was done after its time was over."},
    {"handed", "handed over",
        "It was handed over in time; who is to have it has not signed for it yet."},
    {"overdue", "overdue", "Its time is over and it has not been done."},
    {"withdrawn", "withdrawn", "What it was about has been withdrawn."},
    {NULL, NULL, NULL},
};

// What is owed by the rules that ship; a duty of other rules is shown by its word.
static const word_t owed[] = {
    {"alert.acknowledged", "answer of a person to the alert", NULL},
    {"alert.informed", "alert handed to the national security agencies", NULL},
    {"card.final", "final card of the incident", NULL},
    {"card.first", "first card of the incident", NULL},
    {"card.interim", "interim card of the incident", NULL},
    {"contact.told", "notice of the changed contact", NULL},
    {"custody.answered", "answer to traces that are offered", NULL},
    {"directive.reported", "report on the directive", NULL},
    {"emergency.reported", "report in the emergency", NULL},
    {"finding.answered", "answer to the finding", NULL},
    {"investigation.reported", "report on the investigation", NULL},
    {"measure.position", "position on the measure", NULL},
    {"proposal.decided", "decision on the proposal", NULL},
    {"publication.reported", "report on the publication", NULL},
    {"recommendation.reported", "report on the recommendation", NULL},
    {"request.answered", "answer to the request", NULL},
    {"suspension.communications",
        "notice of the suspension to the body in communications", NULL},
    {"suspension.prosecutor",
        "notice of the suspension to the General Prosecutor's Office", NULL},
    {"task.reported", "report on the task", NULL},
    {NULL, NULL, NULL},
};

// The steps of paragraph 8, in its order, and how far each has come.
static const word_t steps[] = {
    {"elimination", "elimination of the incident", NULL},
    {"traces", "saving of digital traces", NULL},
    {"cause", "search for the cause", NULL},
    {"afterwards", "actions after the incident", NULL},
    {"removal", "elimination of the cause", NULL},
    {"recovery", "recovery", NULL},
    {NULL, NULL, NULL},
};

static const word_t progress[] = {
    {"not-begun", "not begun", NULL},
    {"in-progress", "in progress", NULL},
    {"done", "done", NULL},
    {"not-needed", "not needed", NULL},
    {NULL, NULL, NULL},
};

static const word_t offices[] = {
    {"head", "head", NULL},
    {"deputy-head", "deputy head", NULL},
    {"chairman", "chairman", NULL},
    {"deputy-chairman", "deputy chairman", NULL},
    {"head-of-territorial-body", "head of a territorial body", NULL},
    {NULL, NULL, NULL},
};

// What a caller is asked, in the order for the telephone; each names the fields that the
// answer goes to.
static const word_t questions[] = {
    {"/body/reported/name /body/reported/phone",
        "Who is calling, and at which number can we call back?", NULL},
    {"/body/reported/on_behalf_of /body/reported/email",
        "For which organisation, and what is its e-mail?", NULL},
    {"/summary /body/description", "What has happened?", NULL},
    {"/body/detected_at /body/started_at", "When was it noticed, and when did it begin?",
        NULL},
    {"/body/object /body/objects /body/sector",
        "Which system is it, and in which sector?", NULL},
    {"/body/consequences", "What does not work, and who is affected?", NULL},
    {"/body/category /body/indicators", "What was seen: addresses, file names, messages?",
        NULL},
    {"/body/measures", "What has been done already?", NULL},
    {"/body/cross_border /body/countries", "Does anything point abroad?", NULL},
    {"/body/level /body/determination",
        "For the officer: how grave is it, and how certain?", NULL},
    {"/to", "For the officer: whom does it concern, where no object is known?", NULL},
    {"/body/reported/reference", "For the officer: the number of the call", NULL},
    {NULL, NULL, NULL},
};

const words_t words_roles = {"role", roles};
const words_t words_kinds = {"kind", kinds};
const words_t words_levels = {"level", levels};
const words_t words_answers = {"answer", answers};
const words_t words_markings = {"marking", markings};
const words_t words_duties = {"duty", duties};
const words_t words_owed = {"owed", owed};
const words_t words_offices = {"office", offices};
const words_t words_steps = {"step", steps};
const words_t words_progress = {"progress", progress};
const words_t words_questions = {"question to a caller", questions};

const words_t *const words_all[] = {&words_roles, &words_kinds, &words_levels,
    &words_answers, &words_markings, &words_duties, &words_owed, &words_offices,
    &words_steps, &words_progress, &words_questions, &words_errors, &words_refusals,
    NULL};

const word_t *words_find(const words_t *table, const char *word)
{
    for (const word_t *at = table->words; at->word; at++)
        if (strcmp(at->word, word) == 0)
            return at;
    return NULL;
}

const char *words_nearest(const words_t *table, const char *typed)
{
    const char *nearest = NULL;
    unsigned far = NEAREST_FAR;
    for (const word_t *at = table->words; at->word; at++)
        if (nearest_is(typed, at->word, &far))
            nearest = at->word;
    return nearest;
}

const char *words_title(const words_t *table, const char *word)
{
    const word_t *found = words_find(table, word);
    return found ? say_as(table->context, found->title) : word;
}

void words_put(buf_t *out, const words_t *table, const char *word)
{
    const word_t *found = words_find(table, word);
    const char *title = words_title(table, word);
    if (found && strcmp(title, found->title) != 0)
        buf_printf(out, "%s (%s)", title, word);
    else
        buf_put_text(out, word);
}

void words_print(const words_t *table, const char *word, FILE *out)
{
    buf_t named = {0};
    words_put(&named, table, word);
    screen_text(out, buf_text(&named));
    buf_destroy(&named);
}

const char *words_meaning(const words_t *table, const char *word)
{
    const word_t *found = words_find(table, word);
    return found && found->meaning ? say_as(table->context, found->meaning) : "";
}
