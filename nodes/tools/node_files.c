// node_files - a file that somebody may still be writing is shown at once, and counts
// when that takes long.

#include "nodes/tools/node_files.h"

#include "lib/base/catalogue.h"
#include "nodes/cli/retell.h"
#include "nodes/cli/screen.h"
#include "nodes/inbox/mail.h"

#include <string.h>

enum { LONG_S = 10 };

static long long number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static bool counts(const json_t *item)
{
    return !json_is_true(json_object_get(item, "for_now")) ||
           number(item, "seconds") >= LONG_S;
}

bool node_files_wait(const json_t *status)
{
    const json_t *files = json_object_get(status, "files"), *item;
    size_t i;
    if (mail_text(files, "trouble")[0] || number(files, "more") > 0 ||
        number(json_object_get(files, "refused"), "count") > 0 ||
        number(json_object_get(files, "unsent"), "late") > 0)
        return true;
    json_array_foreach(
        json_object_get(files, "stay"), i, item) if (counts(item)) return true;
    return false;
}

const char *node_files_reason(const json_t *status, const char *file)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(json_object_get(status, "files"), "stay"), i, item)
    {
        bool found = strcmp(mail_text(item, "folder"), "outbox") == 0 &&
                     strcmp(mail_text(item, "file"), file) == 0;
        if (found && !json_is_true(json_object_get(item, "for_now")))
            return mail_text(item, "reason");
    }
    return NULL;
}

static void print_age_and_reason(const json_t *item, FILE *out)
{
    fprintf(out, say(", for %lld s\n"), number(item, "seconds"));
    fputs("          ", out);
    retell(out, mail_text(item, "reason"));
    fputc('\n', out);
}

static void print_more(const json_t *files, FILE *out)
{
    if (number(files, "more") > 0)
        fprintf(out, say("          and %lld more\n"), number(files, "more"));
}

static void print_stays(const json_t *files, FILE *out)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(files, "stay"), i, item)
    {
        fputs("  ", out);
        screen_paint(out, counts(item) ? PAINT_BAD : PAINT_WARNING, "%s", say("WAITS"));
        fputs("   ", out);
        screen_text(out, mail_text(item, "folder"));
        fputc('/', out);
        screen_text(out, mail_text(item, "file"));
        print_age_and_reason(item, out);
    }
    print_more(files, out);
}

// A message that was just sent is normally answered in a moment, so that only older ones
// get a line.
static void print_unsent(const json_t *unsent, FILE *out)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(unsent, "named"), i, item)
    {
        bool late = json_is_true(json_object_get(item, "late"));
        if (!late && number(item, "seconds") < LONG_S)
            continue;
        fputs("  ", out);
        screen_paint(out, late ? PAINT_BAD : PAINT_WARNING, "%s", say("NOT SENT"));
        fputc(' ', out);
        screen_text(out, mail_text(item, "file"));
        print_age_and_reason(item, out);
    }
    print_more(unsent, out);
}

static void print_refused(const json_t *refused, FILE *out)
{
    size_t i;
    const json_t *name;
    if (number(refused, "count") == 0)
        return;
    fputs("  ", out);
    screen_paint(out, PAINT_BAD, "%s", say("REFUSED"));
    fprintf(out,
        say(" %lld in refused/: correct them and send them again, or take them away; the "
            "newest:\n"),
        number(refused, "count"));
    json_array_foreach(json_object_get(refused, "newest"), i, name)
    {
        fputs("          ", out);
        screen_text(out, json_string_value(name));
        fputc('\n', out);
    }
}

void node_files_print(const json_t *status, FILE *out)
{
    const json_t *files = json_object_get(status, "files");
    if (mail_text(files, "trouble")[0]) {
        fputs("  ", out);
        screen_paint(out, PAINT_BAD, "%s", say("STUCK"));
        fputs(say("   outbox: "), out);
        retell(out, mail_text(files, "trouble"));
        fputc('\n', out);
    }
    if (number(files, "taken") > 0)
        fprintf(out, say("          %lld taken from the outbox, and not sealed yet\n"),
            number(files, "taken"));
    print_stays(files, out);
    print_unsent(json_object_get(files, "unsent"), out);
    print_refused(json_object_get(files, "refused"), out);
}
