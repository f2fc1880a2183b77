// dialogue - one question a line: what the field is, the values that it may have, then
// its name and the answer.  What is wrong with an answer is said at once and asked again.

#include "nodes/writing/dialogue.h"

#include "lib/base/catalogue.h"
#include "nodes/cli/page.h"
#include "nodes/cli/screen.h"
#include "nodes/inbox/wording.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool dialogue_possible(FILE *in, FILE *out)
{
    return isatty(fileno(in)) && page_terminal(out);
}

static const form_t *form_of(const dialogue_t *self)
{
    return self->compose->form;
}

static void interrupt(int number)
{
    (void)number;
}

// Ctrl-C ends the questions as the end of the terminal does, and nothing that was typed
// is lost: the signal only ends the waiting.
static ssize_t read_uninterrupted(FILE *in, char **line, size_t *room)
{
    struct sigaction before, act = {.sa_handler = interrupt};
    bool ours = sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler == SIG_DFL &&
                sigaction(SIGINT, &act, NULL) == 0;
    ssize_t n = getline(line, room, in);
    if (ours)
        (void)sigaction(SIGINT, &before, NULL);
    return n;
}

// The next line without its end, for free(); NULL: there is none.
static char *read_line(dialogue_t *self)
{
    char *line = NULL;
    size_t room = 0;
    fflush(self->out);
    ssize_t n = self->ended ? -1 : read_uninterrupted(self->in, &line, &room);
    if (n < 0) {
        self->ended = true;
        fputc('\n', self->out);
        free(line);
        return NULL;
    }
    (void)fputc('\r', self->out); // the person has ended the line
    while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r' || line[n - 1] == ' '))
        line[--n] = 0;
    size_t blanks = strspn(line, " \t");
    memmove(line, line + blanks, (size_t)n - blanks + 1);
    return line;
}

static const char *value_words(
    const form_t *form, const blank_t *blank, const char *value, const char *language)
{
    const char *words =
        schemas_value_words(form->schemas, form->kind, blank->pointer, value, language);
    return words ? words : "";
}

// "   1  blocked          an attempt that was blocked"
static void print_choices(const dialogue_t *self, const blank_t *blank)
{
    unsigned n = 0;
    value_each(value, blank->among)
    {
        const char *text = value_text(value);
        if (!text)
            continue;
        fprintf(self->out, "  %3u  ", ++n);
        screen_column(self->out, text, 24);
        screen_text(self->out, value_words(form_of(self), blank, text, self->language));
        fputc('\n', self->out);
    }
}

static void print_hint(const dialogue_t *self, const blank_t *blank)
{
    if (blank->type == BLANK_TRUTH)
        fprintf(self->out, " (%s)", say("yes or no"));
    else if (blank->type == BLANK_MOMENT)
        fprintf(self->out, " (%s)", say("now, +2 h, or 2026-11-22T16:39:00+05:00"));
    else if (blank->type == BLANK_REFERENCE)
        fprintf(self->out, " (%s)", say("number in the inbox, or id"));
    if (blank->listed)
        fprintf(self->out, " (%s)", say("one a line, an empty line ends them"));
    else if (!blank->needed)
        fprintf(self->out, " (%s)", say("an empty line leaves it out"));
}

static void print_question(const dialogue_t *self, const blank_t *blank)
{
    fputc('\n', self->out);
    screen_text(self->out, form_words(form_of(self), blank, self->language));
    print_hint(self, blank);
    fputc('\n', self->out);
    print_choices(self, blank);
}

static void complain(const dialogue_t *self, const char *text)
{
    fputs("  ", self->out);
    screen_paint(self->out, PAINT_WARNING, "%s ", say("no:"));
    screen_text(self->out, text);
    fputc('\n', self->out);
}

typedef enum { ANSWER_TAKEN, ANSWER_EMPTY, ANSWER_NONE } answer_state_t;

// One answer, asked for until it can stand there or nothing is said.
static answer_state_t ask_once(dialogue_t *self, const blank_t *blank, long item)
{
    for (;;) {
        cause_t why;
        fprintf(self->out, "%s: ", blank->option);
        char *line = read_line(self);
        if (!line)
            return ANSWER_NONE;
        bool empty = line[0] == 0;
        int result = empty ? 0 : compose_set(self->compose, blank, item, line, &why);
        free(line);
        if (empty)
            return ANSWER_EMPTY;
        if (result == 0)
            return ANSWER_TAKEN;
        complain(self, why.text);
    }
}

// Until there is an answer, or the person ends it; of a list all its items.
static bool ask(dialogue_t *self, const blank_t *blank, bool needed)
{
    print_question(self, blank);
    for (;;) {
        answer_state_t state = ask_once(self, blank, -1);
        if (state == ANSWER_NONE)
            return false;
        if (state == ANSWER_TAKEN && strcmp(blank->pointer, "/re") == 0)
            compose_follow(self->compose);
        if (state == ANSWER_TAKEN && !blank->listed)
            return true;
        if (state == ANSWER_EMPTY && (!needed || compose_has(self->compose, blank)))
            return true;
        if (state == ANSWER_EMPTY)
            complain(self, say("nobody takes the message without it"));
    }
}

