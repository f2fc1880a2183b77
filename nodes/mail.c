// mail - the first line answers what an officer asks first: is it real, how bad, what,
// from whom, who may see it.  An exercise says so before anything else.

#include "nodes/mail.h"

#include "lib/catalogue.h"
#include "lib/note.h"
#include "lib/text.h"
#include "lib/times.h"
#include "lib/words.h"
#include "nodes/former.h"
#include "nodes/screen.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NUMBER_DIGITS = 12, SIDE_FILE_MAX = 1024 * 1024 };

bool mail_name(const char *name, uint64_t *number, char id[MESSAGE_ID_MAX])
{
    size_t length = strlen(name);
    if (length < 5 || strcmp(name + length - 5, ".json") != 0)
        return false;
    size_t digits = strspn(name, "0123456789");
    *number = 0;
    if (digits == NUMBER_DIGITS && name[digits] == '-') {
        *number = strtoull(name, NULL, 10);
        name += NUMBER_DIGITS + 1;
        length -= NUMBER_DIGITS + 1;
    }
    if (length - 5 != MESSAGE_ID_MAX - 1)
        return false;
    memcpy(id, name, MESSAGE_ID_MAX - 1);
    id[MESSAGE_ID_MAX - 1] = '\0';
    return true;
}

// The file beside the message with another ending.
static int read_beside(const mail_t *self, const char *ending, buf_t *out)
{
    char path[PATH_MAX];
    cause_t ignored;
    int stem = (int)strlen(self->path) - (int)strlen(".json");
    int length = snprintf(path, sizeof path, "%.*s%s", stem, self->path, ending);
    if (length < 0 || (size_t)length >= sizeof path)
        return -1;
    return file_read_plain(path, SIDE_FILE_MAX, out, &ignored);
}

static void read_leaf(mail_t *self)
{
    buf_t text = {0};
    tlog_proof_t proof = {0};
    cause_t ignored;
    if (read_beside(self, ".tlog-proof", &text) == 0 &&
        tlog_proof_parse(&proof, buf_span(&text), &ignored) == 0) {
        self->has_leaf = leaf_parse(&self->leaf, proof.extra, &ignored) == 0;
        tlog_proof_close(&proof);
    }
    buf_destroy(&text);
}

static void read_why(mail_t *self)
{
    buf_t text = {0};
    cause_t ignored;
    self->has_why = read_beside(self, ".why", &text) == 0 &&
                    route_parse(&self->why, buf_span(&text), &ignored) == 0;
    buf_destroy(&text);
}

int mail_open(mail_t *self, const char *folder, const char *name, cause_t *why)
{
    *self = (mail_t){0};
    char id[MESSAGE_ID_MAX];
    buf_t text = {0};
    json_error_t error;
    mail_name(name, &self->number, id);
    if (path_join(self->path, sizeof self->path, folder, name, why) < 0 ||
        file_read_plain(self->path, MAIL_SIZE_MAX, &text, why) < 0) {
        buf_destroy(&text);
        return -1;
    }
    self->root = json_loadb((const char *)text.data, text.size, 0, &error);
    buf_destroy(&text);
    if (!self->root)
        return cause_set(why, "%s:%d: %s", self->path, error.line, error.text);
    read_leaf(self);
    read_why(self);
    return 0;
}

void mail_close(mail_t *self)
{
    json_decref(self->root);
    self->root = NULL;
}

bool mail_gone(const char *folder, const char *name)
{
    char path[PATH_MAX];
    cause_t ignored;
    return path_join(path, sizeof path, folder, name, &ignored) == 0 &&
           access(path, F_OK) != 0 && errno == ENOENT;
}

static uint64_t number_of(const char *name)
{
    uint64_t number;
    char id[MESSAGE_ID_MAX];
    return mail_name(name, &number, id) ? number : 0;
}

// The highest number; whether there is one between the first and it that is not there.
static uint64_t last_number(const names_t *names, bool *gap)
{
    uint64_t last = 0;
    *gap = false;
    for (size_t i = 0; i < names->n; i++) {
        uint64_t number = number_of(names->name[i]);
        *gap |= last > 0 && number > last + 1;
        last = number > last ? number : last;
    }
    return last;
}

