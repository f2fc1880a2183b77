// submit - the id is given here, not by the node, so that the outcome can be recognised
// by its file name: sent/ID.json with its proof, or refused/ID.json with its reason.

#include "nodes/tools/submit.h"

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/json/value_json.h"
#include "lib/message/document.h"
#include "lib/tlog/note.h"
#include "nodes/cli/handover.h"
#include "nodes/inbox/mail.h"
#include "nodes/inbox/routes.h"
#include "nodes/roles/placeholder.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// The hub says its own limits at the handshake; these only catch what no hub would take.
static const document_limits_t limits = {.size = 1024 * 1024, .depth = 64};

enum { SIDE_FILE_MAX = 1024 * 1024, SPOOL_FILE_MAX = 1024 * 1024 * 1024 };

static int path_of(const submit_t *self, const char *folder, const char *ending,
    char out[PATH_MAX], cause_t *why)
{
    char name[NAME_MAX];
    snprintf(name, sizeof name, "%s/%s%s", folder, self->id, ending);
    return path_join(out, PATH_MAX, self->node, name, why);
}

// The document as JSON that an id can be put into; the caller owns it, NULL when refused.
static json_t *load(span_t document, refusal_t *refusal)
{
    value_t *value;
    json_t *root = NULL;
    if (document_load(document, &limits, &value, refusal) != 0)
        return NULL;
    if (document_declares_secret(value))
        (void)refuse(refusal, "secret.declared", "/state_secret", "488:2",
            "a state secret must not be sent over Dabyl; nothing was put into the "
            "outbox");
    else
        root = value_json(value);
    value_free(&value);
    return root;
}

static int check_template(const json_t *root, refusal_t *refusal)
{
    char pointer[160];
    if (placeholder_left(root, pointer, sizeof pointer))
        return refuse(refusal, "doc.schema", pointer, "template",
            "this still holds the template's words; write yours");
    return 0;
}

// Take the document's id, or give it one; `bytes` is then what goes into the outbox.
static int settle_id(submit_t *self, json_t *root, buf_t *bytes, refusal_t *refusal)
{
    const json_t *given = json_object_get(root, "id");
    if (given) {
        const char *text = json_string_value(given);
        if (!text || !uuid7_valid(span_text(text)))
            return refuse(refusal, "doc.schema", "/id", "",
                "an id is a lower-case UUID of version 7; leave it out to be given one");
        snprintf(self->id, sizeof self->id, "%s", text);
        return 0;
    }
    uuid7_new(clock_now().wall_ms, self->id);
    json_object_set_new(root, "id", json_string(self->id));
    char *text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
    if (!text)
        return refuse(
            refusal, "doc.syntax", "", "", "the document cannot be written again");
    buf_clear(bytes);
    buf_put_text(bytes, text);
    buf_put_text(bytes, "\n");
    free(text);
    return 0;
}

// Whether a document says what ours does; the node's additions aside.
static bool has_words(const json_t *document, const json_t *words)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)words, key,
        value) if (!json_equal(value, json_object_get(document, key))) return false;
    return true;
}

static json_t *load_from(const submit_t *self, const char *folder)
{
    char path[PATH_MAX];
    cause_t ignored;
    return path_of(self, folder, ".json", path, &ignored) == 0 ? mail_load(path, &ignored)
                                                               : NULL;
}

// The same id may only be sent again with the same words, also while the others wait.
static int check_before(const submit_t *self, refusal_t *refusal)
{
    json_t *sent = load_from(self, "sent"), *waits = load_from(self, "outbox");
    int result = 0;
    if (sent && !has_words(sent, self->words))
        result = refuse(refusal, "id.reused", "/id", "",
            "this node has sent another message with the id %s", self->id);
    else if (waits && !has_words(waits, self->words))
        result = refuse(refusal, "id.reused", "/id", "",
            "another message with the id %s waits in the outbox; take it out to send "
            "this one in its place",
            self->id);
    json_decref(sent);
    json_decref(waits);
    return result;
}

static ino_t refused_file(const submit_t *self)
{
    char path[PATH_MAX];
    cause_t ignored;
    struct stat info;
    if (path_of(self, "refused", ".json.reason.json", path, &ignored) != 0 ||
        stat(path, &info) != 0)
        return 0;
    return info.st_ino;
}

