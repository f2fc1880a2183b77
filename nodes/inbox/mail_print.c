// mail_print - the first line answers what an officer asks first: is it real, how bad,
// what, from whom, who may see it.  An exercise says so before anything else.

#include "lib/base/catalogue.h"
#include "nodes/inbox/mail.h"

#include "lib/base/text.h"
#include "lib/base/times.h"
#include "nodes/cli/retell.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/inbox/sealers.h"
#include "nodes/inbox/wording.h"

#include <ctype.h>
#include <string.h>

// "17, default": the paragraph asks for something, how is ours.
void mail_print_cites(const char *cites, FILE *out)
{
    const char *ours = strstr(cites, "default");
    char paragraphs[CITES_MAX];
    size_t size = ours ? (size_t)(ours - cites) : strlen(cites);
    while (size > 0 && (cites[size - 1] == ' ' || cites[size - 1] == ','))
        size--;
    snprintf(paragraphs, sizeof paragraphs, "%.*s", (int)size, cites);
    text_clean(paragraphs);
    if (isdigit((unsigned char)paragraphs[0]))
        fprintf(out, say("para %s"), paragraphs);
    else
        fputs(paragraphs, out);
    if (ours)
        fprintf(out, "%s%s", size > 0 ? ", " : "", say("operational default"));
}

void mail_print_duty(const json_t *duty, FILE *out)
{
    const char *towards = mail_text(duty, "towards");
    screen_text(out, mail_text(duty, "debtor"));
    fputs(": ", out);
    words_print(&words_owed, mail_text(duty, "duty"), out);
    if (!towards[0])
        return;
    fprintf(out, ", %s ", say("towards"));
    if (strncmp(towards, "role:", 5) != 0) {
        screen_text(out, towards);
        return;
    }
    fputs(words_title(&words_roles, towards + 5), out);
    fprintf(out, " (%s)", say("no node has this role"));
}

void mail_print_course(const json_t *course, FILE *out)
{
    for (const word_t *step = words_steps.words; step->word; step++) {
        const char *progress = mail_text(course, step->word);
        if (!progress[0])
            continue;
        fprintf(out, "    %s: ", words_title(&words_steps, step->word));
        screen_text(out, words_title(&words_progress, progress));
        fputc('\n', out);
    }
}

static void print_status(const json_t *root, FILE *out)
{
    const char *status = mail_text(root, "status");
    if (strcmp(status, "exercise") == 0) {
        screen_paint(out, PAINT_WARNING, "%s ", say("EXERCISE"));
        screen_text(out, mail_text(root, "exercise"));
        fputs("  ", out);
    } else if (strcmp(status, "test") == 0)
        screen_paint(out, PAINT_WARNING, "%s  ", say("TEST"));
    else if (strcmp(status, "actual") != 0)
        screen_paint(out, PAINT_WARNING, "%s  ", say("STATUS UNKNOWN"));
}

// Numbers are what people go by; in sent/ there are none.
static void print_name(const mail_t *self, const reference_t *message, FILE *out)
{
    char inbox[PATH_MAX], name[NAME_MAX + 1], id[MESSAGE_ID_MAX];
    uint64_t number;
    cause_t ignored;
    bool found = mail_node(self, inbox) && strlen(inbox) + 8 < sizeof inbox;
    if (found) {
        (void)strcat(inbox, "/inbox");
        found = mail_find(inbox, message->id, name, &ignored) == 0;
    }
    if (found && mail_name(name, &number, id) && number > 0)
        fprintf(out, " #%llu  ", (unsigned long long)number);
    else {
        fputc(' ', out);
        screen_text(out, message->id);
        fputs("  ", out);
    }
}

// What it does to another, and what another did to it.
static void print_amended(const mail_t *self, const amended_t *amended, FILE *out)
{
    reference_t original;
    amended_as_t as;
    if (amended->state != AMENDED_NOT) {
        screen_paint(out, PAINT_WARNING, "%s",
            amended->state == AMENDED_WITHDRAWN ? say("WITHDRAWN, see")
                                                : say("CORRECTED, see"));
        print_name(self, &amended->by, out);
    }
    if (mail_withdraws(self, &original, &as)) {
        screen_paint(out, PAINT_WARNING, "%s",
            as == AMENDED_WITHDRAWN ? say("WITHDRAWS") : say("CORRECTS"));
        print_name(self, &original, out);
    }
}

