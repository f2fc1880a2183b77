// dabyl trace - hashes files where they lie and writes the manifest that hands them over;
// or looks whether they are still what a manifest says.
//
// A manifest that left something out without saying so would be worse than none: what
// cannot be hashed stops it, or stands in its description.

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/pki/cert.h"
#include "nodes/cli/input.h"
#include "nodes/cli/progress.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_paths.h"
#include "nodes/inbox/mail.h"
#include "nodes/tools/manifest.h"
#include "nodes/tools/trace_check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DOCUMENT_MAX = 1024 * 1024 - 4096 }; // a hub's limit, less what the node adds

typedef struct {
    manifest_t manifest;
    const char *base, *into, *check;
    bool skip;
} options_t;

#define OF_MANIFEST(field) offsetof(options_t, manifest.field)

static const option_t options[] = {
    {"incident", OPTION_TEXT, OF_MANIFEST(incident), "ID|NUMBER", NULL,
        "the incident that they are traces of: any message of its thread"},
    {"author", OPTION_TEXT, OF_MANIFEST(author), "NODE", NULL,
        "who wrote the notice, where this node has it neither in inbox/ nor in sent/"},
    {"to", OPTION_TEXT, OF_MANIFEST(to), "NODE", NULL, "hand custody over to this node"},
    {"former", OPTION_TEXT, OF_MANIFEST(former), "ID|NUMBER", NULL,
        "the manifest by which they came here, or the one that was declined"},
    {"officer", OPTION_TEXT, OF_MANIFEST(officer), "NAME", NULL,
        "the person who answers for them"},
    {"holder", OPTION_TEXT, OF_MANIFEST(holder), "TEXT", NULL,
        "who keeps them, in words; else this node"},
    {"place", OPTION_TEXT, OF_MANIFEST(place), "TEXT", NULL, "where"},
    {"since", OPTION_TEXT, OF_MANIFEST(since), "MOMENT", NULL, "since when; else now"},
    {"type", OPTION_TEXT, OF_MANIFEST(type), "TYPE", NULL,
        "log, report, form, disk-image, memory-image, network-capture, sample, other"},
    {"origin", OPTION_TEXT, OF_MANIFEST(origin), "TEXT", NULL,
        "the device or system they were taken from"},
    {"marking", OPTION_TEXT, OF_MANIFEST(marking), "TLP", "TLP:AMBER+STRICT",
        "who may have the manifest"},
    {"summary", OPTION_TEXT, OF_MANIFEST(summary), "TEXT", NULL,
        "one sentence for people"},
    {"base", OPTION_TEXT, offsetof(options_t, base), "DIR", NULL,
        "write paths as seen from here; with --check, look for such below it"},
    {"skip", OPTION_FLAG, offsetof(options_t, skip), NULL, NULL,
        "leave out what cannot be hashed, and say so in the manifest"},
    {"into", OPTION_TEXT, offsetof(options_t, into), "FILE", NULL,
        "write the manifest there; else to standard output"},
    {"check", OPTION_TEXT, offsetof(options_t, check), "FILE|ID|NUMBER", NULL,
        "hash the files of this manifest again, and say which are not what they were"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// Where what cannot be hashed is noted, while a line says how far the rest is.
typedef struct {
    buf_t *left_out;
    progress_t *progress;
} noter_t;

static void note_bad(void *context, const char *path, const char *why)
{
    const noter_t *noter = context;
    char text[1024];
    (void)snprintf(text, sizeof text, "%s: %s", path, why);
    text_clean(text);
    progress_end(noter->progress);
    fprintf(stderr, say("dabyl trace: %s\n"), text);
    buf_printf(noter->left_out, "%s\n", text);
}

static done_t write_document(const call_t *call, const json_t *document)
{
    const options_t *o = call->options;
    cause_t why;
    done_t done = DONE_OK;
    char *text = json_dumps(document, JSON_INDENT(1));
    if (!text)
        abort();
    size_t size = strlen(text);
    if (size > DOCUMENT_MAX)
        done = call_fail(call, DONE_NO,
            "the manifest would be too large for one message, %zu bytes: give the files "
            "several",
            size);
    else if (!o->into)
        puts(text);
    else if (file_create(o->into, span_of(text, size), 0600, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    free(text);
    return done;
}

static done_t write_manifest(
    const call_t *call, const char *node, const traces_t *traces, span_t left_out)
{
    const options_t *o = call->options;
    manifest_t manifest = o->manifest;
    cause_t why;
    cert_t cert = {0};
    char path[PATH_MAX];
    char *base = o->base ? realpath(o->base, NULL) : NULL;
    if (o->base && !base)
        return call_fail(call, DONE_NO, "%s: there is no such folder", o->base);
    manifest.lang = call_lang(call);
    manifest.base = base;
    manifest.left_out = left_out;
    node_path(node, NODE_SEAL_CERTIFICATE, path);
    if (!manifest.holder && cert_read(&cert, path, &why) == 0)
        manifest.holder = cert.name;
    json_t *document =
        manifest.holder ? manifest_new(&manifest, node, traces, &why) : NULL;
    done_t done = document ? write_document(call, document)
                           : call_fail(call, DONE_NO, "%s", why.text);
    json_decref(document);
    cert_close(&cert);
    free(base);
    return done;
}

// What there is to be hashed, where nothing of it is a folder; 0: nobody knows.
static uint64_t size_of(const call_t *call)
{
    uint64_t size = 0;
    struct stat info;
    for (int i = 0; i < call->operands; i++) {
        if (lstat(call->operand[i], &info) != 0 || !S_ISREG(info.st_mode))
            return 0;
        size += (uint64_t)info.st_size;
    }
    return size;
}

static done_t trace_files(const call_t *call, const char *node)
{
    const options_t *o = call->options;
    progress_t progress;
    progress_begin(&progress, say("hashing"), PROGRESS_BYTES);
    traces_t traces = {.watch = {progress_show, &progress, 0, size_of(call)}};
    buf_t left_out = {0};
    noter_t noter = {&left_out, &progress};
    cause_t why;
    done_t done = DONE_OK;
    for (int i = 0; done == DONE_OK && i < call->operands; i++)
        if (traces_add(&traces, call->operand[i], note_bad, &noter, &why) != 0)
            done = call_fail(call, DONE_NO, "%s", why.text);
    progress_end(&progress);
    if (done == DONE_OK && left_out.size > 0 && !o->skip)
        done = call_fail(call, DONE_NO,
            "nothing was written: name these otherwise, or leave them out with --skip");
    else if (done == DONE_OK && traces.n == 0)
        done = call_fail(call, DONE_NO, "there is no file in what was named");
    else if (done == DONE_OK)
        done = write_manifest(call, node, &traces, buf_span(&left_out));
    buf_destroy(&left_out);
    traces_close(&traces);
    return done;
}

// A file, or what this node has in its folders.
static json_t *read_manifest(const call_t *call, const char *wanted, cause_t *why)
{
    buf_t bytes = {0};
    mail_t mail = {0};
    json_error_t error;
    json_t *root = NULL;
    const char *node;
    if (strcmp(wanted, "-") == 0 || access(wanted, F_OK) == 0) {
        if (input_read(wanted, &bytes, why) == 0 &&
            !(root = json_loadb((const char *)bytes.data, bytes.size, 0, &error)))
            (void)cause_set(why, "%s:%d: %s", wanted, error.line, error.text);
    } else if ((node = call_node(call, why)) != NULL &&
               mail_open_here(&mail, node, wanted, why) == 0) {
        root = json_incref(mail.root);
    }
    mail_close(&mail);
    buf_destroy(&bytes);
    return root;
}

static done_t check_files(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    json_t *manifest = read_manifest(call, o->check, &why);
    if (!manifest)
        return call_fail(call, DONE_NO, "%s", why.text);
    done_t done = trace_check(call, manifest, o->base ? o->base : ".");
    json_decref(manifest);
    return done;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    if (o->check)
        return call->operands == 0
                   ? check_files(call)
                   : call_usage(call, "--check looks at all files of the manifest");
    if (call->operands == 0)
        return call_usage(call, "which files?");
    if (!o->manifest.incident && !o->manifest.former)
        return call_usage(call, "of which incident?  Or name the --former manifest");
    const char *node = call_node(call, &why);
    return node ? trace_files(call, node) : call_fail(call, DONE_USAGE, "%s", why.text);
}

const command_t cmd_trace = {
    .name = "trace",
    .operands = "PATH...",
    .summary = "hash files where they lie, for a manifest of digital traces",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .pages = true,
    .notes = "Nothing is copied, and nothing sent:\n\n"
             "  dabyl trace /srv/evidence --incident 12 --to nccis --into manifest.json\n"
             "  dabyl send manifest.json            offers custody to nccis\n"
             "  dabyl trace --check manifest.json   are they still what they were?\n",
};
