// custody - the hub's rules see to it that only who was named takes over; here it is
// looked at once more, since a chain has to convince who trusts no hub.

#include "nodes/custody.h"

#include "lib/memory.h"
#include "nodes/proof.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *answer_of(const json_t *root)
{
    return mail_text(json_object_get(root, "body"), "answer");
}

static bool is_manifest(const json_t *root)
{
    return strcmp(mail_text(root, "kind"), "trace.manifest") == 0;
}

static bool names(const json_t *root, const char *field, const step_t *step)
{
    const json_t *reference = json_object_get(root, field);
    return reference && strcmp(mail_text(reference, "author"), step->author) == 0 &&
           strcmp(mail_text(reference, "id"), mail_text(step->mail.root, "id")) == 0;
}

static bool follows(const step_t *step, const step_t *before)
{
    const json_t *root = step->mail.root;
    if (step->type == STEP_RETRACTS)
        return names(root, "cancels", before);
    return is_manifest(before->mail.root) &&
           (names(root, "re", before) || names(root, "supersedes", before) ||
               names(root, "cancels", before));
}

// False: it has nothing to do with custody.
static bool type_of(const json_t *root, step_type_t *type)
{
    const char *answer = answer_of(root);
    bool manifest = is_manifest(root);
    bool answers = strcmp(mail_text(root, "kind"), "acknowledgement") == 0;
    if (manifest)
        *type = json_object_get(root, "cancels")      ? STEP_WITHDRAWS
                : json_object_get(root, "supersedes") ? STEP_CORRECTS
                : json_object_get(root, "to")         ? STEP_OFFERS
                                                      : STEP_HOLDS;
    else if (!answers || strncmp(answer, "custody-", 8) != 0)
        return false;
    else
        *type = json_object_get(root, "cancels")       ? STEP_RETRACTS
                : strcmp(answer, "custody-taken") == 0 ? STEP_TAKES
                                                       : STEP_DECLINES;
    return true;
}

static void count_files(step_t *step)
{
    const json_t *body = json_object_get(step->mail.root, "body");
    const json_t *traces = json_object_get(body, "traces");
    step->files = json_array_size(traces);
    for (size_t i = 0; i < step->files; i++) {
        const json_t *trace = json_array_get(traces, i);
        json_int_t size =
            json_integer_value(json_object_get(json_object_get(trace, "file"), "size"));
        step->bytes += size > 0 ? (uint64_t)size : 0;
    }
}

// A node's keys, as `dabyl verify` takes them from its folder.
typedef struct {
    log_vkey_t vkey;
    keyring_t *keys;
    memo_t memo;
} trust_t;

static int read_vkey(trust_t *self, const char *node, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    int result = path_join(path, sizeof path, node, "hub.vkey", why);
    if (result == 0)
        result = file_read(path, VKEY_MAX, &text, why);
    span_t line = buf_span(&text);
    while (line.size > 0 && line.data[line.size - 1] == '\n')
        line.size--;
    if (result == 0 && log_vkey_parse(&self->vkey, line, why) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&text);
    return result;
}

static int read_keys(trust_t *self, const char *node, cause_t *why)
{
    char ca[PATH_MAX], crl[PATH_MAX], own[PATH_MAX], known[PATH_MAX];
    if (path_join(ca, sizeof ca, node, "certs/ca.pem", why) != 0 ||
        path_join(crl, sizeof crl, node, "certs/crl.pem", why) != 0 ||
        path_join(own, sizeof own, node, "certs/seal.pem", why) != 0 ||
        path_join(known, sizeof known, node, "certs/known", why) != 0)
        return -1;
    self->keys = keyring_new();
    if (keyring_trust(self->keys, ca, access(crl, R_OK) == 0 ? crl : NULL, why) != 0 ||
        keyring_add_file(self->keys, own, why) != 0)
        return -1;
    return access(known, R_OK) == 0 ? keyring_add_folder(self->keys, known, why) : 0;
}