static void print_level(int level, bool alarms, FILE *out)
{
    if (level >= 3 && alarms) // national security is told (plan, para 14)
        screen_paint(out, PAINT_BAD, say("LEVEL %d"), level);
    else if (level >= 0)
        fprintf(out, say("level %d"), level);
    if (level >= 0)
        fputs("  ", out);
}

static void print_first_line(const mail_t *self, FILE *out)
{
    const json_t *root = self->root;
    if (self->number && !(self->has_why && self->why.type == ROUTE_CARRIES))
        screen_paint(out, PAINT_STRONG, "#%llu  ", (unsigned long long)self->number);
    print_status(root, out);
    amended_t amended = mail_amended(self);
    print_amended(self, &amended, out);
    print_level(mail_level(root), mail_alarms(self), out);
    words_print(&words_kinds, mail_text(root, "kind"), out);
    fprintf(out, "  %s ", say("from"));
    screen_text(out, mail_text(root, "from"));
    if (mail_text(root, "for")[0]) {
        fprintf(out, " %s ", say("for"));
        screen_text(out, mail_text(root, "for"));
    }
    fputs("  ", out);
    screen_text(out, mail_text(root, "marking"));
    fputc('\n', out);
}

static void print_times(const mail_t *self, FILE *out)
{
    fputs("    ", out);
    if (self->has_leaf)
        screen_time_ms(out, self->leaf.time_ms);
    else
        screen_time(out, mail_text(self->root, "sent"));
    fputs("  ", out);
    screen_text(out, mail_text(self->root, "id"));
    if (self->has_why && self->why.type == ROUTE_CARRIES) {
        fputs("  ", out);
        fprintf(out, say("came along with #%llu"), (unsigned long long)self->number);
    } else if (self->has_why) {
        fputs("  ", out);
        mail_print_cites(self->why.cites, out);
    }
    fputc('\n', out);
}

// What came along with it, what did not and why, and what its author was told beside.
static void print_more(const mail_t *self, FILE *out)
{
    size_t carried = 0;
    for (size_t i = 0; i < self->more.n; i++)
        carried += self->more.route[i].type == ROUTE_CARRIES;
    if (carried > 0) {
        fputs("    ", out);
        fprintf(out, say("%zu older messages came along: dabyl inbox --carried %llu"),
            carried, (unsigned long long)self->number);
        fputc('\n', out);
    }
    for (size_t i = 0; i < self->more.n; i++) {
        const route_t *line = &self->more.route[i];
        if (line->type != ROUTE_OMITS && line->type != ROUTE_REMARK)
            continue;
        fputs("    ", out);
        if (line->type == ROUTE_OMITS)
            fprintf(out, say("without %lld older messages"), (long long)line->size);
        else
            fprintf(out, "%s %s", say("note:"), line->code);
        fprintf(out, ": %s\n", words_refusal(line->code));
    }
}

// Objects of a name, a size and a SHA-256: files beside the message.
static size_t count_files(const json_t *value)
{
    static const char *const members[] = {"name", "size", "sha256"};
    size_t n = 0, i, there = 0;
    const char *key;
    json_t *member;
    for (i = 0; i < 3; i++)
        there += json_object_get(value, members[i]) != NULL;
    if (there == 3 && json_object_size(value) == 3)
        return 1;
    json_array_foreach(value, i, member) n += count_files(member);
    json_object_foreach((json_t *)value, key, member) n += count_files(member);
    return n;
}

static void print_files(const mail_t *self, FILE *out)
{
    char wanted[MESSAGE_ID_MAX];
    size_t n = count_files(json_object_get(self->root, "body"));
    if (n == 0)
        return;
    if (self->number)
        snprintf(wanted, sizeof wanted, "%llu", (unsigned long long)self->number);
    else
        snprintf(wanted, sizeof wanted, "%s", mail_text(self->root, "id"));
    fprintf(out, say("    files beside it: %zu, see: dabyl attachment "), n);
    screen_text(out, wanted);
    fputc('\n', out);
}

