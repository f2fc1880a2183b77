// reply - made on a worker's thread, sent on the listening one.

#include "web/http/reply_state.h"

#include "lib/base/file.h"
#include "lib/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JSON_TYPE "application/json; charset=utf-8"

void reply_init(reply_t *self)
{
    *self = (reply_t){.fd = -1, .cache = "no-store"};
}

void reply_free(reply_t *self)
{
    if (self->fd >= 0)
        (void)close(self->fd);
    buf_destroy(&self->bytes);
    stream_close(&self->stream);
    self->fd = -1;
}

static bool begin(reply_t *self, unsigned status, const char *type)
{
    if (self->status)
        return false;
    self->status = status;
    self->type = type;
    return true;
}

void reply_json(reply_t *self, json_t *json)
{
    reply_json_status(self, MHD_HTTP_OK, json);
}

void reply_json_status(reply_t *self, unsigned status, json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (!text)
        reply_error(self, MHD_HTTP_INTERNAL_SERVER_ERROR, "failed",
            "no answer can be made of this");
    else if (begin(self, status, JSON_TYPE))
        buf_put_text(&self->bytes, text);
    free(text);
}

static json_t *error_json(
    const char *code, const char *text, const char *pointer, const char *by)
{
    json_t *words = json_string(text);
    return json_pack("{s:{s:s, s:o, s:s, s:s}}", "error", "code", code, "text",
        words ? words : json_string("(unreadable)"), "pointer", pointer, "by", by);
}

void reply_error(
    reply_t *self, unsigned status, const char *code, const char *format, ...)
{
    cause_t text;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text.text, sizeof text.text, format, arguments);
    va_end(arguments);
    reply_json_status(self, status, error_json(code, text.text, "", ""));
}

void reply_refusal(reply_t *self, const refusal_t *refusal)
{
    const char *text = refusal->text[0] ? refusal->text : refusal_sentence(refusal->code);
    reply_json_status(self, MHD_HTTP_UNPROCESSABLE_CONTENT,
        error_json(refusal->code, text, refusal->pointer, refusal->by));
}

// A cause keeps the words of the system, and the program's language is the system's own.
static bool is_disk_full(const cause_t *why)
{
    return strstr(why->text, strerror(ENOSPC)) || strstr(why->text, strerror(EDQUOT));
}

void reply_failed(reply_t *self, const cause_t *why)
{
    bool full = is_disk_full(why);
    log_often(LOG_ERROR, full ? "web.full" : "web.failed", "reason=\"%s\"", why->text);
    reply_error(self,
        full ? MHD_HTTP_INSUFFICIENT_STORAGE : MHD_HTTP_INTERNAL_SERVER_ERROR,
        full ? "disk.full" : "failed", "%s", why->text);
}

// RFC 6266: the name for old browsers has only what can do no harm, the other says it
// all.
static void save_as(reply_t *self, const char *name)
{
    char plain[64] = "", coded[REPLY_HEADER / 2] = "";
    size_t p = 0, c = 0;
    const char *slash = strrchr(name, '/');
    for (const uint8_t *at = (const uint8_t *)(slash ? slash + 1 : name); *at; at++) {
        bool good = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                    (*at >= '0' && *at <= '9') || *at == '-' || *at == '_' ||
                    (*at == '.' && p > 0);
        if (c + 4 >= sizeof coded)
            break;
        c += (size_t)snprintf(coded + c, sizeof coded - c, good ? "%c" : "%%%02X", *at);
        if (p + 1 < sizeof plain)
            plain[p++] = good ? (char)*at : '_';
    }
    plain[p] = 0;
    (void)snprintf(self->saved, sizeof self->saved,
        "attachment; filename=\"%s\"; filename*=UTF-8''%s", p > 0 ? plain : "file",
        p > 0 ? coded : "file");
}

void reply_bytes(reply_t *self, const char *type, const char *name, buf_t *bytes)
{
    if (begin(self, MHD_HTTP_OK, type)) {
        self->bytes = *bytes;
        *bytes = (buf_t){0};
        if (name)
            save_as(self, name);
    }
    buf_destroy(bytes);
}

