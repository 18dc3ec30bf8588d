#ifndef AIRCLASS_SERVER_API_SHEETS_H
#define AIRCLASS_SERVER_API_SHEETS_H

#include <jansson.h>

#include "server/net/http.h"
#include "server/table/table.h"

/* Which sheet of a workbook is meant: ?sheet=. Private to this folder. */

/* "": none was said. False: it can't be the name of one; answered. */
bool sheet_query(struct http_request *req, const char **sheet);

/* [{name,is_hidden}] */
json_t *sheets_json(const struct xlsx_sheet *sheet, size_t n);

/* 400: there is none such, but these are there. */
void fail_sheet(struct http_request *req, const struct xlsx_sheet *sheet, size_t n);

#endif
