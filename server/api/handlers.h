#ifndef AIRCLASS_SERVER_API_HANDLERS_H
#define AIRCLASS_SERVER_API_HANDLERS_H

#include "server/net/http.h"

/* The rows' handlers; private to this folder. `arg` is the struct api_app. */
void api_get_health(struct http_request *req, void *arg);
void api_get_ready(struct http_request *req, void *arg);
void api_get_metrics(struct http_request *req, void *arg);
void api_get_root(struct http_request *req, void *arg);

void api_get_lesson(struct http_request *req, void *arg);
void api_list_lessons(struct http_request *req, void *arg);
void api_create_lesson(struct http_request *req, void *arg);
void api_remove_lesson(struct http_request *req, void *arg);
void api_get_keys(struct http_request *req, void *arg);
void api_change_key(struct http_request *req, void *arg);

void api_get_district(struct http_request *req, void *arg);
void api_put_district(struct http_request *req, void *arg);
void api_list_schools(struct http_request *req, void *arg);
void api_get_school(struct http_request *req, void *arg);
void api_put_school(struct http_request *req, void *arg);
void api_drop_school(struct http_request *req, void *arg);
void api_list_classes(struct http_request *req, void *arg);
void api_put_class(struct http_request *req, void *arg);
void api_drop_class(struct http_request *req, void *arg);
void api_list_members(struct http_request *req, void *arg);

void api_list_people(struct http_request *req, void *arg);
void api_get_person(struct http_request *req, void *arg);
void api_put_person(struct http_request *req, void *arg);
void api_drop_person(struct http_request *req, void *arg);
void api_get_data(struct http_request *req, void *arg);
void api_erase_person(struct http_request *req, void *arg);
void api_put_role(struct http_request *req, void *arg);
void api_drop_role(struct http_request *req, void *arg);
void api_put_ward(struct http_request *req, void *arg);
void api_drop_ward(struct http_request *req, void *arg);

void api_create_import(struct http_request *req, void *arg);
void api_put_import_file(struct http_request *req, void *arg);
void api_choose_import_sheet(struct http_request *req, void *arg);
void api_get_import(struct http_request *req, void *arg);
void api_apply_import(struct http_request *req, void *arg);
void api_drop_import(struct http_request *req, void *arg);
void api_export(struct http_request *req, void *arg);
void api_list_timetable(struct http_request *req, void *arg);
void api_list_rows(struct http_request *req, void *arg);
void api_put_row(struct http_request *req, void *arg);
void api_drop_row(struct http_request *req, void *arg);
void api_import_timetable(struct http_request *req, void *arg);
void api_publish(struct http_request *req, void *arg);
void api_get_calendar(struct http_request *req, void *arg);
void api_put_calendar(struct http_request *req, void *arg);
void api_list_closures(struct http_request *req, void *arg);
void api_close_school(struct http_request *req, void *arg);
void api_open_school(struct http_request *req, void *arg);
void api_get_policy(struct http_request *req, void *arg);
void api_put_policy(struct http_request *req, void *arg);

void api_list_my_lessons(struct http_request *req, void *arg);
void api_get_my_lesson(struct http_request *req, void *arg);
void api_start_my_lesson(struct http_request *req, void *arg);
void api_make_feed(struct http_request *req, void *arg);
void api_drop_feed(struct http_request *req, void *arg);
void api_get_feed(struct http_request *req, void *arg);
void api_get_class_feed(struct http_request *req, void *arg);
void api_make_class_feed(struct http_request *req, void *arg);
void api_drop_class_feed(struct http_request *req, void *arg);

void api_list_roll(struct http_request *req, void *arg);

void api_list_today(struct http_request *req, void *arg);
void api_list_audit(struct http_request *req, void *arg);

void api_get_session(struct http_request *req, void *arg);

void api_door_setup(struct http_request *req, void *arg);
void api_door_sign_in(struct http_request *req, void *arg);
void api_door_invited(struct http_request *req, void *arg);
void api_door_enter(struct http_request *req, void *arg);
void api_door_guest(struct http_request *req, void *arg);
void api_door_sign_out(struct http_request *req, void *arg);

void api_get_me(struct http_request *req, void *arg);
void api_put_password(struct http_request *req, void *arg);
void api_begin_totp(struct http_request *req, void *arg);
void api_put_totp(struct http_request *req, void *arg);
void api_drop_totp(struct http_request *req, void *arg);
void api_list_my_sessions(struct http_request *req, void *arg);
void api_end_my_session(struct http_request *req, void *arg);

void api_invite(struct http_request *req, void *arg);
void api_list_codes(struct http_request *req, void *arg);
void api_make_codes(struct http_request *req, void *arg);
void api_list_guardians(struct http_request *req, void *arg);
void api_invite_guardians(struct http_request *req, void *arg);
void api_make_code(struct http_request *req, void *arg);
void api_list_guests(struct http_request *req, void *arg);
void api_make_guest(struct http_request *req, void *arg);
void api_drop_guest(struct http_request *req, void *arg);

#endif
