// api_session - who asks, how the node is, what has changed, and the words of the pages.

#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "lib/base/version.h"
#include "nodes/cli/words.h"
#include "nodes/cli/words_file.h"
#include "web/api/api.h"
#include "web/web.h"

#include <microhttpd.h>
#include <string.h>

static void get_me(web_t *web, const request_t *request, reply_t *reply)
{
    const person_t *person = request_person(request);
    char now[TIME_TEXT];
    time_print(request_now_ms(request), now);
    reply_json(reply,
        json_pack("{s:{s:s, s:s, s:s}, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:[s, s, s], "
                  "s:{s:I, s:I}}",
            "officer", "name", person->name, "office", person->office, "territory",
            person->territory, "node", web->name, "role", web->role, "organisation",
            web->organisation, "token", request_token(request), "via",
            person->via == VIA_LINK ? "link" : "certificate", "version", DABYL_VERSION,
            "now", now, "languages", "kk", "ru", "en", "limits", "file",
            (json_int_t)web->file_bytes, "document", (json_int_t)web->document_bytes));
}

static void delete_me(web_t *web, const request_t *request, reply_t *reply)
{
    logins_end(web->logins, request_session(request));
    reply_json(reply, json_object());
}

static void get_status(web_t *web, const request_t *request, reply_t *reply)
{
    (void)request;
    reply_json(reply, watch_status(web->watch));
}

static json_t *table_json(const words_t *table)
{
    json_t *object = json_object();
    for (const word_t *word = table->words; word->word; word++)
        json_object_set_new(object, word->word,
            json_pack("{s:s, s:s*}", "title", word->title, "meaning", word->meaning));
    return object;
}

// In English: pages look titles up under the table's context, meanings under none.
static void get_vocabulary(web_t *web, const request_t *request, reply_t *reply)
{
    (void)web;
    (void)request;
    json_t *tables = json_object();
    for (size_t i = 0; words_all[i]; i++)
        json_object_set_new(tables, words_all[i]->context, table_json(words_all[i]));
    reply_json(reply, tables);
}

static void get_events(web_t *web, const request_t *request, reply_t *reply)
{
    cause_t why;
    stream_t *stream = streams_open(web->streams, request, &why);
    if (stream)
        reply_stream(reply, stream);
    else
        reply_error(reply, MHD_HTTP_SERVICE_UNAVAILABLE, "streams.many", "%s", why.text);
}

static void get_words(web_t *web, const request_t *request, reply_t *reply)
{
    cause_t why;
    const char *language = catalogue_language(request_query(request, "lang"));
    (void)web;
    json_t *words = language ? words_file_read(language, &why) : NULL;
    if (words)
        reply_json(reply, words);
    else if (language)
        reply_error(reply, MHD_HTTP_NOT_FOUND, "absent", "%s", why.text);
    else
        reply_error(reply, MHD_HTTP_BAD_REQUEST, "lang", "lang is one of kk, ru and en");
}

const web_route_t api_session[] = {
    {METHOD_GET, "/api/me", BODY_NONE, get_me},
    {METHOD_DELETE, "/api/me", BODY_NONE, delete_me},
    {METHOD_GET, "/api/status", BODY_NONE, get_status},
    {METHOD_GET, "/api/events", BODY_NONE, get_events},
    {METHOD_GET, "/api/words", BODY_NONE, get_words},
    {METHOD_GET, "/api/vocabulary", BODY_NONE, get_vocabulary},
    {0},
};
