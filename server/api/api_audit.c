#include "server/api/handlers.h"

#include "server/api/listing.h"
#include "server/api/reply.h"

static json_t *entry_json(const struct store_answer *answer, size_t i)
{
    const struct store_audit *e = &answer->audit[i];
    return json_pack("{s:I, s:o, s:s, s:s, s:s, s:s}", "seq", (json_int_t)e->seq, "at",
                     time_json(e->at_ms), "actor", e->actor, "act", e->act, "subject", e->subject,
                     "detail", e->detail);
}

void api_list_audit(struct http_request *req, void *arg)
{
    listing_reply(req, arg, store_list_audit, (struct store_question){.school = ""}, entry_json);
}
