// dabyl doctor - looks at a hub's, a node's or a CA's folder and says what to do.

#include "lib/base/catalogue.h"
#include "nodes/commands/commands.h"
#include "nodes/doctor/doctor.h"
#include "nodes/doctor/report.h"

#include <limits.h>
#include <stdlib.h>

enum { KINDS = 3, UNKNOWN = 3 };

typedef struct {
    bool check;
} doctor_options_t;

static const option_t options[] = {
    {"check", OPTION_FLAG, offsetof(doctor_options_t, check), NULL, NULL,
        "one line and an exit code for Nagios and its kin"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const char *find_folder(const call_t *call)
{
    cause_t ignored;
    const char *const sources[] = {call->operands ? call->operand[0] : NULL,
        call->common.node, patient_kinds(".", &ignored) ? "." : NULL, getenv("DABYL_HUB"),
        getenv("DABYL_NODE"), getenv("DABYL_CA")};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (sources[i] && sources[i][0])
            return sources[i];
    return ".";
}

static void examine(report_t *report, patient_kind_t kind, const char *folder)
{
    patient_t patient;
    *report = (report_t){.kind = kind, .folder = folder};
    patient_open(&patient, kind, folder);
    doctor_examine(&patient, &report->findings);
    patient_close(&patient);
}

static done_t tell(const call_t *call, const report_t *reports, size_t n)
{
    severity_t worst = FOUND_OK;
    for (size_t i = 0; i < n; i++) {
        severity_t of = findings_worst(&reports[i].findings);
        worst = of > worst ? of : worst;
        if (call->common.json)
            report_print_json(&reports[i], stdout);
        else
            report_print(&reports[i], stdout);
    }
    return worst >= FOUND_WARNING ? DONE_NO : DONE_OK;
}

static done_t unknown(const call_t *call, const cause_t *why)
{
    const doctor_options_t *o = call->options;
    if (!o->check)
        return call_fail(call, DONE_USAGE, "%s", why->text);
    printf("DABYL UNKNOWN - %s\n", why->text);
    return (done_t)UNKNOWN;
}

static done_t run(const call_t *call)
{
    const doctor_options_t *o = call->options;
    report_t reports[KINDS];
    cause_t why;
    size_t n = 0;
    if (call->operands > 1)
        return call_usage(call, say("one folder at most"));
    char real[PATH_MAX];
    const char *folder = realpath(find_folder(call), real);
    if (!folder)
        folder = find_folder(call);
    unsigned kinds = patient_kinds(folder, &why);
    if (!kinds)
        return unknown(call, &why);
    for (unsigned kind = PATIENT_HUB; kind <= PATIENT_CA; kind <<= 1)
        if (kinds & kind)
            examine(&reports[n++], (patient_kind_t)kind, folder);
    done_t done =
        o->check ? (done_t)report_check(reports, n, stdout) : tell(call, reports, n);
    for (size_t i = 0; i < n; i++)
        findings_close(&reports[i].findings);
    return done;
}

const command_t cmd_doctor = {
    .name = "doctor",
    .operands = "[DIR]",
    .summary = "look for what is wrong with a hub, a node or a CA, and say what to do",
    .options = options,
    .options_size = sizeof(doctor_options_t),
    .run = run,
    .notes =
        "Changes nothing.  Exit code 1: something needs a person.  With --check: 0 OK,\n"
        "1 WARNING, 2 CRITICAL, 3 UNKNOWN, and one line with what was measured.\n",
};
