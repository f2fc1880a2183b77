// attachment_server - judges by what was folded, lets the vault do the work, and sends
// its answers.
//
// Between asking the vault and its answer only the node's name is kept: the session may
// be another one by then, or gone.  What became whole is drafted as an entry; whether
// that was written is seen after the turn's batch, by whether it was folded.

#include "hub/attach/attachment_server.h"

#include "hub/attach/vault.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/message/attachment.h"
#include "lib/message/frame.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWERS_A_TURN = 16, DAY_MS = 24 * 3600 * 1000 };

// Bytes that a node may leave unread and be given more of.
enum { UNSENT_MAX = 8 << 20 };

struct attachment_server {
    attachment_server_setup_t setup;
    vault_t *vault;
    depot_key_t drafted[ANSWERS_A_TURN]; // entries of this turn
    size_t drafts;
    attachment_server_full_t full;
    refused_t *refused; // scratch
    buf_t out;
};

attachment_server_t *attachment_server_open(
    const attachment_server_setup_t *setup, cause_t *why)
{
    const hub_options_t *options = setup->options;
    depot_options_t depot = {.folder = options->attachments,
        .total_bytes = (uint64_t)options->attachment_total,
        .share_bytes = (uint64_t)options->attachment_share,
        .reserve_bytes = (uint64_t)options->attachment_reserve,
        .keep_ms = options->attachment_days * DAY_MS};
    attachment_server_t *self = memory_new(1, sizeof *self);
    self->setup = *setup;
    self->refused = memory_new(1, sizeof *self->refused);
    self->vault = vault_open(&depot, (uint32_t)options->attachment_piece, why);
    if (!self->vault)
        attachment_server_close(&self);
    return self;
}

void attachment_server_close(attachment_server_t **self_p)
{
    attachment_server_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    vault_close(&self->vault);
    free(self->refused);
    buf_destroy(&self->out);
    free(self);
}

// Whether this author has handed it in, and which entry says so.
static bool handed_in(const attachment_server_t *self, const hash_t *digest,
    const char *author, uint64_t *position)
{
    cause_t why;
    int inbox = inboxes_of(self->setup.inboxes, author, &why);
    return inbox >= 0 &&
           attachments_entry(self->setup.attachments, digest, inbox, position);
}

static void send_refusal(attachment_server_t *self, const session_t *session,
    const hash_t *digest, const refusal_t *refusal)
{
    refusals_count(self->setup.refusals, session->node, refusal->code);
    self->refused->n = 1;
    self->refused->item[0] =
        (refused_item_t){*digest, span_text(refusal->code), span_text(refusal->pointer),
            span_text(refusal->by), span_text(refusal->text), refusal->retry};
    buf_t frame = {0};
    refused_put(&frame, self->refused);
    reception_answer(self->setup.reception, session->slot, &frame);
}

static void refuse_later(attachment_server_t *self, const session_t *session,
    const hash_t *digest, const char *code, const char *text)
{
    refusal_t refusal;
    (void)refuse(&refusal, code, "", "", "%s", text);
    refusal.retry = true;
    send_refusal(self, session, digest, &refusal);
}

static void ask(
    attachment_server_t *self, session_t *session, vault_job_t *job, bool *owed)
{
    memcpy(job->key.node, session->node, sizeof job->key.node);
    if (*owed)
        refuse_later(self, session, &job->key.digest, "flow.window",
            "wait for the answer to the one before");
    else if (vault_ask(self->vault, job))
        *owed = true;
    else
        refuse_later(self, session, &job->key.digest, "rate.limit",
            "too many nodes hand in or fetch attachments now");
}

// Whether this node may hand that in; answered when not, or when it has done so before.
static bool may_give(attachment_server_t *self, const session_t *session,
    const hash_t *digest, uint64_t size)
{
    refusal_t refusal;
    uint64_t position;
    int64_t limit = self->setup.options->attachment_bytes;
    if (attachments_give(
            self->setup.attachments, digest, size, session->inbox, &refusal) != 0)
        send_refusal(self, session, digest, &refusal);
    else if (attachments_entry(
                 self->setup.attachments, digest, session->inbox, &position))
        answers_receipt(self->setup.answers, session->slot, position);
    else if (size > (uint64_t)limit) {
        (void)refuse(&refusal, "attachment.size", "", "attachments.bytes",
            "it has %" PRIu64 " bytes, the hub takes %" PRId64 " (operational default)",
            size, limit);
        send_refusal(self, session, digest, &refusal);
    } else {
        return true;
    }
    return false;
}

