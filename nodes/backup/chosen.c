// chosen - of several the newest are listed: those are what people ask for at once.

#include "nodes/backup/chosen.h"

#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"

#include <string.h>

enum { SHOWN_MOST = 10 };

static void print_when(const mail_t *mail)
{
    fputs("  ", stderr);
    if (mail->has_leaf)
        screen_time_ms(stderr, mail->leaf.time_ms);
    else
        screen_time_ms(stderr, uuid7_time_ms(mail_text(mail->root, "id")));
    fputs("  ", stderr);
}

static void print_one(
    const call_t *call, const char *node, mail_among_t among, const char *id)
{
    mail_t mail;
    cause_t ignored;
    int opened = among == MAIL_HERE ? mail_open_here(&mail, node, id, &ignored)
                                    : mail_open_among(&mail, node, among, id, &ignored);
    fprintf(stderr, "  %s", id);
    if (opened == 0) {
        print_when(&mail);
        screen_text(stderr, words_title(&words_kinds, mail_text(mail.root, "kind")));
        fputs(": ", stderr);
        screen_text(stderr, mail_summary(mail.root, call_lang(call)));
    }
    fputc('\n', stderr);
    mail_close(&mail);
}

static void print_several(const call_t *call, const char *node, mail_among_t among,
    const char *wanted, pick_t *several)
{
    size_t n = pick_count(several), first = n > SHOWN_MOST ? n - SHOWN_MOST : 0;
    (void)call_fail(call, DONE_USAGE,
        say("'%s' begins or ends the ids of %zu messages; type more of it:"), wanted, n);
    if (first > 0)
        fprintf(stderr, say("  ... %zu older ones\n"), first);
    for (size_t i = first; i < n; i++)
        print_one(call, node, among, pick_id(several, i));
}

static bool is_number(const char *text)
{
    const char *digits = text + (text[0] == '#');
    return *digits && strspn(digits, "0123456789") == strlen(digits);
}

// What can name no message, or none of those that it is about; false after saying so.
static bool may_name(const call_t *call, mail_among_t among, const char *wanted)
{
    bool had = among == MAIL_HERE || among == MAIL_HAD;
    if (uuid7_valid(span_text(wanted)) || pick_is_piece(wanted) ||
        (had && is_number(wanted)))
        return true;
    if (is_number(wanted))
        (void)call_fail(call, DONE_USAGE,
            "%s is a number of the inbox, and this is about what the node sends: name "
            "its "
            "id, or four characters of it at least (dabyl sent)",
            wanted);
    else
        (void)call_fail(call, DONE_USAGE,
            "'%s' is neither a number of the inbox nor an id, or four characters of one "
            "at least",
            wanted);
    return false;
}

const char *chosen(const call_t *call, const char *node, mail_among_t among,
    const char *wanted, char id[MESSAGE_ID_MAX])
{
    pick_t several = {0};
    cause_t ignored;
    if (!may_name(call, among, wanted))
        return NULL;
    const char *meant = mail_meant(node, among, wanted, id, &several, &ignored);
    if (!meant)
        print_several(call, node, among, wanted, &several);
    pick_close(&several);
    return meant;
}

done_t chosen_open(const call_t *call, const char *node, mail_among_t among,
    const char *wanted, mail_t *mail)
{
    cause_t why;
    char id[MESSAGE_ID_MAX];
    const char *meant = chosen(call, node, among, wanted, id);
    *mail = (mail_t){0};
    if (!meant)
        return DONE_USAGE;
    int opened = among == MAIL_HERE ? mail_open_here(mail, node, meant, &why)
                                    : mail_open_among(mail, node, among, meant, &why);
    return opened == 0 ? DONE_OK : call_fail(call, DONE_NO, "%s", why.text);
}
