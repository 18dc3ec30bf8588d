#include "server/api/handlers.h"

#include "server/api/reply.h"
#include "server/api/routes.h"
#include "server/lesson/lesson.h"
#include "server/session/session.h"

static json_t *facts_json(const char *id, const struct session_facts *f)
{
    return json_pack(
        "{s:s, s:s, s:s, s:I, s:b, s:b, s:b, s:{s:I, s:I, s:f, s:I}}", "id", id, "state",
        session_state_name(f->state), "content", wire_content_name(f->content), "viewers",
        (json_int_t)f->viewers, "has_source", f->source != SOURCE_NONE, "has_worker", f->has_worker,
        "has_picture", f->has_picture, "source", "width", (json_int_t)f->width, "height",
        (json_int_t)f->height, "fps", f->fps_x100 / 100.0, "bytes", (json_int_t)f->source_bytes);
}

void api_get_session(struct http_request *req, void *arg)
{
    const struct api_app *app = arg;
    const struct lesson *l = lessons_find(app->lessons, http_param(req, "id"));
    struct session_facts facts;
    if (!l)
        fail_no_lesson(req);
    else if (!sessions_facts(app->sessions, l->id, &facts))
        http_fail(req, 404, "no_session", "Nobody has taught or watched this lesson yet.");
    else
        reply_json(req, 200, facts_json(l->id, &facts));
}
