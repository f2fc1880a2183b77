// routes - a receiver met by two rules is printed twice: each line is one reason.

#include "nodes/inbox/routes.h"

#include "lib/message/routing.h"
#include "nodes/cli/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/inbox/mail.h"

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
    case ROUTE_REFER: // the message itself says so
    case ROUTE_EXERCISE:
    case ROUTE_ATTACHMENT:
    case ROUTE_CAUSE:
        break;
    }
}

json_t *routes_json(span_t lines, cause_t *why)
{
    json_t *routes = json_pack(
        "{s:[], s:[], s:[], s:[]}", "receivers", "withheld", "emits", "remarks");
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

static void print_remarks(const json_t *remarks, FILE *out)
{
    size_t i;
    json_t *remark;
    json_array_foreach(remarks, i, remark)
    {
        const char *code = json_string_value(remark);
        fprintf(out, "  %s ", say("note:"));
        screen_text(out, code ? code : "?");
        fprintf(out, ": %s\n", words_refusal(code ? code : ""));
    }
}

void routes_print(const json_t *routes, routes_tense_t tense, FILE *out)
{
    bool asked = tense == ROUTES_ASKED;
    print_list(
        routes, "receivers", "node", asked ? say("would be told:") : say("told:"), out);
    if (json_array_size(json_object_get(routes, "receivers")) == 0)
        fprintf(out, "  %s\n",
            asked ? say("nobody would be told") : say("nobody that you may know of"));
    print_list(routes, "emits", "kind",
        asked ? say("the hub would make:") : say("the hub made:"), out);
    print_list(routes, "withheld", "node",
        asked ? say("would not be told:") : say("not told:"), out);
    print_remarks(json_object_get(routes, "remarks"), out);
}
