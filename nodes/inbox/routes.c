// routes - a receiver met by two rules is printed twice: each line is one reason.

#include "nodes/inbox/routes.h"

#include "lib/base/catalogue.h"
#include "lib/message/routing.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/inbox/mail.h"

#include <string.h>

static void add(json_t *routes, const char *list, json_t *line)
{
    json_array_append_new(json_object_get(routes, list), line);
}

static void add_route(json_t *routes, const route_t *r)
{
    switch (r->type) {
    case ROUTE_DELIVER:
        add(routes, "receivers",
            json_pack(
                "{s:s, s:s, s:s}", "node", r->node, "rule", r->rule, "cites", r->cites));
        break;
    case ROUTE_BY_SUBSCRIPTION:
        add(routes, "by_subscription",
            json_pack(
                "{s:s, s:s, s:s}", "node", r->node, "rule", r->rule, "cites", r->cites));
        break;
    case ROUTE_SUBSCRIBERS:
        json_object_set_new(routes, "subscribers", json_integer((json_int_t)r->size));
        break;
    case ROUTE_WITHHOLD:
        add(routes, "withheld",
            json_pack("{s:s, s:s, s:s, s:s}", "node", r->node, "rule", r->rule, "cites",
                r->cites, "code", r->code));
        break;
    case ROUTE_EMIT:
        add(routes, "emits",
            json_pack("{s:s, s:s, s:s, s:s}", "kind", r->kind, "id", r->id, "rule",
                r->rule, "cites", r->cites));
        break;
    case ROUTE_REMARK:
        add(routes, "remarks", json_string(r->code));
        break;
    case ROUTE_CARRIES:
        add(routes, "carries",
            json_pack(
                "{s:s, s:s, s:s}", "node", r->node, "author", r->author, "id", r->id));
        break;
    case ROUTE_OMITS:
        add(routes, "omits",
            json_pack("{s:s, s:s, s:I}", "node", r->node, "code", r->code, "messages",
                (json_int_t)r->size));
        break;
    case ROUTE_ABSENT:
        add(routes, "absent",
            json_pack(
                "{s:s, s:s, s:s}", "role", r->node, "rule", r->rule, "cites", r->cites));
        break;
    case ROUTE_UNREACHED:
        add(routes, "unreached", json_string(r->node));
        break;
    case ROUTE_ACTS:
        add(routes, "acting",
            json_pack("{s:s, s:s, s:s, s:s, s:s}", "person", r->node, "office", r->code,
                "territory", r->kind, "author", r->author, "id", r->id));
        break;
    case ROUTE_REFER: // the message itself says so
    case ROUTE_EXERCISE:
    case ROUTE_ATTACHMENT:
    case ROUTE_CAUSE:
    case ROUTE_JOINS:
    case ROUTE_LEAVES:
    case ROUTE_DELEGATES:
    case ROUTE_LEVEL:
    case ROUTE_FEED: // the subscriber's, not the author's
    case ROUTE_SUBSCRIBES:
    case ROUTE_UNSUBSCRIBES:
    case ROUTE_EXPIRES:
        break;
    }
}

json_t *routes_json(span_t lines, cause_t *why)
{
    json_t *routes =
        json_pack("{s:[], s:[], s:[], s:[], s:[], s:[], s:[], s:[], s:[], s:[], s:i}",
            "acting", "unreached", "receivers", "by_subscription", "withheld", "carries",
            "omits", "emits", "absent", "remarks", "subscribers", 0);
    reader_t reader = reader_of(lines);
    while (reader.rest.size > 0) {
        route_t route = {0};
        span_t line = take_line(&reader);
        if (reader.bad || route_parse(&route, line, why) != 0) {
            if (reader.bad)
                cause_set(why, "the last routing line has no end");
            json_decref(routes);
            return NULL;
        }
        add_route(routes, &route);
    }
    return routes;
}

static void print_rule(const json_t *line, FILE *out)
{
    mail_print_cites(mail_text(line, "cites"), out);
    fprintf(out, "  (%s ", say("rule"));
    screen_text(out, mail_text(line, "rule"));
    fputs(")", out);
}

static void print_list(const json_t *routes, const char *list, const char *field,
    const char *title, FILE *out)
{
    const json_t *lines = json_object_get(routes, list);
    if (json_array_size(lines) > 0)
        fprintf(out, "  %s\n", title);
    size_t i;
    json_t *line;
    json_array_foreach(lines, i, line)
    {
        fputs("    ", out);
        screen_column(out, mail_text(line, field), 20);
        print_rule(line, out);
        fputc('\n', out);
        const char *code = mail_text(line, "code");
        if (code[0]) {
            fputs("      ", out);
            screen_text(out, code);
            fprintf(out, ": %s\n", words_refusal(code));
        }
    }
}

static bool is_about(const json_t *line, const json_t *node)
{
    return strcmp(mail_text(line, "node"), mail_text(node, "node")) == 0;
}

