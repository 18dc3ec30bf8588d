#include "server/api/routes.h"

#include "server/api/handlers.h"

/* clang-format off */
const struct route api_routes[] = {
    {HTTP_GET,    "/healthz",                 HTTP_PUBLIC, PERMIT_ANYBODY, api_get_health, 0},
    {HTTP_GET,    "/readyz",                  HTTP_PUBLIC, PERMIT_ANYBODY, api_get_ready, 0},
    {HTTP_GET,    "/metrics",                 HTTP_PUBLIC, PERMIT_ANYBODY, api_get_metrics, 0},
    {HTTP_GET,    "/api/v1",                  HTTP_PUBLIC, PERMIT_ANYBODY, api_get_root, 0},
    {HTTP_GET,    "/api/v1/lessons/:id",      HTTP_PUBLIC, PERMIT_ANYBODY, api_get_lesson, 0},
    {HTTP_GET,    "/api/v1/lessons",          HTTP_ADMIN, PERMIT_CONSOLE, api_list_lessons, 0},
    {HTTP_POST,   "/api/v1/lessons",          HTTP_ADMIN, PERMIT_CONSOLE, api_create_lesson, 0},
    {HTTP_DELETE, "/api/v1/lessons/:id",      HTTP_ADMIN, PERMIT_CONSOLE, api_remove_lesson, 0},
    {HTTP_GET,    "/api/v1/lessons/:id/keys", HTTP_ADMIN, PERMIT_CONSOLE, api_get_keys, 0},
    {HTTP_POST,   "/api/v1/lessons/:id/keys", HTTP_ADMIN, PERMIT_CONSOLE, api_change_key, 0},
    {HTTP_GET,    "/api/v1/sessions/:id",     HTTP_ADMIN, PERMIT_CONSOLE, api_get_session, 0},
    {0},
};
/* clang-format on */
