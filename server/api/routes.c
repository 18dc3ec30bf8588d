#include "server/api/routes.h"

#include "server/api/handlers.h"

#define SCHOOL "/api/v1/schools/:school"
#define CLASS  SCHOOL "/classes/:class"
#define PERSON SCHOOL "/people/:person"
#define IMPORT "/api/v1/imports/:id"
#define ROW    SCHOOL "/timetable/:entry"

enum {
    LIST_MAX = 4 << 20,       /* 20,000 rows of 200 bytes */
    ROW_MAX = 128 << 10,      /* 512 classes of 160 bytes, and a title, a link and a reason */
    CALENDAR_MAX = 128 << 10, /* 64 KiB of rules, escaped; 800 days */
};

/* clang-format off */
const struct route api_routes[] = {
    {HTTP_GET,    "/healthz",                 HTTP_PUBLIC, PERMIT_ANYBODY,         api_get_health, 0},
    {HTTP_GET,    "/readyz",                  HTTP_PUBLIC, PERMIT_ANYBODY,         api_get_ready, 0},
    {HTTP_GET,    "/metrics",                 HTTP_PUBLIC, PERMIT_ANYBODY,         api_get_metrics, 0},
    {HTTP_GET,    "/api/v1",                  HTTP_PUBLIC, PERMIT_ANYBODY,         api_get_root, 0},
    {HTTP_GET,    "/api/v1/lessons/:id",      HTTP_PUBLIC, PERMIT_ANYBODY,         api_get_lesson, 0},
    {HTTP_GET,    "/api/v1/lessons",          HTTP_ADMIN,  PERMIT_CONSOLE,         api_list_lessons, 0},
    {HTTP_POST,   "/api/v1/lessons",          HTTP_ADMIN,  PERMIT_CONSOLE,         api_create_lesson, 0},
    {HTTP_DELETE, "/api/v1/lessons/:id",      HTTP_ADMIN,  PERMIT_CONSOLE,         api_remove_lesson, 0},
    {HTTP_GET,    "/api/v1/lessons/:id/keys", HTTP_ADMIN,  PERMIT_CONSOLE,         api_get_keys, 0},
    {HTTP_POST,   "/api/v1/lessons/:id/keys", HTTP_ADMIN,  PERMIT_CONSOLE,         api_change_key, 0},
    {HTTP_GET,    "/api/v1/sessions/:id",     HTTP_ADMIN,  PERMIT_CONSOLE,         api_get_session, 0},

    {HTTP_GET,    "/api/v1/district",         HTTP_BOTH,   PERMIT_LIST_SCHOOLS,    api_get_district, 0},
    {HTTP_PUT,    "/api/v1/district",         HTTP_BOTH,   PERMIT_CHANGE_DISTRICT, api_put_district, 0},
    {HTTP_GET,    "/api/v1/schools",          HTTP_BOTH,   PERMIT_LIST_SCHOOLS,    api_list_schools, 0},
    {HTTP_GET,    SCHOOL,                     HTTP_BOTH,   PERMIT_READ_SCHOOL,     api_get_school, 0},
    {HTTP_PUT,    SCHOOL,                     HTTP_BOTH,   PERMIT_CHANGE_DISTRICT, api_put_school, 0},
    {HTTP_DELETE, SCHOOL,                     HTTP_BOTH,   PERMIT_CHANGE_DISTRICT, api_drop_school, 0},
    {HTTP_GET,    SCHOOL "/classes",          HTTP_BOTH,   PERMIT_READ_SCHOOL,     api_list_classes, 0},
    {HTTP_PUT,    CLASS,                      HTTP_BOTH,   PERMIT_CHANGE_SCHOOL,   api_put_class, 0},
    {HTTP_DELETE, CLASS,                      HTTP_BOTH,   PERMIT_CHANGE_SCHOOL,   api_drop_class, 0},
    {HTTP_GET,    CLASS "/members",           HTTP_BOTH,   PERMIT_READ_CLASS,      api_list_members, 0},
    {HTTP_GET,    CLASS "/roll",              HTTP_BOTH,   PERMIT_READ_CLASS,      api_list_roll, 0},
    {HTTP_GET,    SCHOOL "/people",           HTTP_BOTH,   PERMIT_READ_PEOPLE,     api_list_people, 0},
    {HTTP_GET,    PERSON,                     HTTP_BOTH,   PERMIT_READ_PEOPLE,     api_get_person, 0},
    {HTTP_PUT,    PERSON,                     HTTP_BOTH,   PERMIT_CHANGE_PEOPLE,   api_put_person, 0},
    {HTTP_DELETE, PERSON,                     HTTP_BOTH,   PERMIT_CHANGE_PEOPLE,   api_drop_person, 0},
    {HTTP_GET,    PERSON "/data",             HTTP_BOTH,   PERMIT_READ_PERSON,     api_get_data, 0},
    {HTTP_POST,   PERSON "/erase",            HTTP_BOTH,   PERMIT_CHANGE_PEOPLE,   api_erase_person, 0},
    {HTTP_PUT,    PERSON "/roles/:role",      HTTP_BOTH,   PERMIT_CHANGE_PEOPLE,   api_put_role, 0},
    {HTTP_DELETE, PERSON "/roles/:role",      HTTP_BOTH,   PERMIT_CHANGE_PEOPLE,   api_drop_role, 0},
    {HTTP_PUT,    PERSON "/wards/:ward",      HTTP_BOTH,   PERMIT_CHANGE_PEOPLE,   api_put_ward, 0},
    {HTTP_DELETE, PERSON "/wards/:ward",      HTTP_BOTH,   PERMIT_CHANGE_PEOPLE,   api_drop_ward, 0},
    {HTTP_POST,   "/api/v1/imports",          HTTP_BOTH,   PERMIT_IMPORT,          api_create_import, 0},
    {HTTP_PUT,    IMPORT "/files",            HTTP_BOTH,   PERMIT_IMPORT,          api_put_import_file, HTTP_LARGE_BODY_MAX},
    {HTTP_PUT,    IMPORT "/files/:file",      HTTP_BOTH,   PERMIT_IMPORT,          api_choose_import_sheet, 0},
    {HTTP_GET,    IMPORT,                     HTTP_BOTH,   PERMIT_IMPORT,          api_get_import, 0},
    {HTTP_POST,   IMPORT "/apply",            HTTP_BOTH,   PERMIT_IMPORT,          api_apply_import, 0},
    {HTTP_DELETE, IMPORT,                     HTTP_BOTH,   PERMIT_IMPORT,          api_drop_import, 0},
    {HTTP_GET,    "/api/v1/exports/:kind",    HTTP_BOTH,   PERMIT_EXPORT,          api_export, 0},
    {HTTP_GET,    "/api/v1/timetable",        HTTP_BOTH,   PERMIT_READ_TIMETABLE,  api_list_timetable, 0},
    {HTTP_GET,    "/api/v1/today",            HTTP_BOTH,   PERMIT_FOLLOW_LESSONS,  api_list_today, 0},
    {HTTP_GET,    SCHOOL "/timetable",        HTTP_BOTH,   PERMIT_CHANGE_TIMETABLE, api_list_rows, 0},
    {HTTP_PUT,    ROW,                        HTTP_BOTH,   PERMIT_CHANGE_TIMETABLE, api_put_row, ROW_MAX},
    {HTTP_DELETE, ROW,                        HTTP_BOTH,   PERMIT_CHANGE_TIMETABLE, api_drop_row, 0},
    {HTTP_POST,   SCHOOL "/timetable/import", HTTP_BOTH,   PERMIT_CHANGE_TIMETABLE, api_import_timetable, LIST_MAX},
    {HTTP_POST,   SCHOOL "/timetable/publish", HTTP_BOTH,  PERMIT_CHANGE_TIMETABLE, api_publish, 0},
    {HTTP_GET,    SCHOOL "/closures",         HTTP_BOTH,   PERMIT_READ_SCHOOL,     api_list_closures, 0},
    {HTTP_POST,   SCHOOL "/closures",         HTTP_BOTH,   PERMIT_CHANGE_TIMETABLE, api_close_school, 0},
    {HTTP_DELETE, SCHOOL "/closures",         HTTP_BOTH,   PERMIT_CHANGE_TIMETABLE, api_open_school, 0},
    {HTTP_GET,    "/api/v1/calendar",         HTTP_BOTH,   PERMIT_READ_TIMETABLE,  api_get_calendar, 0},
    {HTTP_PUT,    "/api/v1/calendar",         HTTP_BOTH,   PERMIT_CHANGE_DISTRICT, api_put_calendar, CALENDAR_MAX},
    {HTTP_GET,    "/api/v1/policy",           HTTP_BOTH,   PERMIT_LIST_SCHOOLS,    api_get_policy, 0},
    {HTTP_PUT,    "/api/v1/policy",           HTTP_BOTH,   PERMIT_CHANGE_DISTRICT, api_put_policy, CALENDAR_MAX},
    {HTTP_GET,    "/api/v1/me/lessons",       HTTP_PUBLIC, PERMIT_SIGNED_IN,       api_list_my_lessons, 0},
    {HTTP_GET,    "/api/v1/me/lessons/:id",   HTTP_PUBLIC, PERMIT_SIGNED_IN,       api_get_my_lesson, 0},
    {HTTP_POST,   "/api/v1/me/lessons/:id/start", HTTP_PUBLIC, PERMIT_SIGNED_IN,   api_start_my_lesson, 0},
    {HTTP_POST,   "/api/v1/me/feed",          HTTP_PUBLIC, PERMIT_SIGNED_IN,       api_make_feed, 0},
    {HTTP_DELETE, "/api/v1/me/feed",          HTTP_PUBLIC, PERMIT_SIGNED_IN,       api_drop_feed, 0},
    {HTTP_GET,    CLASS "/feed",              HTTP_BOTH,   PERMIT_GIVE_CODES,      api_get_class_feed, 0},
    {HTTP_POST,   CLASS "/feed",              HTTP_BOTH,   PERMIT_GIVE_CODES,      api_make_class_feed, 0},
    {HTTP_DELETE, CLASS "/feed",              HTTP_BOTH,   PERMIT_GIVE_CODES,      api_drop_class_feed, 0},
    {HTTP_GET,    "/feeds/:token",            HTTP_PUBLIC, PERMIT_ANYBODY,         api_get_feed, 0},
    {HTTP_GET,    "/api/v1/audit",            HTTP_BOTH,   PERMIT_READ_AUDIT,      api_list_audit, 0},

    {HTTP_POST,    "/api/v1/door/setup",       HTTP_PUBLIC, PERMIT_ANYBODY,         api_door_setup, 0},
    {HTTP_POST,    "/api/v1/door/sign-in",     HTTP_PUBLIC, PERMIT_ANYBODY,         api_door_sign_in, 0},
    {HTTP_POST,    "/api/v1/door/invited",     HTTP_PUBLIC, PERMIT_ANYBODY,         api_door_invited, 0},
    {HTTP_POST,    "/api/v1/door/enter",       HTTP_PUBLIC, PERMIT_ANYBODY,         api_door_enter, 0},
    {HTTP_POST,    "/api/v1/door/guest",       HTTP_PUBLIC, PERMIT_ANYBODY,         api_door_guest, 0},
    {HTTP_POST,    "/api/v1/door/sign-out",    HTTP_PUBLIC, PERMIT_ANYBODY,         api_door_sign_out, 0},
    {HTTP_GET,     "/api/v1/me",               HTTP_PUBLIC, PERMIT_SIGNED_IN,       api_get_me, 0},
    {HTTP_PUT,     "/api/v1/me/password",      HTTP_PUBLIC, PERMIT_SIGNED_IN,       api_put_password, 0},
    {HTTP_POST,    "/api/v1/me/totp",          HTTP_PUBLIC, PERMIT_SIGNED_IN,       api_begin_totp, 0},
    {HTTP_PUT,     "/api/v1/me/totp",          HTTP_PUBLIC, PERMIT_SIGNED_IN,       api_put_totp, 0},
    {HTTP_DELETE,  "/api/v1/me/totp",          HTTP_PUBLIC, PERMIT_SIGNED_IN,       api_drop_totp, 0},
    {HTTP_GET,     "/api/v1/me/sessions",      HTTP_PUBLIC, PERMIT_SIGNED_IN,       api_list_my_sessions, 0},
    {HTTP_DELETE,  "/api/v1/me/sessions/:id",  HTTP_PUBLIC, PERMIT_SIGNED_IN,       api_end_my_session, 0},
    {HTTP_POST,    PERSON "/invite",           HTTP_BOTH,   PERMIT_CHANGE_PEOPLE,   api_invite, 0},
    {HTTP_POST,    PERSON "/entry-code",       HTTP_BOTH,   PERMIT_GIVE_CODES,      api_make_code, 0},
    {HTTP_GET,     CLASS "/codes",             HTTP_BOTH,   PERMIT_GIVE_CODES,      api_list_codes, 0},
    {HTTP_POST,    CLASS "/codes",             HTTP_BOTH,   PERMIT_GIVE_CODES,      api_make_codes, 0},
    {HTTP_GET,     CLASS "/guardians",         HTTP_BOTH,   PERMIT_GIVE_CODES,      api_list_guardians, 0},
    {HTTP_POST,    CLASS "/guardians",         HTTP_BOTH,   PERMIT_GIVE_CODES,      api_invite_guardians, 0},
    {HTTP_GET,     CLASS "/guests",            HTTP_BOTH,   PERMIT_GIVE_CODES,      api_list_guests, 0},
    {HTTP_POST,    CLASS "/guests",            HTTP_BOTH,   PERMIT_GIVE_CODES,      api_make_guest, 0},
    {HTTP_DELETE,  CLASS "/guests/:guest",     HTTP_BOTH,   PERMIT_GIVE_CODES,      api_drop_guest, 0},
    {0},
};
/* clang-format on */