static void prove(trust_t *trust, step_t *step)
{
    proof_trust_t by = {trust->keys, trust->vkey.origin, &trust->memo};
    proven_t proven;
    char stem[PATH_MAX];
    (void)snprintf(stem, sizeof stem, "%s", step->mail.path);
    stem[strlen(stem) - strlen(".json")] = 0;
    step->proven = proof_files(&by, &trust->vkey, stem, &proven, &step->why) == 0;
    if (!step->proven)
        return;
    step->signers = proven.signers.n;
    for (size_t i = 0; i < proven.signers.n; i++)
        memcpy(step->signer[i], proven.signers.cert[i]->name, NODE_ID_MAX);
}

static bool known(const custody_t *self, const step_t *step)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->step[i].author, step->author) == 0 &&
            strcmp(mail_text(self->step[i].mail.root, "id"),
                mail_text(step->mail.root, "id")) == 0)
            return true;
    return false;
}

// Takes the mail over, or closes it.
static void add(custody_t *self, trust_t *trust, mail_t *mail)
{
    step_t step = {.mail = *mail, .chain = SIZE_MAX};
    const char *to =
        json_string_value(json_array_get(json_object_get(mail->root, "to"), 0));
    (void)snprintf(step.author, sizeof step.author, "%s", mail_text(mail->root, "from"));
    if (!type_of(mail->root, &step.type) || known(self, &step)) {
        mail_close(mail);
        return;
    }
    if (is_manifest(mail->root) && to && step.type != STEP_WITHDRAWS)
        (void)snprintf(step.to, sizeof step.to, "%s", to);
    count_files(&step);
    prove(trust, &step);
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->step = memory_grow(self->step, self->room, sizeof *self->step);
    }
    self->step[self->n++] = step;
}

static int read_folder(
    custody_t *self, trust_t *trust, const char *node, const char *name, cause_t *why)
{
    char folder[PATH_MAX];
    names_t files = {0};
    if (path_join(folder, sizeof folder, node, name, why) != 0 ||
        names_list(&files, folder, ".json", why) != 0)
        return -1;
    for (size_t i = 0; i < files.n; i++) {
        mail_t mail;
        cause_t ignored; // one that cannot be read is shown by `dabyl inbox`
        if (mail_open(&mail, folder, files.name[i], &ignored) == 0)
            add(self, trust, &mail);
    }
    names_free(&files);
    return 0;
}

static int by_position(const void *a, const void *b)
{
    const leaf_t *x = &((const step_t *)a)->mail.leaf,
                 *y = &((const step_t *)b)->mail.leaf;
    return (x->position > y->position) - (x->position < y->position);
}

// Steps that name each other are of one chain; what is named comes before.
static void find_chains(custody_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        step_t *step = &self->step[i];
        for (size_t k = 0; k < i && step->chain == SIZE_MAX; k++)
            if (follows(step, &self->step[k]))
                step->chain = self->step[k].chain;
        if (step->chain == SIZE_MAX)
            step->chain = self->chains++;
    }
}

static size_t missing(const json_t *from, const json_t *in)
{
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(from); i++) {
        const char *sha256_hex =
            mail_text(json_object_get(json_array_get(from, i), "file"), "sha256");
        bool found = false;
        for (size_t k = 0; !found && k < json_array_size(in); k++)
            found = strcmp(sha256_hex,
                        mail_text(json_object_get(json_array_get(in, k), "file"),
                            "sha256")) == 0;
        n += !found;
    }
    return n;
}

static const step_t *before(const custody_t *self, const step_t *step)
{
    for (const step_t *at = step; at > self->step; at--)
        if (follows(step, at - 1))
            return at - 1;
    return NULL;
}

