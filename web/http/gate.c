// gate - who may ask what, decided from the headers alone.
//
// The order goes from the connection to the question: is it HTTP that everybody reads the
// same way, is it meant for this server, does it come from our own pages, who is it, and
// is there such a thing.  Nobody who is not known learns which routes there are.

#include "web/http/server_state.h"

#include "lib/base/log.h"
#include "lib/base/times.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool no(reply_t *reply, unsigned status, const char *code, const char *text)
{
    reply->last = true; // what may follow on this connection is not read as a request
    reply_error(reply, status, code, "%s", text);
    return false;
}

static bool take_method(request_t *request, const char *method)
{
    static const struct {
        const char *name;
        method_t method;
    } known[] = {{"GET", METHOD_GET}, {"HEAD", METHOD_GET}, {"POST", METHOD_POST},
        {"PUT", METHOD_PUT}, {"DELETE", METHOD_DELETE}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(method, known[i].name) == 0) {
            request->method = known[i].method;
            request->head = strcmp(method, "HEAD") == 0;
            return true;
        }
    return false;
}

// Headers of which a second one would make two readers disagree.
static const char *const single[] = {"Host", "Content-Length", "Content-Type", "Cookie",
    "Origin", "Sec-Fetch-Site", "X-Dabyl-Token"};

typedef struct {
    size_t n[sizeof single / sizeof *single];
    size_t all;
} counts_t;

static enum MHD_Result count(
    void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    counts_t *counts = context;
    (void)kind;
    (void)value;
    counts->all++;
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        counts->n[i] += strcasecmp(name, single[i]) == 0;
    return MHD_YES;
}

static bool is_unambiguous(const request_t *request)
{
    counts_t counts = {0};
    (void)MHD_get_connection_values(request->connection, MHD_HEADER_KIND, count, &counts);
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (counts.n[i] > 1)
            return false;
    return !MHD_lookup_connection_value(
        request->connection, MHD_HEADER_KIND, "Transfer-Encoding");
}

static bool is_api(const request_t *request)
{
    return request->target.steps > 0 && strcmp(request->target.step[0], "api") == 0;
}

// A page may be opened from anywhere, by a link in a mail; a question comes from our own
// pages, or from an address line.
static bool is_from_here(const request_t *request)
{
    const char *site = request_header(request, "Sec-Fetch-Site");
    bool navigates = strcmp(request_header(request, "Sec-Fetch-Mode"), "navigate") == 0 &&
                     request->method == METHOD_GET && !is_api(request);
    return !site[0] || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0 ||
           navigates;
}

static bool is_well_formed(const server_t *server, request_t *request, const char *method,
    const char *raw, reply_t *reply)
{
    if (!take_method(request, method))
        return no(
            reply, MHD_HTTP_METHOD_NOT_ALLOWED, "method", "there is no such method");
    if (!is_unambiguous(request))
        return no(reply, MHD_HTTP_BAD_REQUEST, "header.ambiguous",
            "a header that may be there once is there twice, or the body comes in pieces "
            "of unknown length");
    if (!target_parse(&request->target, span_text(raw)))
        return no(reply, MHD_HTTP_BAD_REQUEST, "target.malformed",
            "the path or the query is malformed or too long");
    if (!listening_is_host(&server->options.listening, server->options.names,
            request_header(request, "Host")))
        return no(reply, MHD_HTTP_MISDIRECTED_REQUEST, "host.foreign",
            "this console is not called by that name (names in web.conf)");
    if (!is_from_here(request))
        return no(reply, MHD_HTTP_FORBIDDEN, "site.foreign",
            "another site may not ask this console");
    return true;
}

// A link that is used up says so; nobody but its holder can use it.
static bool enter(server_t *server, request_t *request, reply_t *reply)
{
    char cookie[SECRET_TEXT];
    if (request->head) // whoever only asks whether a link is there uses nothing up
        return no(reply, MHD_HTTP_METHOD_NOT_ALLOWED, "method",
            "a link is opened, and not looked at");
    if (request->method == METHOD_GET && server->options.listening.loopback &&
        logins_enter(server->options.logins, request_query(request, "code"),
            clock_now().monotonic_ms, cookie)) {
        (void)logins_find(server->options.logins, cookie, clock_now().monotonic_ms,
            &request->person, request->token);
        log_line(LOG_INFO, "web.session", "officer=%s", request->person.name);
        reply_session(reply, server->cookie, cookie, server->options.tls != NULL);
    } else {
        reply_notice(reply, MHD_HTTP_UNAUTHORIZED, "link.used",
            "This link was used already or is too old.  Ask for a new one: dabyl web");
    }
    return false;
}

static bool stranger(const request_t *request, reply_t *reply, unsigned status,
    const char *code, const char *text)
{
    reply->last = true;
    if (is_api(request))
        reply_error(reply, status, code, "%s", text);
    else
        reply_notice(reply, status, code, text);
    return false;
}

// A certificate that is shown is what counts: a bad one is not made good by a link.
static bool is_certified(server_t *server, request_t *request, reply_t *reply)
{
    cause_t why;
    if (papers_check(server->options.papers, request->certificate, request->now_ms,
            &request->person, request->token, &why) == 0)
        return true;
    log_often(LOG_WARNING, "web.certificate", "reason=\"%s\"", why.text);
    return stranger(request, reply, MHD_HTTP_FORBIDDEN, "certificate.refused", why.text);
}

