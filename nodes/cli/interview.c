// interview - a short list of answers by name, and where each came from.

#include "nodes/cli/interview.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "nodes/cli/confirm.h"
#include "nodes/cli/page.h"
#include "nodes/cli/screen.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANSWERS_MOST = 65536 }; // bytes of a file of answers

// What comes later in this list is believed before what comes earlier.
typedef enum { FROM_PRESET, FROM_KEPT, FROM_PERSON, FROM_FILE, FROM_OPTION } from_t;

typedef struct {
    char *name, *text;
    from_t from;
} said_t;

struct interview {
    FILE *in, *out;
    bool asks;
    const char *const *names;
    size_t n;
    said_t *said;
    bool changed; // an option says another thing than what was kept
    char *path;   // where they are kept; NULL: nowhere
};

interview_t *interview_new(FILE *in, FILE *out, const char *const *names)
{
    interview_t *self = memory_new(1, sizeof *self);
    self->in = in;
    self->out = out;
    self->asks = isatty(fileno(in)) && page_terminal(out);
    self->names = names;
    return self;
}

void interview_destroy(interview_t **self_p)
{
    interview_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->n; i++) {
        free(self->said[i].name);
        free(self->said[i].text);
    }
    free(self->said);
    free(self->path);
    free(self);
}

static said_t *find(const interview_t *self, const char *name)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->said[i].name, name) == 0)
            return &self->said[i];
    return NULL;
}

static said_t *put(
    interview_t *self, const char *name, const char *text, size_t size, from_t from)
{
    said_t *answer = find(self, name);
    if (answer && answer->from > from) {
        self->changed |=
            strlen(answer->text) != size || memcmp(answer->text, text, size) != 0;
        return answer;
    }
    if (!answer) {
        self->said = memory_grow(self->said, self->n + 1, sizeof *self->said);
        answer = &self->said[self->n++];
        *answer = (said_t){.name = memory_text(name)};
    }
    char *copy = memory_new(size + 1, 1);
    memcpy(copy, text, size);
    free(answer->text);
    answer->text = copy;
    answer->from = from;
    return answer;
}

void interview_give(interview_t *self, const char *name, const char *text)
{
    if (text)
        (void)put(self, name, text, strlen(text), FROM_OPTION);
}

const char *interview_told(const interview_t *self, const char *name)
{
    const said_t *said = find(self, name);
    return said && said->from != FROM_PRESET ? said->text : NULL;
}

static bool is_known(const interview_t *self, const char *name)
{
    if (strcmp(name, "agreed") == 0)
        return true;
    for (size_t i = 0; self->names[i]; i++)
        if (strcmp(self->names[i], name) == 0)
            return true;
    return false;
}