// A regular file, opened once: what it is is asked of the descriptor.
static int open_file(const char *path, struct stat *info)
{
    cause_t ignored;
    int fd = file_open_plain(path, O_RDONLY, &ignored);
    if (fd >= 0 && (fstat(fd, info) != 0 || !S_ISREG(info->st_mode))) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

void reply_file(reply_t *self, const char *path, const char *name)
{
    struct stat info;
    int fd = self->status ? -1 : open_file(path, &info);
    if (fd < 0) {
        reply_error(self, MHD_HTTP_NOT_FOUND, "absent", "there is no such file");
        return;
    }
    (void)begin(self, MHD_HTTP_OK, "application/octet-stream");
    save_as(self, name);
    self->fd = fd;
    self->size = (uint64_t)info.st_size;
}

static const char *page_type(const char *name)
{
    static const char *const types[][2] = {{".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"}, {".png", "image/png"}, {".ico", "image/x-icon"},
        {".wav", "audio/wav"}, {".ogg", "audio/ogg"}, {".woff2", "font/woff2"},
        {".json", JSON_TYPE}, {".webmanifest", "application/manifest+json"}};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
        if (strcmp(dot, types[i][0]) == 0)
            return types[i][1];
    return NULL;
}

void reply_page(reply_t *self, const char *folder, const char *name, const char *known)
{
    char path[PATH_MAX];
    cause_t ignored;
    struct stat info;
    const char *type = page_type(name);
    int fd = type && name[0] != '.' &&
                     path_join(path, sizeof path, folder, name, &ignored) == 0
                 ? open_file(path, &info)
                 : -1;
    if (fd < 0) {
        reply_error(self, MHD_HTTP_NOT_FOUND, "absent", "there is no such page");
        return;
    }
    (void)snprintf(self->tag, sizeof self->tag, "\"%llx-%llx-%llx\"",
        (unsigned long long)info.st_size, (unsigned long long)info.st_mtim.tv_sec,
        (unsigned long long)info.st_mtim.tv_nsec);
    bool same = strcmp(self->tag, known) == 0;
    (void)begin(self, same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, type);
    self->cache = "no-cache";
    if (same)
        (void)close(fd);
    else
        self->fd = fd;
    self->size = (uint64_t)info.st_size;
}

// What it says is ours or was cleaned; < and & are none of it all the same.
static void put_html(buf_t *out, const char *text)
{
    for (; *text; text++)
        if (*text == '<' || *text == '&' || *text == '>' || *text == '"')
            buf_printf(out, "&#%d;", *text);
        else
            buf_put_u8(out, (uint8_t)*text);
}

void reply_notice(reply_t *self, unsigned status, const char *code, const char *text)
{
    if (!begin(self, status, "text/html; charset=utf-8"))
        return;
    buf_put_text(&self->bytes,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width\"><title>Dabyl</title>"
        "<main><h1>Dabyl</h1><p>");
    put_html(&self->bytes, text);
    buf_put_text(&self->bytes, "</p><p><code>");
    put_html(&self->bytes, code);
    buf_put_text(&self->bytes, "</code></p></main></html>\n");
}

void reply_session(reply_t *self, const char *name, const char *cookie, bool secure)
{
    if (!begin(self, MHD_HTTP_OK, "text/html; charset=utf-8"))
        return;
    (void)snprintf(self->cookie, sizeof self->cookie,
        "%s=%s; Path=/; HttpOnly; SameSite=Strict%s", name, cookie,
        secure ? "; Secure" : "");
    // No redirection: what follows one counts as asked by whoever showed the link, and a
    // strict cookie is not sent then.
    buf_put_text(&self->bytes,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
        "<meta http-equiv=\"refresh\" content=\"0; url=/\"><title>Dabyl</title>"
        "<p><a href=\"/\">Dabyl</a></p></html>\n");
}

void reply_stream(reply_t *self, stream_t *stream)
{
    if (begin(self, MHD_HTTP_OK, "text/event-stream"))
        self->stream = stream;
    else
        stream_close(&stream);
}