// A listing is no snapshot: a second one has what the first lacked and had its name
// before the last of the first.  What came later may lack something again, and is left
// out.
int mail_names(names_t *names, const char *folder, cause_t *why)
{
    bool gap;
    if (names_list(names, folder, ".json", why) < 0)
        return -1;
    uint64_t last = last_number(names, &gap);
    if (!gap)
        return 0;
    names_free(names);
    if (names_list(names, folder, ".json", why) < 0)
        return -1;
    size_t kept = 0;
    for (size_t i = 0; i < names->n; i++)
        if (number_of(names->name[i]) <= last)
            names->name[kept++] = names->name[i];
    names->n = kept;
    return 0;
}

static bool is_wanted(const char *name, const char *wanted, uint64_t wanted_number)
{
    uint64_t number;
    char id[MESSAGE_ID_MAX];
    if (!mail_name(name, &number, id))
        return false;
    return strcmp(id, wanted) == 0 || (number > 0 && number == wanted_number);
}

int mail_find(
    const char *folder, const char *wanted, char name[NAME_MAX + 1], cause_t *why)
{
    names_t names = {0};
    if (names_list(&names, folder, ".json", why) < 0)
        return -1;
    uint64_t number = 0;
    span_t digits = span_text(wanted[0] == '#' ? wanted + 1 : wanted);
    if (!decimal_decode(digits, &number))
        number = 0;
    int result = cause_set(why, "%s: no message %s here", folder, wanted);
    for (size_t i = 0; i < names.n && result < 0; i++)
        if (is_wanted(names.name[i], wanted, number)) {
            snprintf(name, NAME_MAX + 1, "%s", names.name[i]);
            result = 0;
        }
    names_free(&names);
    return result;
}

// -1 when there is none, or it cannot be read; `found` tells which.
static int open_in(
    mail_t *self, const char *node, const char *wanted, bool *found, cause_t *why)
{
    static const char *const folders[] = {"inbox", "sent"};
    char folder[PATH_MAX], name[NAME_MAX + 1];
    for (size_t i = 0; i < sizeof folders / sizeof folders[0] && !*found; i++)
        *found = path_join(folder, sizeof folder, node, folders[i], why) == 0 &&
                 mail_find(folder, wanted, name, why) == 0;
    return *found ? mail_open(self, folder, name, why) : -1;
}

int mail_open_here(mail_t *self, const char *node, const char *wanted, cause_t *why)
{
    char former[PATH_MAX];
    cause_t ignored;
    bool found = false;
    int result = open_in(self, node, wanted, &found, why);
    // A number is of this log's inbox; an id may be of one that the node has left.
    for (int n = uuid7_valid(span_text(wanted)) ? former_last(node) : 0; n > 0 && !found;
         n--) {
        former_nth(node, n, former);
        result = open_in(self, former, wanted, &found, found ? why : &ignored);
    }
    if (!found)
        *self = (mail_t){0};
    return result;
}

json_t *mail_load(const char *path, cause_t *why)
{
    buf_t text = {0};
    json_error_t error;
    if (file_read_plain(path, MAIL_SIZE_MAX, &text, why) != 0)
        return NULL;
    json_t *root = json_loadb((const char *)text.data, text.size, 0, &error);
    buf_destroy(&text);
    if (!root)
        (void)cause_set(why, "%s: %s", path, error.text);
    return root;
}

const char *mail_text(const json_t *root, const char *field)
{
    const char *text = json_string_value(json_object_get(root, field));
    return text ? text : "";
}

const char *mail_summary(const json_t *root, const char *lang)
{
    const json_t *summary = json_object_get(root, "summary");
    const char *const order[] = {lang, "en", "ru", "kk"};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const char *text = mail_text(summary, order[i]);
        if (text[0])
            return text;
    }
    return "";
}

int mail_level(const json_t *root)
{
    const json_t *level = json_object_get(json_object_get(root, "body"), "level");
    json_int_t value = json_integer_value(level);
    return json_is_integer(level) && value >= 0 && value <= 9 ? (int)value : -1;
}

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

static bool take_reference(const json_t *object, reference_t *out)
{
    *out = (reference_t){0};
    return text_copy(
               span_text(mail_text(object, "author")), out->author, sizeof out->author) &&
           text_copy(span_text(mail_text(object, "id")), out->id, sizeof out->id) &&
           out->author[0] && out->id[0];
}