// Of a text in several languages the one of the person.
static bool is_own_tongue(const blank_t *blank, const char *language)
{
    const char *slash = strrchr(blank->pointer, '/');
    return !blank->tongue || strcmp(slash + 1, language) == 0;
}

static bool is_missing(const compose_t *compose, const blank_t *blank)
{
    return blank->needed && !compose_has(compose, blank);
}

static const blank_t *blank_named(const dialogue_t *self, const char *line, long *item)
{
    while (*line == '-')
        line++;
    return form_find(form_of(self), line, item);
}

static void print_names(const dialogue_t *self, bool all)
{
    const form_t *form = form_of(self);
    for (size_t i = 0; i < form->n; i++)
        if (all || !compose_has(self->compose, &form->blank[i])) {
            fputs("  ", self->out);
            screen_column(self->out, form->blank[i].option, 24);
            screen_text(self->out, form_words(form, &form->blank[i], self->language));
            fputc('\n', self->out);
        }
}

// What the person wants to write, field by field; `all`: what is written stands for
// another, too.
static bool ask_fields(dialogue_t *self, const char *prompt, bool all)
{
    for (;;) {
        long item;
        fprintf(self->out, "\n%s ", prompt);
        char *line = read_line(self);
        if (!line)
            return false;
        bool empty = line[0] == 0, lists = strcmp(line, "?") == 0;
        const blank_t *blank = empty || lists ? NULL : blank_named(self, line, &item);
        free(line);
        if (empty)
            return true;
        if (blank && compose_has(self->compose, blank) && !blank->listed)
            compose_clear(self->compose, blank);
        if (blank && !ask(self, blank, false))
            return false;
        if (lists)
            print_names(self, all);
        else if (!blank)
            complain(self, say("there is no such field"));
    }
}

static bool ask_more(dialogue_t *self)
{
    return ask_fields(self,
        say("Anything else?  Name a field, ? lists them, an empty line goes on:"), false);
}

// What rules look at decides who is told: nobody should leave it out unasked.
static bool is_worth_asking(const blank_t *blank)
{
    return blank->needed ||
           (blank->matters && (strncmp(blank->pointer, "/body/", 6) == 0 ||
                                  strncmp(blank->pointer, "/to/", 4) == 0));
}

bool dialogue_fill(dialogue_t *self)
{
    const form_t *form = form_of(self);
    bool whole = true;
    for (size_t i = 0; i < form->n; i++)
        whole &= !is_missing(self->compose, &form->blank[i]);
    if (whole)
        return true;
    for (size_t i = 0; i < form->n; i++) {
        const blank_t *blank = &form->blank[i];
        if (is_worth_asking(blank) && !compose_has(self->compose, blank) &&
            is_own_tongue(blank, self->language) && !ask(self, blank, blank->needed))
            return false;
    }
    return ask_more(self);
}

// "/body/measures/2" is asked for as "/body/measures/-".
static void general(const char *pointer, char out[BLANK_POINTER])
{
    size_t n = 0;
    while (*pointer && n + 2 < BLANK_POINTER) {
        size_t length = 1 + strcspn(pointer + 1, "/");
        if (length > 1 && strspn(pointer + 1, "0123456789") == length - 1) {
            out[n++] = '/';
            out[n++] = '-';
        } else
            for (size_t i = 0; i < length && n + 2 < BLANK_POINTER; i++)
                out[n++] = pointer[i];
        pointer += length;
    }
    out[n] = 0;
}

static bool is_inside(const blank_t *blank, const char *pointer)
{
    size_t length = strlen(pointer);
    return length > 0 && strncmp(blank->pointer, pointer, length) == 0 &&
           (blank->pointer[length] == 0 || blank->pointer[length] == '/');
}

bool dialogue_again(dialogue_t *self, const char *pointer)
{
    char place[BLANK_POINTER];
    const form_t *form = form_of(self);
    bool asked = false;
    general(pointer, place);
    for (size_t i = 0; i < form->n; i++) {
        const blank_t *blank = &form->blank[i];
        if (!is_inside(blank, place) || !is_own_tongue(blank, self->language))
            continue;
        compose_clear(self->compose, blank);
        asked = true;
        if (!ask(self, blank, false))
            return false;
    }
    return asked;
}

// Showing

// A message by author and id; of a thing in a list all that was said of it.
static void show_object(const dialogue_t *self, const blank_t *blank, const json_t *value)
{
    char pointer[BLANK_POINTER];
    const char *dash = strstr(blank->pointer, "/-/");
    const form_t *form = form_of(self);
    const wording_t wording = {form->schemas, form->kind, self->language};
    (void)snprintf(pointer, sizeof pointer, "%.*s",
        dash ? (int)(dash - blank->pointer) : (int)strlen(blank->pointer),
        blank->pointer);
    wording_value(&wording, pointer, value, self->out);
}

