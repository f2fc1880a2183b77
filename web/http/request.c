// request - what was decoded once is handed out; headers are still the connection's,
// which sleeps while a worker has the request.

#include "web/http/request_state.h"

#include <stdlib.h>

method_t request_method(const request_t *self)
{
    return self->method;
}

const person_t *request_person(const request_t *self)
{
    return &self->person;
}

const char *request_token(const request_t *self)
{
    return self->token;
}

const char *request_session(const request_t *self)
{
    return self->cookie;
}

span_t request_certificate(const request_t *self)
{
    return self->certificate;
}

int64_t request_now_ms(const request_t *self)
{
    return self->now_ms;
}

const char *request_step(const request_t *self, size_t i)
{
    return i < self->opens ? self->open[i] : "";
}

const char *request_query(const request_t *self, const char *name)
{
    return target_query(&self->target, name);
}

int64_t request_number(
    const request_t *self, const char *name, int64_t least, int64_t most, int64_t preset)
{
    uint64_t number;
    if (!decimal_decode(span_text(request_query(self, name)), &number) ||
        number > INT64_MAX)
        return preset;
    return (int64_t)number < least || (int64_t)number > most ? preset : (int64_t)number;
}

const char *request_header(const request_t *self, const char *name)
{
    const char *value =
        MHD_lookup_connection_value(self->connection, MHD_HEADER_KIND, name);
    return value ? value : "";
}

span_t request_body(const request_t *self)
{
    return buf_span(&self->body);
}

const char *request_file(const request_t *self)
{
    return self->upload.path;
}

bool request_file_hash(const request_t *self, hash_t *out, uint64_t *size)
{
    *out = self->hash;
    *size = self->upload.size;
    return self->upload.fd >= 0;
}