// How many older messages each node gets with this one, which has them in a row.
static void print_carries(const json_t *carries, bool asked, FILE *out)
{
    size_t n = 0, size = json_array_size(carries);
    for (size_t i = 0; i < size; i++) {
        const json_t *line = json_array_get(carries, i);
        n++;
        if (i + 1 < size && is_about(line, json_array_get(carries, i + 1)))
            continue;
        fputs("    ", out);
        screen_column(out, mail_text(line, "node"), 20);
        fprintf(out,
            asked ? say("would have %zu older messages with it")
                  : say("had %zu older messages with it"),
            n);
        fputc('\n', out);
        n = 0;
    }
}

static void print_omits(const json_t *omits, FILE *out)
{
    size_t i;
    json_t *line;
    json_array_foreach(omits, i, line)
    {
        fputs("    ", out);
        screen_column(out, mail_text(line, "node"), 20);
        const char *code = mail_text(line, "code");
        long long n = (long long)json_integer_value(json_object_get(line, "messages"));
        bool deep = strcmp(code, "backfill.depth") == 0;
        fprintf(out,
            deep ? say("without a look at %lld older entries")
                 : say("without %lld older messages"),
            n);
        fprintf(out, ": %s\n", words_refusal(code));
    }
}

// Roles that nobody has, whom the message should have reached.
static void print_absent(const json_t *absent, FILE *out)
{
    size_t i;
    json_t *line;
    json_array_foreach(absent, i, line)
    {
        fputs("  ", out);
        screen_paint(out, PAINT_WARNING, "%s", say("NOBODY HAS THIS ROLE:"));
        fprintf(out, " %s  ", words_title(&words_roles, mail_text(line, "role")));
        print_rule(line, out);
        fputc('\n', out);
    }
    if (json_array_size(absent) > 0)
        fprintf(out, "    role.absent: %s\n", words_refusal("role.absent"));
}

// Who sealed it for somebody in office, and by which delegation.
static void print_acting(const json_t *acting, FILE *out)
{
    size_t i;
    json_t *line;
    json_array_foreach(acting, i, line)
    {
        const char *territory = mail_text(line, "territory");
        fputs("  ", out);
        fprintf(out, say("%1$s acts as %2$s"), mail_text(line, "person"),
            words_title(&words_offices, mail_text(line, "office")));
        fprintf(out, "%s%s", territory[0] == '-' ? "" : " ",
            territory[0] == '-' ? "" : territory);
        fprintf(out, say(" (delegation %s %s)\n"), mail_text(line, "author"),
            mail_text(line, "id"));
    }
}

// Whom a remark is about.
static void print_nodes(const json_t *nodes, FILE *out)
{
    size_t i;
    json_t *node;
    json_array_foreach(nodes, i, node)
    {
        fputs(i ? ", " : " (", out);
        screen_text(out, json_string_value(node));
    }
    fputs(json_array_size(nodes) ? ")" : "", out);
}

static void print_remarks(const json_t *routes, FILE *out)
{
    const json_t *remarks = json_object_get(routes, "remarks");
    size_t i;
    json_t *remark;
    json_array_foreach(remarks, i, remark)
    {
        const char *code = json_string_value(remark);
        fprintf(out, "  %s ", say("note:"));
        screen_text(out, code ? code : "?");
        fprintf(out, ": %s", words_refusal(code ? code : ""));
        if (code && strcmp(code, "to.unreached") == 0)
            print_nodes(json_object_get(routes, "unreached"), out);
        fputc('\n', out);
    }
}

// Those whom the author may know are in a list.
static void print_subscribers(const json_t *routes, bool asked, FILE *out)
{
    long long n = json_integer_value(json_object_get(routes, "subscribers"));
    if (n == 0)
        return;
    fputs("  ", out);
    fprintf(out,
        asked ? say("subscribers that you may not know of, who would be told: %lld")
              : say("subscribers that you may not know of, told: %lld"),
        n);
    fputc('\n', out);
}

void routes_print(const json_t *routes, routes_tense_t tense, FILE *out)
{
    bool asked = tense == ROUTES_ASKED;
    print_list(
        routes, "receivers", "node", asked ? say("would be told:") : say("told:"), out);
    if (json_array_size(json_object_get(routes, "receivers")) == 0)
        fprintf(out, "  %s\n",
            asked ? say("nobody would be told") : say("nobody that you may know of"));
    print_list(routes, "by_subscription", "node",
        asked ? say("would be told, having subscribed:")
              : say("told, having subscribed:"),
        out);
    print_subscribers(routes, asked, out);
    print_acting(json_object_get(routes, "acting"), out);
    print_carries(json_object_get(routes, "carries"), asked, out);
    print_omits(json_object_get(routes, "omits"), out);
    print_list(routes, "emits", "kind",
        asked ? say("the hub would make:") : say("the hub made:"), out);
    print_list(routes, "withheld", "node",
        asked ? say("would not be told:") : say("not told:"), out);
    print_absent(json_object_get(routes, "absent"), out);
    print_remarks(routes, out);
}
