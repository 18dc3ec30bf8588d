#include "server/api/callers.h"

#include <stdio.h>
#include <string.h>

#include "server/api/routes.h"
#include "server/door/door.h"

/* Over TLS a cookie of ours is bound to the host by its name. Without it, a session is only taken
 * from this very machine, a pupil's pass from anywhere: who listens in a local network may. */
static const char *session_name(const struct http_request *req)
{
    if (http_is_secure(req))
        return "__Host-airclass";
    return http_is_private(req) ? "airclass" : NULL;
}

static const char *pass_name(const struct http_request *req)
{
    return http_is_secure(req) ? "__Host-airclass-pass" : "airclass-pass";
}

const char *caller_session(struct http_request *req)
{
    const char *name = session_name(req);
    return name ? http_cookie(req, name) : "";
}

static void of_session(struct door *door, const char *token, struct caller *out)
{
    struct door_session session;
    if (!*token || !door_find_session(door, token, &session))
        return;
    *out = (struct caller){.kind = CALLER_STAFF};
    memcpy(out->person, session.person, sizeof(out->person));
    memcpy(out->session, session.id, sizeof(out->session));
}

void caller_of_pass(struct door *door, const char *text, struct caller *out)
{
    struct door_pass pass;
    if (!*text || !door_check_pass(door, text, &pass))
        return;
    *out = (struct caller){.kind = pass.is_guest ? CALLER_GUEST : CALLER_PUPIL,
                           .device = pass.device,
                           .device_kind = (int)pass.kind};
    memcpy(out->person, pass.person, sizeof(out->person));
    memcpy(out->school, pass.school, sizeof(out->school));
    memcpy(out->klass, pass.klass, sizeof(out->klass));
}

void api_find_caller(void *door, struct http_request *req, struct caller *caller)
{
    of_session(door, caller_session(req), caller);
    if (caller->kind == CALLER_NOBODY)
        caller_of_pass(door, http_cookie(req, pass_name(req)), caller);
}

static void set_cookie(struct http_request *req, const char *name, const char *value, int64_t age_s)
{
    char text[HTTP_COOKIE_MAX + 128]; /* with its name, and what is said of it */
    snprintf(text, sizeof(text), "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s", name,
             value, (long long)age_s, http_is_secure(req) ? "; Secure" : "");
    http_set_header(req, "Set-Cookie", text);
}

void caller_set_session(struct http_request *req, const char *token)
{
    set_cookie(req, session_name(req), token, (int64_t)DOOR_SESSION_DAYS * 24 * 3600);
}

static const char *known_name(const struct http_request *req)
{
    return http_is_secure(req) ? "__Host-airclass-known" : "airclass-known";
}

void caller_set_known(struct http_request *req, const char *text)
{
    if (*text)
        set_cookie(req, known_name(req), text, (int64_t)DOOR_KNOWN_DAYS * 24 * 3600);
}

const char *caller_known(struct http_request *req)
{
    return http_cookie(req, known_name(req));
}

void caller_set_pass(struct http_request *req, const char *text, int64_t age_s)
{
    set_cookie(req, pass_name(req), text, age_s);
}

void caller_forget(struct http_request *req)
{
    if (session_name(req))
        set_cookie(req, session_name(req), "", 0);
    set_cookie(req, pass_name(req), "", 0);
}

void api_identify(struct http_request *req, void *app)
{
    const struct api_app *a = app;
    if (a->find_caller)
        a->find_caller(a->callers, req, http_caller(req));
}