static int take_give(
    attachment_server_t *self, session_t *session, span_t frame, cause_t *why)
{
    give_t give;
    if (give_take(&give, frame, why) != 0)
        return -1;
    vault_job_t job = {
        .type = VAULT_GIVE, .key = {.digest = give.digest, .size = give.size}};
    if (may_give(self, session, &give.digest, give.size))
        ask(self, session, &job, &session->giving);
    return 0;
}

static int take_piece(
    attachment_server_t *self, session_t *session, span_t frame, cause_t *why)
{
    piece_t piece;
    if (piece_take(&piece, frame, why) != 0)
        return -1;
    if (piece.data.size > (size_t)self->setup.options->attachment_piece)
        return cause_set(why, "a PIECE of more bytes than HELD allows");
    vault_job_t job = {.type = VAULT_WRITE,
        .key = {.digest = piece.digest, .size = piece.size},
        .offset = piece.offset,
        .data = piece.data};
    if (may_give(self, session, &piece.digest, piece.size))
        ask(self, session, &job, &session->giving);
    return 0;
}

static int take_fetch(
    attachment_server_t *self, session_t *session, span_t frame, cause_t *why)
{
    fetch_t fetch;
    refusal_t refusal;
    if (fetch_take(&fetch, frame, why) != 0)
        return -1;
    vault_job_t job = {
        .type = VAULT_READ, .key = {.digest = fetch.digest}, .offset = fetch.offset};
    attachments_asker_t asker = {
        session->inbox, session->node, self->setup.inboxes, self->setup.history};
    if (attachments_fetch(self->setup.attachments, &fetch.digest, &asker, &refusal) != 0)
        send_refusal(self, session, &fetch.digest, &refusal);
    else if (gate_unsent(self->setup.gate, session->inbox) > UNSENT_MAX)
        refuse_later(self, session, &fetch.digest, "rate.limit",
            "read first what is on its way (operational default)");
    else
        ask(self, session, &job, &session->fetching);
    return 0;
}

int attachment_server_frame(
    attachment_server_t *self, session_t *session, int type, span_t frame, cause_t *why)
{
    switch (type) {
    case FRAME_GIVE:
        return take_give(self, session, frame, why);
    case FRAME_PIECE:
        return take_piece(self, session, frame, why);
    default:
        return take_fetch(self, session, frame, why);
    }
}

static session_t *session_of(attachment_server_t *self, const char *node)
{
    cause_t why;
    int inbox = inboxes_of(self->setup.inboxes, node, &why);
    return inbox < 0 ? NULL : sessions_of_inbox(self->setup.sessions, inbox);
}

static void settle(attachment_server_t *self, const depot_key_t *key)
{
    vault_job_t job = {.type = VAULT_SETTLE, .key = *key};
    (void)vault_ask(self->vault, &job); // its second name takes no room
}

static void add_entry(
    attachment_server_t *self, const depot_key_t *key, session_t *session)
{
    attachment_t attachment = {.digest = key->digest, .size = key->size};
    draft_t *draft = self->setup.draft;
    uint64_t position = draft_first(draft) + draft_count(draft);
    buf_clear(&self->out);
    attachment_print(&attachment, &self->out);
    bool good = readback_text(
        self->setup.readback, draft, "attachment", key->node, buf_span(&self->out));
    if (good && session)
        answers_receipt(self->setup.answers, session->slot, position);
    self->drafted[self->drafts++] = *key;
}

static bool drafted(const attachment_server_t *self, const depot_key_t *key)
{
    for (size_t i = 0; i < self->drafts; i++)
        if (hash_equal(&self->drafted[i].digest, &key->digest) &&
            strcmp(self->drafted[i].node, key->node) == 0)
            return true;
    return false;
}

