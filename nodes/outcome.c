// outcome - what the submitter says, put before a person or a program.

#include "nodes/outcome.h"

#include "lib/catalogue.h"
#include "lib/times.h"
#include "nodes/refused.h"
#include "nodes/routes.h"
#include "nodes/screen.h"

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

done_t outcome_print(const char *name, const submit_t *submit, bool json, FILE *out)
{
    static const done_t codes[] = {[SUBMIT_WAITING] = DONE_UNREACHABLE,
        [SUBMIT_SENT] = DONE_OK,
        [SUBMIT_REFUSED] = DONE_NO};
    if (json)
        print_json(name, submit, out);
    else if (submit->state == SUBMIT_SENT)
        print_sent(name, submit, out);
    else if (submit->state == SUBMIT_REFUSED)
        print_refused(name, submit->id, submit->reason, out);
    else
        print_waiting(name, submit, out);
    fflush(out);
    return codes[submit->state];
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