// "<node>/inbox/<name>": the node's folder.
static bool node_of(const mail_t *self, char out[PATH_MAX])
{
    (void)snprintf(out, PATH_MAX, "%s", self->path);
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(out, '/');
        if (!slash)
            return false;
        *slash = 0;
    }
    return true;
}

// "<node>/former/2" is of a log that the node has left: what came in the successor since
// is noted at the node.
static bool leave_former(char node[PATH_MAX])
{
    char *slash = strrchr(node, '/');
    size_t digits = slash ? strspn(slash + 1, "0123456789") : 0;
    static const char former[] = "/former";
    size_t before = sizeof former - 1;
    if (digits == 0 || slash[1 + digits] || (size_t)(slash - node) < before ||
        memcmp(slash - before, former, before) != 0)
        return false;
    *(slash - before) = 0;
    return true;
}

static amended_t amended_since(const char *folder, const reference_t *message)
{
    char node[PATH_MAX];
    amended_t found, later;
    (void)snprintf(node, sizeof node, "%s", folder);
    amended_of(node, message, &found);
    while (leave_former(node)) {
        amended_of(node, found.state == AMENDED_NOT ? message : &found.by, &later);
        if (later.state != AMENDED_NOT)
            found = later;
    }
    return found;
}

amended_t mail_amended(const mail_t *self)
{
    amended_t amended = {AMENDED_NOT, {{0}, {0}}, 0};
    char node[PATH_MAX];
    reference_t name = {0}, cause;
    (void)text_copy(
        span_text(mail_text(self->root, "from")), name.author, sizeof name.author);
    (void)text_copy(span_text(mail_text(self->root, "id")), name.id, sizeof name.id);
    if (!node_of(self, node))
        return amended;
    amended = amended_since(node, &name);
    if (amended.state == AMENDED_NOT && mail_text(self->root, "for")[0] &&
        take_reference(
            json_object_get(json_object_get(self->root, "body"), "cause"), &cause))
        amended = amended_since(node, &cause);
    return amended;
}

bool mail_withdraws(const mail_t *self, reference_t *original, amended_as_t *as)
{
    *as = AMENDED_WITHDRAWN;
    if (take_reference(json_object_get(self->root, "cancels"), original))
        return true;
    *as = AMENDED_CORRECTED;
    return take_reference(json_object_get(self->root, "supersedes"), original);
}

// Numbers are what people go by; in sent/ there are none.
static void print_name(const mail_t *self, const reference_t *message, FILE *out)
{
    char inbox[PATH_MAX], name[NAME_MAX + 1];
    cause_t ignored;
    bool found = node_of(self, inbox) && strlen(inbox) + 8 < sizeof inbox;
    if (found) {
        (void)strcat(inbox, "/inbox");
        found = mail_find(inbox, message->id, name, &ignored) == 0;
    }
    uint64_t number = found ? number_of(name) : 0;
    if (number > 0)
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
        fprintf(out, " #%llu  ", (unsigned long long)amended->number);
    }
    if (mail_withdraws(self, &original, &as)) {
        screen_paint(out, PAINT_WARNING, "%s",
            as == AMENDED_WITHDRAWN ? say("WITHDRAWS") : say("CORRECTS"));
        print_name(self, &original, out);
    }
}

