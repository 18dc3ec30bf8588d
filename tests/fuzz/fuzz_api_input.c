/* Forms of the school office, as JSON: what is taken keeps the rules of the lists, and is kept as
 * it would be if it came again. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/api/input.h"
#include "server/net/http_conn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct input *in)
{
    struct name again;
    assert(in->name[0] && strlen(in->name) < sizeof(in->name));
    assert(!name_read(&again, in->name) && strcmp(again.text, in->name) == 0);
    assert(in->grade >= 0 && in->grade <= GRADE_MAX);
}

/* Nobody is there to be answered any more, which frees the request all the same. */
static void try_body(const uint8_t *data, size_t size, bool has_grade)
{
    static const struct route_match none;
    static const char json[] = "application/json";
    const struct request head = {
        .content_type = {.p = json, .len = sizeof(json) - 1}
    };
    struct http_request *req;
    struct input in;
    if (http_request_new(&req, NULL, &head, &none))
        return;
    req->body = calloc(1, size + 1);
    assert(req->body);
    if (size)
        memcpy(req->body, data, size);
    req->body_len = size;
    if (!input_read(req, has_grade, &in))
        return;
    check(&in);
    assert(has_grade || in.grade == 0);
    http_request_free(&req);
}

static void try_code(const uint8_t *data, size_t size)
{
    static const struct route_match none;
    static const struct request head;
    struct http_request *req;
    char *code = malloc(size + 1);
    assert(code);
    if (size)
        memcpy(code, data, size);
    code[size] = '\0';
    if (http_request_new(&req, NULL, &head, &none) == 0 && input_code(req, code)) {
        assert(*code && strlen(code) < CODE_SIZE);
        http_request_free(&req);
    }
    free(code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > HTTP_BODY_MAX)
        return 0;
    try_body(data, size, false);
    try_body(data, size, true);
    try_code(data, size);
    return 0;
}
