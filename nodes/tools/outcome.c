// outcome - what the submitter says, put before a person or a program.

#include "nodes/tools/outcome.h"

#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "nodes/cli/retell.h"
#include "nodes/cli/screen.h"
#include "nodes/config/node_paths.h"
#include "nodes/inbox/refused.h"
#include "nodes/inbox/routes.h"
#include "nodes/net/ask.h"
#include "nodes/tools/node_files.h"
#include "nodes/tools/node_status.h"

#include <string.h>

static const char *const state_names[] = {
    [SUBMIT_WAITING] = "waiting", [SUBMIT_SENT] = "sent", [SUBMIT_REFUSED] = "refused"};

static void print_name(const char *name, FILE *out)
{
    if (strcmp(name, "-") != 0) {
        fputs("  ", out);
        screen_text(out, name);
    }
    fputc('\n', out);
}

static void print_sent(const char *name, const submit_t *submit, FILE *out)
{
    screen_paint(out, PAINT_GOOD, "%s", say("SENT"));
    fprintf(out, "  %s", submit->id);
    print_name(name, out);
    fprintf(out, say("  receipt: position %llu in the hub's log, "),
        (unsigned long long)submit->leaf.position);
    screen_time_ms(out, submit->leaf.time_ms);
    fputc('\n', out);
    routes_print(submit->routes, ROUTES_DONE, out);
}

static void print_refused(
    const char *name, const char *id, const json_t *reason, FILE *out)
{
    screen_paint(out, PAINT_BAD, "%s", say("REFUSED"));
    fprintf(out, "%s%s", id[0] ? "  " : "", id);
    print_name(name, out);
    refused_print(reason, out);
}

static json_t *sent_json(const submit_t *submit)
{
    char time[TIME_TEXT];
    time_print(submit->leaf.time_ms, time);
    return json_pack(
        "{s:I, s:s}", "position", (json_int_t)submit->leaf.position, "time", time);
}

static void print_json(const char *name, const submit_t *submit, FILE *out)
{
    json_t *object = submit->state == SUBMIT_SENT ? sent_json(submit) : json_object();
    json_object_set_new(object, "file", json_string(name));
    json_object_set_new(object, "id", json_string(submit->id));
    json_object_set_new(object, "outcome", json_string(state_names[submit->state]));
    if (submit->state == SUBMIT_SENT)
        json_object_update(object, submit->routes);
    if (submit->state == SUBMIT_REFUSED)
        json_object_set(object, "reason", submit->reason);
    screen_json(out, object);
    json_decref(object);
}

// The daemon cannot take it, and will not before somebody does something: why.  The
// caller owns *status, of which the text is a part.
static const char *cannot_go(const submit_t *submit, json_t **status)
{
    char control[PATH_MAX], file[MESSAGE_ID_MAX + 8];
    cause_t ignored;
    node_path(submit->node, NODE_CONTROL, control);
    if (!ask_alive(control) || !(*status = node_status_ask(submit->node, &ignored)))
        return NULL;
    (void)snprintf(file, sizeof file, "%s.json", submit->id);
    return node_files_reason(*status, file);
}

static done_t print_stays(
    const char *name, const submit_t *submit, const char *reason, bool json, FILE *out)
{
    if (json) {
        json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "file", name, "id", submit->id,
            "outcome", "stays", "reason", reason);
        screen_json(out, object);
        json_decref(object);
        return DONE_NO;
    }
    screen_paint(out, PAINT_BAD, "%s", say("NOT SENT"));
    fprintf(out, "  %s", submit->id);
    print_name(name, out);
    fprintf(out, say("  it lies in the outbox, and the node cannot take it: "));
    retell(out, reason);
    fputc('\n', out);
    return DONE_NO;
}

static void print_waiting(const char *name, const submit_t *submit, FILE *out)
{
    screen_paint(out, PAINT_WARNING, "%s", say("WAITING"));
    fprintf(out, "  %s", submit->id);
    print_name(name, out);
    fprintf(out,
        say("  no answer yet.  It is safe in the outbox and goes by itself when it can.\n"
            "  See later:  dabyl send --outcome %s\n"),
        submit->id);
}

static done_t print_unanswered(
    const char *name, const submit_t *submit, bool json, FILE *out)
{
    json_t *status = NULL;
    const char *reason = cannot_go(submit, &status);
    done_t done = DONE_UNREACHABLE;
    if (reason)
        done = print_stays(name, submit, reason, json, out);
    else if (json)
        print_json(name, submit, out);
    else
        print_waiting(name, submit, out);
    json_decref(status);
    return done;
}

done_t outcome_print(const char *name, const submit_t *submit, bool json, FILE *out)
{
    done_t done = submit->state == SUBMIT_SENT ? DONE_OK : DONE_NO;
    if (submit->state == SUBMIT_WAITING)
        done = print_unanswered(name, submit, json, out);
    else if (json)
        print_json(name, submit, out);
    else if (submit->state == SUBMIT_SENT)
        print_sent(name, submit, out);
    else
        print_refused(name, submit->id, submit->reason, out);
    fflush(out);
    return done;
}

void outcome_print_refusal(
    const char *name, const refusal_t *refusal, bool json, FILE *out)
{
    json_t *reason = json_pack("{s:s, s:s, s:s, s:s, s:s}", "code", refusal->code,
        "pointer", refusal->pointer, "by", refusal->by, "text", refusal->text, "sentence",
        refusal_sentence(refusal->code));
    if (json) {
        json_t *object = json_pack(
            "{s:s, s:s, s:O}", "file", name, "outcome", "refused", "reason", reason);
        screen_json(out, object);
        json_decref(object);
    } else
        print_refused(name, "", reason, out);
    json_decref(reason);
}