static bool waits_already(const submit_t *self)
{
    json_t *there = load_from(self, "outbox");
    bool same = there && has_words(there, self->words);
    json_decref(there);
    return same;
}

static int put_into_outbox(submit_t *self, span_t bytes, cause_t *why)
{
    char path[PATH_MAX];
    if (submit_look(self, why) != 0)
        return -1;
    if (self->state == SUBMIT_SENT)
        return 0; // the receipt is here already
    self->refused_before = refused_file(self);
    self->state = SUBMIT_WAITING;
    json_decref(self->reason);
    self->reason = NULL;
    if (path_of(self, "outbox", ".json", path, why) != 0)
        return -1;
    // Over nothing: what is in the outbox was promised to go.
    int result = handover_new(self->node, path, bytes, why);
    return result == 0 || waits_already(self) ? 0 : -1;
}

int submit_put(
    submit_t *self, const char *node, span_t document, refusal_t *refusal, cause_t *why)
{
    *self = (submit_t){.node = node};
    *refusal = (refusal_t){0};
    json_t *root = load(document, refusal);
    buf_t bytes = {0};
    buf_put_span(&bytes, document);
    int result = root ? check_template(root, refusal) : -1;
    if (result == 0)
        result = settle_id(self, root, &bytes, refusal);
    self->words = root;
    if (result == 0)
        result = check_before(self, refusal);
    if (result == 0)
        result = put_into_outbox(self, buf_span(&bytes), why);
    if (result != 0)
        submit_close(self);
    buf_destroy(&bytes);
    return result;
}

// Between outbox and sent the node keeps sealed messages in parcels of its own form; that
// the id is in one of them is all that has to be known here.
static bool is_spooled(const submit_t *self)
{
    char folder[PATH_MAX], path[PATH_MAX];
    names_t names = {0};
    cause_t ignored;
    bool found = false;
    if (path_join(folder, sizeof folder, self->node, "state/spool", &ignored) != 0 ||
        names_list(&names, folder, "", &ignored) != 0)
        return false;
    for (size_t i = 0; i < names.n && !found; i++) {
        buf_t bytes = {0};
        if (path_join(path, sizeof path, folder, names.name[i], &ignored) == 0 &&
            file_read_plain(path, SPOOL_FILE_MAX, &bytes, &ignored) == 0)
            found = memmem(bytes.data, bytes.size, self->id, strlen(self->id)) != NULL;
        buf_destroy(&bytes);
    }
    names_free(&names);
    return found;
}

// A file that was taken out of the outbox and is not sealed yet.
static bool is_taken(const submit_t *self)
{
    static const char *const roots[] = {"state/taken", "outbox/.taken"};
    char folder[PATH_MAX], path[PATH_MAX];
    cause_t ignored;
    bool found = false;
    for (size_t r = 0; r < 2 && !found; r++) {
        names_t batches = {0};
        if (path_join(folder, sizeof folder, self->node, roots[r], &ignored) != 0 ||
            names_list(&batches, folder, "", &ignored) != 0)
            continue;
        for (size_t i = 0; i < batches.n && !found; i++)
            found = (size_t)snprintf(path, sizeof path, "%s/%s/%s.json", folder,
                        batches.name[i], self->id) < sizeof path &&
                    access(path, F_OK) == 0;
        names_free(&batches);
    }
    return found;
}

int submit_again(submit_t *self, const char *node, const char *id, cause_t *why)
{
    *self = (submit_t){.node = node};
    char path[PATH_MAX];
    if (!uuid7_valid(span_text(id)))
        return cause_set(why, "'%s' is no message id", id);
    snprintf(self->id, sizeof self->id, "%s", id);
    ino_t refused_before = refused_file(self);
    // In the order in which the node moves it, so that it is not missed on its way.
    static const char *const places[][2] = {{"outbox", ".json"}, {NULL, NULL},
        {"sent", ".json"}, {"refused", ".json.reason.json"}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (places[i][0] && path_of(self, places[i][0], places[i][1], path, why) != 0)
            return -1;
        bool there = places[i][0] ? access(path, F_OK) == 0 : is_taken(self);
        // Before it is sealed, what refused it was about an earlier try.
        if (there && i < 2)
            self->refused_before = refused_before;
        if (there || (!places[i][0] && is_spooled(self)))
            return 0;
    }
    return cause_set(why, "%s has never had a message %s to send", node, id);
}

