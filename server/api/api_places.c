#include "server/api/handlers.h"

#include "server/api/change.h"
#include "server/api/input.h"
#include "server/api/listing.h"
#include "server/api/place.h"
#include "server/api/reply.h"
#include "server/api/routes.h"

/* -- the district ------------------------------------------------------------------------------ */

static json_t *district_json(const struct store_answer *answer, size_t i)
{
    return json_pack("{s:s}", "name", answer->places[i].name);
}

void api_get_district(struct http_request *req, void *arg)
{
    listing_reply_one(req, arg, store_find_place, (struct store_question){.school = ""},
                      district_json);
}

void api_put_district(struct http_request *req, void *arg)
{
    struct input in;
    struct change *c = input_read(req, false, &in) ? change_new(req, arg) : NULL;
    if (!c)
        return;
    batch_put_place(change_batch(c),
                    &(struct store_place){.school = "", .klass = "", .name = in.name});
    change_audit(c, "district.put", "district", "");
    change_commit(c, 200, json_pack("{s:s}", "name", in.name));
}

/* -- schools ----------------------------------------------------------------------------------- */

static json_t *school_json(const struct store_answer *answer, size_t i)
{
    const struct store_place *p = &answer->places[i];
    return json_pack("{s:s, s:s}", "code", p->school, "name", p->name);
}

void api_list_schools(struct http_request *req, void *arg)
{
    const struct store_question q = {.school = "", .find = find_query(req)};
    if (q.find)
        listing_reply(req, arg, store_list_places, q, school_json);
}

void api_get_school(struct http_request *req, void *arg)
{
    if (place_has_school(arg, req))
        listing_reply_one(req, arg, store_find_place,
                          (struct store_question){.school = http_param(req, "school")},
                          school_json);
}

void api_put_school(struct http_request *req, void *arg)
{
    struct input in;
    const char *code = http_param(req, "school");
    if (!input_code(req, code) || !input_read(req, false, &in))
        return;
    struct change *c = change_new(req, arg);
    if (!c)
        return;
    if (change_only_makes(req))
        batch_expect_no_place(change_batch(c), code, "");
    batch_put_place(change_batch(c),
                    &(struct store_place){.school = code, .klass = "", .name = in.name});
    change_audit_place(c, "school.put", code, "");
    change_commit(c, 200, json_pack("{s:s, s:s}", "code", code, "name", in.name));
}

void api_drop_school(struct http_request *req, void *arg)
{
    const char *code = http_param(req, "school");
    struct change *c = place_has_school(arg, req) ? change_new(req, arg) : NULL;
    if (!c)
        return;
    batch_drop_place(change_batch(c), code, "");
    change_audit_place(c, "school.drop", code, "");
    change_commit(c, 204, NULL);
}

/* -- classes ----------------------------------------------------------------------------------- */

static json_t *class_json(const struct store_answer *answer, size_t i)
{
    const struct store_place *p = &answer->places[i];
    return json_pack("{s:s, s:s, s:i}", "code", p->klass, "name", p->name, "grade", p->grade);
}

void api_list_classes(struct http_request *req, void *arg)
{
    if (place_has_school(arg, req))
        listing_reply(req, arg, store_list_places,
                      (struct store_question){.school = http_param(req, "school")}, class_json);
}

void api_put_class(struct http_request *req, void *arg)
{
    struct input in;
    const char *school = http_param(req, "school"), *code = http_param(req, "class");
    if (!place_has_school(arg, req) || !input_code(req, code) || !input_read(req, true, &in))
        return;
    struct change *c = change_new(req, arg);
    if (!c)
        return;
    if (change_only_makes(req))
        batch_expect_no_place(change_batch(c), school, code);
    batch_put_place(
        change_batch(c),
        &(struct store_place){.school = school, .klass = code, .name = in.name, .grade = in.grade});
    change_audit_place(c, "class.put", school, code);
    change_commit(c, 200,
                  json_pack("{s:s, s:s, s:i}", "code", code, "name", in.name, "grade", in.grade));
}

void api_drop_class(struct http_request *req, void *arg)
{
    const char *school = http_param(req, "school"), *code = http_param(req, "class");
    struct change *c = place_has_class(arg, req, code) ? change_new(req, arg) : NULL;
    if (!c)
        return;
    batch_drop_place(change_batch(c), school, code);
    change_audit_place(c, "class.drop", school, code);
    change_commit(c, 204, NULL);
}

static json_t *member_json(const struct store_answer *answer, size_t i)
{
    const struct store_member *m = &answer->members[i];
    return json_pack("{s:s, s:s, s:s, s:s}", "role", store_role_name(m->role), "school",
                     m->person.school, "code", m->person.code, "name", m->person.name);
}

void api_list_members(struct http_request *req, void *arg)
{
    const char *klass = http_param(req, "class");
    if (place_has_class(arg, req, klass))
        listing_reply(req, arg, store_list_members,
                      (struct store_question){.school = http_param(req, "school"), .klass = klass},
                      member_json);
}