static void compare_files(custody_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        step_t *step = &self->step[i];
        const step_t *earlier = is_manifest(step->mail.root) ? before(self, step) : NULL;
        if (!earlier)
            continue;
        const json_t *here =
            json_object_get(json_object_get(step->mail.root, "body"), "traces");
        const json_t *there =
            json_object_get(json_object_get(earlier->mail.root, "body"), "traces");
        step->more = missing(here, there);
        step->fewer = missing(there, here);
    }
}

// Who could do this: answer, whom the manifest offered to; hand on, who holds it.
static bool may(const custody_t *self, const step_t *step, const step_t *holder)
{
    const step_t *about = before(self, step);
    if (step->type == STEP_TAKES || step->type == STEP_DECLINES)
        return about && about->counts && strcmp(about->to, step->author) == 0;
    if (step->type == STEP_RETRACTS)
        return about && about->counts && strcmp(about->author, step->author) == 0;
    return !holder || strcmp(holder->author, step->author) == 0;
}

// It is as it was before this answer: the offer's author holds it.
static void undo(const custody_t *self, chain_t *chain, const step_t *answer)
{
    const step_t *offer = before(self, answer);
    if (chain->holder && chain->holder->type == STEP_TAKES &&
        before(self, chain->holder) == offer)
        chain->holder = offer;
    chain->offer = offer;
}

static void take_step(const custody_t *self, chain_t *chain, const step_t *step)
{
    switch (step->type) {
    case STEP_TAKES:
        chain->holder = step;
        chain->offer = NULL;
        break;
    case STEP_DECLINES:
        undo(self, chain, step); // it may correct a taking
        chain->offer = NULL;
        break;
    case STEP_RETRACTS:
        undo(self, chain, before(self, step));
        break;
    case STEP_WITHDRAWS:
        chain->offer = NULL;
        break;
    case STEP_HOLDS:
    case STEP_OFFERS:
    case STEP_CORRECTS:
        if (!chain->holder)
            chain->holder = step;
        chain->offer = step->to[0] ? step : NULL;
        break;
    }
}

static bool begins(const step_t *step)
{
    const json_t *body = json_object_get(step->mail.root, "body");
    return (step->type == STEP_HOLDS || step->type == STEP_OFFERS) &&
           !json_object_get(body, "former");
}

static void fold(custody_t *self)
{
    self->chain = memory_new(self->chains, sizeof *self->chain);
    for (size_t i = 0; i < self->n; i++) {
        step_t *step = &self->step[i];
        chain_t *chain = &self->chain[step->chain];
        if (!chain->first)
            *chain = (chain_t){.first = step, .whole = begins(step), .good = true};
        step->counts = step->proven && may(self, step, chain->holder);
        chain->good = chain->good && step->counts;
        if (step->counts)
            take_step(self, chain, step);
    }
}

int custody_open(custody_t *self, const char *node, cause_t *why)
{
    trust_t trust = {0};
    *self = (custody_t){0};
    int result = read_vkey(&trust, node, why);
    if (result == 0)
        result = read_keys(&trust, node, why);
    if (result == 0)
        result = read_folder(self, &trust, node, "inbox", why);
    if (result == 0)
        result = read_folder(self, &trust, node, "sent", why);
    keyring_destroy(&trust.keys);
    if (self->n > 0)
        qsort(self->step, self->n, sizeof *self->step, by_position);
    find_chains(self);
    compare_files(self);
    fold(self);
    return result;
}

void custody_close(custody_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        mail_close(&self->step[i].mail);
    free(self->step);
    free(self->chain);
    *self = (custody_t){0};
}

long custody_chain_of(const custody_t *self, const char *wanted)
{
    uint64_t number = 0;
    if (!decimal_decode(span_text(wanted[0] == '#' ? wanted + 1 : wanted), &number))
        number = 0;
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(mail_text(self->step[i].mail.root, "id"), wanted) == 0 ||
            (number > 0 && self->step[i].mail.number == number))
            return (long)self->step[i].chain;
    return -1;
}