// An answer after that comes too late.
static void print_expiry(const json_t *root, FILE *out)
{
    const char *expires = mail_text(root, "expires");
    int64_t expires_ms;
    if (!expires[0])
        return;
    bool over =
        time_parse(span_text(expires), &expires_ms) && expires_ms < clock_now().wall_ms;
    fputs("    ", out);
    screen_paint(out, over ? PAINT_WARNING : PAINT_STRONG, "%s ",
        over ? say("EXPIRED") : say("expires"));
    screen_time(out, expires);
    fputc('\n', out);
}

// That its text went by law at the hub, and how that is here.
static void print_erased(const mail_t *self, FILE *out)
{
    erased_t erased = mail_erased(self);
    if (!erased.there)
        return;
    fputs("    ", out);
    erased_print(&erased, out);
    if (self->gone)
        fprintf(out, "  %s\n", say("its text was erased here as well"));
    else {
        fprintf(out, "  %s ", say("its text is still here, see: dabyl erase"));
        screen_text(out, mail_text(self->root, "id"));
        fputc('\n', out);
    }
}

void mail_print(const mail_t *self, const char *lang, FILE *out)
{
    print_first_line(self, out);
    print_erased(self, out);
    const char *summary = mail_summary(self->root, lang);
    if (summary[0]) {
        fputs("    ", out);
        if (strcmp(mail_text(self->root, "kind"), "service.notice") == 0)
            retell(out, summary); // the hub's own words
        else
            screen_text(out, summary);
        fputc('\n', out);
    }
    print_expiry(self->root, out);
    print_files(self, out);
    print_times(self, out);
    print_more(self, out);
}

// The words of the envelope, said for people.
static void print_words(const json_t *root, FILE *out)
{
    const char *kind = mail_text(root, "kind"), *marking = mail_text(root, "marking");
    char level[8];
    snprintf(level, sizeof level, "%d", mail_level(root));
    if (words_find(&words_kinds, kind))
        fprintf(out, "%s\n", words_title(&words_kinds, kind));
    if (words_find(&words_levels, level))
        fprintf(out, "%s: %s\n", words_title(&words_levels, level),
            words_meaning(&words_levels, level));
    if (words_find(&words_markings, marking))
        fprintf(out, "%s: %s\n", marking, words_meaning(&words_markings, marking));
    const json_t *body = json_object_get(root, "body");
    const char *answer = mail_text(body, "answer");
    if (words_find(&words_answers, answer))
        fprintf(out, "%s: %s\n", answer, words_title(&words_answers, answer));
    mail_print_course(json_object_get(body, "course"), out);
    fputc('\n', out);
}

static void print_sealers(const mail_t *self, FILE *out)
{
    json_t *sealers = sealers_json(self);
    sealers_print(sealers, 0, out);
    json_decref(sealers);
}

// Who here has looked at it in the console, and when.
static void print_opened(const mail_t *self, FILE *out)
{
    size_t i;
    json_t *one, *opened = mail_opened(self);
    json_array_foreach(opened, i, one)
    {
        fprintf(out, "%s ", say("opened by"));
        screen_text(out, mail_text(one, "officer"));
        fputs(", ", out);
        screen_time(out, mail_text(one, "at"));
        fputc('\n', out);
    }
    json_decref(opened);
}

void mail_print_full(
    const mail_t *self, const schemas_t *schemas, const char *lang, FILE *out)
{
    const wording_t wording = {schemas, mail_text(self->root, "kind"), lang};
    mail_print(self, lang, out);
    fputc('\n', out);
    print_words(self->root, out);
    wording_print(&wording, self->root, out);
    fputc('\n', out);
    if (self->has_leaf)
        fprintf(out, say("position %llu in the hub's log\n"),
            (unsigned long long)self->leaf.position);
    if (self->has_why && self->why.type == ROUTE_DELIVER) {
        fprintf(out, "%s ", say("you have it by rule"));
        screen_text(out, self->why.rule);
        fputs(", ", out);
        mail_print_cites(self->why.cites, out);
        fputc('\n', out);
    }
    print_sealers(self, out);
    print_opened(self, out);
    fprintf(out, say("file %s\n"), self->path);
}
