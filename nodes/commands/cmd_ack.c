// dabyl ack - a person's answer to a delivered message: read, accepted, refused, done.
//
// It is a message like any other, sealed by the node; the node's own acknowledgement of
// the delivery went to the hub when the message was stored.

#include "nodes/cli/catalogue.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/answered.h"
#include "nodes/inbox/former.h"
#include "nodes/inbox/mail.h"
#include "nodes/tools/chosen.h"
#include "nodes/tools/dispatch.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *note, *log;
    int64_t timeout_s;
    bool no_wait, again;
} options_t;

static const option_t options[] = {
    {"note", OPTION_TEXT, offsetof(options_t, note), "TEXT", NULL,
        "words for the author"},
    {"log", OPTION_TEXT, offsetof(options_t, log), "ORIGIN", NULL,
        "the message is of a log that this node has left"},
    {"no-wait", OPTION_FLAG, offsetof(options_t, no_wait), NULL, NULL,
        "do not wait for the hub's answer"},
    {"again", OPTION_FLAG, offsetof(options_t, again), NULL, NULL,
        "send it although it was answered so before"},
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "60",
        "how long to wait"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

typedef struct {
    const char *word, *kk, *ru, *en;
} answer_t;

static const answer_t answers[] = {
    {"read", "Оқылды", "Прочитано", "Read"},
    {"accepted", "Қабылданды", "Принято", "Accepted"},
    {"refused", "Қабылданбады", "Отклонено", "Refused"},
    {"done", "Орындалды", "Исполнено", "Done"},
    {"custody-taken", "Сақтауға қабылданды", "Принято на хранение", "Custody taken over"},
    {"custody-declined", "Сақтаудан бас тартылды", "В приёме на хранение отказано",
        "Custody declined"},
};

static const answer_t *find_answer(const char *word)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (strcmp(answers[i].word, word) == 0)
            return &answers[i];
    return NULL;
}

// An answer is no more public and no more real than what it answers.
static json_t *write_answer(const mail_t *mail, const answer_t *answer, const char *note)
{
    json_t *document = json_pack(
        "{s:i, s:s, s:s, s:s, s:{s:s, s:s}, s:{s:s, s:s, s:s}, s:{s:s}}", "dabyl", 1,
        "kind", "acknowledgement", "status", mail_text(mail->root, "status"), "marking",
        mail_text(mail->root, "marking"), "re", "author", mail_text(mail->root, "from"),
        "id", mail_text(mail->root, "id"), "summary", "kk", answer->kk, "ru", answer->ru,
        "en", answer->en, "body", "answer", answer->word);
    json_t *exercise = json_object_get(mail->root, "exercise");
    if (document && exercise)
        json_object_set(document, "exercise", exercise);
    // Only those named may have a TLP:RED message.
    if (document && strcmp(mail_text(mail->root, "marking"), "TLP:RED") == 0)
        json_object_set_new(
            document, "to", json_pack("[s]", mail_text(mail->root, "from")));
    if (document && note)
        json_object_set_new(json_object_get(document, "body"), "note", json_string(note));
    return document;
}

static done_t answer_mail(
    const call_t *call, const char *node, const mail_t *mail, const answer_t *answer)
{
    const options_t *o = call->options;
    json_t *document = write_answer(mail, answer, o->note);
    char *text = document ? json_dumps(document, JSON_INDENT(1)) : NULL;
    dispatch_t how = {o->timeout_s, o->no_wait, NULL};
    done_t done = text ? dispatch(call, node, span_text(text), &how)
                       : call_fail(call, DONE_NO, "the note is not UTF-8 text");
    free(text);
    json_decref(document);
    return done;
}

// Warn that the message was corrected or withdrawn.  It can be answered all the same: its
// author may want to know that it was read.
static void say_amended(const call_t *call, const mail_t *mail)
{
    amended_t amended = mail_amended(mail);
    if (amended.state == AMENDED_NOT)
        return;
    fprintf(stderr, "%s %s: %s #%llu\n", call->path, call->command->name,
        amended.state == AMENDED_WITHDRAWN ? say("WITHDRAWN, see")
                                           : say("CORRECTED, see"),
        (unsigned long long)amended.number);
}

// Whether this node has given the same answer before.
static bool is_repeated(const char *node, const mail_t *mail, const answer_t *answer)
{
    reference_t message = {{0}, {0}};
    (void)snprintf(
        message.author, sizeof message.author, "%s", mail_text(mail->root, "from"));
    (void)snprintf(message.id, sizeof message.id, "%s", mail_text(mail->root, "id"));
    return answered_before(node, &message, answer->word);
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    if (call->operands != 2)
        return call_usage(call, "which message, and what do you answer?");
    const answer_t *answer = find_answer(call->operand[1]);
    if (!answer)
        return call_usage(
            call, "'%s' is none of the answers there are", call->operand[1]);
    cause_t why;
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    char former[PATH_MAX];
    mail_t mail = {0};
    if (o->log && former_find(node, o->log, former, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    done_t done =
        chosen_open(call, o->log ? former : node, MAIL_HAD, call->operand[0], &mail);
    if (done != DONE_OK)
        return done;
    say_amended(call, &mail);
    done = o->again || !is_repeated(node, &mail, answer)
               ? answer_mail(call, node, &mail, answer)
               : call_fail(call, DONE_NO, "%s '%s'; %s",
                     say("this node has answered it before:"), answer->word,
                     say("--again sends it once more"));
    mail_close(&mail);
    return done;
}

const command_t cmd_ack = {
    .name = "ack",
    .operands = "ID|NUMBER read|accepted|refused|done|custody-taken|custody-declined",
    .summary = "answer a delivered message",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "The answer is sealed and goes to the author.  It is marked as the message "
             "was, and\n"
             "the answer to an exercise is part of the exercise.  The last two answer a\n"
             "trace.manifest that hands traces over; to take them, an officer seals: "
             "dabyl cosign.\n",
};
