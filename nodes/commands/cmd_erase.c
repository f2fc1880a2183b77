// dabyl erase - take away, here too, the text of messages that were erased by law at the
// hub; or list those whose text is still here.

#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "lib/tlog/operation.h"
#include "nodes/backup/chosen.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/erasing/taking.h"

#include <string.h>
#include <time.h>

enum { TRIES = 100, PAUSE_MS = 100 }; // while somebody makes the catalogue

static void print(const call_t *call, const mail_t *mail)
{
    if (call->common.json) {
        json_t *object = mail_json(mail);
        screen_json(stdout, object);
        json_decref(object);
    } else
        mail_print(mail, call_lang(call), stdout);
}

static done_t list(const call_t *call, const char *node)
{
    names_t names;
    cause_t why;
    if (erased_waiting(node, &names, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    for (size_t i = 0; i < names.n; i++) {
        reference_t message;
        mail_t mail = {0};
        if (erased_name(names.name[i], &message) &&
            mail_open_here(&mail, node, message.id, &why) == 0)
            print(call, &mail);
        mail_close(&mail);
    }
    if (names.n == 0 && !call->common.json)
        puts(say("nothing"));
    names_free(&names);
    return DONE_OK;
}

static taken_how_t take(const char *node, const reference_t *message, cause_t *why)
{
    const struct timespec pause = {0, PAUSE_MS * 1000000L};
    operation_t who = {0};
    taken_how_t how = TAKEN_LATER;
    operation_name(&who);
    for (int i = 0; i < TRIES && how == TAKEN_LATER; i++) {
        if (i > 0)
            (void)nanosleep(&pause, NULL);
        how = taking_run(node, message, who.by, why);
    }
    return how;
}

static done_t erase(const call_t *call, const char *node, const mail_t *mail)
{
    cause_t why;
    reference_t message = {{0}, {0}};
    const erased_t erased = mail_erased(mail);
    memcpy(message.author, mail->leaf.author, sizeof message.author);
    memcpy(message.id, mail->leaf.id, sizeof message.id);
    if (!mail->has_leaf || !erased.there)
        return call_fail(call, DONE_NO, "%s",
            say("the hub's log does not say that this message was erased: its text "
                "stays"));
    switch (take(node, &message, &why)) {
    case TAKEN:
        break;
    case TAKEN_LATER:
        return call_fail(call, DONE_NO, "%s",
            say("the catalogue of messages is being made at this moment: say it again"));
    case TAKEN_NOT:
        return call_fail(call, DONE_NO, "%s", why.text);
    }
    if (call->common.json) {
        json_t *object = json_pack(
            "{s:s, s:s, s:b}", "author", message.author, "id", message.id, "erased", 1);
        screen_json(stdout, object);
        json_decref(object);
    } else {
        screen_paint(stdout, PAINT_GOOD, "%s", say("ERASED"));
        printf("  %s\n", say("its text is not in this node any more; seal and proof "
                             "stay"));
    }
    return DONE_OK;
}

static done_t run(const call_t *call)
{
    cause_t why;
    const char *node = call_node(call, &why);
    done_t worst = DONE_OK;
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (call->operands == 0)
        return list(call, node);
    for (int i = 0; i < call->operands; i++) {
        mail_t mail;
        done_t done = chosen_open(call, node, MAIL_HERE, call->operand[i], &mail);
        if (done == DONE_OK) {
            done = erase(call, node, &mail);
            mail_close(&mail);
        }
        if (done != DONE_OK)
            worst = done;
    }
    return worst;
}

const command_t cmd_erase = {
    .name = "erase",
    .operands = "[ID|NUMBER...]",
    .summary = "take away here, too, the text of what was erased by law at the hub",
    .run = run,
    .pages = true,
    .notes =
        "Without a message: those whose text is still here.  The document goes, with the "
        "files fetched for\nit and its words in the catalogue; seal, proof and the "
        "hub's record stay, and the number is not\ngiven again.  Copies elsewhere "
        "(backups, printed or sent on) are not found.  With\n`follow_erasures = true` in "
        "node.conf the node does so by itself.\n\n"
        "  dabyl erase              what waits\n"
        "  dabyl erase 12           that one\n",
};