static int read_receipt(submit_t *self, span_t proof_text, cause_t *why)
{
    tlog_proof_t proof = {0};
    if (tlog_proof_parse(&proof, proof_text, why) != 0)
        return -1;
    int result = leaf_take(&self->leaf, proof.extra, why);
    tlog_proof_close(&proof);
    return result;
}

static int read_told(submit_t *self, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    cause_t missing;
    if (path_of(self, "sent", ".told", path, why) != 0)
        return -1;
    // A rule may tell the author nothing at all: then there may be no file.
    if (access(path, F_OK) == 0 &&
        file_read_plain(path, SIDE_FILE_MAX, &text, &missing) != 0)
        return cause_set(why, "%s", missing.text);
    json_decref(self->routes);
    self->routes = routes_json(buf_span(&text), why);
    buf_destroy(&text);
    return self->routes ? 0 : cause_prefix(why, "%s", path);
}

// Whether what lies there under our id is ours; what cannot be read tells nothing else.
static bool is_ours(const submit_t *self, const char *folder)
{
    json_t *document = self->words ? load_from(self, folder) : NULL;
    bool ours = !document || has_words(document, self->words);
    json_decref(document);
    return ours;
}

// The node writes the proof when the hub's receipt has come and was verified.
static int look_sent(submit_t *self, cause_t *why)
{
    char path[PATH_MAX], document[PATH_MAX];
    buf_t text = {0};
    if (path_of(self, "sent", ".tlog-proof", path, why) != 0 ||
        path_of(self, "sent", ".json", document, why) != 0)
        return -1;
    if (access(path, F_OK) != 0 || access(document, F_OK) != 0 || !is_ours(self, "sent"))
        return 0;
    int result = file_read_plain(path, SIDE_FILE_MAX, &text, why);
    if (result == 0 && read_receipt(self, buf_span(&text), why) != 0)
        result = cause_prefix(why, "%s", path);
    if (result == 0)
        result = read_told(self, why);
    if (result == 0)
        self->state = SUBMIT_SENT;
    buf_destroy(&text);
    return result;
}

static int look_refused(submit_t *self, cause_t *why)
{
    char path[PATH_MAX];
    ino_t there = refused_file(self);
    if (there == 0 || there == self->refused_before || !is_ours(self, "refused"))
        return 0;
    if (path_of(self, "refused", ".json.reason.json", path, why) != 0)
        return -1;
    self->reason = mail_load(path, why);
    if (!self->reason)
        return -1;
    self->state = SUBMIT_REFUSED;
    return 0;
}

int submit_look(submit_t *self, cause_t *why)
{
    if (self->state != SUBMIT_WAITING)
        return 0;
    if (look_sent(self, why) != 0)
        return -1;
    return self->state == SUBMIT_SENT ? 0 : look_refused(self, why);
}

bool submit_going(const char *node, const char *id)
{
    submit_t submit;
    cause_t ignored;
    bool going = submit_again(&submit, node, id, &ignored) == 0 &&
                 submit_look(&submit, &ignored) == 0 && submit.state == SUBMIT_WAITING;
    submit_close(&submit);
    return going;
}

int submit_watch(folder_watch_t *watch, const char *node, cause_t *why)
{
    char sent[PATH_MAX], refused[PATH_MAX];
    if (path_join(sent, sizeof sent, node, "sent", why) != 0 ||
        path_join(refused, sizeof refused, node, "refused", why) != 0)
        return -1;
    // Not watching is one thing, not being a node's folder another.
    if (access(sent, X_OK) != 0)
        return cause_errno(why, "%s", sent);
    folder_watch_set(watch, (const char *const[]){sent, refused}, 2);
    return 0;
}

int submit_wait(submit_t *self, folder_watch_t *watch, int64_t until_ms, cause_t *why)
{
    for (;;) {
        if (submit_look(self, why) != 0)
            return -1;
        if (self->state != SUBMIT_WAITING)
            return 0;
        int woken = folder_watch_wait(watch, until_ms, why);
        if (woken < 0)
            return -1;
        // What came in the last moment still counts.
        if (woken == 0)
            return submit_look(self, why);
    }
}

void submit_close(submit_t *self)
{
    json_decref(self->routes);
    json_decref(self->reason);
    json_decref(self->words);
    self->routes = self->reason = self->words = NULL;
}
