#ifndef AIRCLASS_TESTS_UNIT_API_DISTRICT_H
#define AIRCLASS_TESTS_UNIT_API_DISTRICT_H

#include "tests/unit/api/server.h"

/*
 * A district with two schools, A and B, each with the classes 1 and 2, and somebody for each role.
 * Whoever a request is from is said by a cookie with their mark: the server's own way to tell who
 * somebody is comes with the door, what they may then do is the same.
 */
struct role_holder {
    char mark;
    enum caller_kind kind;
    const char *home, *code;
    enum store_role role; /* 0: none */
    const char *school, *klass;
};

static const struct role_holder district_people[] = {
    {'D', CALLER_STAFF, "",   "d1", STORE_DISTRICT_ADMIN, "",  "" },
    {'C', CALLER_STAFF, "",   "c1", STORE_PATROL_COUNTY,  "",  "" },
    {'Y', CALLER_STAFF, "",   "y1", STORE_PATROL_CITY,    "",  "" },
    {'A', CALLER_STAFF, "A",  "a1", STORE_SCHOOL_ADMIN,   "A", "" },
    {'a', CALLER_STAFF, "B",  "a1", STORE_SCHOOL_ADMIN,   "B", "" },
    {'H', CALLER_STAFF, "A",  "h1", STORE_HOMEROOM,       "A", "1"},
    {'h', CALLER_STAFF, "A",  "h2", STORE_HOMEROOM,       "A", "2"},
    {'L', CALLER_STAFF, "A",  "l1", STORE_LECTURER,       "A", "" },
    {'T', CALLER_STAFF, "A",  "t1", STORE_TUTOR,          "A", "1"},
    {'P', CALLER_STAFF, "A",  "p1", STORE_PATROL_SCHOOL,  "A", "" },
    {'R', CALLER_STAFF, "A",  "r1", STORE_REPORTER,       "A", "" },
    {'G', CALLER_STAFF, "A",  "g1", (enum store_role)0,   "",  "" },
    {'S', CALLER_PUPIL, "A",  "s1", STORE_STUDENT,        "A", "1"},
    {'u', CALLER_GUEST, NULL, "",   (enum store_role)0,   "A", "1"},
};
enum { DISTRICT_PEOPLE = sizeof(district_people) / sizeof(*district_people) };

static inline void district_put(struct batch *b, const struct role_holder *h)
{
    const struct store_person person = {.school = h->home, .code = h->code, .name = "某某"};
    if (!h->home)
        return;
    batch_put_person(b, &person);
    if (h->role)
        batch_put_role(
            b, &(struct store_member){
                   .person = person, .role = h->role, .school = h->school, .klass = h->klass});
}

/* The id of the day pass of who is a guest. */
static const char district_guest[] = "guest-1";

static inline void district_put_guest(struct batch *b)
{
    const struct store_guest guest = {.id = district_guest,
                                      .school = "A",
                                      .klass = "1",
                                      .name = "督学",
                                      .hash = "none",
                                      .until_ms = INT64_MAX};
    batch_put_guest(b, &guest);
}

/* Before the server starts. */
static inline void district_make(struct store *store)
{
    static const char *const schools[] = {"A", "B"}, *const classes[] = {"1", "2"};
    struct batch *b = scene_batch();
    for (size_t i = 0; i < 2; i++) {
        batch_put_place(b,
                        &(struct store_place){.school = schools[i], .klass = "", .name = "学校"});
        for (size_t k = 0; k < 2; k++)
            batch_put_place(
                b, &(struct store_place){
                       .school = schools[i], .klass = classes[k], .name = "班", .grade = 7});
    }
    for (size_t i = 0; i < DISTRICT_PEOPLE; i++)
        district_put(b, &district_people[i]);
    const struct store_person guardian = {.school = "A", .code = "g1"},
                              pupil = {.school = "A", .code = "s1"};
    batch_put_guardian(b, &guardian, &pupil);
    district_put_guest(b);
    assert_int_equal(store_apply_now(store, &b, NULL), 0);
}

static inline void district_find_caller(void *arg, struct http_request *req, struct caller *caller)
{
    const struct server *s = arg;
    char mark = http_cookie(req, "who")[0];
    for (size_t i = 0; mark && i < DISTRICT_PEOPLE; i++) {
        const struct role_holder *h = &district_people[i];
        if (h->mark != mark)
            continue;
        const struct directory_person *who =
            h->home ? directory_find_code(s->directory, h->home, h->code) : NULL;
        caller->kind = h->kind;
        snprintf(caller->person, sizeof(caller->person), "%s", who ? who->id : district_guest);
        snprintf(caller->school, sizeof(caller->school), "%s", who ? "" : h->school);
        snprintf(caller->klass, sizeof(caller->klass), "%s", who ? "" : h->klass);
    }
}

static inline void district_start(struct server *s)
{
    server_start_with(s, district_make);
    s->app.find_caller = district_find_caller;
    s->app.callers = s;
}

/* Somebody asks on the public face; '-' is nobody. */
static inline int district_ask(struct server *s, struct answer *a, char mark,
                               enum http_method method, const char *path, const char *body)
{
    char head[1024];
    answer_free(a);
    snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\nCookie: who=%c\r\n%s", method_name(method),
             path, mark, body ? "Content-Type: application/json\r\n" : "");
    server_send(s, a, HTTP_PUBLIC, head, body);
    return a->status;
}

static inline int district_setup(void **state)
{
    (void)state;
    district_start(&server);
    return 0;
}

#endif
