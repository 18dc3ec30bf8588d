#include "server/api/routes.h"

#include "server/api/handlers.h"

/* clang-format off */
const struct route api_routes[] = {
    {HTTP_GET,    "/healthz",                 HTTP_PUBLIC, api_get_health},
    {HTTP_GET,    "/readyz",                  HTTP_PUBLIC, api_get_ready},
    {HTTP_GET,    "/metrics",                 HTTP_PUBLIC, api_get_metrics},
    {HTTP_GET,    "/api/v1",                  HTTP_PUBLIC, api_get_root},
    {HTTP_GET,    "/api/v1/lessons/:id",      HTTP_PUBLIC, api_get_lesson},
    {HTTP_GET,    "/api/v1/lessons",          HTTP_ADMIN,  api_list_lessons},
    {HTTP_POST,   "/api/v1/lessons",          HTTP_ADMIN,  api_create_lesson},
    {HTTP_DELETE, "/api/v1/lessons/:id",      HTTP_ADMIN,  api_remove_lesson},
    {HTTP_GET,    "/api/v1/lessons/:id/keys", HTTP_ADMIN,  api_get_keys},
    {HTTP_POST,   "/api/v1/lessons/:id/keys", HTTP_ADMIN,  api_change_key},
    {HTTP_GET,    "/api/v1/sessions/:id",     HTTP_ADMIN,  api_get_session},
    {0},
};
/* clang-format on */
