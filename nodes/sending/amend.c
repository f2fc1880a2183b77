// amend - what can be known here is said before anything is written: that the message is
// in no log yet, or that something else stands for it by now.  The rest the hub says.

#include "nodes/sending/amend.h"

#include "lib/base/catalogue.h"
#include "nodes/backup/chosen.h"
#include "nodes/sending/own.h"
#include "nodes/tools/dispatch.h"
#include "nodes/writing/writing.h"

#include <string.h>

// What nobody has needs no correction.
static done_t say_not_sent(const call_t *call, const own_t *own)
{
    if (own->state == OWN_REFUSED)
        return call_fail(call, DONE_NO,
            "%s was refused, and nobody has it: send another message instead", own->id);
    if (own->state == OWN_HELD)
        return call_fail(call, DONE_NO,
            "%s waits for officers, and nobody has it: dabyl cosign %s --discard takes "
            "it "
            "away",
            own->id, own->id);
    return call_fail(call, DONE_NO,
        "%s is not in the hub's log yet: try again when it is (dabyl sent show %s)",
        own->id, own->id);
}

// Only the newest of a chain is corrected, and nothing that was taken back.
static done_t say_amended(const call_t *call, const own_t *own, const amended_t *amended)
{
    if (amended->state == AMENDED_WITHDRAWN)
        return call_fail(
            call, DONE_NO, "%s was taken back already, by %s", own->id, amended->by.id);
    return call_fail(call, DONE_NO, "%s was corrected already: name what stands now, %s",
        own->id, amended->by.id);
}

static void name_original(basis_t *basis, const amend_t *how, const mail_t *mail)
{
    reference_t *original =
        how->as == AMENDED_CORRECTED ? &basis->supersedes : &basis->cancels;
    (void)snprintf(
        original->author, sizeof original->author, "%s", mail_text(mail->root, "from"));
    (void)snprintf(original->id, sizeof original->id, "%s", mail_text(mail->root, "id"));
}

static done_t write_it(const call_t *call, const char *node, const mail_t *mail,
    const amend_t *how, buf_t *document)
{
    writing_t writing;
    basis_t basis = {0};
    cause_t why;
    done_t done;
    bool asks = !call->common.json && !how->yes;
    name_original(&basis, how, mail);
    if (writing_open(&writing, call, node, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (!writing_knows(&writing, mail_text(mail->root, "kind")))
        done = call_fail(call, DONE_NO, "the law knows no kind %s any more",
            mail_text(mail->root, "kind"));
    else if (writing_amend(&writing, mail_text(mail->root, "kind"), &basis, how->fields,
                 asks, &why) != 0)
        done = call_fail(call, DONE_USAGE, "%s", why.text);
    else
        done = writing_finish(&writing, !how->print, document);
    writing_close(&writing);
    return done;
}

static done_t amend_mail(
    const call_t *call, const char *node, const mail_t *mail, const amend_t *how)
{
    buf_t document = {0};
    dispatch_t sending = {how->timeout_s, how->no_wait, NULL};
    done_t done = write_it(call, node, mail, how, &document);
    if (done == DONE_OK && how->print)
        fputs(buf_text(&document), stdout);
    else if (done == DONE_OK)
        done = dispatch(call, node, buf_span(&document), &sending);
    buf_destroy(&document);
    return done;
}

done_t amend(const call_t *call, const amend_t *how)
{
    cause_t why;
    char id[MESSAGE_ID_MAX];
    own_t own;
    mail_t mail;
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    const char *meant = chosen(call, node, MAIL_OWN, call->operand[0], id);
    if (!meant)
        return DONE_USAGE;
    if (!own_find(&own, node, meant))
        return call_fail(call, DONE_NO,
            "this node has sent no message %s; dabyl sent lists what it has", meant);
    done_t done = DONE_OK;
    if (own_open(&own, node, &mail, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    amended_t amended = {AMENDED_NOT, {{0}, {0}}, 0};
    if (done == DONE_OK && own.state != OWN_SENT)
        done = say_not_sent(call, &own);
    else if (done == DONE_OK && (amended = mail_amended(&mail)).state != AMENDED_NOT)
        done = say_amended(call, &own, &amended);
    if (done == DONE_OK)
        done = amend_mail(call, node, &mail, how);
    mail_close(&mail);
    return done;
}