bool mail_alarms(const mail_t *self)
{
    reference_t original;
    amended_as_t as;
    bool withdraws = mail_withdraws(self, &original, &as) && as == AMENDED_WITHDRAWN;
    return mail_level(self->root) >= 3 && !withdraws &&
           mail_amended(self).state == AMENDED_NOT;
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

// An English reader has the title in the word itself.
static void print_kind(const char *kind, FILE *out)
{
    const word_t *found = words_find(&words_kinds, kind);
    const char *title = words_title(&words_kinds, kind);
    screen_text(out, kind);
    if (found && strcmp(title, found->title) != 0)
        fprintf(out, " (%s)", title);
}

static void print_first_line(const mail_t *self, FILE *out)
{
    const json_t *root = self->root;
    if (self->number)
        screen_paint(out, PAINT_STRONG, "#%llu  ", (unsigned long long)self->number);
    print_status(root, out);
    amended_t amended = mail_amended(self);
    print_amended(self, &amended, out);
    print_level(mail_level(root), mail_alarms(self), out);
    print_kind(mail_text(root, "kind"), out);
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
    if (self->has_why) {
        fputs("  ", out);
        mail_print_cites(self->why.cites, out);
    }
    fputc('\n', out);
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

void mail_print(const mail_t *self, const char *lang, FILE *out)
{
    print_first_line(self, out);
    const char *summary = mail_summary(self->root, lang);
    if (summary[0]) {
        fputs("    ", out);
        screen_text(out, summary);
        fputc('\n', out);
    }
    print_files(self, out);
    print_times(self, out);
}

static void print_value(const json_t *value, FILE *out)
{
    if (json_is_string(value)) {
        screen_text(out, json_string_value(value));
        return;
    }
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    screen_text(out, text ? text : "?");
    free(text);
}

enum { INDENT = 4 }; // columns, for each level below the first

static void print_fields(const json_t *object, int depth, int levels, FILE *out);

// A derived message carries its cause in base64: what it says is what matters to a
// reader.
static void print_carried(const json_t *carried, int depth, FILE *out)
{
    buf_t bytes = {0};
    json_t *cause = NULL;
    if (base64_decode(span_text(mail_text(carried, "document")), &bytes))
        cause = json_loadb((const char *)bytes.data, bytes.size, 0, NULL);
    fprintf(out, ": %s\n",
        cause ? "the message itself, as its author sealed it" : "(cannot be read)");
    if (cause)
        print_fields(cause, depth + 1, 1, out);
    json_decref(cause);
    buf_destroy(&bytes);
}

// Objects are opened for `levels` more levels and printed as JSON below.
static void print_fields(const json_t *object, int depth, int levels, FILE *out)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        fprintf(out, "%*s", 1 + INDENT * depth, "");
        screen_text(out, key);
        if (depth == 1 && strcmp(key, "carried") == 0) {
            print_carried(value, depth, out);
        } else if (json_is_object(value) && levels > 0) {
            fputc('\n', out);
            print_fields(value, depth + 1, levels - 1, out);
        } else {
            fputs(": ", out);
            print_value(value, out);
            fputc('\n', out);
        }
    }
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
    const char *answer = mail_text(json_object_get(root, "body"), "answer");
    if (words_find(&words_answers, answer))
        fprintf(out, "%s: %s\n", answer, words_title(&words_answers, answer));
    fputc('\n', out);
}

void mail_print_full(const mail_t *self, const char *lang, FILE *out)
{
    mail_print(self, lang, out);
    fputc('\n', out);
    print_words(self->root, out);
    print_fields(self->root, 0, 1, out);
    fputc('\n', out);
    if (self->has_leaf)
        fprintf(out, say("position %llu in the hub's log\n"),
            (unsigned long long)self->leaf.position);
    if (self->has_why) {
        fprintf(out, "%s ", say("you have it by rule"));
        screen_text(out, self->why.rule);
        fputs(", ", out);
        mail_print_cites(self->why.cites, out);
        fputc('\n', out);
    }
    fprintf(out, "file %s\n", self->path);
}

static json_t *reference_json(const reference_t *message)
{
    return json_pack("{s:s, s:s}", "author", message->author, "id", message->id);
}

static void add_amended(const mail_t *self, json_t *object)
{
    reference_t original;
    amended_as_t as;
    amended_t amended = mail_amended(self);
    if (mail_withdraws(self, &original, &as))
        json_object_set_new(object, as == AMENDED_WITHDRAWN ? "cancels" : "supersedes",
            reference_json(&original));
    if (amended.state == AMENDED_NOT)
        return;
    json_t *by = reference_json(&amended.by);
    json_object_set_new(by, "number", json_integer((json_int_t)amended.number));
    json_object_set_new(object,
        amended.state == AMENDED_WITHDRAWN ? "cancelled_by" : "superseded_by", by);
}

json_t *mail_json(const mail_t *self)
{
    json_t *object = json_pack("{s:I, s:s, s:O}", "number", (json_int_t)self->number,
        "path", self->path, "message", self->root);
    if (self->has_leaf)
        json_object_set_new(
            object, "position", json_integer((json_int_t)self->leaf.position));
    if (self->has_why) {
        json_object_set_new(object, "rule", json_string(self->why.rule));
        json_object_set_new(object, "cites", json_string(self->why.cites));
    }
    add_amended(self, object);
    return object;
}
