// check_daemon - whether the daemon runs and answers, and what it says of itself.

#include "lib/base/catalogue.h"
#include "nodes/doctor/checks.h"

#include "nodes/inbox/mail.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void say_silent(const patient_t *patient, findings_t *out)
{
    advice_t room;
    bool hub = patient->kind == PATIENT_HUB;
    if (patient->error_silent == EACCES || patient->error_silent == EPERM) {
        errno = patient->error_silent;
        found_closed(out, patient->control);
        return;
    }
    if (patient->pid > 0) {
        found(out, FOUND_CRITICAL, patient->control,
            advise(&room, "cat /proc/%ld/wchan; journalctl _PID=%ld", (long)patient->pid,
                (long)patient->pid),
            say("process %ld has the folder and does not answer: %s"), (long)patient->pid,
            patient->why_silent.text);
        return;
    }
    found(out, FOUND_CRITICAL, patient->folder,
        advise(&room, "%s %s",
            hub ? "systemctl start dabyl-hub; or dabyl-hub"
                : "systemctl start dabyl-node@NAME; or dabyl-node",
            patient->conf_path),
        say("the daemon does not run"));
    if (access(patient->control, F_OK) == 0)
        found(out, FOUND_NOTE, patient->control, NULL,
            say("the socket is left from a daemon that was killed; a start replaces it"));
}

void check_daemon(const patient_t *patient, findings_t *out)
{
    if (!patient->status)
        say_silent(patient, out);
    else
        found(out, FOUND_OK, patient->control, NULL, say("it runs, version %s"),
            mail_text(patient->status, "version"));
}

// What is wrong when it is true, and what to do.
typedef struct {
    const char *field, *words, *advice;
} trouble_t;

static const trouble_t troubles[] = {
    {"rolled_back", MARK("a node has seen a newer log than this hub has"),
        "do not restart it; hub/OPERATIONS.md"},
    {"disk_full",
        MARK("there is no room on the disk, and publishers are told to try again"),
        "df -h"},
    {"clock_held",
        MARK("its clock moved, and nothing falls overdue until somebody vouches for it"),
        "date -u; dabyl hub clock accept"},
    {"crl_stale", MARK("the revocation list is past its date, and nobody new is let in"),
        "dabyl ca crl; dabyl hub reload"},
};

static int64_t number(const json_t *object, const char *field)
{
    return json_integer_value(json_object_get(object, field));
}

static void take_words(
    const patient_t *patient, const char *list, severity_t severity, findings_t *out)
{
    size_t i;
    json_t *text;
    json_array_foreach(json_object_get(patient->status, list), i, text)
    {
        const char *words = json_string_value(text);
        found(out, severity, NULL, "dabyl hub status", "%s", words ? words : "?");
    }
}

static void hear_hub(const patient_t *patient, findings_t *out)
{
    const json_t *status = patient->status;
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++)
        if (json_is_true(json_object_get(status, troubles[i].field)))
            found(out, FOUND_CRITICAL, NULL, troubles[i].advice, "%s",
                say(troubles[i].words));
    take_words(patient, "alarms", FOUND_CRITICAL, out);
    take_words(patient, "warnings", FOUND_WARNING, out);
    if (json_array_size(json_object_get(status, "quarantined")) > 0)
        found(out, FOUND_WARNING, NULL, "dabyl hub status",
            say("entries are set aside, since they cannot be read"));
    if (number(status, "log_lost") > 0)
        found(out, FOUND_WARNING, NULL, "journalctl -u dabyl-hub",
            say("lines of its log were lost, since nobody read them"));
    measured(out, &(measure_t){.label = "connected",
                      .unit = "",
                      .value = number(status, "sessions"),
                      .warn = INT64_MAX,
                      .critical = INT64_MAX});
    measured(out, &(measure_t){.label = "duties",
                      .unit = "",
                      .value = number(status, "duties"),
                      .warn = INT64_MAX,
                      .critical = INT64_MAX});
}

static void hear_node(const patient_t *patient, findings_t *out)
{
    const json_t *hub = json_object_get(patient->status, "hub");
    const json_t *outbox = json_object_get(patient->status, "outbox");
    const char *state = mail_text(hub, "state"), *trouble = mail_text(hub, "trouble");
    if (mail_text(hub, "contradiction")[0])
        found(out, FOUND_CRITICAL, NULL, "dabyl status", "%s",
            mail_text(hub, "contradiction"));
    if (strcmp(state, "ready") != 0)
        found(out, FOUND_CRITICAL, mail_text(hub, "endpoint"), "dabyl status",
            say("it has no session with its hub (%s)%s%s"), state, trouble[0] ? ": " : "",
            trouble);
    if (json_is_true(json_object_get(outbox, "disk_full")))
        found(out, FOUND_CRITICAL, patient->folder, "df -h",
            say("there is no room on the disk"));
    if (number(outbox, "in_refused") > 0)
        found(out, FOUND_NOTE, patient->folder, "ls refused/",
            say("%lld refused messages wait for somebody to look at them"),
            (long long)number(outbox, "in_refused"));
    measured(out, &(measure_t){.label = "unanswered",
                      .unit = "",
                      .value = number(outbox, "unanswered"),
                      .warn = INT64_MAX,
                      .critical = INT64_MAX});
}

void check_said(const patient_t *patient, findings_t *out)
{
    size_t before = out->n;
    if (!patient->status)
        return; // said by check_daemon
    if (patient->kind == PATIENT_HUB)
        hear_hub(patient, out);
    else
        hear_node(patient, out);
    if (out->n == before)
        found(out, FOUND_OK, NULL, NULL, say("the daemon has nothing to complain of"));
}
