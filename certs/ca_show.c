// dabyl ca show - one request, certificate or answer in words, from a file or from the
// CA's index.

#include "certs/ca_command.h"
#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/pki/answer.h"
#include "lib/pki/x509.h"
#include "nodes/cli/screen.h"

#include <string.h>
#include <unistd.h>

typedef struct {
    const char *ca;
} options_t;

static const option_t options[] = {
    {"ca", OPTION_TEXT, offsetof(options_t, ca), "DIR", NULL, CA_FOLDER_HELP},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static void print_time(const char *label, int64_t ms)
{
    fputs(label, stdout);
    screen_time_ms(stdout, ms);
    (void)putchar('\n');
}

static void print_entry(const issued_t *entry, const char *state)
{
    printf(say("id            %s\nrole          %s\n"), entry->holder.name,
        entry->holder.role);
    if (holder_is_officer(&entry->holder))
        printf(say("officer of    %s\n"), entry->holder.node);
    if (entry->holder.office[0])
        printf(say("office        %s\n"), entry->holder.office);
    if (entry->holder.territory[0])
        printf(say("territory     %s\n"), entry->holder.territory);
    printf(
        say("organisation  %s\nuse           %s\nserial        %s\nkey           %s\n"),
        entry->holder.organisation, cert_use_name(entry->use), entry->serial,
        entry->key_id);
    print_time(say("from          "), entry->not_before_ms);
    print_time(say("until         "), entry->not_after_ms);
    if (entry->revoked_ms) {
        print_time(say("revoked       "), entry->revoked_ms);
        printf(say("reason        %s\n"), entry->reason);
    }
    printf(say("state         %s\n"), state);
}

static void show_entry(const issued_t *entry, bool json)
{
    int64_t now_ms = ca_now_ms();
    if (json)
        ca_print_line(ca_entry_json(entry, now_ms));
    else
        print_entry(entry, say(standing_name(issued_standing(entry, now_ms))));
}

static void show_request(const enrol_t *request, bool json)
{
    if (json)
        ca_print_line(ca_request_json(request));
    else
        ca_print_request(request, stdout);
}

// A certificate's file cannot tell whether it was revoked, so the output says that this
// was not checked.
static void show_certificate(const cert_t *cert, bool json)
{
    issued_t entry = {.use = cert->use,
        .issued_ms = cert->not_before_ms,
        .not_before_ms = cert->not_before_ms,
        .not_after_ms = cert->not_after_ms};
    holder_of_cert(&entry.holder, cert);
    memcpy(entry.key, cert->key, sizeof entry.key);
    memcpy(entry.key_id, cert->key_id, sizeof entry.key_id);
    memcpy(entry.serial, cert->serial, sizeof entry.serial);
    if (json) {
        json_t *line = issued_json(&entry);
        (void)json_object_del(line, "issued"); // the certificate does not say
        ca_print_line(line);
    } else {
        print_entry(&entry, say("not checked: this is the file alone"));
    }
}

// A seal's, a channel's or a browser's.
static int read_certificate(cert_t *cert, const char *path, cause_t *why)
{
    enum { PEM_MAX = 65536 };
    buf_t der = {0};
    cause_t ignored;
    int result = cert_read(cert, path, why);
    if (result != 0 && x509_read_pem(path, "CERTIFICATE", PEM_MAX, &der, &ignored) == 0)
        result = cert_parse_browser(cert, buf_span(&der), &ignored);
    buf_destroy(&der);
    return result;
}

static void show_answer(const answer_t *answer, bool json)
{
    char digits[SPOKEN_TEXT] = "";
    cause_t ignored;
    const cert_t *const certs[] = {&answer->seal, &answer->channel, &answer->hub_channel};
    (void)answer_digits(answer, digits, &ignored);
    if (json)
        ca_print_line(json_pack("{s:s,s:s,s:s}", "for", answer->name, "fingerprint",
            digits, "hub_key", answer->vkey));
    else
        printf(say("answer for    %s\nCA            %s\n"), answer->name, digits);
    for (size_t i = 0; i < sizeof certs / sizeof *certs; i++)
        if (certs[i]->der.size > 0) {
            if (!json)
                (void)putchar('\n');
            show_certificate(certs[i], json);
        }
}

// One, or several behind each other.
static bool show_answers(span_t text, bool json)
{
    answer_t answer;
    cause_t ignored;
    for (bool first = true; text.size > 0; first = false) {
        if (answer_parse(&answer, answer_next(&text), &ignored) != 0)
            return false;
        if (!first && !json)
            (void)putchar('\n');
        show_answer(&answer, json);
        answer_close(&answer);
    }
    return true;
}

static bool is_answer(const char *path, bool json)
{
    enum { ANSWERS_MAX = 64 << 20 };
    buf_t text = {0};
    cause_t ignored;
    bool shown = file_read(path, ANSWERS_MAX, &text, &ignored) == 0 &&
                 answer_begins(buf_span(&text)) && show_answers(buf_span(&text), json);
    buf_destroy(&text);
    return shown;
}

static int show_file(const char *path, bool json, cause_t *why)
{
    enrol_t request;
    cert_t cert;
    cause_t other;
    if (is_answer(path, json))
        return 0;
    if (read_certificate(&cert, path, &other) == 0) {
        show_certificate(&cert, json);
        cert_close(&cert);
        return 0;
    }
    if (enrol_read(&request, path, why) == 0) {
        show_request(&request, json);
        enrol_close(&request);
        return 0;
    }
    return cause_set(
        why, "neither a request (%s) nor a certificate (%s)", why->text, other.text);
}

static int show_index(const char *folder, const char *what, bool json, cause_t *why)
{
    size_t shown = 0;
    ca_t *ca = ca_begin(folder, CA_READ, why);
    if (!ca)
        return cause_prefix(why, "%s is no file", what);
    const ledger_t *ledger = ca_ledger(ca);
    for (size_t i = 0; i < ledger->n; i++) {
        const issued_t *entry = &ledger->entry[i];
        if (strcmp(entry->serial, what) != 0 && strcmp(entry->holder.name, what) != 0)
            continue;
        if (shown++ && !json)
            (void)putchar('\n');
        show_entry(entry, json);
    }
    ca_close(&ca);
    return shown ? 0
                 : cause_set(why,
                       "'%s' is neither a file nor a serial or id of this CA; "
                       "`dabyl ca list` shows what there is",
                       what);
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    if (call->operands != 1)
        return call_usage(call, "one file, serial or id is needed");
    const char *what = call->operand[0];
    int result = access(what, F_OK) == 0
                     ? show_file(what, call->common.json, &why)
                     : show_index(ca_folder(o->ca), what, call->common.json, &why);
    return result == 0 ? DONE_OK : call_fail(call, DONE_NO, "%s", why.text);
}

const command_t ca_command_show = {
    .name = "show",
    .operands = "FILE|SERIAL|ID",
    .summary = "a request, a certificate or an answer in words",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "The fingerprint of a request is the same on the node and on the CA.\n",
};