// It came whole before it was erased, and nobody has heard of that yet.
static bool is_erased(
    attachment_server_t *self, const depot_key_t *key, const session_t *session)
{
    refusal_t refusal;
    cause_t why;
    int inbox = inboxes_of(self->setup.inboxes, key->node, &why);
    if (inbox < 0 || !attachments_is_erased(self->setup.attachments, &key->digest, inbox))
        return false;
    (void)attachments_give(
        self->setup.attachments, &key->digest, key->size, inbox, &refusal);
    if (session)
        send_refusal(self, session, &key->digest, &refusal);
    return true;
}

// One entry for each author and file, however often the vault says that it is whole: who
// asked in two sessions is answered twice.
static void enter(
    attachment_server_t *self, const depot_key_t *key, session_t *session, bool may_write)
{
    uint64_t position;
    if (is_erased(self, key, session))
        return;
    if (handed_in(self, &key->digest, key->node, &position)) {
        if (session)
            answers_receipt(self->setup.answers, session->slot, position);
    } else if (may_write && !drafted(self, key)) {
        add_entry(self, key, session);
    } else if (session && !may_write) {
        refuse_later(self, session, &key->digest, "disk.full",
            "the log has no room for its entry");
    }
}

void attachment_server_whole_turn(attachment_server_t *self, bool may_write)
{
    vault_answer_t answer;
    self->drafts = 0;
    while (self->drafts < ANSWERS_A_TURN && vault_take_whole(self->vault, &answer)) {
        session_t *session = session_of(self, answer.key.node);
        buf_destroy(&answer.frame);
        if (session)
            session->giving = false;
        enter(self, &answer.key, session, may_write);
    }
}

// The entries that were drafted are in the log by now, or there was no room for them.
static void settle_drafts(attachment_server_t *self)
{
    for (size_t i = 0; i < self->drafts; i++) {
        const depot_key_t *key = &self->drafted[i];
        uint64_t position;
        session_t *session = session_of(self, key->node);
        if (handed_in(self, &key->digest, key->node, &position))
            settle(self, key);
        else if (session)
            refuse_later(self, session, &key->digest, "disk.full",
                "the log has no room for its entry");
    }
    self->drafts = 0;
}

int attachment_server_erase(attachment_server_t *self, const hash_t *digest, cause_t *why)
{
    return vault_erase(self->vault, digest, why);
}

static void count_full(attachment_server_t *self, const vault_answer_t *answer)
{
    const char *by = answer->type == VAULT_REFUSED ? answer->no.refusal.by : "";
    self->full.total_bytes += strcmp(by, "attachments.total_bytes") == 0;
    if (strcmp(by, "attachments.node_bytes") != 0)
        return;
    self->full.node_bytes++;
    memcpy(self->full.node, answer->key.node, sizeof self->full.node);
}

const attachment_server_full_t *attachment_server_full(const attachment_server_t *self)
{
    return &self->full;
}

void attachment_server_turn(attachment_server_t *self)
{
    vault_answer_t answer;
    settle_drafts(self);
    for (int i = 0; i < ANSWERS_A_TURN && vault_take(self->vault, &answer); i++) {
        session_t *session = session_of(self, answer.key.node);
        count_full(self, &answer);
        if (answer.no.trouble.text[0])
            log_often(LOG_ERROR, "attachment.trouble", "node=%s reason=\"%s\"",
                answer.key.node, answer.no.trouble.text);
        if (session && answer.job == VAULT_READ)
            session->fetching = false;
        else if (session)
            session->giving = false;
        if (session && answer.type == VAULT_REFUSED)
            send_refusal(self, session, &answer.key.digest, &answer.no.refusal);
        else if (session)
            reception_answer(self->setup.reception, session->slot, &answer.frame);
        buf_destroy(&answer.frame);
    }
}

uint64_t attachment_server_used(const attachment_server_t *self)
{
    return vault_used(self->vault);
}

int attachment_server_fd(const attachment_server_t *self)
{
    return vault_fd(self->vault);
}
