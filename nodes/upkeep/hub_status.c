// hub_status - trouble is printed first, so that nobody has to read to the end to see it.

#include "nodes/upkeep/hub_status.h"

#include "lib/base/catalogue.h"
#include "nodes/cli/retell.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/inbox/mail.h"

typedef struct {
    const char *field, *words;
} trouble_t;

static const trouble_t troubles[] = {
    {"rolled_back",
        MARK("a node has seen a newer log than this hub has: it stopped taking messages; "
             "do not restart it, find out which copy is the newest")},
    {"disk_full",
        MARK("no room on the disk: publishers are told to try again; make room")},
    {"clock_held",
        MARK("the hub's clock moved: nothing falls overdue until somebody has set "
             "it right and says so with `dabyl hub clock accept`")},
    {"crl_stale",
        MARK("the revocation list is past its date: run `dabyl ca crl`, copy "
             "crl.pem to the hub, `dabyl hub reload`; until then nobody new is let in")},
};

enum { TROUBLES = sizeof troubles / sizeof *troubles };

static bool is_set(const json_t *status, const char *field)
{
    return json_is_true(json_object_get(status, field));
}

// A node whose last hello claimed deliveries that this log did not make.
static bool contradicts(const json_t *status)
{
    size_t i;
    json_t *node;
    json_array_foreach(json_object_get(status, "nodes"), i,
        node) if (is_set(node, "contradicts")) return true;
    return false;
}

static long long number(const json_t *object, const char *field)
{
    return json_integer_value(json_object_get(object, field));
}

bool hub_status_good(const json_t *status)
{
    if (contradicts(status) || json_array_size(json_object_get(status, "alarms")) > 0 ||
        json_array_size(json_object_get(status, "warnings")) > 0)
        return false;
    for (size_t i = 0; i < TROUBLES; i++)
        if (is_set(status, troubles[i].field))
            return false;
    return json_array_size(json_object_get(status, "quarantined")) == 0 &&
           number(status, "duties_towards_nobody") == 0 &&
           number(status, "unreadable_since_start") == 0;
}

// A column of its own; the colour would count as some.
static void put_state(FILE *out, paint_t paint, const char *word)
{
    unsigned width = 0;
    for (const char *c = word; *c; c++)
        width += ((unsigned char)*c & 0xC0) != 0x80;
    screen_paint(out, paint, "%s", word);
    fprintf(out, "%*s", width < 12 ? (int)(12 - width) : 1, "");
}

static void print_node(const json_t *node, FILE *out)
{
    long long delivered = number(node, "delivered");
    long long waiting = delivered - number(node, "acknowledged");
    fputs("  ", out);
    if (is_set(node, "contradicts"))
        put_state(out, PAINT_BAD, say("WRONG"));
    else
        put_state(out, is_set(node, "connected") ? PAINT_GOOD : PAINT_WARNING,
            is_set(node, "connected") ? say("here") : say("away"));
    screen_column(out, mail_text(node, "node"), 24);
    screen_text(out, words_title(&words_roles, mail_text(node, "role")));
    fputs(", ", out);
    fprintf(out, say("%lld delivered"), delivered);
    if (waiting > 0)
        fprintf(out, say(", %lld not yet acknowledged"), waiting);
    fputc('\n', out);
}

// What the hub says in words of its own.
static void print_words(const json_t *list, paint_t paint, const char *label, FILE *out)
{
    size_t i;
    json_t *text;
    json_array_foreach(list, i, text)
    {
        screen_paint(out, paint, "%s", say(label));
        fputs("  ", out);
        retell(out, json_string_value(text) ? json_string_value(text) : "");
        fputc('\n', out);
    }
}

static void print_unreadable(long long n, FILE *out)
{
    if (n == 0)
        return;
    screen_paint(out, PAINT_BAD, "TROUBLE");
    fprintf(out,
        say("  %lld messages or entries were refused because the hub could not have "
            "read them again (entry.unreadable in its log): report this\n"),
        n);
}

static void print_quarantine(const json_t *list, FILE *out)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        screen_paint(out, PAINT_BAD, "TROUBLE");
        fprintf(out, say("  entry %lld is set aside, since it cannot be read ("),
            number(one, "position"));
        retell(out, mail_text(one, "reason"));
        fputs(say("): what it says counts for nothing, as long as this log is used\n"),
            out);
    }
}

static void print_owed_nobody(long long n, FILE *out)
{
    if (n == 0)
        return;
    screen_paint(out, PAINT_BAD, "TROUBLE");
    fprintf(out,
        say("  %lld duties are open towards roles that no node has: nothing reaches them "
            "here. "
            "Who owes one gives notice otherwise, and attests it (`dabyl duties`)\n"),
        n);
}

// Of these the hub warns, unless its configuration says that it is known.
static void print_absent(const json_t *absent, FILE *out)
{
    size_t i;
    json_t *one;
    json_array_foreach(absent, i, one)
    {
        const char *role = mail_text(one, "role");
        fputs("  ", out);
        put_state(out, PAINT_WARNING, say("none"));
        screen_text(out, words_title(&words_roles, role));
        fputs(" (", out); // as certificates have it
        screen_text(out, role);
        fputs("), ", out);
        fputs(
            is_set(one, "by_law") ? say("needed by ") : say("needed by default, "), out);
        screen_text(out, mail_text(one, "cites"));
        fputc('\n', out);
    }
}

