// report - worst first for people; for a monitoring system the worst in one line.

#include "nodes/doctor/report.h"

#include "lib/base/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/doctor/doctor.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    const char *word; // English
    paint_t paint;
} mark_t;

static const mark_t marks[] = {
    [FOUND_OK] = {MARK("good"), PAINT_GOOD},
    [FOUND_NOTE] = {MARK("note"), PAINT_FAINT},
    [FOUND_UNSEEN] = {MARK("unseen"), PAINT_WARNING},
    [FOUND_WARNING] = {MARK("WARNING"), PAINT_WARNING},
    [FOUND_CRITICAL] = {MARK("CRITICAL"), PAINT_BAD},
};

// Below the folder that the head names, without it.
static const char *shorten(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && path[length] == '/' && path[length + 1]
               ? path + length + 1
               : path;
}

static void print_finding(const finding_t *finding, const char *folder, FILE *out)
{
    const mark_t *mark = &marks[finding->severity];
    screen_paint(out, mark->paint, "%s", say(mark->word));
    fprintf(out, "  %s: ", doctor_title(finding->check));
    if (finding->where[0]) {
        screen_text(out, shorten(finding->where, folder));
        (void)fputs(": ", out);
    }
    screen_text(out, finding->what);
    (void)fputc('\n', out);
    if (finding->advice[0]) {
        fprintf(out, "          %s ", say("do:"));
        screen_text(out, finding->advice);
        (void)fputc('\n', out);
    }
}

static void print_head(const report_t *self, FILE *out)
{
    const findings_t *all = &self->findings;
    screen_paint(out, PAINT_STRONG, "%s %s",
        self->kind == PATIENT_HUB    ? say_as("doctor", "hub")
        : self->kind == PATIENT_NODE ? say_as("doctor", "node")
                                     : say_as("doctor", "CA"),
        self->folder);
    fprintf(out, say(": %zu critical, %zu warnings, %zu notes, %zu unseen, %zu good\n"),
        findings_count(all, FOUND_CRITICAL), findings_count(all, FOUND_WARNING),
        findings_count(all, FOUND_NOTE), findings_count(all, FOUND_UNSEEN),
        findings_count(all, FOUND_OK));
}

void report_print(const report_t *self, FILE *out)
{
    print_head(self, out);
    for (int severity = FOUND_CRITICAL; severity >= FOUND_OK; severity--)
        for (size_t i = 0; i < self->findings.n; i++)
            if ((int)self->findings.finding[i].severity == severity)
                print_finding(&self->findings.finding[i], self->folder, out);
}

void report_print_json(const report_t *self, FILE *out)
{
    for (size_t i = 0; i < self->findings.n; i++) {
        const finding_t *finding = &self->findings.finding[i];
        json_t *line = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "folder", self->folder,
            "kind", patient_name(self->kind), "check", finding->check, "severity",
            severity_name(finding->severity), "where", finding->where, "text",
            finding->what, "do", finding->advice);
        screen_json(out, line);
        json_decref(line);
    }
}

// The bar ends the words, and the line's end the answer.
static void print_plain(FILE *out, const char *text)
{
    for (; *text; text++)
        (void)fputc(*text == '|' ? '/' : (unsigned char)*text < ' ' ? ' ' : *text, out);
}

// 'label'=value[unit];warn;critical, where a threshold from below is written "value:".
static void print_measure(const char *kind, const measure_t *measure, FILE *out)
{
    const char *colon = measure->low ? ":" : "";
    fprintf(out, " '%s_%s'=%" PRId64 "%s;", kind, measure->label, measure->value,
        strcmp(measure->unit, "B") == 0 || strcmp(measure->unit, "ms") == 0
            ? measure->unit
            : "");
    if (measure->warn != INT64_MAX)
        fprintf(out, "%" PRId64 "%s;%" PRId64 "%s", measure->warn, colon,
            measure->critical, colon);
    else
        (void)fputc(';', out);
}

static const finding_t *first_of(const report_t *reports, size_t n, severity_t severity)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < reports[i].findings.n; k++)
            if (reports[i].findings.finding[k].severity == severity)
                return &reports[i].findings.finding[k];
    return NULL;
}

static size_t count_all(const report_t *reports, size_t n, severity_t severity)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += findings_count(&reports[i].findings, severity);
    return count;
}

static void print_worst(const report_t *reports, size_t n, severity_t severity, FILE *out)
{
    const finding_t *worst = first_of(reports, n, severity);
    size_t count = count_all(reports, n, severity);
    if (!worst)
        return;
    print_plain(out, worst->check);
    (void)fputs(": ", out);
    if (worst->where[0]) {
        print_plain(out, worst->where);
        (void)fputs(": ", out);
    }
    print_plain(out, worst->what);
    if (count > 1)
        fprintf(out, " (and %zu more)", count - 1);
}

int report_check(const report_t *reports, size_t n, FILE *out)
{
    static const struct {
        severity_t severity;
        const char *word;
        int code;
    } states[] = {{FOUND_CRITICAL, "CRITICAL", 2}, {FOUND_WARNING, "WARNING", 1},
        {FOUND_UNSEEN, "UNKNOWN", 3}};
    int code = 0;
    for (size_t i = 0; i < sizeof states / sizeof *states && code == 0; i++)
        if (count_all(reports, n, states[i].severity) > 0) {
            code = states[i].code;
            fprintf(out, "DABYL %s - ", states[i].word);
            print_worst(reports, n, states[i].severity, out);
        }
    if (code == 0)
        fprintf(out, "DABYL OK - %zu checks are good", count_all(reports, n, FOUND_OK));
    (void)fputs(" |", out);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < reports[i].findings.measures; k++)
            print_measure(
                patient_name(reports[i].kind), &reports[i].findings.measure[k], out);
    (void)fputc('\n', out);
    return code;
}