static span_t trim(span_t text)
{
    while (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
        text = span_of(text.data + 1, text.size - 1);
    while (text.size > 0 && strchr(" \t\r", text.data[text.size - 1]))
        text.size--;
    return text;
}

// "name = text": both in the line, without what may stand around the text.
static bool divide(span_t line, span_t *name, span_t *text)
{
    const uint8_t *equals = memchr(line.data, '=', line.size);
    if (!equals)
        return false;
    size_t at = (size_t)(equals - line.data);
    *name = trim(span_of(line.data, at));
    *text = trim(span_of(equals + 1, line.size - at - 1));
    if (text->size > 0 && text->data[text->size - 1] == ';')
        *text = trim(span_of(text->data, text->size - 1));
    bool quoted =
        text->size >= 2 && text->data[0] == '"' && text->data[text->size - 1] == '"';
    if (quoted)
        *text = span_of(text->data + 1, text->size - 2);
    return true;
}

static int take_line_of(interview_t *self, span_t line, from_t from, cause_t *why)
{
    char word[64];
    span_t name, text;
    line = trim(line);
    if (line.size == 0 || line.data[0] == '#')
        return 0;
    if (!text_is_line(line) || !divide(line, &name, &text))
        return cause_set(why, say("a line 'name = answer' was expected"));
    if (!text_copy(name, word, sizeof word) || !is_known(self, word))
        return cause_set(why, say("there is no question '%.*s'"), (int)name.size,
            (const char *)name.data);
    (void)put(self, word, (const char *)text.data, text.size, from);
    return 0;
}

static int read_from(interview_t *self, const char *path, from_t from, cause_t *why)
{
    buf_t bytes = {0};
    if (file_read(path, ANSWERS_MOST, &bytes, why) != 0)
        return -1;
    if (bytes.size > 0 && bytes.data[bytes.size - 1] != '\n')
        buf_put_u8(&bytes, '\n');
    reader_t reader = reader_of(buf_span(&bytes));
    int result = 0;
    for (unsigned line = 1; result == 0 && reader.rest.size > 0; line++)
        if ((result = take_line_of(self, take_line(&reader), from, why)) != 0)
            (void)cause_prefix(why, "%s:%u", path, line);
    buf_destroy(&bytes);
    return result;
}

int interview_read(interview_t *self, const char *path, cause_t *why)
{
    return read_from(self, path, FROM_FILE, why);
}

int interview_keep(interview_t *self, const char *path, cause_t *why)
{
    free(self->path);
    self->path = memory_text(path);
    return access(path, F_OK) == 0 ? read_from(self, path, FROM_KEPT, why) : 0;
}

// What cannot be kept is asked again, and is no reason to stop.
static void keep(const interview_t *self)
{
    cause_t ignored;
    buf_t text = {0};
    if (!self->path)
        return;
    buf_printf(&text, "# what was answered so far; removed at the end\n");
    for (size_t i = 0; i < self->n; i++)
        if (self->said[i].from == FROM_KEPT || self->said[i].from == FROM_PERSON)
            buf_printf(&text, "%s = \"%s\"\n", self->said[i].name, self->said[i].text);
    (void)file_replace(self->path, buf_span(&text), 0600, &ignored);
    buf_destroy(&text);
}

// Whether all that was agreed on is what is answered now.
static bool was_agreed(const interview_t *self)
{
    const said_t *agreed = find(self, "agreed");
    return agreed && !self->changed;
}

// From now on it is what the next run goes by, also what was told by options.
static void settle(interview_t *self)
{
    (void)put(self, "agreed", "yes", 3, FROM_PERSON);
    self->changed = false;
    for (size_t i = 0; i < self->n; i++)
        self->said[i].from = FROM_PERSON;
    keep(self);
}

void interview_forget(interview_t *self)
{
    if (self->path)
        (void)unlink(self->path);
}

void interview_again(interview_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        if (self->said[i].from == FROM_KEPT || self->said[i].from == FROM_PERSON)
            self->said[i].from = FROM_PRESET;
    self->changed = true; // and has to be agreed on anew
}

// The next line without blanks around it, for free(); NULL: there is none.
static char *read_line(const interview_t *self)
{
    char *line = NULL;
    size_t room = 0;
    (void)fflush(self->out);
    if (getline(&line, &room, self->in) < 0) {
        (void)fputc('\n', self->out);
        free(line);
        return NULL;
    }
    // The person has ended the line, and the stream that wraps has to hear of it.
    (void)fputc('\r', self->out);
    line[strcspn(line, "\n")] = 0;
    span_t text = trim(span_text(line));
    memmove(line, text.data, text.size);
    line[text.size] = 0;
    return line;
}

static int check(const interview_question_t *question, const char *text, cause_t *why)
{
    if (!text_is_line(span_text(text)) || strchr(text, '"'))
        return cause_set(why, say("control characters and quotes cannot stand there"));
    if (!text[0] && !question->preset)
        return cause_set(why, say("an answer is needed"));
    return question->check ? question->check(text, why) : 0;
}

static void complain(const interview_t *self, const cause_t *why)
{
    (void)fputs("  ", self->out);
    screen_paint(self->out, PAINT_WARNING, "%s ", say("no:"));
    screen_text(self->out, why->text);
    (void)fputc('\n', self->out);
}

static const char *ended(const interview_t *self, cause_t *why)
{
    (void)cause_set(why, "%s",
        self->path ? say("ended; what was answered is kept: say it again to go on")
                   : say("ended; nothing was done"));
    return NULL;
}

static const char *ask_person(interview_t *self, const interview_question_t *question,
    const char *preset, cause_t *why)
{
    for (;;) {
        (void)fprintf(self->out, "%s", say(question->words));
        if (preset && preset[0]) {
            (void)fputs(" [", self->out);
            screen_text(self->out, preset);
            (void)fputc(']', self->out);
        }
        (void)fputs(": ", self->out);
        char *line = read_line(self);
        if (!line)
            return ended(self, why);
        const char *text = line[0] || !preset ? line : preset;
        int result = check(question, text, why);
        if (result == 0)
            text = put(self, question->name, text, strlen(text), FROM_PERSON)->text;
        free(line);
        if (result == 0) {
            keep(self);
            return text;
        }
        complain(self, why);
    }
}

// One that was given, or kept, has to be right as it stands.
static const char *known_answer(
    interview_t *self, const interview_question_t *question, bool *wrong, cause_t *why)
{
    const said_t *answer = find(self, question->name);
    *wrong = false;
    if (!answer || answer->from == FROM_PRESET)
        return NULL;
    if (check(question, answer->text, why) == 0)
        return answer->text;
    *wrong = answer->from >= FROM_FILE || !self->asks;
    if (*wrong)
        (void)cause_prefix(why, "%s", question->name);
    return NULL;
}

const char *interview_ask(
    interview_t *self, const interview_question_t *question, cause_t *why)
{
    bool wrong;
    const char *text = known_answer(self, question, &wrong, why);
    if (text || wrong)
        return text;
    const said_t *before = find(self, question->name);
    const char *preset = before ? before->text : question->preset;
    if (self->asks)
        return ask_person(self, question, preset, why);
    if (preset && check(question, preset, why) == 0)
        return put(self, question->name, preset, strlen(preset), FROM_PRESET)->text;
    (void)cause_set(why,
        say("nobody can be asked here: give --%s, or a line '%s = ...' in a file of "
            "answers"),
        question->name, question->name);
    return NULL;
}

interview_said_t interview_agree(
    interview_t *self, const char *words, bool yes, cause_t *why)
{
    if (yes || was_agreed(self)) {
        settle(self);
        return INTERVIEW_YES;
    }
    if (!self->asks) {
        (void)cause_set(why, "%s", say("nobody can be asked here: say --yes"));
        return INTERVIEW_NO;
    }
    (void)fprintf(self->out, "%s (%s): ", words, say("yes, no or change"));
    char *line = read_line(self);
    if (!line) {
        (void)ended(self, why);
        return INTERVIEW_NO;
    }
    bool agreed = confirm_is_yes(line);
    bool change = strcmp(line, "change") == 0 || strcmp(line, say("change")) == 0;
    free(line);
    if (agreed)
        settle(self);
    if (agreed || change)
        return agreed ? INTERVIEW_YES : INTERVIEW_CHANGE;
    (void)cause_set(why, "%s", say("nothing was done; say it again to go on"));
    return INTERVIEW_NO;
}