// The hub's own log says when, and by whom.
static void print_limits(json_t *limits, FILE *out)
{
    const char *name;
    json_t *times;
    json_object_foreach(limits, name, times)
    {
        fputs("  ", out);
        screen_paint(out, PAINT_WARNING, "limit reached");
        fputs("  ", out);
        screen_text(out, name);
        fprintf(out, say(", times since start: %lld\n"),
            (long long)json_integer_value(times));
    }
}

// Whose copy of the log is how old.
static void print_standbys(const json_t *list, FILE *out)
{
    size_t i;
    json_t *standby;
    json_array_foreach(list, i, standby)
    {
        fputs("  ", out);
        fprintf(out, say("standby %s follows the log, %lld entries behind\n"),
            mail_text(standby, "node"), number(standby, "behind"));
    }
}

// The acts of law: "488, 48".
static void print_packs(const json_t *packs, FILE *out)
{
    size_t i;
    json_t *pack;
    json_array_foreach(packs, i, pack)
    {
        fputs(i > 0 ? ", " : "", out);
        screen_text(out, json_string_value(pack) ? json_string_value(pack) : "");
    }
}

// Somebody waits for the operator, who would not know it otherwise.
static void print_joins(long long n, FILE *out)
{
    if (n == 0)
        return;
    fputs("  ", out);
    screen_paint(out, PAINT_WARNING, "joins");
    fputs("  ", out);
    fprintf(out,
        say_n("%lld request waits: `dabyl hub joins` shows who asks\n",
            "%lld requests wait: `dabyl hub joins` shows who asks\n", (size_t)n),
        n);
}

static void print_log(const json_t *status, FILE *out)
{
    screen_text(out, mail_text(status, "hub"));
    fprintf(out, ", %s ", say("log"));
    screen_text(out, mail_text(status, "origin"));
    fprintf(out, ", %s ", say("version"));
    screen_text(out, mail_text(status, "version"));
}

static void print_work(const json_t *status, FILE *out)
{
    long long entries = number(status, "entries"), rules = number(status, "rules");
    fputs("\n  ", out);
    fprintf(out, say_n("%lld entry on disk", "%lld entries on disk", (size_t)entries),
        entries);
    fprintf(out,
        say_n(", %lld rule in force by ", ", %lld rules in force by ", (size_t)rules),
        rules);
    print_packs(json_object_get(status, "packs"), out);
    fprintf(out,
        say(" (entry %lld), %lld connected,"
            " %lld refused since start, %lld duties open\n"),
        number(status, "rules_position"), number(status, "sessions"),
        number(status, "refused_since_start"), number(status, "duties"));
}

static void print_state_age(long long entries, long long seconds, FILE *out)
{
    if (seconds < 120)
        fprintf(
            out, say("  state kept up to entry %lld, %lld s ago\n"), entries, seconds);
    else if (seconds < 7200)
        fprintf(out, say("  state kept up to entry %lld, %lld min ago\n"), entries,
            seconds / 60);
    else
        fprintf(out, say("  state kept up to entry %lld, %lld h ago\n"), entries,
            seconds / 3600);
}

// Nothing where no kind has an age.
static void print_retention(const json_t *past, FILE *out)
{
    if (!past)
        return;
    fprintf(out,
        is_set(past, "erase")
            ? say("  past their age: %lld due, %lld held, %lld gone\n")
            : say("  past their age, and only counted: %lld due, %lld held, "
                  "%lld gone\n"),
        number(past, "due"), number(past, "held"), number(past, "gone"));
}

void hub_status_print(const json_t *status, FILE *out)
{
    for (size_t i = 0; i < TROUBLES; i++)
        if (is_set(status, troubles[i].field)) {
            screen_paint(out, PAINT_BAD, "TROUBLE");
            fprintf(out, "  %s\n", say(troubles[i].words));
        }
    if (contradicts(status)) {
        screen_paint(out, PAINT_BAD, "TROUBLE");
        fputs(say("  WRONG: a node claims deliveries that this log did not make to it; "
                  "it is "
                  "sent nothing, see hub/OPERATIONS.md\n"),
            out);
    }
    print_words(json_object_get(status, "alarms"), PAINT_BAD, MARK("TROUBLE"), out);
    print_unreadable(number(status, "unreadable_since_start"), out);
    print_quarantine(json_object_get(status, "quarantined"), out);
    print_owed_nobody(number(status, "duties_towards_nobody"), out);
    print_words(json_object_get(status, "warnings"), PAINT_WARNING, MARK("WARNING"), out);
    print_log(status, out);
    print_work(status, out);
    if (number(status, "state_entries") > 0) // of a young log nothing is yet
        print_state_age(
            number(status, "state_entries"), number(status, "state_age_s"), out);
    print_retention(json_object_get(status, "retention"), out);
    print_joins(number(status, "joins_waiting"), out);
    print_limits(json_object_get(status, "limits"), out);
    size_t i;
    json_t *node;
    json_array_foreach(json_object_get(status, "nodes"), i, node) print_node(node, out);
    print_standbys(json_object_get(status, "standbys"), out);
    print_absent(json_object_get(status, "absent"), out);
}
