#include "server/api/input.h"

#include <string.h>

#include "server/api/reply.h"

/* "bad_name": the message is the list's, in both languages. */
static bool refuse(struct http_request *req, const char *code, enum roster_reason reason)
{
    const struct message *m = roster_message(reason);
    json_t *error = json_pack("{s:{s:s, s:s, s:s, s:s}}", "error", "code", code, "message", m->en,
                              "reason", m->code, "zh", m->zh);
    reply_json(req, 400, error);
    return false;
}

static bool read_name(struct http_request *req, const json_t *value, struct input *out)
{
    struct name name;
    const char *text = json_string_value(value);
    enum roster_reason wrong = text && *text ? name_read(&name, text) : ROSTER_EMPTY;
    if (wrong)
        return refuse(req, "bad_name", wrong);
    memcpy(out->name, name.text, sizeof(out->name));
    return true;
}

static bool read_grade(struct http_request *req, const json_t *value, struct input *out)
{
    json_int_t grade = json_integer_value(value);
    bool is_none = !value || json_is_null(value);
    if (!is_none && (!json_is_integer(value) || grade < 0 || grade > GRADE_MAX))
        return refuse(req, "bad_grade", ROSTER_BAD_GRADE);
    out->grade = (int)grade;
    return true;
}

static bool has_others(struct http_request *req, json_t *body, bool has_grade)
{
    const char *key;
    json_t *value;
    json_object_foreach(body, key, value)
    {
        if (strcmp(key, "name") == 0 || (has_grade && strcmp(key, "grade") == 0))
            continue;
        http_fail(req, 400, "bad_field", "There is a field that does not belong here.");
        return true;
    }
    return false;
}

bool input_read(struct http_request *req, bool has_grade, struct input *out)
{
    json_t *body = body_object(req);
    *out = (struct input){.grade = 0};
    if (!body)
        return false;
    bool is_fine = !has_others(req, body, has_grade) &&
                   read_name(req, json_object_get(body, "name"), out) &&
                   (!has_grade || read_grade(req, json_object_get(body, "grade"), out));
    json_decref(body);
    return is_fine;
}

bool input_code(struct http_request *req, const char *code)
{
    char kept[CODE_SIZE];
    enum roster_reason wrong = *code ? code_read(kept, code) : ROSTER_EMPTY;
    if (!wrong && strcmp(kept, code) != 0)
        wrong = ROSTER_BAD_CODE;
    return wrong ? refuse(req, "bad_code", wrong) : true;
}