static bool is_logged_in(server_t *server, request_t *request)
{
    span_t cookies = span_text(request_header(request, "Cookie"));
    return target_cookie(
               cookies, server->cookie, request->cookie, sizeof request->cookie) &&
           logins_find(server->options.logins, request->cookie, clock_now().monotonic_ms,
               &request->person, request->token);
}

static bool is_known(server_t *server, request_t *request, reply_t *reply)
{
    request->certificate =
        server->options.tls ? tls_peer(request->connection) : span_of(NULL, 0);
    if (request->certificate.size > 0)
        return is_certified(server, request, reply);
    bool links = server->options.listening.loopback;
    if (links && is_logged_in(server, request))
        return true;
    return stranger(request, reply, MHD_HTTP_UNAUTHORIZED,
        links ? "session.none" : "certificate.none",
        links ? "Nobody is known here.  Begin with a link: dabyl web --officer NAME"
              : "This console wants the certificate of an officer of its node: import "
                "the file of dabyl ca browser into the browser.");
}

// In a time that does not tell how much of it was right.
static bool is_token(const request_t *request)
{
    const char *given = request_header(request, "X-Dabyl-Token");
    size_t size = strlen(request->token);
    return size > 0 && strlen(given) == size &&
           sodium_memcmp(given, request->token, size) == 0;
}

static bool may_change(const server_t *server, const request_t *request, reply_t *reply)
{
    char own[320];
    if (request->method == METHOD_GET)
        return true;
    (void)snprintf(
        own, sizeof own, "%s://%s", server->scheme, request_header(request, "Host"));
    if (strcmp(own, request_header(request, "Origin")) != 0)
        return no(reply, MHD_HTTP_FORBIDDEN, "origin.foreign",
            "a change must be asked for by a page of this console (Origin)");
    if (!is_token(request))
        return no(reply, MHD_HTTP_FORBIDDEN, "token.wrong",
            "a change needs the token of /api/me (X-Dabyl-Token)");
    return true;
}

static bool matches(const char *path, request_t *request)
{
    size_t step = 0;
    request->opens = 0;
    for (const char *at = path; *at; step++) {
        size_t size = strcspn(++at, "/");
        if (step == request->target.steps)
            return false;
        const char *here = request->target.step[step];
        if (size == 1 && *at == '*') {
            if (request->opens == REQUEST_STEPS)
                return false;
            request->open[request->opens++] = here;
        } else if (strlen(here) != size || strncmp(here, at, size) != 0) {
            return false;
        }
        at += size;
    }
    return step == request->target.steps;
}

// Of several that match the one that leaves fewest steps open.
static bool find_route(const server_t *server, request_t *request, reply_t *reply)
{
    const web_route_t *best = NULL;
    size_t opens = REQUEST_STEPS + 1;
    bool other = false;
    for (const web_route_t *const *table = server->options.routes; *table; table++)
        for (const web_route_t *one = *table; one->path; one++) {
            if (!matches(one->path, request))
                continue;
            other |= one->method != request->method;
            if (one->method == request->method && request->opens < opens) {
                best = one;
                opens = request->opens;
            }
        }
    if (!best)
        return other ? no(reply, MHD_HTTP_METHOD_NOT_ALLOWED, "method",
                           "this cannot be asked with that method")
                     : no(reply, MHD_HTTP_NOT_FOUND, "absent", "there is no such thing");
    (void)matches(best->path, request);
    request->route = best;
    return true;
}

static bool check_body(
    const server_t *server, const request_t *request, reply_t *reply, uint64_t *announced)
{
    const char *text = request_header(request, "Content-Length");
    uint64_t limit = request->route->body == BODY_FILE   ? server->options.upload_bytes
                     : request->route->body == BODY_JSON ? server->options.document_bytes
                                                         : 0;
    *announced = 0;
    if (text[0] && !decimal_decode(span_text(text), announced))
        return no(reply, MHD_HTTP_BAD_REQUEST, "header.ambiguous",
            "Content-Length is not a number");
    if (!text[0] && request->route->body != BODY_NONE)
        return no(reply, MHD_HTTP_LENGTH_REQUIRED, "length.absent",
            "how long the body is must be said (Content-Length)");
    if (*announced <= limit)
        return true;
    reply->last = true;
    reply_error(reply, MHD_HTTP_CONTENT_TOO_LARGE, "too.large",
        "the body may have %llu bytes", (unsigned long long)limit);
    return false;
}

// "/" is index.html; all pages lie in one folder.
static bool show_page(const server_t *server, const request_t *request, reply_t *reply)
{
    const target_t *target = &request->target;
    if (request->method != METHOD_GET || target->steps > 1)
        return no(reply, MHD_HTTP_NOT_FOUND, "absent", "there is no such page");
    reply_page(reply, server->options.pages,
        target->steps == 0 ? "index.html" : target->step[0],
        request_header(request, "If-None-Match"));
    return false;
}

bool gate_opens(server_t *server, request_t *request, const char *method, const char *raw,
    reply_t *reply, uint64_t *announced)
{
    if (!is_well_formed(server, request, method, raw, reply))
        return false;
    if (request->target.steps == 1 && strcmp(request->target.step[0], "enter") == 0)
        return enter(server, request, reply);
    if (!is_known(server, request, reply) || !may_change(server, request, reply))
        return false;
    if (!is_api(request))
        return show_page(server, request, reply);
    return find_route(server, request, reply) &&
           check_body(server, request, reply, announced);
}
