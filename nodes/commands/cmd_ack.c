// dabyl ack - a person's answer to a delivered message: read, accepted, refused, done.
//
// It is a message like any other, sealed by the node; the node's own acknowledgement of
// the delivery went to the hub when the message was stored.

#include "lib/base/catalogue.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "nodes/backup/chosen.h"
#include "nodes/cli/nearest.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/answered.h"
#include "nodes/inbox/former.h"
#include "nodes/inbox/mail.h"
#include "nodes/tools/dispatch.h"
#include "nodes/writing/dialogue.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *note, *log;
    int64_t timeout_s;
    bool no_wait, again, yes;
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
    {"yes", OPTION_FLAG, offsetof(options_t, yes), NULL, NULL,
        "ask nothing on a terminal"},
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

static bool says(const char *typed, const char *title)
{
    char one[128], other[128];
    text_small(typed, one, sizeof one);
    text_small(title, other, sizeof other);
    return strcmp(one, other) == 0;
}

// By its word, or as it is called in any of the languages.
static const answer_t *find_answer(const char *typed)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const answer_t *answer = &answers[i];
        if (says(typed, answer->word) || says(typed, answer->kk) ||
            says(typed, answer->ru) || says(typed, answer->en))
            return answer;
    }
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

static void print_title(const char *word)
{
    const char *title = words_title(&words_answers, word);
    screen_text(stderr, word);
    if (strcmp(title, word) != 0)
        fprintf(stderr, " (%s)", title);
}

// When it was taken, or else written; the answer itself may have been moved away.
static void print_when(const char *node, const char *id)
{
    mail_t mail;
    cause_t ignored;
    if (mail_open_among(&mail, node, MAIL_OWN, id, &ignored) == 0 && mail.has_leaf)
        screen_time_ms(stderr, mail.leaf.time_ms);
    else
        screen_time_ms(stderr, uuid7_time_ms(id));
    mail_close(&mail);
}

// "You answered 'read' at 2026-11-22 14:11:38 UTC", for each that there was.
static size_t print_before(const char *node, const reference_t *message)
{
    enum { ANSWERS_MOST = 8 };
    answer_note_t before[ANSWERS_MOST];
    size_t n = answered_with(node, message, before, ANSWERS_MOST);
    for (size_t i = 0; i < n; i++) {
        fprintf(stderr, "%s ", say("This node has answered:"));
        print_title(before[i].word);
        fputs(", ", stderr);
        print_when(node, before[i].id);
        fputc('\n', stderr);
    }
    return n;
}

// Whether a person who was shown what it is about says yes.
static bool is_meant(const call_t *call, const char *node, const mail_t *mail,
    const answer_t *answer, const reference_t *message)
{
    dialogue_t dialogue = {NULL, call_lang(call), stdin, stderr, false};
    mail_print(mail, call_lang(call), stderr);
    size_t before = print_before(node, message);
    fprintf(stderr, "%s ", say("Your answer:"));
    print_title(answer->word);
    return dialogue_yes(&dialogue,
        before ? say("Answer again?  yes or no:") : say("Send it?  yes or no:"));
}

// A script is not asked; what it repeats by mistake is not sent.
static done_t answer_once(
    const call_t *call, const char *node, const mail_t *mail, const answer_t *answer)
{
    const options_t *o = call->options;
    reference_t message = {{0}, {0}};
    (void)snprintf(
        message.author, sizeof message.author, "%s", mail_text(mail->root, "from"));
    (void)snprintf(message.id, sizeof message.id, "%s", mail_text(mail->root, "id"));
    bool asks = !o->yes && !call->common.json && dialogue_possible(stdin, stderr);
    if (asks && !is_meant(call, node, mail, answer, &message)) {
        fprintf(stderr, "%s\n", say("Nothing was sent."));
        return DONE_NO;
    }
    if (!asks && !o->again && answered_before(node, &message, answer->word))
        return call_fail(call, DONE_NO,
            "this node has answered it before: '%s'; --again sends it once more",
            answer->word);
    return answer_mail(call, node, mail, answer);
}

static done_t refuse_answer(const call_t *call, const char *typed)
{
    const char *nearest = NULL;
    unsigned far = NEAREST_FAR;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (nearest_is(typed, answers[i].word, &far))
            nearest = answers[i].word;
    return nearest ? call_usage(call,
                         "'%s' is none of the answers there are; did you mean '%s'?",
                         typed, nearest)
                   : call_usage(call, "'%s' is none of the answers there are", typed);
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    if (call->operands != 2)
        return call_usage(call, "which message, and what do you answer?");
    // Either may come first: no word is a message.
    bool turned = find_answer(call->operand[0]) != NULL;
    const char *wanted = call->operand[turned ? 1 : 0];
    const answer_t *answer = find_answer(call->operand[turned ? 0 : 1]);
    if (!answer)
        return refuse_answer(call, call->operand[1]);
    cause_t why;
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    char former[PATH_MAX];
    mail_t mail = {0};
    if (o->log && former_find(node, o->log, former, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    done_t done = chosen_open(call, o->log ? former : node, MAIL_HAD, wanted, &mail);
    if (done != DONE_OK)
        return done;
    say_amended(call, &mail);
    done = answer_once(call, node, &mail, answer);
    mail_close(&mail);
    return done;
}

const command_t cmd_ack = {
    .name = "ack",
    .operands = "ID|NUMBER read|accepted|refused|done|custody-taken|custody-declined",
    .summary = "answer a delivered message",
    .options = options,
    .options_size = sizeof(options_t),
    .among = AMONG_INBOX,
    .run = run,
    .notes =
        "On a terminal the message is shown and the answer asked back, a repeat too; "
        "--yes asks\n"
        "nothing.  The answer's word is taken in any of the three languages.\n\n"
        "The answer is sealed and goes to the author.  It is marked as the message "
        "was, and\n"
        "the answer to an exercise is part of the exercise.  The last two answer a\n"
        "trace.manifest that hands traces over; to take them, an officer seals: "
        "dabyl cosign.\n",
};
