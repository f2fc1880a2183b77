// trace_check - the hash decides: a file whose time alone changed is what it was.

#include "nodes/tools/trace_check.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/times.h"
#include "nodes/cli/screen.h"
#include "nodes/inbox/mail.h"
#include "nodes/tools/traces.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

typedef enum { SAME, TOUCHED, CHANGED, GONE, UNREAD, STATES } state_t;

static const char *const words[] = {[SAME] = "same",
    [TOUCHED] = "touched",
    [CHANGED] = "changed",
    [GONE] = "gone",
    [UNREAD] = "unread"};

static const char *title(state_t state)
{
    switch (state) {
    case CHANGED:
        return say("CHANGED");
    case GONE:
        return say("GONE");
    case UNREAD:
        return say("NOT READ");
    default:
        return say("as it was");
    }
}

// One file, as the manifest has it and as it is.
typedef struct {
    const char *path;
    const json_t *file; // name, size, sha256
    bool dated;         // the manifest says when it was modified last
    int64_t modified_ms;
    state_t state;
    print_t print;
    cause_t why;
} checked_t;

static int find_file(const char *path, const char *base, char out[PATH_MAX], cause_t *why)
{
    if (path[0] == 0)
        return cause_set(why, "the manifest does not say where it lies");
    if (path[0] != '/')
        return path_join(out, PATH_MAX, base, path, why);
    if (strlen(path) >= PATH_MAX)
        return cause_set(why, "its path is too long");
    (void)snprintf(out, PATH_MAX, "%s", path);
    return 0;
}

static state_t compare(checked_t *checked)
{
    json_int_t size = json_integer_value(json_object_get(checked->file, "size"));
    const char *sha256_hex = mail_text(checked->file, "sha256");
    if (checked->print.size != (uint64_t)size) {
        (void)cause_set(&checked->why,
            "%" PRIu64 " bytes instead of %" JSON_INTEGER_FORMAT, checked->print.size,
            size);
        return CHANGED;
    }
    if (strcmp(checked->print.sha256, sha256_hex) != 0) {
        (void)cause_set(&checked->why, "SHA-256 %.16s... instead of %.16s...",
            checked->print.sha256, sha256_hex);
        return CHANGED;
    }
    return checked->dated && checked->modified_ms != checked->print.modified_ms ? TOUCHED
                                                                                : SAME;
}

static void check(checked_t *checked, const json_t *trace, const char *base)
{
    char path[PATH_MAX];
    *checked = (checked_t){.path = mail_text(trace, "path"),
        .file = json_object_get(trace, "file"),
        .state = UNREAD};
    checked->dated =
        time_parse(span_text(mail_text(trace, "modified_at")), &checked->modified_ms);
    if (find_file(checked->path, base, path, &checked->why) != 0)
        return;
    switch (trace_hash(path, &checked->print, &checked->why)) {
    case TRACE_GOOD:
        checked->state = compare(checked);
        break;
    case TRACE_GONE:
        checked->state = GONE;
        break;
    case TRACE_BAD:
        break;
    }
}

static void print_checked(const checked_t *checked)
{
    const char *name =
        checked->path[0] ? checked->path : mail_text(checked->file, "name");
    screen_paint(stdout, checked->state <= TOUCHED ? PAINT_GOOD : PAINT_BAD, "%s",
        title(checked->state));
    fputs("  ", stdout);
    screen_text(stdout, name);
    if (checked->state == TOUCHED)
        printf("  (%s)", say("its time changed, its contents did not"));
    else if (checked->state != SAME && checked->state != GONE) {
        fputs("  ", stdout);
        screen_text(stdout, checked->why.text);
    }
    fputc('\n', stdout);
}

static void print_json(const checked_t *checked)
{
    json_t *line = json_pack("{s:s, s:s, s:s, s:O*}", "path", checked->path, "state",
        words[checked->state], "why", checked->why.text, "file", checked->file);
    if (checked->print.sha256[0] && checked->state <= CHANGED)
        (void)json_object_set_new(line, "found",
            json_pack("{s:I, s:s}", "size", (json_int_t)checked->print.size, "sha256",
                checked->print.sha256));
    screen_json(stdout, line);
    json_decref(line);
}

done_t trace_check(const call_t *call, const json_t *manifest, const char *base)
{
    const json_t *traces = json_object_get(json_object_get(manifest, "body"), "traces");
    size_t count[STATES] = {0}, n = json_array_size(traces);
    if (strcmp(mail_text(manifest, "kind"), "trace.manifest") != 0 || n == 0)
        return call_fail(call, DONE_NO, "this is no trace.manifest");
    for (size_t i = 0; i < n; i++) {
        checked_t checked;
        check(&checked, json_array_get(traces, i), base);
        count[checked.state]++;
        if (call->common.json)
            print_json(&checked);
        else
            print_checked(&checked);
    }
    size_t same = count[SAME] + count[TOUCHED];
    if (!call->common.json) {
        printf(say("%zu of %zu files are what the manifest says"), same, n);
        fputc('\n', stdout);
    }
    return same == n ? DONE_OK : DONE_NO;
}