static void show_value(const dialogue_t *self, const blank_t *blank, const json_t *value)
{
    size_t i;
    json_t *item;
    const char *text = json_string_value(value);
    json_array_foreach(value, i, item)
    {
        fputs(i ? "; " : "", self->out);
        show_value(self, blank, item);
    }
    if (text) {
        const char *words = value_words(form_of(self), blank, text, self->language);
        screen_text(self->out, words[0] ? words : text);
        if (words[0])
            fprintf(self->out, " (%s)", text);
    } else if (json_is_boolean(value))
        fputs(json_is_true(value) ? say("yes") : say("no"), self->out);
    else if (json_is_integer(value))
        fprintf(self->out, "%lld", (long long)json_integer_value(value));
    else if (json_is_object(value))
        show_object(self, blank, value);
}

static const json_t *value_at_blank(const dialogue_t *self, const blank_t *blank)
{
    const json_t *at = self->compose->document;
    for (const char *pointer = blank->pointer; at && *pointer;) {
        size_t length = strcspn(++pointer, "/");
        if (length == 1 && *pointer == '-')
            return at; // the list as a whole
        at = json_object_getn(at, pointer, length);
        pointer += length;
    }
    return at;
}

// Of a list of objects one line is enough.
static bool is_shown_before(const form_t *form, size_t i)
{
    const char *dash = strstr(form->blank[i].pointer, "/-/");
    size_t length = dash ? (size_t)(dash - form->blank[i].pointer) : 0;
    return dash && i > 0 &&
           strncmp(form->blank[i - 1].pointer, form->blank[i].pointer, length + 3) == 0;
}

void dialogue_show(dialogue_t *self)
{
    const form_t *form = form_of(self);
    fputc('\n', self->out);
    for (size_t i = 0; i < form->n; i++) {
        const json_t *value = value_at_blank(self, &form->blank[i]);
        if (!value || is_shown_before(form, i))
            continue;
        fputs("  ", self->out);
        screen_text(self->out, form_words(form, &form->blank[i], self->language));
        fputs(": ", self->out);
        show_value(self, &form->blank[i], value);
        fputc('\n', self->out);
    }
}

bool dialogue_change(dialogue_t *self)
{
    const form_t *form = form_of(self);
    fputc('\n', self->out);
    for (size_t i = 0; i < form->n; i++) {
        const json_t *value = value_at_blank(self, &form->blank[i]);
        if (!value || is_shown_before(form, i))
            continue;
        fputs("  ", self->out);
        screen_column(self->out, form->blank[i].option, 24);
        show_value(self, &form->blank[i], value);
        fputc('\n', self->out);
    }
    return ask_fields(self,
        say("What is to be changed?  Name a field, ? lists them, an empty line goes on:"),
        true);
}

bool dialogue_yes(dialogue_t *self, const char *question)
{
    fprintf(self->out, "\n%s ", question);
    char *line = read_line(self);
    bool yes = line && compose_yes(line);
    free(line);
    return yes;
}

// Explaining

static const char *argument_of(const blank_t *blank)
{
    switch (blank->type) {
    case BLANK_NUMBER:
        return "N";
    case BLANK_TRUTH:
        return "yes|no";
    case BLANK_MOMENT:
        return "MOMENT";
    case BLANK_REFERENCE:
        return "NUMBER|ID";
    case BLANK_TEXT:
        break;
    }
    return blank->among ? "WORD" : "TEXT";
}

void dialogue_explain(
    const form_t *form, const blank_t *blank, const char *language, FILE *out)
{
    char option[BLANK_OPTION + 16];
    (void)snprintf(option, sizeof option, "--%s %s", blank->option, argument_of(blank));
    fputs("  ", out);
    screen_column(out, option, 26);
    screen_text(out, form_words(form, blank, language));
    if (blank->listed)
        fprintf(out, " (%s)", say("may be given again"));
    if (blank->tongue)
        fprintf(out, " (%s)", say("one of the languages is enough"));
    fputc('\n', out);
    value_each(value, blank->among)
    {
        const char *text = value_text(value);
        if (!text)
            continue;
        fprintf(out, "%30s", "");
        screen_column(out, text, 24);
        screen_text(out, value_words(form, blank, text, language));
        fputc('\n', out);
    }
}

size_t dialogue_missing(const compose_t *compose, const char *language, FILE *out)
{
    const form_t *form = compose->form;
    size_t n = 0;
    for (size_t i = 0; i < form->n; i++) {
        const blank_t *blank = &form->blank[i];
        if (!is_missing(compose, blank) || !is_own_tongue(blank, language))
            continue;
        dialogue_explain(form, blank, language, out);
        n++;
    }
    return n;
}
