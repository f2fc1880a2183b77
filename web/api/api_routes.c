// api_routes - the tables of this folder: a file that is added names its own here.

#include "web/web_routes.h"

#include "web/api/api.h"

#include <stddef.h>

const web_route_t *const web_routes[] = {
    api_session,
    api_forms,
    api_explain,
    api_outcomes,
    api_drafts,
    api_files,
    api_messages,
    api_statistics,
    api_incident,
    api_lists,
    api_message,
    api_queue,
    api_held,
    api_enrolment,
    NULL,
};
