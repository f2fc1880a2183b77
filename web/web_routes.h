// web_routes - every question that pages can ask: one table a file of web/api
// (api_routes.c).

#ifndef WEB_WEB_ROUTES_H
#define WEB_WEB_ROUTES_H

#include "web/http/route.h"

extern const web_route_t *const web_routes[]; // NULL after the last

#endif
